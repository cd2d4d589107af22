# SPDX-License-Identifier: MIT
"""Commands that go to another moment of a failed test: goto, rewind, last-write.

`make replay` moves the machine (grade/replay.py); GDB asks it to over a socket, and connects to the
machine that stands there.
"""
from __future__ import annotations

import json
import os
import shutil
import socket
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Set

import gdb
from tine import machine
from tine.command import UsageError, command, fold, quoted
from tine.memory import check_canonical, mappings
from tine.stops import end_teller
from tine.why import last_words

from grade.errors import GradeError
from grade.failed import Left, read
from grade.reader import PAGE_SIZE, Kernel, ReaderError

PLACES_LIMIT = 16           # addresses that are watched for one store
STORE_BYTES = 8
FRAMES_LIMIT = 64
LINES_SHOWN = 8             # of each of the things that a failed test has told
# What a moment is looked at from outside of: it only notes what happens.
NOTING = ("trace_record", "trace", "ktest_fail", "console_write")
LABS = ("labs/", "solutions/")


class _Past:
    """The other end: whoever can move the machine. `left`: which test it runs."""

    def __init__(self) -> None:
        self._socket: Optional[socket.socket] = None
        self._data = b""
        self._asked = 0
        self.left: Optional[Left] = None

    def open(self) -> bool:
        """Takes over the socket that GDB has inherited; returns whether there is one."""
        try:
            self._socket = socket.socket(fileno=int(os.environ["TINE_PAST"]))
            self.left = read(Path(os.environ["TINE_LEFT"]))
        except (KeyError, ValueError, OSError):
            return False
        return self.left is not None

    def ask(self, **words: object) -> Dict[str, Any]:
        """Moves the machine; returns what is said about it. Raises UsageError if there is no past,
        GradeError if the machine could not be moved at all."""
        if self._socket is None:
            raise UsageError("this machine only goes forward; in `make replay` one can go back")
        thread = gdb.selected_thread()
        words = {"cpu": thread.num - 1 if thread else 0, **words}
        if gdb.selected_inferior().pid:
            gdb.execute("disconnect", to_string=True)
        end_teller.there = False        # it has not ended: another one takes its place
        self._asked += 1
        self._socket.sendall(json.dumps({"id": self._asked, **words}).encode() + b"\n")
        try:
            reply = self._reply()
        except KeyboardInterrupt:
            raise GradeError("interrupted; there is no machine now: `goto EVENT` leads to one")
        if not reply["socket"]:
            raise GradeError(reply["problem"])
        _quietly(f"target remote {reply['socket']}")
        shutil.rmtree(os.path.dirname(reply["socket"]), ignore_errors=True)
        for one in gdb.selected_inferior().threads():
            if one.num == reply["cpu"] + 1:
                one.switch()
        return reply

    def _reply(self) -> Dict[str, Any]:
        """Returns the answer to the last question; an older one is not of interest any more."""
        assert self._socket
        while True:
            *lines, self._data = self._data.split(b"\n")
            for line in lines:
                reply: Dict[str, Any] = json.loads(line)
                if reply["id"] == self._asked:
                    return reply
            part = self._socket.recv(1 << 16)
            if not part:
                raise GradeError("the machine has gone for good")
            self._data += part


def _quietly(line: str) -> None:
    """Executes a command of GDB's whose output nobody wants: also what GDB says of the stop by
    itself, which goes past `to_string`."""
    gdb.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        gdb.execute(line, to_string=True)
    finally:
        gdb.flush()
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


past = _Past()


# What a stop looks like

def _file(frame: gdb.Frame) -> str:
    """Returns FILE:LINE of a frame, or an empty string."""
    sal = frame.find_sal()
    return f"{sal.symtab.filename}:{sal.line}" if sal.symtab else ""


def _frames() -> Iterator[gdb.Frame]:
    """Yields the frames from the newest on, as far as they can be found."""
    frame: Optional[gdb.Frame] = gdb.newest_frame()
    for _ in range(FRAMES_LIMIT):
        if frame is None:
            return
        yield frame
        try:
            frame = frame.older()
        except gdb.error:
            return


def _look(event: bool) -> Iterator[str]:
    """Yields where the machine is, and which of a lab's functions is at work. `event`: where what
    happens is noted, the frame is selected of what happens."""
    lab = None
    chosen = None
    for frame in _frames():
        if chosen is None and not (event and frame.name() in NOTING):
            chosen = frame
        if lab is None and any(part in _file(frame) for part in LABS):
            lab = frame
    if chosen:
        chosen.select()
    try:
        yield from gdb.execute("frame", to_string=True).rstrip().splitlines()
    except gdb.error as error:
        yield f"nobody is there: {error}"
    if lab and chosen and lab != chosen:
        yield f"for the lab's {lab.name()}, {_file(lab)} (`frame {lab.level()}`)"


def _moment(reply: Dict[str, Any]) -> str:
    event = f", behind event {reply['events'] - 1}: {reply['last']}" if reply["last"] else ""
    return f"[{reply['icount']} instructions from the start{event}]"


def _arrived(reply: Dict[str, Any], event: bool = False) -> Iterator[str]:
    """Yields where the machine is now, and why it could not be elsewhere."""
    yield _moment(reply)
    yield from _look(event)
    if reply["problem"]:
        raise GradeError(f"{reply['problem']}; this is where it was before"
                         + ("" if reply["exact"] else ", or the event before that"))


