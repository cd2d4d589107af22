# SPDX-License-Identifier: MIT
"""Talks to QEMU's GDB stub, which drives one stopped machine: breakpoints, watchpoints, steps.

Every wait ends: at its limit with StubError. GDB's remote protocol is described in GDB's manual.
"""
from __future__ import annotations

import contextlib
import re
import socket
import time
from dataclasses import dataclass
from typing import Dict, Tuple

from grade.errors import GradeError

SI_OFFSET, DI_OFFSET, PC_OFFSET = 4 * 8, 5 * 8, 16 * 8    # in the answer to `g`
BREAK, WATCH = 1, 2                     # kinds of stops, as Z packets number them


class StubError(GradeError):
    """The machine did not do what it was told to in time, or has ended."""


@dataclass(frozen=True)
class Stop:
    """Why the machine stands still: `signal` is GDB's number (5 for a stop that was set, 2 for one
    from outside), `watched` the address of the watchpoint that was hit or None; which processor."""

    signal: int
    cpu: int
    watched: int = 0


class Stub:
    """A connection to the stub at a Unix socket. `deadline`: when (time.monotonic()) waits end."""

    def __init__(self, path: str, deadline: float) -> None:
        self.deadline = deadline
        self._data = b""
        self._set: Dict[Tuple[int, int], int] = {}
        self._cpu = 0
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.connect(path)
            self.ask("qSupported:multiprocess+;vContSupported+")
            self.ask("vCont?")
        except OSError as error:
            self._socket.close()
            raise StubError(f"QEMU's GDB stub cannot be reached: {error}")

    def close(self) -> None:
        """Ends the connection; the machine stays as it is, without our stops."""
        try:
            for kind, va in list(self._set):
                self.unset(kind, va)
        except StubError:
            pass
        self._socket.close()

    def _send(self, text: str) -> None:
        body = text.encode()
        try:
            self._socket.sendall(b"$%b#%02x" % (body, sum(body) & 255))
        except OSError as error:
            raise StubError(f"the machine has ended: {error}")

    def _receive(self) -> str:
        """Returns the next packet; waits for it."""
        while True:
            start = self._data.find(b"$")
            end = self._data.find(b"#", start)
            if 0 <= start < end and len(self._data) >= end + 3:
                body = self._data[start + 1:end]
                self._data = self._data[end + 3:]
                with contextlib.suppress(OSError):
                    self._socket.sendall(b"+")
                return body.decode("latin-1")
            left = self.deadline - time.monotonic()
            try:
                self._socket.settimeout(max(0.001, left))
                data = self._socket.recv(1 << 16)
            except socket.timeout:
                raise StubError("the machine did not come there in time")
            except OSError as error:
                raise StubError(f"the machine has ended: {error}")
            if not data:
                raise StubError("the machine has ended")
            self._data += data

    def ask(self, text: str) -> str:
        """Sends one packet and returns the answer."""
        self._send(text)
        return self._receive()

    def _checked(self, text: str) -> str:
        answer = self.ask(text)
        if answer == "" or re.fullmatch(r"E\d\d", answer):
            raise StubError(f"QEMU's GDB stub refuses '{text}'")
        return answer

    def set(self, kind: int, va: int, size: int = 1) -> None:
        """Makes the machine stop before the instruction at `va`, or behind a store there."""
        self._checked(f"Z{kind},{va:x},{size}")
        self._set[kind, va] = size

    def unset(self, kind: int, va: int) -> None:
        """Takes such a stop away."""
        self._checked(f"z{kind},{va:x},{self._set.pop((kind, va))}")

    def go(self) -> Stop:
        """Lets the machine run until it stops. It never stops where it stands already."""
        self._step_off()
        self._send("vCont;c")
        return self._stopped()

    def _step_off(self) -> None:
        pc = self.pc()
        size = self._set.get((BREAK, pc))
        if size is not None:
            self.unset(BREAK, pc)
            self.step()
            self.set(BREAK, pc, size)

    def step(self) -> Stop:
        """Lets the processor that stopped execute one instruction, and no other processor any."""
        self._send(f"vCont;s:p1.{self._cpu + 1:x}")
        return self._stopped()

    def _stopped(self) -> Stop:
        while True:
            text = self._receive()
            if text[:1] in ("W", "X"):
                raise StubError("the machine has ended")
            found = re.match(r"T([0-9a-f]{2})(.*)", text)
            if found:
                break
        thread = re.search(r"thread:(?:p[0-9a-f]+\.)?([0-9a-f]+);", found[2])
        watched = re.search(r"watch:([0-9a-f]+);", found[2])
        if thread:
            self.select(int(thread[1], 16) - 1)
        return Stop(int(found[1], 16), self._cpu, int(watched[1], 16) if watched else 0)

    def select(self, cpu: int) -> None:
        """From now on it is this processor that is asked and that steps."""
        self._cpu = cpu
        self._checked(f"Hgp1.{cpu + 1:x}")

    def _register(self, offset: int) -> int:
        registers = bytes.fromhex(self._checked("g"))
        return int.from_bytes(registers[offset:offset + 8], "little")

    def pc(self) -> int:
        """Returns the address of the next instruction."""
        return self._register(PC_OFFSET)

    def arguments(self) -> Tuple[int, int]:
        """Returns the first two arguments of the function that begins here."""
        return self._register(DI_OFFSET), self._register(SI_OFFSET)

    def read(self, va: int, size: int) -> bytes:
        """Returns bytes at an address, as the processor sees it."""
        data = b""
        while len(data) < size:
            part = min(size - len(data), 1024)
            data += bytes.fromhex(self._checked(f"m{va + len(data):x},{part:x}"))
        return data
