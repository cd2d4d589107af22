# SPDX-License-Identifier: MIT
"""A failed test in GDB, which can go to any moment of it.

GDB asks over a socket that it inherits (TINE_PAST), a JSON object a line; each answer says where
the machine stands now, and at which socket GDB finds it. GDB disconnects before it asks.
"""
from __future__ import annotations

import json
import select
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any, Dict, List

from grade.boot import GDB_POLL_S, gdb_environment, gdb_line, saved_terminal
from grade.errors import GradeError
from grade.failed import Left
from grade.host import die_with_parent
from grade.rerun import Here, Rerun
from grade.stores import Store, Stores

BUFFER = 1 << 16


def replay(left: Left, root: Path) -> int:
    """Runs a failed test again under GDB; both are gone afterwards. Returns GDB's exit status.

    Raises GradeError if there is nothing to be seen of it.
    """
    ours, theirs = socket.socketpair()
    rerun = Rerun(left)
    debugger = None
    old = signal.getsignal(signal.SIGINT)
    try:
        print(f"{left.test}: {left.title}; running it again ...", flush=True)
        rerun.first()
        signal.signal(signal.SIGINT, lambda *_: None)   # Ctrl-C is GDB's; a child resets this
        with saved_terminal():
            past = {"TINE_PAST": str(theirs.fileno()), "TINE_LEFT": str(left.folder.resolve()),
                    "TINE_BUILD": str(root / left.build)}
            debugger = subprocess.Popen(
                gdb_line(root, left.kernel),
                pass_fds=(rerun.memory.fd, rerun.console.fd, theirs.fileno()),
                preexec_fn=die_with_parent(),
                env={**gdb_environment(rerun.memory, left.memory, rerun.console.path), **past})
            theirs.close()
            _serve(rerun, Stores(rerun), debugger, ours)
        return debugger.returncode
    finally:
        if debugger and debugger.poll() is None:
            debugger.kill()
            debugger.wait()
        rerun.close()
        ours.close()
        signal.signal(signal.SIGINT, old)


def _serve(rerun: Rerun, stores: Stores, debugger: subprocess.Popen[bytes],
           ours: socket.socket) -> None:
    """Answers what GDB asks, until it has ended."""
    data = b""
    while debugger.poll() is None:
        if not select.select([ours], [], [], GDB_POLL_S)[0]:
            continue
        part = ours.recv(BUFFER)
        if not part:
            debugger.wait()
        *lines, data = (data + part).split(b"\n")
        for line in lines:
            asked: Dict[str, Any] = json.loads(line)
            try:
                reply = _answer(rerun, stores, asked)
            except GradeError as error:
                reply = {"problem": str(error), "socket": ""}
            try:
                ours.sendall(json.dumps({**reply, "id": asked["id"]}).encode() + b"\n")
            except OSError:
                return


def _answer(rerun: Rerun, stores: Stores, asked: Dict[str, Any]) -> Dict[str, Any]:
    """Goes where GDB wants to. Where that is impossible, back to where it was. Raises GradeError if
    that is impossible, too."""
    cpu = asked.get("cpu", 0)
    now = rerun.now(cpu)
    problem = ""
    try:
        here = _move(rerun, stores, asked, now)
        if here is None:
            problem = "nothing has been stored there since the start"
    except GradeError as error:
        here, problem = None, str(error)
    if here is None:
        here = rerun.again(now)
    return {"socket": rerun.socket, "cpu": here.cpu, "icount": here.icount, "events": here.events,
            "was": now.icount, "problem": problem, "same": rerun.same, "exact": rerun.exact,
            "total": len(rerun.events),
            "last": str(rerun.events[here.events - 1]) if 0 < here.events <= len(rerun.events)
            else ""}


def _move(rerun: Rerun, stores: Stores, asked: Dict[str, Any], now: Here) -> Any:
    what = asked["do"]
    if what == "begin":
        return rerun.to_divergence()
    if what == "goto":
        return rerun.to_event(asked["event"])
    if what == "rewind":
        return rerun.back(now, asked["count"])
    places: List[int] = asked["places"]
    return stores.last(now, Store(asked["pa"], asked["size"], tuple(places)))
