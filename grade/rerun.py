# SPDX-License-Identifier: MIT
"""Runs a failed test again, up to any moment of it, as often as one likes.

Each way back is a way forward: a new QEMU that starts from the beginning and stops in time. With
one processor the first run is recorded (rr=record), the others are replays, and a moment is a
number of instructions. That is exact however often it stops on the way. Without a record each stop
lets guest time jump to the next timer. With several processors there is no record: there a moment
is an event of the trace, which is reached with at most one stop before it; what the trace says up
to there must be what it said in the first run.
"""
from __future__ import annotations

import contextlib
import os
import select
import shutil
import subprocess
import time
from dataclasses import dataclass
from functools import partial
from typing import Callable, Iterator, List, Optional, TypeVar

from grade.boot import socket_folder
from grade.elf import Elf
from grade.errors import GradeError, HarnessError
from grade.events import EVENT_SIZE, Event, Formats
from grade.failed import Left, digest
from grade.host import Scratch
from grade.machine import MIB, Config, quote, start_qemu
from grade.qmp import Qmp
from grade.reader import RING_LAYOUT, Kernel, Memory, ReaderError
from grade.stub import BREAK, WATCH, Stub, StubError

FIRST_RUN_S = 60.0      # wall clock; a test that needs so long does not end by itself
MOVE_S = 120.0          # for going anywhere
SOCKET_S = 20.0
SIGTRAP = 5             # a stop that was asked for, to GDB
# Where the machine comes by when it ends, whatever the reason.
ENDINGS = ("panic", "panic_at", "lab_missing", "machine_exit")
HEAD_OFFSET, CLASSES_OFFSET = 16, 32    # in the ring's structure; see grade/reader.py
STEPS_IN_EVENT = 64     # instructions at most between an event's last argument and its end
ENDED = "the run ended before that event"
T = TypeVar("T")
ATTEMPTS = 4            # without a record: until a run goes the way of the first
END_S = 20.0            # for a machine that does not end


class LostError(GradeError):
    """The moment cannot be reached; the words say why."""


@dataclass(frozen=True)
class Here:
    """Where the machine stands: processor, instructions executed and events recorded so far."""

    cpu: int
    icount: int
    events: int


def until_found(move: Callable[[], T]) -> T:
    """Makes a move, a few times if it fails because the run has gone another way. Returns what the
    move does; raises LostError."""
    for _ in range(ATTEMPTS - 1):
        with contextlib.suppress(LostError):
            return move()
    return move()


