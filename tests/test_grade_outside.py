# SPDX-License-Identifier: MIT
"""The audit from outside, and memory compared with the trace: on right and on wrong kernels."""
from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Optional

import pytest
from kernels import ROOT

from grade import memmap, mutants, runner
from grade.build import Built, build, write_if_changed
from grade.runner import Limits

SPEC = runner.load_specs(ROOT, 2, "outside")[0]


def built(mutant: Optional[str]) -> Built:
    """Builds lab 2's solution, or a mutant of it."""
    path = ROOT / f"grade/mutants/lab2/{mutant}.mutant"
    return build(ROOT, 2, "2", mutants.plant(ROOT, 2, path) if mutant else None)


@pytest.mark.parametrize("mutant, finding", [
    (None, ""),
    ("get-twice", r"frame 0x\w+ has count 3, but is mapped 2 times: by pid 1 at 0x\w+ \(r-xu\), "
                  r"pid 2"),
    ("child-writable", r"frame 0x\w+ is private, and one of several who map it can write: "
                       r"pid 1 at 0x\w+ \(r--u\), pid 2 at 0x\w+ \(rw-u\)"),
])
def test_the_audit_from_outside(mutant: Optional[str], finding: str,
                                capsys: pytest.CaptureFixture[str]) -> None:
    assert memmap.show(built(mutant), SPEC) >= 2
    found = re.findall(r"^frame 0x.*", capsys.readouterr().out, re.MULTILINE)
    assert any(re.match(finding, line) for line in found) if finding else not found


def changed(file: str, old: str, new: str) -> Built:
    """Builds lab 2's solution with one passage of the kernel replaced."""
    text = (ROOT / file).read_text(encoding="utf-8")
    assert text.count(old) == 1
    overlay = Path("build/overlay-outside")
    write_if_changed(ROOT / overlay / file, text.replace(old, new))
    return build(ROOT, 2, "2", overlay)


@pytest.mark.parametrize("wrong, finding", [
    ("", ""),
    ("count", r"frame 0x\w+ has count 3, but is mapped 1 times and belongs to a file: "
              r"by pid 1 at 0x\w+ \(r--u\)"),
    ("write", r"frame 0x\w+ belongs to a file, and a private mapping can write: "
              r"pid 1 at 0x\w+ \(rw-u\)"),
])
def test_pages_of_files_have_one_more_owner(wrong: str, finding: str,
                                            capsys: pytest.CaptureFixture[str]) -> None:
    kernel = (built("get-twice") if wrong == "count" else
              changed("kern/mm/fault.c", "pte = pte_write_protect(pte);", "") if wrong else
              built(None))
    assert memmap.show(kernel, replace(SPEC, run="/tests/given/file_stops")) >= 1
    found = re.findall(r"^frame 0x.*", capsys.readouterr().out, re.MULTILINE)
    assert any(re.match(finding, line) for line in found) if finding else not found


@pytest.mark.parametrize("mutant", [None, "given-lying-trace"])
def test_memory_is_compared_with_the_trace(mutant: Optional[str]) -> None:
    _, score = next(runner.boot_all([(built(mutant), SPEC, "command")], Limits()))
    assert (score.verdict == "wrong") == bool(mutant), score
    assert not mutant or (score.failure and "the last pte_store there" in score.failure.got)
