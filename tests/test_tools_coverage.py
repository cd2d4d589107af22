# SPDX-License-Identifier: MIT
"""tools/coverage.py: which lines of the kernel a run has executed."""
from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Tuple

from kernels import ROOT, kernel

TOOL = ROOT / "tools/coverage.py"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs the tool on the finished lab 0."""
    return subprocess.run([sys.executable, str(TOOL), str(kernel()), *map(str, arguments)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)


def figures(output: str, name: str) -> Tuple[int, int]:
    """Lines executed, and lines, of one file."""
    found = re.search(rf"^ *(\d+) of +(\d+) +\d+ %  {re.escape(name)}$", output, re.MULTILINE)
    assert found, output
    return int(found[1]), int(found[2])


def test_a_boot_executes_what_it_needs() -> None:
    result = run("--boot", "ktest=format_ trace=none", "--missing", "kern/fs/pipe.c")
    assert result.returncode == 0, result.stderr
    done, lines = figures(result.stdout, "kern/main.c")
    assert 10 < done < lines
    assert figures(result.stdout, "kern/fs/pipe.c")[0] == 0
    assert re.search(r"^kern/fs/pipe\.c:\d+: .*PIPE_BUF", result.stdout, re.MULTILINE)
    assert "ktests" not in result.stdout
    done, lines = figures(result.stdout, "in all")
    assert 500 < done < lines // 2


def test_a_log_shows_lines(tmp_path: Path) -> None:
    symbols = subprocess.run(["nm", str(kernel())], stdout=subprocess.PIPE, text=True,
                             check=True).stdout
    address = re.search(r"^(\w+) T kernel_main$", symbols, re.MULTILINE)
    assert address
    log = tmp_path / "log"
    log.write_text(f"----------------\nIN: \n0x{address[1]}:  55   pushq    %rbp\n")
    result = run(log)
    assert result.returncode == 0, result.stderr
    assert figures(result.stdout, "kern/main.c")[0] == 1
    assert figures(result.stdout, "in all")[0] == 1


def test_what_goes_wrong_is_said(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("nothing of use\n")
    empty = run(tmp_path / "log")
    assert empty.returncode == 1 and "no instruction of this kernel" in empty.stderr
    failed = run("--boot", "init=/tests/nothing")
    assert failed.returncode == 1 and "ended with status 45" in failed.stderr
    assert "there is no such file" in failed.stderr
