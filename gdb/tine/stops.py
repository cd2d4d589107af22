# SPDX-License-Identifier: MIT
"""Commands that stop the kernel where something begins: break-fork, break-fault, break-exec.

And it stops before the machine ends because of a mistake, while there is still something to see.
"""
from __future__ import annotations

from typing import Callable, Dict, Iterator, List, Optional

import gdb
from tine import machine, why
from tine.command import command, fold

from grade.errors import GradeError
from grade.reader import PAGE_SIZE, Kernel
from grade.words import MACHINE_ENDS, VERDICTS


def _tell(lines: Iterator[str]) -> None:
    """Prints what a stop has to say; whatever cannot be found out is left out."""
    try:
        for line in lines:
            gdb.write("\n".join(fold(line)) + "\n")
    except (GradeError, gdb.error):
        pass


Teller = Callable[[Kernel], Iterator[str]]
_tellers: Dict[int, Teller] = {}        # by breakpoint: what its stops have to say


def _stopped(event: object) -> None:
    """Called by GDB at each stop: says who is there, and why, if it is one of ours."""
    for stop in getattr(event, "breakpoints", ()):
        if stop.number in _tellers:
            _tell(_lines(_tellers[stop.number]))


def _lines(teller: Teller) -> Iterator[str]:
    yield from teller(machine.kernel())


def _stop_at(function: str, teller: Teller, condition: Optional[str] = None) -> None:
    """Sets a breakpoint, to which conditions and commands can be added as to any other."""
    stop = gdb.Breakpoint(function)
    stop.condition = condition
    if not _tellers:
        gdb.events.stop.connect(_stopped)
    _tellers[stop.number] = teller


class EndStop(gdb.Breakpoint):
    """Where the machine ends; stops there if it is for a mistake, so that it can be looked at."""

    def __init__(self) -> None:
        super().__init__("*machine_exit", internal=True)
        self.silent = True

    def stop(self) -> bool:
        """Called by GDB when the machine is about to end. Returns whether to stop."""
        try:
            status = machine.register("rdi") % 128 * 2 + 1      # as QEMU makes it
        except gdb.error:
            return False
        verdict = MACHINE_ENDS.get(status)
        if verdict in (None, "pass", "exit"):
            return False
        _tell(iter([f"[the machine is about to end: {VERDICTS[str(verdict)]}; `why` says more]"]))
        return True


class EndTeller:
    """Says at GDB's prompt that the machine has ended, once: GDB itself says no more than that a
    connection was closed. `there`: whether there was a machine at the last prompt."""

    def __init__(self) -> None:
        self.there = False

    def prompt(self) -> None:
        """Called by GDB before each prompt."""
        ended = self.there and not machine.running()
        self.there = machine.running()
        if ended:
            _tell(self._words())

    @staticmethod
    def _words() -> Iterator[str]:
        console = why.read_console()
        words = [line.partition(": ")[2] for line in why.ending(console)][:1] or \
            [console.kernel_line("exit: ").partition(": ")[2]]
        yield (f"[the machine has ended{': ' if words[0] else ''}{words[0]}; its memory can still "
               "be looked at]")


end_teller = EndTeller()


def stop_at_the_end() -> None:
    """From now on GDB stops before a machine ends that has met a mistake, and says at its prompt
    that one has ended."""
    gdb.events.before_prompt.connect(end_teller.prompt)
    if not _known_end():
        gdb.events.new_objfile.connect(_loaded)


def _known_end() -> bool:
    """Sets that stop if a kernel is loaded. Returns whether it is."""
    try:
        gdb.parse_and_eval("&machine_exit")
    except gdb.error:
        return False
    EndStop()
    return True


def _loaded(event: object) -> None:
    """Called by GDB when it has read a file's symbols: is that the kernel?"""
    if _known_end():
        gdb.events.new_objfile.disconnect(_loaded)


@command("break-fork")
def break_fork(words: List[str]) -> Iterator[str]:
    """Stops whenever a task is about to make another one: break-fork

    At do_clone, which fork, vfork and clone lead to. It can be set before the machine has booted;
    `condition` and `delete` work as with any breakpoint.

    Example: break-fork"""
    _stop_at("do_clone", why.who)
    return iter(())


@command("break-exec")
def break_exec(words: List[str]) -> Iterator[str]:
    """Stops whenever a task is about to execute another program: break-exec

    At do_execve, where the old program's memory is still there: `sysargs` shows which program, and
    with which arguments. (Before lab 3 there is no execve.)

    Example: break-exec"""
    _stop_at("do_execve", why.who)
    return iter(())


@command("break-fault", symbols=True)
def break_fault(words: List[str]) -> Iterator[str]:
    """Stops at page faults: break-fault [VA]

    With VA: only at those in its page. Then `why` says what the fault is about, and `finish` goes
    on until it has been handled.

    Example: break-fault 0x403000"""
    page = machine.number(words[0]) // PAGE_SIZE if words else 0
    condition = f"(unsigned long) $cr2 / {PAGE_SIZE} == {page}" if words else None
    _stop_at("page_fault", why.headline, condition)
    return iter(())
