# SPDX-License-Identifier: MIT
"""Mutants: reading them, planting them, and judging how they were graded."""
from __future__ import annotations

import re
from pathlib import Path
from typing import Dict, List

import pytest

from grade import mutants
from grade.mutants import Mutant, MutantError, Subject, apply, parse
from grade.spec import Spec
from grade.verdict import Failure, Score

ROOT = Path(__file__).resolve().parent.parent
HEAD = "title: t\nfile: s/a.c\nfunction: count\nkilled-by: one\nhint: too many\n"
SOURCE = """
int count(int start);
/* count() is { not } here */
int twice(int n) {
    return count(n) + count(n);
}
int count(int start) {
    // a brace } in a comment
    const char *text = "and one in a string: }";
    for (int i = 0; i < 3; i++) {
        start += 1;
    }
    return start + (text[0] == '}');
}
int last(void) { return 1; }
"""


def read(text: str) -> Mutant:
    return parse(HEAD + text, Path("m/name.mutant"))


def test_a_replacement_ignores_white_space() -> None:
    mutant = read("replace:\n    for(int i=0; i < 3; i ++) {\n      start += 1;\n    }\n"
                  "with:\n    start += 4;\n")
    assert (mutant.name, mutant.killed_by, mutant.hint) == ("name", "one", "too many")
    broken = apply(mutant, SOURCE)
    assert "start += 4;" in broken and "start += 1" not in broken
    assert broken.endswith("int last(void) { return 1; }\n")


def test_two_replacements_and_an_empty_one() -> None:
    broken = apply(read("replace:\n  start += 1;\nwith:\nreplace:\n  i < 3\nwith:\n  i < 4\n"),
                   SOURCE)
    assert "i < 4" in broken and "start += 1" not in broken


def test_a_new_body() -> None:
    broken = apply(read("body:\n    return 7;\n\n    /* end */\n"), SOURCE)
    assert "int count(int start) {\n    return 7;\n\n    /* end */\n}\nint last" in broken
    assert "int twice(int n) {\n    return count(n)" in broken


@pytest.mark.parametrize("text, message", [
    ("replace:\n  return 1;\nwith:\n  return 2;\n", r"m/name.mutant: 'return 1;' occurs 0 times in "
     r"count\(\) of s/a.c, not once"),
    ("replace:\n  start\nwith:\n  stop\n", r"'start' occurs 2 times"),
])
def test_a_mutant_that_does_not_apply(text: str, message: str) -> None:
    with pytest.raises(MutantError, match=message):
        apply(read(text), SOURCE)


def test_a_function_that_is_gone() -> None:
    with pytest.raises(MutantError, match=r"s/a.c has no function count\(\)"):
        apply(read("body:\n  return 1;\n"), "int count(int);\nint f(void) { return count(1); }\n")


@pytest.mark.parametrize("text, message", [
    ("title: t\n", "lacks 'file:'"),
    (HEAD, "expected one 'body:', or pairs"),
    (HEAD + "replace:\n  x\n", "pairs"),
    (HEAD + "with:\n  x\nreplace:\n  y\n", "pairs"),
    (HEAD + "replace:\n\nwith:\n  y\n", "pairs"),
    (HEAD + "body:\n  x\nbody:\n  y\n", "expected one 'body:'"),
    (HEAD + "colour: red\n", "name.mutant:6: expected 'KEY: VALUE'.*found 'colour: red'"),
    (HEAD + "title: again\n", "name.mutant:6: "),
    (HEAD + "hint:\n", "name.mutant:6: "),
])
def test_a_wrong_file(text: str, message: str) -> None:
    with pytest.raises(MutantError, match=message):
        parse(text, Path("m/name.mutant"))


# Judging

TESTS = [Spec(Path("one.trace"), "one", 0), Spec(Path("two.trace"), "two", 0)]


def graded(mutant: bool, **causes: str) -> Subject:
    """Returns a subject that failed the tests with a cause, and passed those with ""."""
    scores: Dict[str, Score] = {}
    for name, cause in causes.items():
        failure = Failure("e", "g", cause, "h", "c") if cause else None
        verdict = "pass" if not cause else "error" if cause == "error" else "wrong"
        scores[name] = Score(name, "t", 1, 0 if cause else 1, verdict, failure)
    if mutant:
        return Subject("name", "mutant", read("body:\n  x\n"), scores=scores)
    return Subject("name", "variant", scores=scores)


@pytest.mark.parametrize("subject, message", [
    (graded(True, one="one TOO MANY pages", two=""), ""),
    (graded(True, one="too many", two="other"), ""),
    (graded(True, one="", two=""), "survives"),
    (graded(True, one="", two="too many"), "killed by two first, not by one"),
    (graded(True, one="too few", two=""), "lacks 'too many'"),
    (graded(True, one="error", two=""), "the grader failed: one: g"),
    (graded(False, one="", two=""), ""),
    (graded(False, one="", two="bad"), "a correct solution fails two"),
])
def test_judging(subject: Subject, message: str) -> None:
    problem = mutants._verdict(subject, TESTS)
    assert message in problem if message else problem == ""


def test_an_unknown_killer() -> None:
    assert "no test of this lab" in mutants._verdict(graded(True, one="too many"), TESTS[1:])


def test_each_test_needs_a_mutant_of_its_own() -> None:
    both = graded(True, one="too many", two="too many")
    first = graded(True, one="too many", two="")
    assert len(mutants._without_own_mutant(TESTS, [both])) == 2
    lines = mutants._without_own_mutant(TESTS, [both, first, graded(False, one="", two="x")])
    assert [line.split(":")[0] for line in lines] == ["two.trace"]
    stays = [TESTS[0], Spec(Path("two.trace"), "two", 0, stays="it is a milestone")]
    assert mutants._without_own_mutant(stays, [both, first]) == []


def all_mutants() -> List[Path]:
    return sorted((ROOT / "grade" / "mutants").glob("lab*/*.mutant"))


@pytest.mark.parametrize("path", all_mutants(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_each_mutant_still_applies(path: Path) -> None:
    mutant = parse(path.read_text(encoding="utf-8"), path)
    apply(mutant, (ROOT / mutant.file).read_text(encoding="utf-8"))


NUMBERS = re.compile(r"\(([\d, ]+)\)$")
MISTAKE = re.compile(r"^(\d+)\. ((?:.+\n)(?: {3,}.+\n)*)", re.MULTILINE)


def test_each_known_mistake_is_planted_or_says_why_not() -> None:
    catalogue = (ROOT / "grade/mutants/MISTAKES.md").read_text(encoding="utf-8")
    mistakes = {int(number): text for number, text in MISTAKE.findall(catalogue)}
    planted = set()
    for path in all_mutants():
        found = NUMBERS.search(parse(path.read_text(encoding="utf-8"), path).title)
        planted |= {int(number) for number in found[1].split(",")} if found else set()
    assert planted <= set(mistakes)
    excused = {number for number, text in mistakes.items() if "not planted" in text}
    assert set(mistakes) - excused <= planted
