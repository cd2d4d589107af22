# SPDX-License-Identifier: MIT
"""Offers a machine to a debugger that somebody else starts, such as an editor.

A folder with a fixed name holds what the debugger needs: `gdb`, the socket to connect to, and
`tine.elf`, the kernel's symbols. It is there as long as the machine is.
"""
from __future__ import annotations

import contextlib
import fcntl
import os
import select
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Iterator, List

from grade.boot import (CLOSING_S, SOCKET_PATH_LIMIT, Options, await_socket, boot, explain,
                        saved_terminal)
from grade.errors import SetupError
from grade.host import Scratch
from grade.machine import MIB, end_qemu, quote, start_qemu
from grade.qmp import Qmp

POLL_S = 0.1
# An editor's task waits for this line (.vscode/tasks.json).
READY = "ready for a debugger: target remote"


@contextlib.contextmanager
def _offer(folder: Path, kernel: Path) -> Iterator[List[str]]:
    """A context in which the folder is there; gives QEMU's options for the socket.

    Raises SetupError when another machine is offered there, or the socket's path is too long.
    """
    socket = os.path.relpath(folder / "gdb")    # QEMU and its debugger have short names for it
    if len(socket) > SOCKET_PATH_LIMIT:
        raise SetupError(f"{socket} is too long a name for a socket")
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder.with_name(f".{folder.name}.lock"), os.O_CREAT | os.O_RDWR, 0o666)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetupError(f"another machine is offered to a debugger in {folder}; end it first")
        shutil.rmtree(folder, ignore_errors=True)   # what one that was killed has left
        folder.mkdir()
        try:
            (folder / "tine.elf").symlink_to(kernel.resolve())
            yield ["-chardev", f"socket,id=gdb,path={quote(socket)},server=on,wait=off",
                   "-gdb", "chardev:gdb"]
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def _say_ready(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Says that a debugger may come, once that is so."""
    await_socket(str(folder / "gdb"), process)
    print(f"{READY} {os.path.relpath(folder / 'gdb')}", flush=True)


def boot_offered(options: Options, folder: Path) -> int:
    """Boots on this terminal, as boot.boot does; debuggers may come and go.

    Returns what boot.boot returns. Raises SetupError.
    """
    with _offer(folder, options.config.kernel) as devices:
        return boot(replace(options, devices=tuple(devices), started=partial(_say_ready, folder)))


def serve(options: Options, folder: Path) -> int:
    """Boots a stopped machine, waits for a debugger, and ends when that has gone.

    The console is this terminal. Where time is counted in instructions nobody may type: there it
    is only shown. Returns 0 when the debugger has gone, or what boot.boot returns when the machine
    ended first. Raises SetupError.
    """
    memory, console = Scratch("memory", options.config.memory_mib * MIB), Scratch("console")
    with contextlib.ExitStack() as stack:
        stack.callback(console.close)
        stack.callback(memory.close)
        devices = stack.enter_context(_offer(folder, options.config.kernel))
        stack.enter_context(saved_terminal())
        if options.config.counted:
            devices += ["-monitor", "none", "-serial", "chardev:console",
                        "-chardev", f"file,id=console,path={quote(console.path)}"]
            process, qmp = start_qemu(options.config, memory, devices, (console.fd,),
                                      start_new_session=True, stdin=subprocess.DEVNULL)
        else:
            process, qmp = start_qemu(options.config, memory, ["-serial", "mon:stdio", *devices])
        stack.callback(qmp.close)
        stack.callback(end_qemu, process)
        _say_ready(folder, process)
        left = _until_gone(qmp, memory, console)
        if not left:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(CLOSING_S)
    return 0 if left else explain(process.returncode, qmp.shutdown_reason)


def _until_gone(qmp: Qmp, memory: Scratch, console: Scratch) -> bool:
    """Shows the console until QEMU or the debugger has gone; returns whether the debugger has."""
    shown, met = 0, False
    while not qmp.closed:
        if qmp.greeted:
            memory.unlink()
            console.unlink()
        qmp.send("query-chardev")
        asked = time.monotonic()
        while not qmp.closed and time.monotonic() < asked + POLL_S:
            if select.select([qmp], [], [], POLL_S)[0]:
                qmp.receive()
        text = console.read()[shown:]
        sys.stdout.buffer.write(text)
        sys.stdout.flush()
        shown += len(text)
        if met and not qmp.closed and not _connected(qmp):
            return True
        met = met or _connected(qmp)
    return False


def _connected(qmp: Qmp) -> bool:
    """Whether a debugger is connected, by QEMU's last answer."""
    devices = qmp.answer if isinstance(qmp.answer, list) else []
    return any(device.get("label") == "gdb" and
               not device.get("filename", "").startswith("disconnected:") for device in devices)
