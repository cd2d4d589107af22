# SPDX-License-Identifier: MIT
"""Boots a kernel for a person: on the terminal, or stopped with GDB attached."""
from __future__ import annotations

import fcntl
import os
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

from grade.errors import SetupError
from grade.host import Scratch, die_with_parent
from grade.machine import MIB, Config, end_qemu, quote, start_qemu
from grade.qmp import Qmp
from grade.words import EXIT_LOST, MACHINE_WORDS

SOCKET_PATH_LIMIT = 100     # a Unix socket's path may have 107 bytes
SOCKET_PATIENCE_S = 10.0
GDB_POLL_S = 0.2
CLOSING_S = 2.0             # between the last word of QEMU and its exit
GDB_PROGRAM = "tools/gdb.sh"   # becomes the GDB that knows the processor
GDB_SCRIPT = "gdb/load.py"


@dataclass(frozen=True)
class Options:
    """How to boot. `trace_serial`: the file for the second serial port; `devices`: more of QEMU's
    options, and `started`: what to do once it is there; both for boot(). `console`: the console's
    file for debug(), by default one beside the kernel."""

    config: Config
    root: Path
    trace_serial: Optional[Path] = None
    devices: Tuple[str, ...] = ()
    started: Optional[Callable[[subprocess.Popen[bytes]], None]] = None
    console: Optional[Path] = None


class saved_terminal:
    """A context that gives the terminal back as it was, even when QEMU is killed."""

    def __enter__(self) -> None:
        self._settings: List[Tuple[int, int, Any]] = []
        for fd in (0, 1, 2):
            try:
                flags = fcntl.fcntl(fd, fcntl.F_GETFL)
                terminal = termios.tcgetattr(fd) if os.isatty(fd) else None
                self._settings.append((fd, flags, terminal))
            except (OSError, termios.error):
                pass

    def __exit__(self, *_: object) -> None:
        for fd, flags, terminal in self._settings:
            try:
                fcntl.fcntl(fd, fcntl.F_SETFL, flags)
                if terminal:
                    termios.tcsetattr(fd, termios.TCSANOW, terminal)
            except (OSError, termios.error):
                pass


def _second_serial(options: Options) -> List[str]:
    """Returns the options that send the second serial port to a file, if one is asked for."""
    if not options.trace_serial:
        return []
    return ["-chardev", f"file,id=trace,path={quote(options.trace_serial)}",
            "-serial", "chardev:trace"]


def boot(options: Options) -> int:
    """Boots on this terminal; Ctrl-A X leaves. Returns 0 when the kernel said 33, or the user
    left; 1 otherwise, after one line that says what happened."""
    memory = Scratch("memory", options.config.memory_mib * MIB)
    serial = ["-serial", "mon:stdio", *_second_serial(options), *options.devices]
    with saved_terminal():
        process, qmp = start_qemu(options.config, memory, serial)
        try:
            if options.started:
                options.started(process)
            qmp.send("cont")
            _serve(qmp, memory)
            process.wait(CLOSING_S)
        except subprocess.TimeoutExpired:
            pass
        finally:
            end_qemu(process)
            qmp.close()
            memory.close()
    return explain(process.returncode, qmp.shutdown_reason)


def _serve(qmp: Qmp, memory: Scratch) -> None:
    """Waits until QEMU has gone."""
    while not qmp.closed:
        select.select([qmp], [], [])
        qmp.receive()
        if qmp.greeted:
            memory.unlink()


def explain(status: int, reason: Optional[str]) -> int:
    """Returns the command's exit status for QEMU's, after a line that explains it."""
    if status == 33 or (status == 0 and reason != "guest-reset"):
        return 0
    words = MACHINE_WORDS.get(status)
    if words is None:
        words = f"QEMU was killed by signal {-status}" if status < 0 else \
            f"QEMU ended with status {status}"
    print(f"tine: {words}", file=sys.stderr)
    return EXIT_LOST