class Rerun:
    """One failed test. `memory` is the guest's, the same file for all runs; `events` those of the
    first run; `same` whether that was the run that was graded; `exact` whether a moment is a number
    of instructions; `view`: reads memory; `socket`: where GDB can connect."""

    def __init__(self, left: Left) -> None:
        self.left = left
        self.exact = left.cpus == 1
        self.elf = Elf(left.kernel)
        self._memory_bytes = left.memory * MIB
        self.memory = Scratch("memory", self._memory_bytes)
        self.console = Scratch("console")
        self._log = Scratch("log")
        self._formats = Formats(self.elf)
        self.view = Memory(self.memory.fd, self._memory_bytes)
        self._folder: Optional[str] = None
        self._process: Optional[subprocess.Popen[bytes]] = None
        self._qmp: Optional[Qmp] = None
        self._events_va, self._capacity, self._direct_map = 0, 1, 0
        self._head_pa, self._classes_pa = 0, 0
        self.events: List[Event] = []
        self.end: Optional[int] = None
        self.same = False

    # One run

    @property
    def socket(self) -> str:
        """The GDB stub's socket."""
        assert self._folder
        return os.path.join(self._folder, "gdb")

    def _start(self, how: str, *devices: str) -> Qmp:
        """Starts QEMU; none is there. `how`: record, replay or empty."""
        for scratch, size in ((self.memory, self._memory_bytes), (self.console, 0)):
            os.ftruncate(scratch.fd, 0)
            os.ftruncate(scratch.fd, size)
        log = f",rr={how},rrfile={quote(self._log.path)}" if how else ""
        options = ("-icount", f"shift=0,sleep=off{log}", "-action", "shutdown=pause")
        config = Config(self.left.kernel, self.left.initrd, self.left.append, self.left.memory,
                        self.left.cpus, counted=False, options=options)
        serial = ["-monitor", "none", "-serial", "chardev:console", "-chardev",
                  f"file,id=console,path={quote(self.console.path)}", *devices]
        self._process, self._qmp = start_qemu(
            config, self.memory, serial, (self.console.fd, self._log.fd), start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self._qmp

    def stop(self) -> None:
        """Ends the machine, if there is one. One that replays may not listen: it is killed."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None
        if self._qmp:
            self._qmp.close()
            self._qmp = None
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def gone(self) -> bool:
        """Whether QEMU has ended."""
        assert self._process
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        return self._process.poll() is not None

    def close(self) -> None:
        """Ends the machine and gives up all files. May be called twice."""
        self.stop()
        self.view.close()
        for scratch in (self.memory, self.console, self._log):
            scratch.close()

    def first(self, limit_s: float = FIRST_RUN_S) -> None:
        """Runs the test once, from beginning to end, or as long as the limit permits.

        Raises HarnessError if nothing can be learnt from it.
        """
        self.stop()
        qmp = self._start("record" if self.exact else "")
        qmp.send("cont")
        deadline = time.monotonic() + limit_s
        while not qmp.closed and not qmp.shutdown_reason and time.monotonic() < deadline:
            if select.select([qmp], [], [], deadline - time.monotonic())[0]:
                qmp.receive()
        if not qmp.closed:
            self.end = self._icount() if qmp.shutdown_reason else None
            qmp.send("quit")        # so that the record is complete
        assert self._process
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        try:
            kernel = self.kernel()
            ring = kernel.ring()
            _, _, self._capacity, _, self._events_va, _ = RING_LAYOUT.unpack(
                kernel.read(kernel.trace_va, RING_LAYOUT.size))
        except ReaderError as error:
            raise HarnessError(f"the test, run again, leaves nothing to be read: {error}")
        if ring.dropped or ring.torn:
            raise HarnessError("the trace of the test, run again, is not complete")
        ring_pa = kernel.physical(kernel.trace_va)
        self._direct_map, self._head_pa, self._classes_pa = \
            kernel.direct_map, ring_pa + HEAD_OFFSET, ring_pa + CLASSES_OFFSET
        self.events = ring.events
        self.same = digest(ring.events) == self.left.digest

    def kernel(self) -> Kernel:
        """Returns the kernel as it is in memory now. Raises ReaderError."""
        return Kernel(self.view, self.elf, self._formats)

    def _icount(self) -> int:
        if self._qmp is None:
            return 0
        count: int = self._qmp.ask("query-replay", time.monotonic() + SOCKET_S)["icount"]
        return count

    def here(self, cpu: int = 0) -> Here:
        """Returns the moment at which the machine stands. Raises HarnessError if it has ended."""
        return Here(cpu, self._icount(), self._u64(self._head_pa))

    @contextlib.contextmanager
    def run(self, before: Optional[int] = None) -> Iterator[Stub]:
        """A context with a new machine before its first instruction; afterwards it stands still.

        `before`: an event. If there is no record, the machine has begun to trace, but not come to
        that event.
        """
        deadline = time.monotonic() + MOVE_S
        qmp = self._machine(deadline)
        if before is not None and not self.exact:
            while not self._begin(qmp, before, deadline):
                qmp = self._machine(deadline)
        stub = Stub(self.socket, deadline)
        try:
            yield stub
        finally:
            stub.close()

    def _machine(self, deadline: float) -> Qmp:
        """Starts a machine to which GDB can connect, instead of the one that is there."""
        self.stop()
        self._folder = socket_folder()
        qmp = self._start("replay" if self.exact else "", "-chardev",
                          f"socket,id=gdb,path={quote(self.socket)},server=on,wait=off",
                          "-gdb", "chardev:gdb")
        qmp.ask("query-status", deadline)       # then the socket is there
        return qmp

    def _begin(self, qmp: Qmp, before: int, deadline: float) -> bool:
        """Lets the machine make its trace, and stops it then from outside, which changes nothing.
        (It clears the memory for it: a watchpoint there would stop it, and guest time jump.)
        Returns whether that was in time for an event: a busy host stops it late."""
        qmp.send("cont")
        while not (self._u64(self._classes_pa) or qmp.closed or time.monotonic() > deadline):
            qmp.receive()
        if time.monotonic() > deadline:
            raise StubError("this host is too busy to stop the machine in time")
        try:
            qmp.ask("stop", deadline)
        except HarnessError:
            if not qmp.closed:
                raise
            return False            # it has ended
        return self._u64(self._head_pa) <= before

    # Moments

    def start(self) -> Here:
        """Goes before the first instruction."""
        with self.run():
            pass
        return self.here()

    def to_count(self, icount: int) -> Here:
        """Goes to where so many instructions have been executed; one processor only."""
        with self.run() as stub:
            self.count_to(stub, icount)
        here = self.here()
        if here.icount != icount:
            raise LostError(f"the machine stopped after {here.icount} instructions, not {icount}")
        return here

    def count_to(self, stub: Stub, icount: int) -> None:
        """Runs on to where so many instructions have been executed; one processor only."""
        if icount <= 0:
            return
        self.break_at(icount)
        stub.go()

    def break_at(self, icount: int) -> None:
        """Lets the replay stop where so many instructions have been executed."""
        assert self._qmp
        self._qmp.ask("replay-break", time.monotonic() + SOCKET_S, icount=icount)

    def to_event(self, number: int) -> Here:
        """Goes to where the event with this number has just been recorded. Raises LostError."""
        if not 0 <= number < len(self.events):
            raise LostError(f"there is no event {number}: " + (
                f"they are 0 to {len(self.events) - 1}" if self.events else "the trace is empty"))
        move = partial(self._once_to_event, number)
        return move() if self.exact else until_found(move)

    def _once_to_event(self, number: int) -> Here:
        with self.run(before=number) as stub:
            cpu = self.event_to(stub, number)
        return self.here(cpu)

    def event_to(self, stub: Stub, number: int) -> int:
        """Runs on to an event; returns the processor that records it.

        The event's last argument is stored once, apart from when the ring was made: few stops.
        """
        slot = self._events_va + number % self._capacity * EVENT_SIZE
        stub.set(WATCH, slot + EVENT_SIZE - 8, 8)
        while True:
            try:
                stop = stub.go()
            except StubError:
                if not self.gone():
                    raise
                raise LostError(ENDED)
            if stop.signal != SIGTRAP:
                raise LostError(ENDED)
            if self._u64(self._head_pa) > number:
                break
        stub.unset(WATCH, slot + EVENT_SIZE - 8)
        for _ in range(STEPS_IN_EVENT):
            if self._u64(slot - self._direct_map) == number + 1:
                self._check(number)
                return stop.cpu
            stub.step()
        raise LostError(f"event {number} is not completed")

    def _u64(self, pa: int) -> int:
        return int.from_bytes(self.view.read(pa, 8), "little")

    def _check(self, number: int) -> None:
        """Raises LostError unless all that has happened is what happened in the first run."""
        seen = self.kernel().ring().events
        for place, (now, then) in enumerate(zip(seen, self.events[:number + 1])):
            if str(now) != str(then) or now.time != then.time:
                raise LostError(f"this run has gone another way, from event {place} on: {now} "
                                f"instead of {then}")

    def to_end(self) -> Here:
        """Goes to where the machine begins to end; to its last instruction if that reset it; or, if
        it does not end, to the last event."""
        with self.run() as stub:
            for name in ENDINGS:
                if name in self.elf.symbols:
                    stub.set(BREAK, self.elf.symbols[name])
            if self.exact and self.end is not None:
                self.break_at(self.end - 1)
            with contextlib.suppress(StubError):
                stub.deadline = min(stub.deadline, time.monotonic() + END_S)
                stop = stub.go()
                if stop.signal == SIGTRAP or self.end is not None:
                    return self.here(stop.cpu)
        return self.to_event(len(self.events) - 1)

    def to_function(self, name: str) -> Here:
        """Goes to the first call of a function of the kernel. Raises StubError, LostError."""
        with self.run() as stub:
            stub.set(BREAK, self.elf.symbol(name))
            stop = stub.go()
        if stop.signal != SIGTRAP:
            raise LostError(f"{name}() is not called")
        return self.here(stop.cpu)

    def to_line(self, index: int, text: str) -> Here:
        """Goes to where a line of the programs, by its number, is about to go to the console.

        Raises LostError, also if the line has become another one.
        """
        said = b""
        with self.run() as stub:
            stub.set(BREAK, self.elf.symbol("console_write"))
            while True:
                stop = stub.go()
                if stop.signal != SIGTRAP:
                    raise LostError("the run ended before that line")
                said += stub.read(*stub.arguments())
                if said.count(b"\n") > index:
                    break
        line = said.split(b"\n")[index].decode(errors="replace").strip()
        if line != text.strip():
            raise LostError(f"this run says '{line}', not '{text.strip()}'")
        return self.here(stop.cpu)

    def to_divergence(self) -> Here:
        """Goes to where the test first differs from what it should be, or to its end. Raises
        GradeError."""
        where = self.left.where
        try:
            if where.kind == "event":
                return self.to_event(where.number)
            if where.kind == "line":
                return self.to_line(where.number, where.text)
            if where.kind == "call":
                return self.to_function(where.text)
        except (LostError, StubError):
            if self.same and self.exact:
                raise
        return self.to_end()

    def now(self, cpu: int) -> Here:
        """Returns the moment at which GDB has left the machine. If it has ended, goes there."""
        try:
            return self.here(cpu)
        except HarnessError:
            return self.to_end()

    def again(self, here: Here) -> Here:
        """Goes to a moment once more; with several processors, to the event before it."""
        if here.icount <= 0:
            return self.start()
        if self.exact:
            return self.to_count(here.icount)
        return self.to_event(here.events - 1) if here.events else self.start()

    def back(self, now: Here, count: int) -> Here:
        """Goes so many instructions back; with several processors, to the last event that is at
        least so far back."""
        if self.exact:
            return self.to_count(now.icount - count) if count < now.icount else self.start()
        step, number = 1, now.events - 1
        while number >= 0:
            here = self.to_event(number)
            if now.icount - here.icount >= count:
                return here
            number, step = number - step, 2 * step
        return self.start()
