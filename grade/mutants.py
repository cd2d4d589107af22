# SPDX-License-Identifier: MIT
"""The grader is graded: planted mistakes must be caught, other correct solutions must pass.

A mutant (mutants/labN/NAME.mutant) names the function it breaks, the test that must catch it and
words of the hint that must be given. A variant (variants/labN/NAME/) is a folder of files laid
over the sources that must score in full. LANGUAGE.md describes both.
"""
from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Dict, List, Optional, Set, Tuple

from grade.build import OVERLAYS, Built, CompileError, build, write_if_changed
from grade.errors import SetupError
from grade.runner import Limits, boot_all, load_specs
from grade.spec import Spec
from grade.verdict import Score

KEYS = ("title", "file", "function", "killed-by", "hint")
FEW_SEEDS = 4
STEP = re.compile(r"^// Lab (\d+[a-z]):", re.M)   # which step a lab's file is
BLOCKS = ("replace:", "with:", "body:")
NOT_CODE = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""", re.S)


class MutantError(SetupError):
    """A mutant file is wrong, or does not apply to the source any more."""


@dataclass(frozen=True)
class Mutant:
    """One planted mistake: either replacements (old, new) or a whole new body. With `races`, it
    must be caught with all but one of so many seeds."""

    path: Path
    title: str
    file: str
    function: str
    killed_by: str
    hint: str
    replacements: List[Tuple[str, str]]
    body: Optional[str]
    races: int = 0

    @property
    def name(self) -> str:
        """The mutant's name."""
        return self.path.stem


@dataclass
class Subject:
    """What is built and graded, a mutant or a variant, and how it did. `mutant` is None for a
    variant, and for a mutant that could not be planted."""

    name: str
    kind: str
    mutant: Optional[Mutant] = None
    built: Optional[Built] = None
    problem: str = ""
    scores: Dict[str, Score] = field(default_factory=dict)
    raced: str = ""
    steps: Set[str] = field(default_factory=set)    # of a variant; empty: it may be about all

    @property
    def killers(self) -> List[str]:
        """The tests that caught it."""
        return [name for name, score in self.scores.items() if score.failure]


# Reading and applying a mutant

