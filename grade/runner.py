# SPDX-License-Identifier: MIT
"""Grades one lab: finds its tests, boots each of them, judges what they did."""
from __future__ import annotations

import contextlib
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Optional, Sequence, Tuple

from grade import spec as specs
from grade.build import Built, CompileError, build
from grade.console import parse as parse_console
from grade.elf import Elf
from grade.errors import HarnessError, SetupError
from grade.events import Event, Formats
from grade.failed import NOT_KEPT, Keep, Left, digest
from grade.host import as_it_is, cpu_limit
from grade.machine import BACKSTOP_S, Config, Machine, run_all
from grade.outside import Tables, audit, contradiction, events_at, replay
from grade.reader import Kernel, Memory, ReaderError
from grade.spec import Spec
from grade.verdict import CLEAN_END, Facts, Score, combine, judge, make_failure

FRAMES_IN_USE = ("user", "page-table")
STOPS_LIMIT = 64        # more than any test has


@dataclass(frozen=True)
class Report:
    """The outcome of a lab, its tests in the lab's order."""

    lab: int
    tests: List[Score] = field(default_factory=list)

    @property
    def score(self) -> int:
        """Points earned."""
        return sum(test.score for test in self.tests)

    @property
    def max(self) -> int:
        """Points there were to earn."""
        return sum(test.points for test in self.tests)


@dataclass(frozen=True)
class Limits:
    """How to boot. `jobs`: how many at once, 0 for as many as the processors we may use;
    `timeout_s`: the wall clock's limit for one boot on an idle host; `dump`: a folder that gets
    each test's console and trace as text."""

    jobs: int = 0
    timeout_s: float = BACKSTOP_S
    dump: Optional[Path] = None


@dataclass(frozen=True)
class Choice:
    """What to grade: `solved` is a lab's number or "none", `test` a name or None for all; `seed`:
    only this one, for tests with several processors; 0: all that the test asks for."""

    root: Path
    lab: int
    solved: str
    test: Optional[str] = None
    limits: Limits = Limits()
    seed: int = 0


def labs(root: Path) -> List[int]:
    """Returns the numbers of the labs there are tests for."""
    numbers = [path.name[3:] for path in (root / "grade").glob("lab*") if path.is_dir()]
    return sorted(int(number) for number in numbers if number.isdigit())


def load_specs(root: Path, lab: int, test: Optional[str] = None) -> List[Spec]:
    """Returns the tests of a lab in order, or the one named. Raises SetupError."""
    known = labs(root)
    if lab not in known:
        raise SetupError(f"there is no lab {lab}; there are: {', '.join(map(str, known))}")
    folder = root / "grade" / f"lab{lab}"
    found = [specs.load(path, lab) for path in sorted(folder.glob("*.trace"))]
    found.sort(key=lambda spec: (spec.place, spec.name))
    names = [spec.name for spec in found]
    if test is None:
        return found
    if test not in names:
        raise SetupError(f"lab {lab} has no test '{test}'; it has: {', '.join(names)}")
    return [spec for spec in found if spec.name == test]


def default_solved(lab: int) -> str:
    """Returns what `make grade` takes from the solutions unless told: all labs before this."""
    return str(lab - 1) if lab else "none"


def command_for(choice: Choice, test: str) -> str:
    """Returns the command that runs one test again."""
    solved = "" if choice.solved == default_solved(choice.lab) else f" SOLVED={choice.solved}"
    return f"make grade LAB={choice.lab}{solved} TEST={test}"


def grade(choice: Choice, remark: Optional[Callable[[str], None]] = None) -> Iterator[Score]:
    """Builds the kernel and yields each test's score as soon as it is known.

    `remark`, if given, is told what the compiler has to say about files it did compile.
    """
    tests = [replace(test, seed=choice.seed if test.seeds else 0)
             for test in load_specs(choice.root, choice.lab, choice.test)]
    try:
        built = build(choice.root, choice.lab, choice.solved)
    except CompileError as error:
        for test in tests:
            failure = make_failure(test, "compile", command_for(choice, test.name), CLEAN_END,
                                   str(error))
            yield Score(test.name, test.title, test.points, 0, "compile", failure)
        return
    if built.warnings and remark:
        remark(built.warnings)
    commands = {test.name: command_for(choice, test.name) for test in tests}
    for _, score in boot_all([(built, test, commands[test.name]) for test in tests],
                             choice.limits, Keep.of(choice.root)):
        yield score


def boot_all(work: Sequence[Tuple[Built, Spec, str]], limits: Limits,
             keep: Optional[Keep] = None) -> Iterator[Tuple[int, Score]]:
    """Boots (kernel, test, command) triples in parallel; yields (index, score) as they end.

    `keep`: where a test that fails leaves what `make replay` needs, if it shall.
    """
    jobs = limits.jobs or cpu_limit()
    patience = limits.timeout_s * _slowness(jobs)
    images: Dict[Path, Image] = {}
    trials: Dict[int, Tuple[int, Trial]] = {}
    machines: List[Machine] = []
    pending: Dict[int, List[Spec]] = {}
    scores: Dict[int, Dict[int, Score]] = {}
    with contextlib.ExitStack() as kept:
        for index, (built, test, command) in enumerate(work):
            if built.kernel not in images:
                images[built.kernel] = Image.open(built, kept)
            pending[index], scores[index] = test.boots(), {}
            for boot in pending[index]:
                trial = Trial(images[built.kernel], boot, command)
                machine = Machine(trial.config(), patience, trial.look)
                trials[id(machine)] = (index, trial)
                machines.append(machine)
        for machine in run_all(machines, jobs):
            index, trial = trials.pop(id(machine))
            try:
                scores[index][trial.seed] = trial.judge(machine, limits.dump, keep)
            finally:
                machine.close()
            if len(scores[index]) == len(pending[index]):
                yield index, combine(scores[index])


