# SPDX-License-Identifier: MIT
"""Walks through a guided tour: stops where its text says, tells it, checks it, waits.

The next stop is armed as soon as one has been reached: whoever wanders off and lets the machine run
arrives there as well. If the machine has gone past it, it is booted anew and brought there: it does
the same again, with the same addresses.
"""
from __future__ import annotations

import os
import re
import sys
import textwrap
from pathlib import Path
from typing import Dict, Iterator, Optional

import gdb
from tine import machine, programs, why
from tine.command import WIDTH, UsageError, fold
from tine.tour_facts import CONDITIONS, FACTS, Fact, Hex

from grade.errors import GradeError
from grade.tours import AGAIN, DONE, FAILED, Step, Tour, load

ROOT = Path(__file__).resolve().parent.parent.parent
TEXT_WIDTH = 90
TICKS_LIMIT = 300       # three seconds of the machine's time; a tour takes a tenth of one
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
STOP = re.compile(r"(?P<place>\S+)(?: from (?P<function>\w+))?(?: of (?P<pid>\S+))?"
                  r"(?: if (?P<condition>.+))?")
HELP = """Enter goes on to the next stop, `tour` shows this one again, `quit` leaves. Meanwhile
every command of GDB works, also those that let the machine run: it arrives at the next stop all
the same, or, if it cannot any more, `tour again` boots it anew and comes back here. Pids and
addresses that the text speaks of have names in GDB, such as $child: `show convenience` lists
them. `help tine` lists Tine's commands."""


class Difference(GradeError):
    """What the tour tells does not hold for this kernel."""


def _write(line: str = "") -> None:
    gdb.write("\n".join(fold(line)) + "\n")


def _say(text: str) -> None:
    for line in textwrap.wrap(text, TEXT_WIDTH, break_on_hyphens=False, break_long_words=False):
        _write(line)
    _write()


class NoTick(gdb.Breakpoint):
    """Keeps the timer from taking the processor away: a stop in GDB takes time, and what runs next
    would depend on it. The function that looks whether others want to run returns at once. It is
    also the clock by which a tour gives up: when all wait for each other, nothing else happens."""

    def __init__(self) -> None:
        super().__init__("*sched_tick", internal=True)
        self.silent = True
        self.ticks = 0

    def stop(self) -> bool:
        """Called by GDB at the function's first instruction. Returns whether to stop there."""
        gdb.execute("set $rip = *(long *)$rsp", to_string=True)
        gdb.execute("set $rsp = $rsp + 8", to_string=True)
        self.ticks += 1
        return self.stuck

    @property
    def stuck(self) -> bool:
        """Whether so much time has gone by that nothing will happen any more."""
        return self.ticks >= TICKS_LIMIT


