# SPDX-License-Identifier: MIT
"""Parts of the kernel as programs of the host, with what finds their mistakes."""
from __future__ import annotations

import subprocess
from pathlib import Path
from typing import List

from kernels import ROOT

FUZZ = ROOT / "tests/fuzz"
# What stands in for a header of the kernel comes first.
FLAGS = ["-std=gnu17", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-iquote", str(FUZZ / "host"),
         "-iquote", str(ROOT / "kern"), f"-I{ROOT}/kern/arch/x86_64/include", f"-I{ROOT}/lib",
         "-DTINE_CHECKS=1", "-fno-sanitize-recover=all"]


def run(command: List[str], limit_s: float = 60.0) -> str:
    """Runs a command that must succeed; returns what it prints, errors included."""
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                            stderr=subprocess.STDOUT, timeout=limit_s, check=False,
                            errors="replace")
    assert result.returncode == 0, f"{command}: {result.returncode}\n{result.stdout[-3000:]}"
    return result.stdout


def compile_for_host(sources: List[Path], program: Path, compiler: str, *flags: str) -> None:
    """Compiles parts of the kernel, and what tries them."""
    run([compiler, *FLAGS, *flags, *map(str, sources), "-o", str(program)])