def debug(options: Options) -> int:
    """Boots a stopped machine and runs GDB on it in the foreground; both are gone afterwards.

    The guest's console goes to a file whose name is printed. $TINE_GDB_ARGS adds arguments for
    GDB. Returns GDB's exit status.
    """
    kernel = options.config.kernel
    log = options.console or kernel.with_name("gdb-console.log")
    folder = socket_folder()
    memory = Scratch("memory", options.config.memory_mib * MIB)
    process, qmp, debugger = None, None, None
    old = signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is GDB's; a child resets this
    try:
        path = os.path.join(folder, "gdb")
        serial = ["-monitor", "none",
                  "-chardev", f"file,id=console,path={quote(log)}",
                  "-serial", "chardev:console", *_second_serial(options),
                  "-chardev", f"socket,id=gdb,path={quote(path)},server=on,wait=off",
                  "-gdb", "chardev:gdb"]
        process, qmp = start_qemu(options.config, memory, serial, start_new_session=True,
                                  stdin=subprocess.DEVNULL)
        await_socket(path, process)
        print(f"the guest's console is in {os.path.relpath(log)}", flush=True)
        with saved_terminal():
            debugger = subprocess.Popen(
                gdb_line(options.root, kernel, path), pass_fds=(memory.fd,),
                preexec_fn=die_with_parent(),
                env=gdb_environment(memory, options.config.memory_mib, str(log.resolve())))
            while debugger.poll() is None:
                if qmp.closed:
                    debugger.wait()
                elif select.select([qmp], [], [], GDB_POLL_S)[0]:
                    qmp.receive()
                memory.unlink()
        return debugger.returncode
    finally:
        if debugger and debugger.poll() is None:
            debugger.kill()
            debugger.wait()
        if process and qmp:
            _quit(process, qmp)
        if process:
            end_qemu(process)
        if qmp:
            qmp.close()
        memory.close()
        shutil.rmtree(folder, ignore_errors=True)
        signal.signal(signal.SIGINT, old)


def _quit(process: subprocess.Popen[bytes], qmp: Qmp) -> None:
    """Asks QEMU to end; a signal would make it say so on the terminal."""
    try:
        if not qmp.closed:
            qmp.send("quit")
            process.wait(CLOSING_S)
    except (OSError, subprocess.TimeoutExpired):
        pass


def socket_folder() -> str:
    """Returns a new private folder with a path that is short enough for a socket."""
    folder = tempfile.gettempdir()
    return tempfile.mkdtemp(prefix="tine-",
                            dir="/tmp" if len(folder) > SOCKET_PATH_LIMIT - 20 else folder)


def await_socket(path: str, process: subprocess.Popen[bytes]) -> None:
    """Waits until QEMU listens at `path`."""
    limit = time.monotonic() + SOCKET_PATIENCE_S
    while not os.path.exists(path):
        if process.poll() is not None or time.monotonic() > limit:
            raise SetupError("QEMU did not offer its GDB socket; its words are above")
        time.sleep(0.01)


def gdb_environment(memory: Scratch, memory_mib: int, console: str) -> Dict[str, str]:
    """Returns GDB's environment: it tells the extension in gdb/ where the guest's memory is, which
    GDB inherits as a descriptor, how many bytes it has, and where the console goes."""
    return {**os.environ, "TINE_MEMORY": f"{memory.fd}:{memory_mib * MIB}", "TINE_CONSOLE": console}


def gdb_line(root: Path, kernel: Path, path: str = "") -> List[str]:
    """Returns GDB's command line. Once connected to the socket at `path`, if there is one, GDB
    removes it itself, so that not even SIGKILL leaves it behind."""
    script = root / GDB_SCRIPT
    own = ["-x", str(script)] if script.is_file() else []
    connect = ["-ex", f"target remote {path}",
               "-ex", f"shell rm -rf -- {shlex.quote(os.path.dirname(path))}"] if path else []
    return [str(root / GDB_PROGRAM), "-q", "-nx", *own, *connect,
            *shlex.split(os.environ.get("TINE_GDB_ARGS", "")), str(kernel)]
