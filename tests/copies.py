# SPDX-License-Identifier: MIT
"""Working copies for tests that edit labs/: made as a student makes one, and built already."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from kernels import ROOT, kernel, make


def working_copy(folder: Path) -> Path:
    """Makes a working copy with untouched labs in a folder that is not there yet; returns it."""
    result = make("start", f"DIR={folder}")
    assert result.returncode == 0, result.stderr
    assert "make grade LAB=0" in result.stdout
    # Whoever runs these tests may have edited labs/: they are about the untouched ones.
    assert make("skeletons", "FORCE=1", folder=folder).returncode == 0
    for backup in folder.glob("labs/*/*.orig-*"):
        backup.unlink()
    return folder


def give_built(folder: Path, lab: int) -> None:
    """Copies what is given, up to a lab, as the project has built it, into a working copy."""
    kernel(f"LAB={lab}", f"SOLVED={lab}")
    (folder / "build").mkdir(exist_ok=True)
    built = ["build/given", f"build/given-lab{lab}", "build/programs"]
    subprocess.run([sys.executable, "tools/locked.py", "build/.lock", "cp", "-a", *built,
                    str(folder / "build")], cwd=ROOT, check=True)
