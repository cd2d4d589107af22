# SPDX-License-Identifier: MIT
"""The pages about system calls, handouts/calls/NAME.md, and what traces say about them.

A page's heading names the calls that it is about; its file is called as the first of them. Each row
of its table of errors is about all of them, or about those in parentheses behind the error:

    | EINVAL (dup3) | `old` and `new` are the same | `user/tests/given/descriptors.c` |

The last cell names one program, in whose trace each of these calls must be seen to answer that
error; or it says "not shown:" and why no program can show it.
"""
from __future__ import annotations

import errno
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, FrozenSet, Iterable, List, Optional, Set, Tuple

from kernels import ROOT, Run

FOLDER = ROOT / "handouts/calls"
OWN_CALLS = 0x1000          # from here on Tine's
TRACE_OPTIONS = "trace=task,sys trace-events=131072"
NAMES = ("sys-exit",)       # the events that are read
# What a call answers inside the kernel that a signal has cut short: to the program that is EINTR,
# unless the call is made anew.
RESTARTS = {512, 514}
# What it answers is what the interrupted program had in its register.
RESTORES = "rt_sigreturn"
Pair = Tuple[str, str]      # a call and an error, by name


@dataclass(frozen=True)
class Row:
    """An error of some calls. `program`: who shows it; None: nobody, for the reason `why`."""

    calls: Tuple[str, ...]
    error: str
    program: Optional[str]
    why: str


@dataclass(frozen=True)
class Page:
    """A page: the calls it is about and their errors."""

    path: Path
    calls: Tuple[str, ...]
    rows: Tuple[Row, ...]


def table() -> Dict[str, Tuple[int, int]]:
    """Returns number and first lab of each call that kern/sys/calls.def has, by name."""
    text = (ROOT / "kern/sys/calls.def").read_text(encoding="utf-8")
    found = re.findall(r"^(?:CALL\(|FROM_LAB\((\d+), )(\w+), (\w+), (\w+)\)", text, re.MULTILINE)
    return {name: (int(number, 0), int(lab or 0))
            for lab, number, name, function in found if function != "sys_absent"}


def _row(line: str, calls: Tuple[str, ...], where: str) -> Row:
    """Reads a line of a table of errors."""
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    assert len(cells) == 3, f"{where}: three cells: {line}"
    head = re.fullmatch(r"(E[A-Z0-9]+)(?: \(([\w, ]+)\))?", cells[0])
    assert head and hasattr(errno, head[1]), f"{where}: no error: {cells[0]}"
    some = tuple(head[2].split(", ")) if head[2] else calls
    assert set(some) <= set(calls), f"{where}: not of this page: {cells[0]}"
    assert cells[1], f"{where}: {cells[0]}: when?"
    shown = re.fullmatch(r"`(user/tests/[\w/]+\.c)`", cells[2])
    assert shown or re.fullmatch(r"not shown: \S.*", cells[2]), f"{where}: who shows it: {cells[2]}"
    return Row(some, head[1], shown[1] if shown else None, "" if shown else cells[2])


def read_page(path: Path) -> Page:
    """Returns what a page says. Raises AssertionError where it has not the form of a page."""
    text = path.read_text(encoding="utf-8")
    where = str(path.relative_to(ROOT))
    head = re.match(r"# (\w+(?:, \w+)*)\n\n\S.*\n", text)
    assert head, f"{where}: no heading with what it is for below it"
    calls = tuple(head[1].split(", "))
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
        "Synopsis", "What it does", "Errors", "Differences from Linux"], where
    errors = text.partition("## Errors\n\n")[2].partition("\n## ")[0]
    lines = errors.strip().splitlines()
    if lines[0] == "None.":
        return Page(path, calls, ())
    assert lines[:2] == ["| error | when | shown by |", "|---|---|---|"], where
    return Page(path, calls, tuple(_row(line, calls, where) for line in lines[2:]))


def read_pages() -> List[Page]:
    """Returns all pages, by name."""
    return [read_page(path) for path in sorted(FOLDER.glob("*.md")) if path.name != "README.md"]


def documented(pages: Iterable[Page]) -> Set[Pair]:
    """Returns each call with each error that its page has."""
    return {(call, row.error) for page in pages for row in page.rows for call in row.calls}


def claims(pages: Iterable[Page]) -> Dict[str, FrozenSet[Pair]]:
    """Returns, for each program that a page names, what it is said to show."""
    found: Dict[str, Set[Pair]] = {}
    for page in pages:
        for row in page.rows:
            if row.program is not None:
                found.setdefault(row.program, set()).update((call, row.error) for call in row.calls)
    return {program: frozenset(pairs) for program, pairs in found.items()}


def failures(run: Run) -> Set[Pair]:
    """Returns which calls have answered which errors, for as far as the trace tells."""
    found = set()
    for event in run.events:
        if event.name == "sys-exit":
            number, call = -event.args["ret"].number, event.args["nr"].text
            if 0 < number < 4096 and call != RESTORES:
                name = "EINTR" if number in RESTARTS else errno.errorcode[number]
                found.add((call, "EOPNOTSUPP" if name == "ENOTSUP" else name))
    return found


def check(program: str, run: Run) -> None:
    """Compares the trace of a program with the pages, in both directions.

    Args:
        program: its source, as pages name it; run: a boot with TRACE_OPTIONS and NAMES.

    Raises:
        AssertionError: it does not show what a page says it shows; or a call has answered an error
            that its page does not have; or the trace is not complete.
    """
    assert run.dropped == 0, f"{program}: {run.dropped} events are lost: trace-events= is too small"
    pages, calls = read_pages(), table()
    seen = {pair for pair in failures(run) if pair[0] in calls}
    missing = claims(pages).get(program, frozenset()) - seen
    assert not missing, f"{program} does not show {sorted(missing)}, although pages say so"
    unknown = seen - documented(pages)
    assert not unknown, f"{program} shows {sorted(unknown)}, of which the pages know nothing"
