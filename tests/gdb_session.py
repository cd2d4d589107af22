# SPDX-License-Identifier: MIT
"""Runs GDB on a kernel as `make gdb` does, and says what each command printed."""
from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

from kernels import ROOT

PATIENCE_S = 120
WIDTH = 100

# What GDB runs: each command's output, or what it raised; `=EXPRESSION` is one of Python.
RUNNER = """
import json, sys, gdb
sys.path.insert(0, {tests!r})
import gdb_facts
found = []
for line in json.loads({lines!r}):
    try:
        if line.startswith("="):
            found.append(eval(line[1:], vars(gdb_facts)))
        else:
            found.append(gdb.execute(line, to_string=True))
    except gdb.error as error:
        found.append(f"error: {{error}}")
with open({results!r}, "w", encoding="utf-8") as file:
    json.dump(found, file)
"""


def session(folder: Path, kernel: Path, lines: Sequence[str], append: str = "",
            memory_mib: int = 64, options: Tuple[str, ...] = ("--icount",),
            environment: Dict[str, str] = {}) -> Dict[str, Any]:
    """Boots a stopped machine with GDB, gives GDB the lines, and ends both.

    Args:
        folder: for scratch files; kernel: from kernels.kernel(). lines: commands; `=EXPRESSION`
            is evaluated with what gdb_facts knows. append: the kernel's command line.
        environment: further variables.

    Returns:
        What each line printed, or what the expression was, by line; of equal lines the last. An
        error of GDB is `error: ...`. `console` is what the guest printed. No output is wider than
        WIDTH, none is a traceback, and nothing is left running.
    """
    results, script = folder / "results.json", folder / "lines.py"
    script.write_text(RUNNER.format(tests=str(ROOT / "tests"), lines=json.dumps(list(lines)),
                                    results=str(results)), encoding="utf-8")
    env = {**os.environ, "TINE_GDB_ARGS": f"-batch -x {shlex.quote(str(script))}", **environment}
    result = subprocess.run(
        [sys.executable, "-m", "grade", "boot", "--gdb", "--kernel", str(kernel), "--initrd",
         str(kernel.with_name("initrd.cpio")), "--memory", str(memory_mib), "--append", append,
         *options],
        cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=PATIENCE_S, check=False)
    assert results.exists(), result.stdout
    found: List[Any] = json.loads(results.read_text(encoding="utf-8"))
    for line, output in zip(lines, found):
        if not line.startswith(("=", "continue", "break", "bt", "help")):
            assert "Traceback" not in output and "a mistake in" not in output, output
            for row in output.splitlines():
                assert len(row) <= WIDTH, row
    assert "Traceback" not in result.stdout and "a mistake in" not in result.stdout, result.stdout
    return {**dict(zip(lines, found)), "console": result.stdout}
