# SPDX-License-Identifier: MIT
"""Holds a guest still, at an exact instruction, while we look at its memory.

Two one-way devices (isa-debugcon), each leading to a socket. The guest writes a byte to BELL_PORT,
which wakes us, and then one to GATE_PORT, whose socket is full: QEMU keeps that instruction waiting
until we take a byte out. Guest time stands still meanwhile. (QEMU's own ways to stop a machine are
no use here: under -icount they may let guest time jump to the next timer. Measured: 1 in 10 with
pvpanic.) Without these devices both writes have no effect.
"""
from __future__ import annotations

import socket
from typing import List, Tuple

BELL_PORT, GATE_PORT = 0x505, 0x506


class Gate:
    """Bell and gate of one machine."""

    def __init__(self) -> None:
        self._bell, self._bell_theirs = socket.socketpair()
        self._gate, self._gate_theirs = socket.socketpair()
        for sock in (self._bell, self._gate, self._gate_theirs):
            sock.setblocking(False)
        # A small buffer, filled with single bytes: taking one out makes room for just one more.
        self._gate_theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        try:
            while True:
                self._gate_theirs.send(b"x")
        except BlockingIOError:
            pass

    def options(self) -> List[str]:
        """Returns what QEMU's command line needs."""
        devices = (("bell", self._bell_theirs, BELL_PORT), ("gate", self._gate_theirs, GATE_PORT))
        words: List[str] = []
        for name, sock, port in devices:
            words += ["-chardev", f"socket,id={name},fd={sock.fileno()}",
                      "-device", f"isa-debugcon,iobase={port:#x},chardev={name}"]
        return words

    def pass_fds(self) -> Tuple[int, int]:
        """Returns the descriptors QEMU inherits."""
        return self._bell_theirs.fileno(), self._gate_theirs.fileno()

    def started(self) -> None:
        """QEMU has inherited its ends: closes ours of them."""
        self._bell_theirs.close()
        self._gate_theirs.close()

    def fileno(self) -> int:
        """Returns the descriptor that becomes readable when the bell rings, or QEMU ends."""
        return self._bell.fileno()

    def rings(self) -> bool:
        """Whether the guest rang and now waits, or soon will; takes that ring away."""
        try:
            return bool(self._bell.recv(1))
        except OSError:
            return False

    def open(self) -> None:
        """Lets the guest go on."""
        try:
            self._gate.recv(1)
        except OSError:
            pass

    def close(self) -> None:
        """Takes the devices away; a guest that waits goes on. May be called twice."""
        self.started()
        self._bell.close()
        self._gate.close()
