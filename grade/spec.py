# SPDX-License-Identifier: MIT
"""Reads `.trace` files: what one test boots and what must be true of it. See LANGUAGE.md."""
from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Callable, Dict, FrozenSet, List, NoReturn, Optional, Tuple

from grade.errors import SetupError
from grade.pattern import EventPattern, PatternError, Template
from grade.words import VERDICTS

CLASSES = ("task", "sys", "pte", "frame", "trap", "tlb", "mark", "audit")
SECTIONS = ("console", "order", "trace", "never", "count", "hints")
HEADER_DEFAULTS = {"title": "", "points": "", "place": "100", "run": "", "ktest": "",
                   "classes": "none", "memory": "64", "budget": "200", "cpus": "1",
                   "seeds": "0", "handout": "", "stays": "", "question": "", "function": ""}
SHELL = "/init"             # runs the script that is its argument
CPUS_MOST = 8               # kern/arch supports so many
LINE_LIMIT = 200            # patterns in one file; the matcher's recursion is as deep
WORDS = re.compile(r"(.*?)\s+--\s+(.*)")
FUNCTION = re.compile(r"[A-Za-z_]\w*")
RANGE = re.compile(r"(\d+)?(\.\.)?(\d+)?")


class SpecError(SetupError):
    """A `.trace` file is wrong; the message begins with file:line."""


@dataclass(frozen=True)
class Line:
    """What the console must say: a template, and in words what it means."""

    template: Template
    words: str
    number: int


@dataclass(frozen=True)
class Scoped:
    """An event pattern, perhaps only between two others."""

    pattern: EventPattern
    first: Optional[EventPattern] = None
    last: Optional[EventPattern] = None

    @property
    def parts(self) -> List[EventPattern]:
        """The patterns in it, in the order in which they bind variables."""
        return [part for part in (self.first, self.last, self.pattern) if part]


@dataclass(frozen=True)
class Expect:
    """An event that must happen."""

    pattern: EventPattern
    words: str
    number: int


@dataclass(frozen=True)
class Never:
    """An event or a console line that must not occur; one of the two is set."""

    scoped: Optional[Scoped]
    console: Optional[Template]
    words: str
    number: int


@dataclass(frozen=True)
class Count:
    """How often an event must occur: at least `low`, at most `high` (None: no limit)."""

    low: int
    high: Optional[int]
    scoped: Scoped
    words: str
    number: int

    def range_text(self) -> str:
        """Returns the range in words."""
        if self.high is None:
            return f"at least {self.low}"
        return f"exactly {self.low}" if self.low == self.high else f"{self.low} to {self.high}"


@dataclass(frozen=True)
class Hint:
    """A likely cause and when it is likely: `kind` decides which of the operands is used."""

    kind: str
    text: str
    number: int
    regex: Optional[re.Pattern[str]] = None
    pattern: Optional[EventPattern] = None
    words: Tuple[str, ...] = ()


@dataclass
class Spec:
    """One test. Memory in MiB, budget in millions of guest instructions; `append` is not read from
    the file: words for the kernel's command line that override those before them. `seeds`: how many
    orders of the processors to try, 0 for one without pauses; `seed`: the one to boot with.
    `function` is the one of the lab that the test is about, `question` the first hint."""

    path: Path
    name: str
    lab: int
    title: str = ""
    points: int = 0
    place: int = 100
    run: str = ""
    ktest: str = ""
    classes: Tuple[str, ...] = ()
    memory: int = 64
    budget: int = 200
    handout: str = ""
    stays: str = ""
    question: str = ""
    function: str = ""
    cpus: int = 1
    seeds: int = 0
    seed: int = 0
    append: str = ""
    console: List[Line] = field(default_factory=list)
    order: List[Expect] = field(default_factory=list)
    trace: List[Expect] = field(default_factory=list)
    never: List[Never] = field(default_factory=list)
    count: List[Count] = field(default_factory=list)
    hints: List[Hint] = field(default_factory=list)

    def kernel_options(self) -> str:
        """Returns the kernel command line this test boots with."""
        program = SHELL if self.is_script else self.run
        start = f"ktest={self.ktest}" if self.ktest else f"init={program}"
        words = [start, f"trace={','.join(self.classes) or 'none'}", f"budget={self.budget}"]
        if self.seed:
            words.append(f"seed={self.seed}")
        words += [self.append] if self.append else []
        return " ".join(words + (["--", self.run] if self.is_script else []))

    @property
    def is_script(self) -> bool:
        """Whether the shell runs the test."""
        return self.run.endswith(".sh")

    def boots(self) -> List[Spec]:
        """Returns what has to be booted for this test: itself, once with each seed."""
        if self.seed or not self.seeds:
            return [self]
        return [replace(self, seed=number) for number in range(1, self.seeds + 1)]


