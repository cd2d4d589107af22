# SPDX-License-Identifier: MIT
"""Builds that write to common folders take turns."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from kernels import ROOT

COMMAND = [sys.executable, str(ROOT / "tools/locked.py")]


def test_one_waits_for_the_other(tmp_path: Path) -> None:
    lock, story = tmp_path / "new folder/lock", tmp_path / "story"
    script = 'echo begin >> "$0"; sleep 0.2; echo end >> "$0"; exit 3'
    both = [subprocess.Popen([*COMMAND, str(lock), "sh", "-c", script, str(story)])
            for _ in range(2)]
    assert [process.wait(20) for process in both] == [3, 3]
    assert story.read_text(encoding="ascii").split() == ["begin", "end"] * 2


def test_what_has_been_started_keeps_the_lock(tmp_path: Path) -> None:
    """As when make is killed, and a compiler still writes."""
    lock, story = tmp_path / "lock", tmp_path / "story"
    script = '(sleep 0.2; echo end >> "$0") & '
    subprocess.run([*COMMAND, str(lock), "sh", "-c", script, str(story)], check=True)
    subprocess.run([*COMMAND, str(lock), "sh", "-c", 'echo next >> "$0"', str(story)], check=True)
    assert story.read_text(encoding="ascii").split() == ["end", "next"]


def test_a_command_that_is_not_there(tmp_path: Path) -> None:
    result = subprocess.run([*COMMAND, str(tmp_path / "lock"), "no-such-command"], check=False,
                            stderr=subprocess.PIPE, text=True)
    assert result.returncode == 127
    assert result.stderr == "no-such-command: No such file or directory\n"