def _slowness(jobs: int) -> float:
    """Returns by how much a busy host may stretch the wall clock's limit: 1 to 10."""
    try:
        load = os.getloadavg()[0]
    except OSError:
        load = 0.0
    return min(10.0, max(1.0, (load + jobs) / cpu_limit()))


@dataclass(frozen=True)
class Image:
    """A kernel as it was when the grading began, and what its file says. Another make may build
    meanwhile; all boots are of the same bytes, those whose symbols we know."""

    built: Built
    kernel: Path
    initrd: Path
    elf: Elf
    formats: Formats

    @classmethod
    def open(cls, built: Built, kept: contextlib.ExitStack) -> Image:
        """Opens a kernel that was built; `kept` closes it."""
        try:
            kernel, initrd = (kept.enter_context(as_it_is(path))
                              for path in (built.kernel, built.initrd))
        except OSError as error:
            raise HarnessError(f"{error.filename}: {error.strerror}")
        elf = Elf(kernel)
        return cls(built, kernel, initrd, elf, Formats(elf))


class Trial:
    """One test on one kernel: how it boots, what is seen at its stops, how it is judged."""

    def __init__(self, image: Image, test: Spec, command: str) -> None:
        self._image = image
        self._test = test
        self._command = command
        self._outside: Dict[int, List[Event]] = {}  # ticket of a stop -> what was seen during it
        self._tables: Tables = {}                   # as the trace has them up to the last stop
        self._contradiction = ""                    # the first between memory and trace
        self._findings: List[str] = []              # of an audit from outside
        self._unreadable = ""
        self.seed = test.seed
        self._seen = 0                              # tickets below were looked at

    def config(self) -> Config:
        """Returns the machine this test needs."""
        return Config(self._image.kernel, self._image.initrd, self._test.kernel_options(),
                      self._test.memory, self._test.cpus, name=str(self._image.built.kernel))

    def look(self, machine: Machine) -> None:
        """The machine stands still: notes what its page tables say. Not for ever: a kernel that has
        lost its way may stop again and again."""
        if len(self._outside) >= STOPS_LIMIT:
            return
        memory = Memory(machine.memory.fd, machine.memory_size)
        try:
            kernel = Kernel(memory, self._image.elf, self._image.formats)
            ring = kernel.ring(self._seen)
            replay(ring.events, self._tables)
            for ticket, event in zip(ring.tickets, ring.events):
                self._seen = ticket + 1
                if event.name == "stop":
                    self._outside[ticket] = events_at(kernel, event)
            if "pte" in self._test.classes and not self._contradiction:
                self._contradiction = contradiction(kernel, self._tables)
            # On several processors another one may be in the middle of a change.
            if "pte" in self._test.classes and self._test.cpus == 1:
                self._findings += [line for line in audit(kernel) if line not in self._findings]
        except ReaderError as error:
            self._unreadable = str(error)
        finally:
            memory.close()

    def judge(self, machine: Machine, dump: Optional[Path], keep: Optional[Keep] = None) -> Score:
        """Returns the verdict on a machine that has ended; `dump`: see Limits, `keep`: boot_all."""
        mark = ""
        facts = Facts(machine.status, parse_console(machine.console()),
                      timed_out=machine.timed_out, complaint=machine.complaint(),
                      elf=self._image.elf, uncompiled=self._image.built.uncompiled)
        memory = Memory(machine.memory.fd, machine.memory_size)
        try:
            kernel = Kernel(memory, self._image.elf, self._image.formats)
            ring = kernel.ring()
            mark = digest(ring.events)
            facts.dropped, facts.torn = ring.dropped, ring.torn
            for ticket, event in zip(ring.tickets, ring.events):
                seen = [event, *self._outside.get(ticket, [])]
                facts.events += seen
                facts.tickets += [ticket] * len(seen)
            facts.instructions = ring.events[-1].time if ring.events else None
            facts.frames_left = kernel.frames_of_kind(*FRAMES_IN_USE)
        except ReaderError as error:
            facts.unreadable = f"the kernel's memory cannot be read: {error}"
        finally:
            memory.close()
        if self._unreadable:
            facts.unreadable = f"at a stop, the kernel's memory could not be read: " \
                               f"{self._unreadable}"
        facts.contradiction = self._contradiction
        facts.findings = self._findings
        if dump:
            self._dump(dump, machine.console(), facts.events)
        score = judge(self._test, facts, self._command)
        if keep:
            self._keep(keep, score, mark)
        return score

    def _keep(self, keep: Keep, score: Score, mark: str) -> None:
        """Leaves what it takes to run a test that has failed again; after a pass, nothing."""
        test = self._test
        if not score.failure or score.verdict in NOT_KEPT:
            keep.forget(test.lab, test.name, test.seed)
            return
        left = Left(test.lab, test.name, test.title, test.seed, test.kernel_options(), test.memory,
                    test.cpus, score.verdict, asdict(score.failure), score.where, mark,
                    str(self._image.built.kernel.parent))
        keep.leave(left, self._image.kernel, self._image.initrd)

    def _dump(self, folder: Path, console: bytes, events: List[Event]) -> None:
        """Writes what judging is based on, for people and for comparing two runs."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            name = self._test.name + (f".{self.seed}" if self.seed else "")
            (folder / f"{name}.console").write_bytes(console)
            (folder / f"{name}.events").write_text(
                "".join(f"{event.time} {event}\n" for event in events), encoding="utf-8")
        except OSError as error:
            raise SetupError(f"cannot write to {folder}: {error.strerror}")