def load(path: Path, lab: int) -> Spec:
    """Reads one file. Raises SpecError with file, line, what is wrong and what was expected."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"{path}: cannot be read: {error}")
    return parse(text, path, lab)


def parse(text: str, path: Path, lab: int) -> Spec:
    """Reads the text of a file; `path` gives the test its name and errors their place."""
    return _Parser(text, path, lab).spec


class _Parser:
    """Takes a file apart, line by line."""

    def __init__(self, text: str, path: Path, lab: int) -> None:
        self.spec = Spec(path, path.stem, lab)
        self._number = 0
        self._header: Dict[str, str] = {}
        self._seen: Dict[str, int] = {}
        section = ""
        readers: Dict[str, Callable[[str], None]] = {
            "": self._header_line, "console": self._console, "order": self._order,
            "trace": self._trace, "never": self._never, "count": self._count, "hints": self._hint}
        for self._number, line in enumerate(text.splitlines(), 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            if line.startswith("["):
                section = self._section(line)
                continue
            try:
                readers[section](line)
            except PatternError as error:
                self._fail(str(error))
        self._finish()

    def _fail(self, message: str, number: Optional[int] = None) -> NoReturn:
        raise SpecError(f"{self.spec.path}:{number or self._number}: {message}")

    def _section(self, line: str) -> str:
        name = line.strip("[]")
        if line != f"[{name}]" or name not in SECTIONS:
            self._fail(f"unknown section '{line}'; expected one of "
                       + " ".join(f"[{known}]" for known in SECTIONS))
        if name in self._seen:
            self._fail(f"second section [{name}]; the first is at line {self._seen[name]}")
        self._seen[name] = self._number
        return name

    def _header_line(self, line: str) -> None:
        key, colon, value = line.partition(":")
        key, value = key.strip(), value.strip()
        if not colon or key not in HEADER_DEFAULTS:
            self._fail(f"expected 'KEY: VALUE' with a key of {', '.join(HEADER_DEFAULTS)}; "
                       f"found '{line}'")
        if key in self._header:
            self._fail(f"'{key}' is given twice")
        if not value:
            self._fail(f"'{key}' has no value")
        self._header[key] = value
        self._seen["header " + key] = self._number

    @staticmethod
    def _split_words(line: str) -> Tuple[str, str]:
        """Returns a line's pattern and the words after ` -- `."""
        found = WORDS.fullmatch(line)
        return (found[1], found[2].strip()) if found else (line, "")

    def _event(self, text: str) -> EventPattern:
        if not text.strip():
            self._fail("expected an event pattern, found nothing")
        return EventPattern(text)

    def _console(self, line: str) -> None:
        text, words = self._split_words(line)
        self.spec.console.append(Line(Template(text), words, self._number))

    def _order(self, line: str) -> None:
        text, words = self._split_words(line)
        self.spec.order.append(Expect(self._event(text), words, self._number))

    def _trace(self, line: str) -> None:
        text, words = self._split_words(line)
        self.spec.trace.append(Expect(self._event(text), words, self._number))

    def _scoped(self, text: str) -> Scoped:
        pattern, between, scope = text.partition(" between ")
        if not between:
            return Scoped(self._event(pattern))
        first, found, last = scope.partition(" and ")
        if not found:
            self._fail("expected 'PATTERN between PATTERN and PATTERN'")
        return Scoped(self._event(pattern), self._event(first), self._event(last))

    def _never(self, line: str) -> None:
        text, words = self._split_words(line)
        console, scoped = None, None
        if text.startswith("console:"):
            console = Template(text[len("console:"):].strip())
        else:
            scoped = self._scoped(text)
        self.spec.never.append(Never(scoped, console, words, self._number))

    def _count(self, line: str) -> None:
        text, words = self._split_words(line)
        amount, _, pattern = text.partition(" ")
        found = RANGE.fullmatch(amount)
        if not found or not (found[1] or found[3]) or (found[3] and not found[2]):
            self._fail(f"expected N, N..M, N.. or ..M before the pattern, found '{amount}'")
        low = int(found[1] or 0)
        high = int(found[3]) if found[3] else (None if found[2] else low)
        if high is not None and high < low:
            self._fail(f"the range {amount} is empty")
        self.spec.count.append(Count(low, high, self._scoped(pattern), words, self._number))

    def _hint(self, line: str) -> None:
        condition, arrow, text = line.rpartition(" => ")
        kind, _, operand = condition.strip().partition(" ")
        operand = operand.strip()
        if not arrow or not text.strip():
            self._fail(f"expected 'CONDITION => text', found '{line}'")
        made = {"number": self._number, "kind": kind, "text": text.strip()}
        if kind in ("console", "kernel", "got"):
            self.spec.hints.append(Hint(**made, regex=self._regex(operand)))  # type: ignore
        elif kind == "trace":
            self.spec.hints.append(Hint(**made, pattern=self._event(operand)))  # type: ignore
        elif kind == "verdict":
            words = tuple(operand.replace(",", " ").split())
            for word in words or ("",):
                if word not in VERDICTS:
                    self._fail(f"unknown verdict '{word}'; known: {', '.join(VERDICTS)}")
            self.spec.hints.append(Hint(**made, words=words))  # type: ignore
        elif kind == "always" and not operand:
            self.spec.hints.append(Hint(**made))  # type: ignore
        else:
            self._fail("expected a condition: console /RE/, kernel /RE/, got /RE/, "
                       f"trace PATTERN, verdict WORD or always; found '{condition.strip()}'")

    def _regex(self, text: str) -> re.Pattern[str]:
        if len(text) < 3 or text[0] != "/" or text[-1] != "/":
            self._fail(f"expected /REGULAR EXPRESSION/, found '{text}'")
        try:
            return re.compile(text[1:-1], re.MULTILINE)
        except re.error as error:
            self._fail(f"bad regular expression {text}: {error}")

    # What can only be checked at the end

    def _finish(self) -> None:
        spec = self.spec
        values = {**HEADER_DEFAULTS, **self._header}
        for key in ("title", "points", "handout"):
            if not values[key]:
                self._fail(f"the header lacks '{key}:'", 1)
        spec.title, spec.handout, spec.stays = values["title"], values["handout"], values["stays"]
        spec.question, spec.function = values["question"], values["function"]
        if spec.question and not spec.question.endswith("?"):
            self._fail("'question' must end in a question mark", self._seen["header question"])
        if spec.function and not FUNCTION.fullmatch(spec.function):
            self._fail(f"'function' must be the name of one, found '{spec.function}'",
                       self._seen["header function"])
        spec.points = self._int(values, "points", 0, 1000)
        spec.place = self._int(values, "place", 0, 10000)
        spec.memory = self._int(values, "memory", 16, 16384)
        spec.budget = self._int(values, "budget", 1, 1_000_000)
        spec.cpus = self._int(values, "cpus", 1, CPUS_MOST)
        spec.seeds = self._int(values, "seeds", 0, 1000)
        if spec.seeds and spec.cpus == 1:
            self._fail("'seeds' needs 'cpus: 2' or more", self._seen["header seeds"])
        if values["run"] and values["ktest"]:
            self._fail("'run' and 'ktest' exclude each other", self._seen["header ktest"])
        spec.ktest = values["ktest"]
        spec.run = "" if spec.ktest else values["run"] or f"/tests/lab{spec.lab}/{spec.name}"
        self._classes(values["classes"])
        self._check_patterns()

    def _int(self, values: Dict[str, str], key: str, low: int, high: int) -> int:
        text = values[key]
        if not text.isdigit() or not low <= int(text) <= high:
            self._fail(f"'{key}' must be a number from {low} to {high}, found '{text}'",
                       self._seen.get("header " + key, 1))
        return int(text)

    def _classes(self, text: str) -> None:
        words = tuple(text.replace(",", " ").split())
        if words == ("none",):
            return
        for word in words:
            if word not in CLASSES:
                self._fail(f"unknown class '{word}'; known: {', '.join(CLASSES)}",
                           self._seen["header classes"])
        self.spec.classes = words

    def _patterns(self) -> List[Tuple[int, EventPattern]]:
        """Returns every event pattern outside of hints, with its line."""
        spec = self.spec
        found = [(line.number, line.pattern) for line in [*spec.order, *spec.trace]]
        scopes = [(entry.number, entry.scoped) for entry in spec.never]
        scopes += [(entry.number, entry.scoped) for entry in spec.count]
        for number, scoped in scopes:
            found += [(number, part) for part in scoped.parts] if scoped else []
        return found

    def _check_patterns(self) -> None:
        spec, patterns = self.spec, self._patterns()
        if not (spec.console or spec.never or patterns):
            self._fail("demands nothing: expected a [console], [order], [trace], [never] or "
                       "[count] section")
        if len(spec.console) + len(patterns) > LINE_LIMIT:
            self._fail(f"more than {LINE_LIMIT} patterns", 1)
        bound: FrozenSet[str] = frozenset()
        for line in spec.console:
            bound |= line.template.variables
        for _, pattern in patterns:
            bound = bound.union(*(condition.binds for condition in pattern.conditions))
        for number, pattern in patterns:
            if not spec.classes:
                self._fail("patterns of events need 'classes:' in the header", number)
            if pattern.name in ("outside", "page") and "mark" not in spec.classes:
                self._fail(f"'{pattern.name}' needs the class mark, which records stops", number)
            for condition in pattern.conditions:
                for name in sorted(condition.uses - bound):
                    self._fail(f"${name} is compared but nothing binds it", number)
