# SPDX-License-Identifier: MIT
"""Talks to QEMU's machine protocol (QMP: one JSON object a line) over a connected socket."""
from __future__ import annotations

import json
import select
import socket
import time
from typing import Any, Dict, Optional

from grade.errors import HarnessError


class Qmp:
    """Our end of a connection to one QEMU. `closed` becomes true when QEMU has gone, `greeted`
    once it runs; `answer` is what the last command returned; `shutdown_reason` says why the machine
    ended, if QEMU did."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._partial = b""
        self._asked = 0
        self._reply: Optional[Dict[str, Any]] = None
        self.closed = False
        self.greeted = False
        self.answer: Any = None
        self.shutdown_reason: Optional[str] = None
        self.send("qmp_capabilities")

    def fileno(self) -> int:
        """Returns the descriptor to wait on."""
        return self._sock.fileno()

    def send(self, command: str, **more: object) -> None:
        """Sends a command without arguments. A QEMU that has gone is noticed when reading."""
        try:
            self._sock.sendall(json.dumps({"execute": command, **more}).encode() + b"\n")
        except OSError:
            pass

    def ask(self, command: str, deadline: float, **arguments: object) -> Any:
        """Sends a command and returns its answer; waits for it until `deadline`, a time of
        time.monotonic(). Raises HarnessError if none comes, or QEMU refuses."""
        self._asked += 1
        self._reply = None
        self.send(command, id=self._asked, arguments=arguments)
        while self._reply is None:
            patience = deadline - time.monotonic()
            if self.closed or patience <= 0:
                raise HarnessError(f"QEMU has not answered '{command}'")
            if select.select([self], [], [], patience)[0]:
                self.receive()
        if "return" not in self._reply:
            raise HarnessError(f"QEMU refuses '{command}': {self._reply.get('error')}")
        return self._reply["return"]

    def receive(self) -> None:
        """Takes in what has arrived; never waits."""
        try:
            data = self._sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.closed = True
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in lines:
            self._note(line)

    def _note(self, line: bytes) -> None:
        """Takes in one message."""
        try:
            message: Dict[str, Any] = json.loads(line)
        except ValueError:
            return
        self.greeted = self.greeted or "QMP" in message
        self.answer = message.get("return", self.answer)
        if message.get("id") == self._asked:
            self._reply = message
        if message.get("event") == "SHUTDOWN":
            self.shutdown_reason = message.get("data", {}).get("reason")

    def close(self) -> None:
        """Closes our end. May be called twice."""
        self._sock.close()