@command("goto")
def goto(words: List[str]) -> Iterator[str]:
    """Goes to an event of the trace, earlier or later: goto EVENT

    EVENT is its number, as `trace` shows it. The machine stops where the event has just been
    recorded, in the function that it tells of. Only in `make replay`: the test is run again up to
    there. Nothing may have been changed in memory or registers.

    Example: goto 1200"""
    yield from _arrived(past.ask(do="goto", event=machine.number(words[0])), True)


@command("rewind")
def rewind(words: List[str]) -> Iterator[str]:
    """Goes back by a number of instructions: rewind [N]

    Without N: one. Beyond the beginning, it is the beginning. With several processors it stops at
    the last event that is at least N instructions back. Only in `make replay`.

    Example: rewind 1000"""
    count = machine.number(words[0]) if words else 1
    if not 0 < count < 1 << 63:
        raise UsageError("usage: rewind [N], a number of instructions")
    reply = past.ask(do="rewind", count=count)
    if not reply["problem"]:
        distance = reply["was"] - reply["icount"]
        yield f"{distance} instruction{'s' * (distance != 1)} back"
    yield from _arrived(reply)


@command("last-write", symbols=True)
def last_write(words: List[str]) -> Iterator[str]:
    """Goes back to where something was stored last: last-write VA [BYTES]

    VA is an address of the kernel or of the current task, BYTES how many bytes are meant (1 to 8;
    without: 8). It is the frame behind VA that counts: a copy made by the kernel is found, too, and
    what other tasks store there. The machine stops behind the store; again, it goes on to the store
    before that. Only in `make replay`.

    Example: last-write &frame->count 4"""
    va = machine.number(words[0])
    size = machine.number(words[1]) if len(words) > 1 else STORE_BYTES
    if not 1 <= size <= STORE_BYTES or va % PAGE_SIZE + size > PAGE_SIZE:
        raise UsageError("BYTES is 1 to 8, all of them in one page")
    kernel = machine.kernel()
    pa = _physical(kernel, va)
    reply = past.ask(do="last", pa=pa, size=size, places=_places(kernel, va, pa))
    if not reply["problem"]:
        yield f"stored by {_storer()}"
    yield from _arrived(reply)


def _physical(kernel: Kernel, va: int) -> int:
    check_canonical(va)
    try:
        return kernel.physical(va)
    except ReaderError:
        task = machine.current(kernel)
        return kernel.translate((task and task.root) or machine.top_table(kernel), va)


def _places(kernel: Kernel, va: int, pa: int) -> List[int]:
    """Returns by which addresses that memory can be stored to, as far as is known now."""
    found: Set[int] = {va, kernel.direct_map + pa}
    if kernel.elf.physical(kernel.kernel_base + pa) is not None:
        found.add(kernel.kernel_base + pa)
    others = mappings(kernel, []).get(pa // PAGE_SIZE, [])
    found.update(one.va | pa % PAGE_SIZE for one in others[:PLACES_LIMIT])
    return sorted(found)


def _storer() -> str:
    """Returns FUNCTION, FILE:LINE of the instruction that was executed last."""
    pc = machine.register("rip")
    block = gdb.block_for_pc(pc)
    if block and block.function is None:
        block = block.superblock
    if block and block.start == pc:         # a call has stored where to return to
        pc = machine.read_u64(machine.register("rsp"))
    sal = gdb.find_pc_line(pc - 1)
    place = f", {sal.symtab.filename}:{sal.line}" if sal.symtab else ""
    return machine.function(machine.kernel(), pc - 1) + place


# The beginning

def begin() -> bool:
    """Goes to the first divergence of the test that failed, and says what is known about it.
    Returns whether there is such a test."""
    if not past.open() or past.left is None:
        return False
    gdb.execute(f"directory {quoted(past.left.folder)}", to_string=True)
    last_words.extend(past.left.failure["got"].splitlines())
    try:
        lines = list(_first_stop(past.left, past.ask(do="begin")))
    except (GradeError, gdb.error) as error:
        lines = [f"tine: {error}"]
    gdb.write("\n".join("\n".join(fold(line)) for line in lines) + "\n")
    return True


def _first_stop(left: Left, reply: Dict[str, Any]) -> Iterator[str]:
    for key in ("expected", "got", "cause"):
        first, *more = left.failure[key].splitlines()
        more[LINES_SHOWN - 1:] = ["..."] * (len(more) >= LINES_SHOWN)
        yield f"{key + ':':9} {first}"
        yield from (f"          {line}" for line in more)
    if not reply["same"]:
        yield ("This is another run than the one that was graded: QEMU is another one. It may not "
               "fail in the same way.")
    yield f"Stopped {_why_here(left)}:"
    yield from _arrived(reply, True)
    yield ("`backtrace` and `why` say how it came here, `last-write VA` who stored that; `trace` "
           "shows the events, `goto EVENT` and `rewind N` go elsewhere.")


def _why_here(left: Left) -> str:
    where = left.where
    if where.kind == "event":
        return f"at event {where.number}, the first that does not fit"
    if where.kind == "line":
        return f"where the console is about to say '{where.text}'"
    if where.kind == "call":
        return "where the kernel's self-test finds it wrong"
    return "where the machine begins to end"
