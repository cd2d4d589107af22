# SPDX-License-Identifier: MIT
"""The pages about system calls, handouts/calls/, against the table, the tests and their traces.

The programs that Linux runs, too, are booted, and compared with the pages, by test_given.py; the
others are booted here, or where they are tested anyway.
"""
from __future__ import annotations

import re
from pathlib import Path
from typing import Dict, List, Set

import call_pages
import pytest
from call_pages import FOLDER
from kernels import PASS, ROOT, Run, boot, kernel
from test_given import PROGRAMS

from grade.console import parse
from grade.events import Event, Value

# Who boots a program that shows errors, but is not one of PROGRAMS.
ELSEWHERE = {"user/tests/given/file_memory.c": "test_kernel_fs.py",
             "user/tests/given/reboot.c": "test_given.py"}
# The others, and the lab of the kernel they are booted on here.
HERE = {
    "user/tests/given/call_memory.c": 3,
    "user/tests/given/later.c": 0,
    "user/tests/given/own_errors.c": 2,
    "user/tests/given/tty_errors.c": 2,
    "user/tests/lab3/hostile.c": 3,
    "user/tests/lab3/interpreter.c": 3,
}
# So many errors of calls no program shows. It may only become less.
NOT_SHOWN = 4
# What own_errors answers, by what is wrong.
OWN_ERRORS = {
    "sizes": {"EINVAL", "EFBIG"},
    "/proc": {"EROFS"},
    "what there is not": {"EOPNOTSUPP", "EINVAL", "EFAULT", "EPERM"},
    "an eighth of memory is left": {"ENOSPC"},
    "there are too many processes": {"EAGAIN"},
}


def test_each_call_has_one_page() -> None:
    names = [call for page in call_pages.read_pages() for call in page.calls]
    assert sorted(names) == sorted(call_pages.table())
    for page in call_pages.read_pages():
        assert page.path.stem == page.calls[0]


def test_the_index_lists_each_call() -> None:
    page_of = {call: page.path.name for page in call_pages.read_pages() for call in page.calls}
    expected = []
    for call, (number, lab) in call_pages.table().items():
        text = str(number) if number < call_pages.OWN_CALLS else hex(number)
        expected.append(f"| [{call}]({page_of[call]}) | {text} | {lab} |")
    index = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in index if line.startswith("| [")] == expected


def test_what_is_not_shown_is_little() -> None:
    pairs = [(call, row.error) for page in call_pages.read_pages() for row in page.rows
             for call in row.calls if row.program is None]
    assert len(pairs) == NOT_SHOWN, pairs


def test_who_is_said_to_show_an_error_is_booted() -> None:
    named = set(call_pages.claims(call_pages.read_pages()))
    compared = {f"user/tests/given/{name}.c" for name in PROGRAMS}
    assert named <= compared | set(ELSEWHERE) | set(HERE)
    assert named >= set(ELSEWHERE) | set(HERE), "these are booted in vain"
    assert all((ROOT / program).is_file() for program in named)
    for program, test in ELSEWHERE.items():
        text = (ROOT / "tests" / test).read_text(encoding="utf-8")
        assert f'call_pages.check("{program}", run)' in text


def answers(run: Run) -> Dict[str, List[str]]:
    """What a program has printed as `WHAT: ANSWER`, by the line `-- TITLE` above."""
    found: Dict[str, List[str]] = {}
    title = ""
    for line in run.console.user:
        if line.startswith("-- "):
            title = line[3:]
        else:
            found.setdefault(title, []).append(line.rpartition(": ")[2])
    return found


@pytest.mark.parametrize("program", HERE)
def test_others_show_what_pages_say(program: str) -> None:
    lab = HERE[program]
    run = boot(f"init={program[len('user'):-len('.c')]} budget=4000 {call_pages.TRACE_OPTIONS}",
               kernel(f"LAB={lab}", f"SOLVED={lab}"), names=call_pages.NAMES)
    assert run.status == PASS and "audit: clean" in run.kernel_text(), run.kernel_text()
    call_pages.check(program, run)
    got = {title: set(lines) for title, lines in answers(run).items()}
    if "call_memory" in program:
        assert got == {"": {"ENOMEM"}}
    elif "later" in program:
        assert got == {"": {"ENOSYS"}}
    elif "own_errors" in program:
        assert got == OWN_ERRORS


