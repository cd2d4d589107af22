# SPDX-License-Identifier: MIT
"""Talks to QEMU's machine protocol (QMP: one JSON object a line) over a connected socket."""
from __future__ import annotations

import json
import socket
from typing import Any, Dict, List, Optional


class Qmp:
    """Our end of a connection to one QEMU. `closed` becomes true when QEMU has gone."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._partial = b""
        self.closed = False
        self.greeted = False
        self.shutdown_reason: Optional[str] = None
        self.send("qmp_capabilities")

    def fileno(self) -> int:
        """Returns the descriptor to wait on."""
        return self._sock.fileno()

    def send(self, command: str) -> None:
        """Sends a command without arguments. A QEMU that has gone is noticed when reading."""
        try:
            self._sock.sendall(json.dumps({"execute": command}).encode() + b"\n")
        except OSError:
            pass

    def receive(self) -> List[str]:
        """Returns the names of the events that arrived, oldest first; never waits."""
        try:
            data = self._sock.recv(65536)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        if not data:
            self.closed = True
            return []
        *lines, self._partial = (self._partial + data).split(b"\n")
        names = [self._note(line) for line in lines]
        return [name for name in names if name]

    def _note(self, line: bytes) -> Optional[str]:
        """Takes in one message; returns the event's name if it is one."""
        try:
            message: Dict[str, Any] = json.loads(line)
        except ValueError:
            return None
        self.greeted = self.greeted or "QMP" in message
        name = message.get("event")
        if name == "SHUTDOWN":
            self.shutdown_reason = message.get("data", {}).get("reason")
        return name

    def close(self) -> None:
        """Closes our end. May be called twice."""
        self._sock.close()