def parse(text: str, path: Path) -> Mutant:
    """Reads the text of a .mutant file. Raises MutantError with file and line."""
    header: Dict[str, str] = {}
    blocks: List[Tuple[str, List[str]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.rstrip() in BLOCKS:
            blocks.append((line.rstrip(), []))
        elif blocks and (line.startswith(" ") or not line.strip()):
            blocks[-1][1].append(line)
        elif line.strip() and not line.startswith("#"):
            key, colon, value = line.partition(":")
            if not colon or key not in (*KEYS, "races") or not value.strip() or key in header:
                raise MutantError(f"{path}:{number}: expected 'KEY: VALUE' (once each: "
                                  f"{', '.join(KEYS)}) or one of {' '.join(BLOCKS)}; "
                                  f"found '{line}'")
            header[key] = value.strip()
    for key in KEYS:
        if key not in header:
            raise MutantError(f"{path}: lacks '{key}:'")
    replacements, body = _changes(blocks, path)
    races = header.get("races", "0")
    if not races.isdigit():
        raise MutantError(f"{path}: 'races' must be a number of seeds, found '{races}'")
    return Mutant(path, header["title"], header["file"], header["function"],
                  header["killed-by"], header["hint"], replacements, body, int(races))


def _changes(blocks: List[Tuple[str, List[str]]],
             path: Path) -> Tuple[List[Tuple[str, str]], Optional[str]]:
    """Returns the replacements, or the new body, that a mutant's blocks describe."""
    texts = [textwrap.dedent("\n".join(lines)).strip("\n") for _, lines in blocks]
    kinds = [kind for kind, _ in blocks]
    if kinds == ["body:"]:
        return [], texts[0]
    if not kinds or kinds != ["replace:", "with:"] * (len(kinds) // 2) or not all(texts[::2]):
        raise MutantError(f"{path}: expected one 'body:', or pairs of 'replace:' and 'with:'")
    return list(zip(texts[::2], texts[1::2])), None


def apply(mutant: Mutant, source: str) -> str:
    """Returns the source with the mistake planted. Raises MutantError unless it fits exactly."""
    start, end = find_function(source, mutant.function, mutant)
    text = source[start:end]
    if mutant.body is not None:
        text = "{\n" + textwrap.indent(mutant.body, "    ") + "\n}"
    for old, new in mutant.replacements:
        hits = list(re.finditer(_loosely(old), text))
        if len(hits) != 1:
            raise MutantError(f"{mutant.path}: '{old.splitlines()[0].strip()}' occurs {len(hits)} "
                              f"times in {mutant.function}() of {mutant.file}, not once")
        text = text[:hits[0].start()] + new.strip() + text[hits[0].end():]
    return source[:start] + text + source[end:]


def _loosely(text: str) -> str:
    """Returns a regular expression for `text` in which white space does not count, so that a
    mutant still fits a source that was formatted anew."""
    tokens = re.findall(r"\w+|[^\w\s]", text)
    gaps = [r"\s+" if (left[-1] + right[0]).isidentifier() else r"\s*"
            for left, right in zip(tokens, tokens[1:])]
    return "".join(re.escape(token) + gap for token, gap in zip(tokens, [*gaps, ""]))


def find_function(source: str, function: str, mutant: Mutant) -> Tuple[int, int]:
    """Returns where a function's body (braces included) begins and ends in C source."""
    code = NOT_CODE.sub(lambda found: " " * len(found[0]), source)
    for found in re.finditer(rf"\b{re.escape(function)}\s*\(", code):
        signs = re.finditer(r"[{};]", code[found.end():])
        depth = 0
        for i, sign in enumerate(signs):
            if i == 0 and sign[0] != "{":
                break  # a declaration or a call
            depth += {"{": 1, "}": -1}.get(sign[0], 0)
            if i == 0:
                start = found.end() + sign.start()
            if depth == 0:
                return start, found.end() + sign.end()
    raise MutantError(f"{mutant.path}: {mutant.file} has no function {function}()")


# Grading them

def check_lab(root: Path, lab: int, only: Optional[str], limits: Limits,
              quick: bool = False) -> bool:
    """Grades the mutants and variants of a lab; returns whether all is as it should be.

    `quick`: plants all, but builds one mutant for each file of the lab, and boots it only with the
    test that kills it; racing ones with a few seeds; variants with the tests of their steps.
    """
    tests = load_specs(root, lab)
    subjects = [_plant(root, lab, path) for path in
                sorted((root / "grade/mutants" / f"lab{lab}").glob("*.mutant"))]
    subjects += [_lay_over(root, lab, path) for path in
                 sorted((root / "grade/variants" / f"lab{lab}").glob("*")) if path.is_dir()]
    if only:
        subjects = [subject for subject in subjects if subject.name == only]
        if not subjects:
            raise SetupError(f"lab {lab} has no mutant or variant '{only}'")
    if quick:
        subjects = _one_for_each_file(subjects)
    for subject in subjects:
        _build(root, lab, subject)
    work = [(subject, test) for subject in subjects if subject.built
            for test in _tests_for(subject, tests, quick)]
    triples = [(subject.built, test, f"python3 -m grade mutants --lab {lab} --only {subject.name}")
               for subject, test in work if subject.built]
    for index, score in boot_all(triples, limits):
        work[index][0].scores[score.name] = score
    names = [test.name for test in tests]
    for subject in subjects:
        subject.scores = {name: subject.scores[name] for name in names if name in subject.scores}
        subject.problem = subject.problem or _verdict(subject, tests)
    for subject in subjects:
        subject.problem = subject.problem or _race(subject, tests, limits, quick)
    _show(lab, subjects, names)
    lonely = [] if only or quick else _without_own_mutant(tests, subjects)
    for line in lonely:
        print(line)
    return not lonely and not any(subject.problem for subject in subjects)


def _one_for_each_file(subjects: List[Subject]) -> List[Subject]:
    """Returns the first mutant of each file of a lab; and variants, and what could not be
    planted."""
    seen: Set[str] = set()
    chosen = []
    for subject in subjects:
        file = subject.mutant.file if subject.mutant else ""
        if not file or (file.startswith("solutions/") and file not in seen):
            chosen.append(subject)
        seen.add(file)
    return chosen


def _tests_for(subject: Subject, tests: List[Spec], quick: bool) -> List[Spec]:
    """Returns what a subject is booted with. One order of the processors tells enough, except for
    what must pass in all of them. `quick`: in one order, and a variant only with the tests of its
    steps."""
    in_one_order = [replace(test, seed=min(test.seeds, 1)) for test in tests]
    if subject.mutant is None:
        return [test for test in in_one_order if test.title[:2] in subject.steps
                or not subject.steps] if quick else tests
    return [test for test in in_one_order if not quick or test.name == subject.mutant.killed_by]


def plant(root: Path, lab: int, path: Path) -> Path:
    """Writes the broken file of the mutant at `path` into an overlay; returns that, below `root`.

    Raises MutantError.
    """
    mutant = parse(path.read_text(encoding="utf-8"), path.relative_to(root))
    if not (root / mutant.file).is_file():
        raise MutantError(f"{mutant.path}: there is no {mutant.file}")
    broken = apply(mutant, (root / mutant.file).read_text(encoding="utf-8"))
    overlay = _overlay(root, lab, path.stem)
    write_if_changed(overlay / mutant.file, broken)
    return overlay.relative_to(root)


def _plant(root: Path, lab: int, path: Path) -> Subject:
    """Plants a mutant; what goes wrong becomes its problem."""
    try:
        plant(root, lab, path)
        mutant = parse(path.read_text(encoding="utf-8"), path.relative_to(root))
    except MutantError as error:
        return Subject(path.stem, "mutant", problem=str(error))
    return Subject(mutant.name, "mutant", mutant)


def _lay_over(root: Path, lab: int, folder: Path) -> Subject:
    """Copies a variant's files into its overlay."""
    steps = set()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            target = _overlay(root, lab, folder.name) / path.relative_to(folder)
            write_if_changed(target, path.read_text(encoding="utf-8"))
            original = root / path.relative_to(folder)
            text = original.read_text(encoding="utf-8") if original.is_file() else ""
            steps.add("".join(STEP.findall(text)))
    return Subject(folder.name, "variant", steps=set() if "" in steps else steps)


def _overlay(root: Path, lab: int, name: str) -> Path:
    return root / OVERLAYS / f"lab{lab}-{name}"


def _build(root: Path, lab: int, subject: Subject) -> None:
    """Builds the kernel of a mutant or variant; a failure becomes its problem."""
    if subject.problem:
        return
    try:
        overlay = _overlay(root, lab, subject.name).relative_to(root)
        subject.built = build(root, lab, str(lab), overlay)
    except CompileError as error:
        subject.problem = f"does not compile:\n{error}"


def _verdict(subject: Subject, tests: List[Spec]) -> str:
    """Returns what is wrong with how a mutant or variant was graded, or an empty string."""
    errors = [f"{name}: {score.failure.got}" for name, score in subject.scores.items()
              if score.verdict == "error" and score.failure]
    if errors:
        return "the grader failed: " + errors[0]
    mutant = subject.mutant
    if mutant is None:
        lost = subject.killers
        return f"a correct solution fails {', '.join(lost)}: {_told(subject, lost[0])}" \
            if lost else ""
    if mutant.killed_by not in [test.name for test in tests]:
        return f"is to be killed by '{mutant.killed_by}', which is no test of this lab"
    if not subject.killers:
        return "survives: no test noticed it"
    if subject.killers[0] != mutant.killed_by:
        return f"is killed by {subject.killers[0]} first, not by {mutant.killed_by}: " \
            + _told(subject, subject.killers[0])
    failure = subject.scores[mutant.killed_by].failure
    if failure and mutant.hint.lower() not in failure.cause.lower():
        return f"the cause named is '{failure.cause}', which lacks '{mutant.hint}'"
    return ""


def _race(subject: Subject, tests: List[Spec], limits: Limits, quick: bool) -> str:
    """Returns what is wrong if a racing mutant survives with more than one of its seeds."""
    mutant = subject.mutant
    if mutant is None or not mutant.races or not subject.built:
        return ""
    test = next(test for test in tests if test.name == mutant.killed_by)
    work = [(subject.built, replace(test, seed=seed), "none")
            for seed in range(1, (FEW_SEEDS if quick else mutant.races) + 1)]
    survived = [score.seed for _, score in boot_all(work, limits) if not score.failure]
    subject.raced = f", with {len(work) - len(survived)} of {len(work)} seeds"
    return "" if len(survived) <= 1 else f"survives with seeds {sorted(survived)}"


def _told(subject: Subject, test: str) -> str:
    """Returns what a test said about the subject."""
    failure = subject.scores[test].failure
    return "" if failure is None else \
        f"\n  expected: {failure.expected}\n  got: {failure.got}".replace("\n", "\n    ")


def _show(lab: int, subjects: List[Subject], names: List[str]) -> None:
    """Prints which test caught which mutant (x), and what is wrong."""
    width = max([len(subject.name) for subject in subjects] + [8])
    print(f"lab {lab:<{width}} {' '.join(names)}  (x: caught)")
    for subject in subjects:
        marks = " ".join(("x" if name in subject.killers else
                          "." if name in subject.scores else "?").center(len(name))
                         for name in names)
        print(f"{subject.name:<{width + 4}} {marks}  {subject.kind:7} "
              f"{'WRONG: ' + subject.problem if subject.problem else 'as it should be'}"
              f"{subject.raced}")


def _without_own_mutant(tests: List[Spec], subjects: List[Subject]) -> List[str]:
    """Returns a line for each test without a mutant that only it kills, unless it says why."""
    alone = {subject.killers[0] for subject in subjects
             if subject.mutant and len(subject.killers) == 1}
    return [f"{test.path.name}: kills no mutant that no other test kills; give it one, or say "
            "'stays: why' in its header" for test in tests
            if test.name not in alone and not test.stays]