# The check itself, with a page and a trace that are made up

PAGE = """# dup, dup2

Make another name.

## Synopsis

    int dup(int fd);

## What it does

That.

## Errors

| error | when | shown by |
|---|---|---|
{rows}
## Differences from Linux

None known.
"""
GOOD = "| EBADF | it is not open | `user/tests/given/descriptors.c` |\n"


def run_with(*pairs: call_pages.Pair, dropped: int = 0) -> Run:
    """A run in whose trace calls have answered numbers."""
    events = [Event("sys-exit", 1, 0, 0, {"nr": Value(0, call), "ret": Value(int(number), "")})
              for call, number in pairs]
    return Run(PASS, parse(b""), b"", dropped, events)


@pytest.fixture(name="pages")
def pages_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of pages."""
    folder = tmp_path / "handouts/calls"
    folder.mkdir(parents=True)
    monkeypatch.setattr(call_pages, "ROOT", tmp_path)
    monkeypatch.setattr(call_pages, "FOLDER", folder)
    monkeypatch.setattr(call_pages, "table", lambda: {"dup": (32, 0), "dup2": (33, 0)})
    return folder


@pytest.mark.parametrize("rows, wrong", [
    (GOOD, None),
    ("| EBADF (dup) | it is | `user/tests/given/descriptors.c` |\n", "know nothing"),
    (GOOD + "| EMFILE (dup) | all are | `user/tests/given/descriptors.c` |\n", "does not show"),
    (GOOD + "| EMFILE (dup) | all are | not shown: nobody can |\n", None),
    (GOOD + "| EMFILE (dup) | all are | not shown: |\n", "who shows it"),
    (GOOD + "| EMFILE (dup) | all are | descriptors |\n", "who shows it"),
    (GOOD + "| EMFILE (dup3) | all are | `user/tests/given/descriptors.c` |\n", "not of this page"),
    (GOOD + "| EWRONG | never | `user/tests/given/descriptors.c` |\n", "no error"),
    (GOOD + "| EMFILE |  | `user/tests/given/descriptors.c` |\n", "when"),
])
def test_pages_and_traces_are_compared(pages: Path, rows: str, wrong: object) -> None:
    (pages / "dup.md").write_text(PAGE.format(rows=rows), encoding="utf-8")
    run = run_with(("dup", "-9"), ("dup2", "-9"), ("dup", "5"), ("rt_sigreturn", "-4"))
    if wrong is None:
        call_pages.check("user/tests/given/descriptors.c", run)
        return
    with pytest.raises(AssertionError, match=str(wrong)):
        call_pages.check("user/tests/given/descriptors.c", run)


def test_a_call_that_is_cut_short_shows_eintr() -> None:
    pairs: Set[call_pages.Pair] = {("read", "EINTR"), ("poll", "EINTR")}
    assert call_pages.failures(run_with(("read", "-512"), ("poll", "-514"))) == pairs


def test_a_trace_with_holes_shows_nothing(pages: Path) -> None:
    (pages / "dup.md").write_text(PAGE.format(rows=GOOD), encoding="utf-8")
    with pytest.raises(AssertionError, match="events are lost"):
        call_pages.check("user/tests/given/descriptors.c", run_with(dropped=1))


def test_pages_have_their_form(pages: Path) -> None:
    page = pages / "dup.md"
    text = PAGE.format(rows=GOOD)
    for wrong in (text.replace("# dup", "dup", 1), text.replace("## Synopsis", "## Use"),
                  re.sub(r"## Differences.*", "", text, flags=re.DOTALL)):
        page.write_text(wrong, encoding="utf-8")
        with pytest.raises(AssertionError):
            call_pages.read_pages()
