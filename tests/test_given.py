# SPDX-License-Identifier: MIT
"""The given kernel against Linux: the same program prints the same and ends in the same way.

Where Tine differs on purpose, grade/stricter.txt says so; each entry there is checked too.
"""
from __future__ import annotations

import re
from pathlib import Path
from typing import List, Tuple

import pytest
from kernels import ROOT, boot, kernel

from grade import oracle

# For Tine alone: they say in their first lines why.
OWN = {"cost", "endless", "half_lines", "out_of_memory"}
PROGRAMS = sorted(path.stem for path in (ROOT / "user/tests/given").glob("*.c")
                  if path.stem not in OWN)


def on_linux(name: str, folder: Path) -> Tuple[List[str], str]:
    """Runs a program on the host; returns its lines and how it ended, in Tine's words."""
    program = folder / name
    oracle.compile_for_host(ROOT, ROOT / "user/tests/given" / f"{name}.c", program)
    failed, output = oracle.run_on_linux(program, str(folder))
    number = re.search(r"-?\d+", failed)
    end = f"exited with status {number[0] if number else 0}"
    if "signal" in failed and number:
        end = f"was killed by signal {number[0]}"
    return output.splitlines(), end


def on_tine(name: str) -> Tuple[List[str], str]:
    """The same on Tine."""
    run = boot(f"init=/tests/given/{name} budget=1000 trace=task", kernel())
    found = re.search(r"^exit: pid 1 (exited with status \d+|was killed by signal \d+)",
                      run.kernel_text(), re.MULTILINE)
    assert found, run.kernel_text()
    assert "audit: clean" in run.kernel_text()
    return run.console.user, found[1]


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_as_linux(name: str, tmp_path: Path) -> None:
    expected, expected_end = on_linux(name, tmp_path)
    lines, end = on_tine(name)
    stricter = oracle.read_exceptions(ROOT / "grade/stricter.txt").get(f"given/{name}")
    differences = dict(stricter[1]) if stricter else {}
    translated = [differences.pop(line, line) for line in lines]
    assert translated == expected
    assert end == expected_end
    assert not differences, "grade/stricter.txt lists differences that there are not"
