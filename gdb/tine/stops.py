# SPDX-License-Identifier: MIT
"""Commands that stop the kernel where something begins: break-fork, break-fault, break-exec.

And it stops before the machine ends because of a mistake, while there is still something to see.
"""
from __future__ import annotations

from typing import Iterator, List, Optional

import gdb
from tine import machine, why
from tine.command import UsageError, command, fold

from grade.errors import GradeError
from grade.reader import PAGE_SIZE
from grade.words import MACHINE_ENDS, VERDICTS


def _tell(lines: Iterator[str]) -> None:
    """Prints what a stop has to say; whatever cannot be found out is left out."""
    try:
        for line in lines:
            gdb.write("\n".join(fold(line)) + "\n")
    except (GradeError, gdb.error):
        pass


class _Stop(gdb.Breakpoint):
    """A breakpoint at a function that also says, at each stop, who is there and why."""

    def stop(self) -> bool:
        """Called by GDB when the breakpoint is hit. Returns whether to stop."""
        _tell(why.who(machine.kernel()))
        return True


class _FaultStop(gdb.Breakpoint):
    """A breakpoint at the page fault handler: for faults in one page, or all."""

    def __init__(self, page: Optional[int]) -> None:
        super().__init__("page_fault")
        self.page = page

    def stop(self) -> bool:
        """Called by GDB when a page fault is about to be handled. Returns whether to stop."""
        try:
            address = machine.register("cr2")
        except gdb.error:
            return True
        if self.page is not None and address // PAGE_SIZE != self.page:
            return False
        _tell(why.headline(machine.kernel()))
        return True


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


def stop_at_the_end() -> None:
    """From now on GDB stops before a machine ends that has met a mistake."""
    try:
        gdb.parse_and_eval("&machine_exit")
    except gdb.error:
        return      # no kernel is loaded, or one without that function
    EndStop()


@command("break-fork")
def break_fork(words: List[str]) -> Iterator[str]:
    """Stops whenever a task is about to make another one: break-fork

    At do_clone, which fork, vfork and clone lead to. Can be set before the machine has booted;
    `delete N` takes it away, as any breakpoint.

    Example: break-fork"""
    _Stop("do_clone")
    return iter(())


@command("break-exec")
def break_exec(words: List[str]) -> Iterator[str]:
    """Stops whenever a task is about to execute another program: break-exec

    At do_execve, where the old program's memory is still there: `sysargs` shows which program, and
    with which arguments. (Before lab 3 there is no execve.)

    Example: break-exec"""
    _Stop("do_execve")
    return iter(())


@command("break-fault", symbols=True)
def break_fault(words: List[str]) -> Iterator[str]:
    """Stops at page faults: break-fault [VA]

    With VA: only at those in its page. Then `why` says what the fault is about, and `finish` goes
    on until it has been handled.

    Example: break-fault 0x403000"""
    if len(words) > 1:
        raise UsageError("usage: break-fault [VA]")
    _FaultStop(machine.number(words[0]) // PAGE_SIZE if words else None)
    return iter(())