class Guide:
    """One walk through one tour."""

    def __init__(self, tour: Tour, first: int, batch: bool) -> None:
        self.tour, self.first, self.batch = tour, first, batch
        self.at = 0                     # the step that was reached last, from 1 on
        self.names: Dict[str, Fact] = {}
        self.armed: Optional[gdb.Breakpoint] = None
        self.arrived = False
        self.ours = False               # it is the tour that lets the machine run
        self.wandered = False           # somebody else has, since the last stop of the tour
        self.over = False
        self.tick = NoTick()
        gdb.events.stop.connect(self._stopped)
        gdb.events.cont.connect(self._continued)

    # What GDB tells

    def _stopped(self, event: object) -> None:
        if self.armed and self.armed in getattr(event, "breakpoints", ()):
            self.arrived = True

    def _continued(self, event: object) -> None:
        self.wandered = self.wandered or not self.ours

    # What the text means

    def _value(self, word: str) -> Fact:
        """What a word of the text stands for: a name of the tour, a number, or itself."""
        if word in self.names:
            return self.names[word]
        try:
            number = int(word, 0)
        except ValueError:
            return word
        return Hex(number) if word.startswith("0x") else number

    def _fact(self, text: str) -> Fact:
        """The fact that is written as `NAME ARGUMENT...`, or a name of the tour."""
        name, *words = text.split()
        if name in self.names and not words:
            return self.names[name]
        if name not in FACTS:
            raise GradeError(f"{self.tour.name}: there is no fact '{name}'")
        if name in ("c", "x"):
            return FACTS[name](*words)  # type: ignore[return-value]
        return FACTS[name](*map(self._value, words))  # type: ignore[return-value]

    def _filled(self, text: str) -> str:
        return PLACEHOLDER.sub(lambda found: str(self._fact(found[1])), text)

    def _remember(self, text: str) -> None:
        name, _, source = text.partition(" = ")
        self.names[name] = value = self._fact(source)
        gdb.set_convenience_variable(name, int(value) if isinstance(value, int) else value)

    def _expect(self, text: str) -> None:
        condition, _, sentence = text.partition(" -- ")
        name, *words = self._filled(condition).split()
        if not CONDITIONS[name](*map(self._value, words)):
            raise Difference(self._filled(sentence))

    # Going there

    def _arm(self, step: Step) -> None:
        """Sets the breakpoint for a step. Raises Difference if there is no such place."""
        self.arrived = self.wandered = False
        if self.armed:
            self.armed.delete()
        self.armed = None
        found = STOP.fullmatch(self._filled(step.stop))
        if not found:
            raise GradeError(f"{self.tour.name}: '{step.stop}' is no stop")
        place, conditions = found["place"], []
        if place == "return":
            caller = self._caller(found["function"])
            place = f"*{int(caller.pc()):#x}"
            conditions.append(f"$rsp == {int(caller.read_register('rsp')) % (1 << 64):#x}")
        if found["pid"]:
            conditions.append(f"cpus[0].task->pid == {found['pid']}")
        if found["condition"]:
            conditions.append(f"({found['condition']})")
        try:
            self.armed = gdb.Breakpoint(place, internal=True)
            self.armed.silent = True
            self.armed.condition = " && ".join(conditions) or None
        except gdb.error as error:
            raise Difference(f"this kernel has nothing to stop at: {error}")

    @staticmethod
    def _caller(function: Optional[str]) -> gdb.Frame:
        """The frame that a function, by default the innermost, returns to."""
        frame = gdb.newest_frame()
        while frame is not None and function and frame.name() != function:
            frame = frame.older()
        caller = frame.older() if frame is not None else None
        if caller is None:
            raise Difference(f"{function} is not at work here")
        return caller

    def go(self) -> None:
        """Lets the machine run to the next stop, and shows it. Raises Difference."""
        if not machine.running():
            self.wandered = True
        elif not self.arrived:
            self.ours, self.tick.ticks = True, 0
            try:
                shown = gdb.execute("continue", to_string=True)
            except gdb.error as error:
                shown = f"{error}\n"
            finally:
                self.ours = False
            if not (self.arrived or self._ended() or self.tick.stuck):
                gdb.write(f"{shown}The next stop of the tour is still ahead; Enter goes on.\n")
                return
        if self.arrived:
            self.arrive()
        else:
            self._past()

    @staticmethod
    def _ended() -> bool:
        """Whether the machine has ended, or the kernel is about to end it for a mistake."""
        return not machine.running() or bool(list(why.ending(why.read_console())))

    def _past(self) -> None:
        """The next stop has not been reached, and will not be."""
        step = self.tour.steps[self.at]
        if self.wandered:
            _say(f"The machine has gone past the next stop ({step.heading}). `tour again` boots "
                 "it anew and brings you back; it will do just the same.")
            return
        raise Difference(self._filled(step.missed) if step.missed else
                         f"the next stop ({step.heading}) is never reached")

    def arrive(self) -> None:
        """The machine is at the next stop: shows that, and arms the one after it."""
        self.at += 1
        self.show(silent=self.at < self.first)
        if self.at < len(self.tour.steps):
            self._arm(self.tour.steps[self.at])
        else:
            self.arrived = False

    # Telling

    def introduce(self) -> None:
        """Says what the tour is about."""
        _write(f"==== {self.tour.title} ====")
        _write()
        for text in self.tour.intro:
            _say(text)
        if not self.batch:
            _say(HELP)

    def show(self, silent: bool = False, again: bool = False) -> None:
        """Tells the current step; `silent`: only does what is needed for later ones.

        Raises Difference when something does not hold; not if it is shown `again`.
        """
        step = self.tour.steps[self.at - 1]
        if not silent:
            _write(f"---- {self.at} of {len(self.tour.steps)}: {self._filled(step.heading)} ----")
            _write(self._where())
            _write()
        for word, text in step.items:
            if word == "let":
                if not again:
                    self._remember(text)
            elif silent:
                continue
            elif word == "expect":
                if not again:
                    self._expect(text)
            elif word == "look":
                self._look(self._filled(text))
            else:
                _say(self._filled(text))

    @staticmethod
    def _where() -> str:
        """Where the processor is, and for whom."""
        if not machine.running():
            return "     the machine has ended"
        kernel = machine.kernel()
        task = machine.current(kernel)
        who = f"pid {task.pid} ({task.name})" if task else "no task"
        pc = machine.register("rip")
        if task and machine.in_user_mode():
            return f"     {who}, in user mode at {programs.place(kernel, task, pc)}"
        place = gdb.find_pc_line(pc)
        line = f" ({place.symtab.filename}:{place.line})" if place.symtab else ""
        return f"     {who}, in the kernel at {machine.function(kernel, pc)}{line}"

    @staticmethod
    def _look(line: str) -> None:
        _write(f"tine> {line}")
        try:
            shown = gdb.execute(line, to_string=True)
        except gdb.error as error:
            shown = f"{error}\n"
        for row in shown.rstrip("\n").expandtabs().split("\n"):
            _write(row)
        _write()

    def differ(self, error: Difference) -> None:
        """Says where this kernel differs from what the tour tells."""
        self.over = True
        text = f"Here is the first difference: {str(error).rstrip('.?')}."
        for line in textwrap.wrap(text, WIDTH - 4, initial_indent="!!  ", subsequent_indent="    ",
                                  break_on_hyphens=False, break_long_words=False):
            _write(line)
        _write()
        if self._ended():
            self._look("why")
        elif self.tick.stuck:
            self._look("ps")
        _say(f"The tour ends here. {self.tour.handout} says what is expected.")

    # Waiting

    def _done(self) -> bool:
        return self.over or self.at == len(self.tour.steps)

    def _next(self) -> None:
        """What Enter does."""
        if self._done():
            gdb.execute("quit")
        self._try(self.go)

    def _try(self, deed: object) -> None:
        try:
            deed()  # type: ignore[operator]
        except Difference as error:
            self.differ(error)
        except (GradeError, gdb.error) as error:
            self.differ(Difference(f"{error}"))
        if self.at == len(self.tour.steps) and not self.over:
            self.over = True
            _say("That was the tour. The machine stands still where it was last; Enter or `quit` "
                 "leaves.")

    def command(self, line: str) -> None:
        """Does what the reader has typed."""
        words = line.split()
        if not words:
            self._next()
        elif words == ["tour"]:
            if self.at:
                self._try(lambda: self.show(again=True))
        elif words == ["tour", "again"]:
            gdb.execute(f"quit {AGAIN + max(self.at, 1)}")
        elif words[0] == "tour":
            _say(HELP)
        else:
            try:
                gdb.execute(line, from_tty=True)
            except gdb.error as error:
                _write(str(error))
            if self.arrived:
                self._try(self.arrive)

    def lines(self) -> Iterator[str]:
        """Yields what the reader types, until there is nothing more."""
        while True:
            where = "over" if self.over else f"{self.at}/{len(self.tour.steps)}"
            try:
                yield _read(f"tour {where}> ")
            except EOFError:
                return
            except KeyboardInterrupt:
                _write()

    def run(self) -> None:
        """Goes through the tour, and ends GDB, with DONE, or FAILED after a difference."""
        if self.first <= 1:
            self.introduce()
        self._try(lambda: self._arm(self.tour.steps[0]))
        while not self.over and (self.batch or self.at < self.first):
            self._try(self.go)
        failed = self.at < len(self.tour.steps)
        if not self.batch:
            for line in self.lines():
                self.command(line)
        gdb.execute(f"quit {FAILED if failed else DONE}")


def _read(prompt: str) -> str:
    """Reads a line as GDB does, with its history and completion, if this is a terminal."""
    own = sys.stdout
    sys.stdout = sys.__stdout__     # what Python asks whether it is a terminal; GDB's cannot say
    try:
        return input(prompt)
    finally:
        sys.stdout = own


def begin() -> None:
    """Goes through the tour that the environment names; returns only if it cannot."""
    try:
        tour = load(ROOT, os.environ["TINE_TOUR"])
        batch = os.environ.get("TINE_TOUR_BATCH") == "1"
        Guide(tour, int(os.environ.get("TINE_TOUR_STEP", "1")), batch).run()
    except (GradeError, UsageError) as error:
        _write(f"tine: {error}")
        gdb.execute(f"quit {FAILED}")
