# SPDX-License-Identifier: MIT
"""Runs GDB on a kernel as `make gdb` does, and says what each command printed."""
from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

from kernels import ROOT

PATIENCE_S = 120
WIDTH = 100
GDBS_OWN = ("continue", "break ", "tbreak ", "backtrace", "finish", "print", "frame", "info ",
            "delete", "condition", "set ", "next", "thread", "stepi")
MARK = "TINE_TEST_SESSION"

# What GDB runs: what each command prints, or the error it raises.
RUNNER = """
import json, sys, gdb
sys.path.insert(0, {tests!r})
import gdb_facts
found = []
for line in json.loads({lines!r}):
    try:
        if line.startswith("="):
            found.append(eval(line[1:], vars(gdb_facts)))
        elif line.startswith("!"):
            found.append(gdb.execute(eval("f" + repr(line[1:]), vars(gdb_facts)), to_string=True))
        elif line.startswith("#"):
            found.append("")
        else:
            found.append(gdb.execute(line, to_string=True))
    except gdb.error as error:
        found.append(f"error: {{error}}")
with open({results!r}, "w", encoding="utf-8") as file:
    json.dump(found, file)
"""

Section = Dict[str, Any]


def left_over(mark: str) -> List[str]:
    """The command lines of processes that were started with `mark` in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_text(errors="replace"))
        except OSError:
            pass    # it has ended, or is somebody else's
    return found


def session(folder: Path, kernel: Path, lines: Sequence[str], append: str = "",
            initrd: Optional[Path] = None,
            options: Tuple[str, ...] = ()) -> Dict[str, Section]:
    """Boots a stopped machine with GDB, gives GDB the lines, and ends both.

    Args:
        folder: for scratch files; kernel: from kernels.kernel(); initrd: default: the kernel's.
        lines: commands. `=EXPRESSION` is evaluated with what gdb_facts knows; `!COMMAND` is a
            command with {EXPRESSION} in it; `#NAME` begins a section.
        append: the kernel's command line. options: further ones of `grade boot`.

    Returns:
        By section (the first is ""), what each line printed, or what the expression was; an error
        of GDB is `error: ...`. All that Tine's commands say fits WIDTH, and none of it is a
        traceback. Nothing is left running.
    """
    return run(folder, [
        "boot", "--gdb", "--icount", "--kernel", str(kernel), "--initrd",
        str(initrd or kernel.with_name("initrd.cpio")), "--append", append, "--console",
        str(folder / "console"), *options], lines)[0]


def run(folder: Path, command: List[str], lines: Sequence[str],
        patience_s: float = PATIENCE_S) -> Tuple[Dict[str, Section], str]:
    """Gives lines to the GDB that a command of the grader starts; all of it may take so long.

    Returns:
        As session() does; and what the command itself has printed.
    """
    results, script = folder / "results.json", folder / "lines.py"
    script.write_text(RUNNER.format(tests=str(ROOT / "tests"), lines=json.dumps(list(lines)),
                                    results=str(results)), encoding="utf-8")
    mark = str(uuid.uuid4())
    env = {**os.environ, "TINE_GDB_ARGS": f"-batch -x {shlex.quote(str(script))}", MARK: mark}
    result = subprocess.run(
        [sys.executable, "-m", "grade", *command], cwd=ROOT, env=env,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=patience_s, check=False)
    assert results.exists(), result.stdout
    assert not left_over(mark)
    sections: Dict[str, Section] = {"": {}}
    section = sections[""]
    for line, output in zip(lines, json.loads(results.read_text(encoding="utf-8"))):
        if line.startswith("#"):
            section = sections.setdefault(line[1:], {})
        section[line] = output
        if line[0] not in "=!#":
            check_form(line, output)
    check_form("", result.stdout)
    return sections, result.stdout


def check_form(line: str, output: str) -> None:
    """Checks how a command's output looks, whatever it says."""
    assert "Traceback" not in output and "a mistake in" not in output, f"{line}: {output}"
    if line and not line.startswith(GDBS_OWN):
        for row in re.sub("^error: ", "", output).splitlines():
            assert len(row) <= WIDTH, f"{line}: {row}"
