# SPDX-License-Identifier: MIT
"""Files and lines that a student is sent to."""
from __future__ import annotations

from pathlib import Path
from typing import Optional

import pytest

from grade.places import compiler_line, contract_of, declaration, definition, owner, place_of, \
    to_open
from grade.spec import Spec
from grade.verdict import Failure, Score

SOURCE = """\
// SPDX-License-Identifier: MIT
// count_up() counts; see count_all(
static int count_one(int a) {
    return a;
}

int count_up(const int *list,
             int length) {
    return count_all(list) + count_one(length);
}

int count_down(int n) {
    lab_missing("count_down", __FILE__);
}
"""
OTHER = """\
int other;
    lab_unwritten("count_up", __FILE__);
"""
HEADER = """\
// Counts.
#define count_up(x) x

// How many there are. count_up() is never 0.
//
// Nothing is locked.
int count_up(const int *list,
             int length);
int count_down(int n);
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one lab of one file."""
    for name, text in (("solutions/0-count/count.c", SOURCE), ("labs/0-count/count.c", SOURCE),
                       ("labs/0-count/other.c", OTHER), ("kern/labs.h", HEADER)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def score(verdict: str, got: str) -> Score:
    """The outcome of a test of count_up."""
    return Score("t", "t", 1, 0, verdict, Failure("e", got, "c", "h", "m"))


TEST = Spec(Path("t.trace"), "t", 0, function="count_up")


@pytest.mark.parametrize("function, line", [("count_one", 3), ("count_up", 7), ("count_down", 12),
                                            ("count_all", None), ("return", None)])
def test_where_a_function_is_defined(function: str, line: Optional[int]) -> None:
    assert definition(SOURCE, function) == line


@pytest.mark.parametrize("function, line", [("count_up", 7), ("count_down", 9), ("up", None)])
def test_where_a_function_is_declared(function: str, line: Optional[int]) -> None:
    assert declaration(HEADER, function) == line


def test_a_function_is_found_wherever_the_student_has_put_it(project: Path) -> None:
    student, other = project / "labs/0-count/count.c", project / "labs/0-count/other.c"
    assert place_of(project, "count_up") == "labs/0-count/count.c:7"
    student.write_text("// more\n" + SOURCE, encoding="utf-8")
    assert place_of(project, "count_up") == "labs/0-count/count.c:8"
    student.write_text("// nothing\n", encoding="utf-8")
    assert place_of(project, "count_up") == "labs/0-count/count.c:1"
    other.write_text("int other;\nint count_up(int n) {\n}\n", encoding="utf-8")
    assert place_of(project, "count_up") == "labs/0-count/other.c:2"
    assert owner(project, "count_up") == "labs/0-count/count.c"
    student.unlink()
    assert place_of(project, "count_down") is None and place_of(project, "printk") is None


def test_a_contract_is_read_from_its_beginning(project: Path) -> None:
    assert contract_of(project, "count_up") == contract_of(project, "count_down") == "kern/labs.h:4"
    assert contract_of(project, "count_all") is None


def test_a_contract_may_stand_in_the_labs_own_file(project: Path) -> None:
    (project / "labs/0-count/count.c").write_text(
        "int a;\n\n// All.\n//\n// Yes.\nint count_one(int n) {\n}\n", encoding="utf-8")
    assert contract_of(project, "count_one") == "labs/0-count/count.c:3"


@pytest.mark.parametrize("verdict, got, place", [
    ("missing", "missing: count_down is not written yet (labs/0-count/count.c)",
     "labs/0-count/count.c:13"),
    ("missing", "missing: count_down is not written yet (build/overlays/x/labs/0-count/count.c)",
     "labs/0-count/count.c:13"),
    ("missing", "missing: gone is not written yet (labs/0-count/count.c)",
     "labs/0-count/count.c:1"),
    ("missing", "missing: count_down is not written yet (labs/0-count/count.c)\n"
     "missing: count_up is not written yet (labs/0-count/other.c)", "labs/0-count/other.c:2"),
    ("panic", "panic: x\n  at panic+0x1  kern/panic.c:2\n  at count_up+0x3  labs/0-count/count.c:9",
     "labs/0-count/count.c:9"),
    ("hang", "hang: in given code", "labs/0-count/count.c:7"),
    ("wrong", "> labs/0-count/other.c:9 is what the program printed", "labs/0-count/count.c:7"),
])
def test_what_to_open(project: Path, verdict: str, got: str, place: str) -> None:
    assert to_open(project, TEST, score(verdict, got)) == place


@pytest.mark.parametrize("words, place", [
    ("labs/a/b.c: In function 'f':\nlabs/a/b.c:3:5: warning: x\nlabs/a/b.c:9:1: error: y\n",
     "labs/a/b.c:9"),
    ("ld: x\nlabs/a/b.c:3: undefined reference to `g'\n", "labs/a/b.c:3"),
    ("kern/x.c:3:1: error: x", None),
])
def test_the_compilers_first_error(words: str, place: Optional[str]) -> None:
    assert compiler_line(words) == place
