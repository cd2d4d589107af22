# SPDX-License-Identifier: MIT
"""The picture of copy-on-write gone wrong: drawn where it went wrong, and nowhere else."""
from __future__ import annotations

import re
from typing import List

import pytest
from kernels import PASS, ROOT, boot, kernel

from grade import mutants, runner
from grade.build import build
from grade.picture import picture
from grade.runner import Limits

FORKING = ["isolation", "kernel", "protect", "reading", "copies", "outside", "shared", "forbidden",
           "tree", "rounds", "threads"]


@pytest.mark.parametrize("program", FORKING)
def test_right_code_gives_no_picture(program: str) -> None:
    run = boot(f"init=/tests/lab2/{program} trace=task,trap,pte", kernel("LAB=2", "SOLVED=2"))
    assert run.status == PASS and run.dropped == 0
    assert any(event.name == "task-new" and event.pid for event in run.events)
    assert picture(run.events) == ""


def test_pages_of_files_give_no_picture() -> None:
    """Who writes to one gets a copy, though nobody else maps it; shared ones are writable."""
    run = boot("init=/tests/given/file_stops trace=task,trap,pte", kernel("LAB=2", "SOLVED=2"))
    assert run.status == PASS and run.dropped == 0
    assert run.console.user == ["fpp", "fpc", "ffP"]
    assert sum(event.name == "file-page" for event in run.events) >= 3
    assert picture(run.events) == ""


@pytest.mark.parametrize("tests", ["share_frames", "share_again", "share_object", "cow_copy",
                                   "cow_owner", "cow_rights", "cow_protect"])
def test_right_functions_give_no_picture(tests: str) -> None:
    run = boot(f"ktest=lab2_{tests} trace=task,mark,pte", kernel("LAB=2", "SOLVED=2"))
    assert run.status == PASS and sum(event.name == "pte-set" for event in run.events) > 3
    assert picture(run.events) == ""


@pytest.mark.parametrize("mutant, test, title, rows", [
    ("child-writable", "share_frames", "when pid 1 had made the copy:",
     [r"pid 1 +0x(\w+) +r--u +0x\1 +r--u", r"the copy +0x(\w+) +rw-u +0x\1 +r--u",
      r"frame 0x\w+ +2 entries map it +2 entries map it"]),
    ("parent-writable", "isolation", "when pid 1 had made pid 2:",
     [r"pid 1 +0x(\w+) +rw-u +0x\1 +r--u", r"pid 2 +0x(\w+) +r--u +0x\1 +r--u",
      r"frame 0x\w+ +2 entries map it +2 entries map it"]),
    ("eager", "copies", "when pid 1 had made pid 2:",
     [r"pid 1 +0x(\w+) +r-xu +0x\1 +r-xu", r"pid 2 +0x(\w+) +r-xu +0x(?!\1\b)\w+ +r-xu",
      r"frame 0x\w+ +one entry maps it +2 entries map it"]),
    ("two-are-one", "isolation", "when pid 1 had written to it:",
     [r"pid 1 +0x\w+ +rw-u +another frame +rw-u", r"pid 2 +0x(\w+) +r--u +0x\1 +r--u",
      r"frame 0x\w+ +2 entries map it +one entry maps it"]),
    ("owner-copies", "copies", "when pid 2 had written to it, and nobody else had it any more:",
     [r"pid 2 +0x(\w+) +rw-u +0x(?!\1\b)\w+ +rw-u", r"frame 0x\w+ +nobody maps it +one entry"]),
])
def test_what_went_wrong_is_drawn(mutant: str, test: str, title: str, rows: List[str]) -> None:
    path = ROOT / "grade/mutants/lab2" / f"{mutant}.mutant"
    overlay = mutants.plant(ROOT, 2, path)
    built = build(ROOT, 2, "2", overlay)
    spec = runner.load_specs(ROOT, 2, test)[0]
    _, score = next(runner.boot_all([(built, spec, "command")], Limits()))
    assert score.failure
    lines = score.failure.got.splitlines()
    at = next(number for number, line in enumerate(lines) if line.endswith(title))
    assert lines[at].startswith("page 0x")
    assert re.fullmatch(r" +as it is +as it should be", lines[at + 1])
    for row, line in zip(rows, lines[at + 2:]):
        assert re.match(row, line), line
