# SPDX-License-Identifier: MIT
"""What a failed test leaves behind: all that is needed to run it again, exactly.

build/failed/labN/NAME/ (NAME.SEED where there are seeds) holds the kernel and the initial file
system it ran, the lab's files as they were then, and left.json: the rest. The student goes on
editing; a folder stays until the test fails another time, or passes.
"""
from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

from grade.errors import SetupError
from grade.events import Event

FAILED = Path("build/failed")
VERSION = 1
OTHERS_SHOWN = 5
NOT_KEPT = ("compile", "error")     # verdicts that say nothing about a run


@dataclass(frozen=True)
class Where:
    """The first divergence: `kind` is event (`number` in the trace), line (of the programs'
    lines on the console), call (of the function `text`) or end; `text` is what was there."""

    kind: str
    number: int = 0
    text: str = ""


END = Where("end")


@dataclass(frozen=True)
class Left:
    """What is known about a failed test. `append` is the kernel's command line, `memory` in MiB;
    `digest` that of its trace; `failure` the five fields; `folder` where all this is."""

    lab: int
    test: str
    title: str
    seed: int
    append: str
    memory: int
    cpus: int
    verdict: str
    failure: Dict[str, str]
    where: Where
    digest: str
    build: str
    folder: Path = Path()

    @property
    def kernel(self) -> Path:
        """The kernel's file."""
        return self.folder / "tine.elf"

    @property
    def initrd(self) -> Path:
        """The initial file system's file."""
        return self.folder / "initrd.cpio"

    @property
    def command(self) -> str:
        """What runs it again in GDB."""
        return replay_command(self.lab, self.test, self.seed)


def replay_command(lab: int, test: str, seed: int) -> str:
    """Returns what runs a failed test again in GDB."""
    return f"make replay LAB={lab} TEST={test}" + (f" SEED={seed}" if seed else "")


def digest(events: Sequence[Event]) -> str:
    """Returns a text that two runs share only if all their events are the same."""
    text = "".join(f"{event.time} {event}\n" for event in events)
    return hashlib.sha256(text.encode()).hexdigest()


def _name(test: str, seed: int) -> str:
    return f"{test}.{seed}" if seed else test


def _take(source: Path, target: Path) -> None:
    """Makes `target` what the file at `source`, perhaps a link to an open one, holds now."""
    try:
        os.link(os.path.realpath(source), target)
        if os.path.samefile(source, target):
            return
        target.unlink()     # another file has taken its name
    except OSError:
        pass
    shutil.copyfile(source, target)


@dataclass(frozen=True)
class Keep:
    """Where failed tests are kept: a folder for each lab in `folder`. `root`: the project's."""

    root: Path
    folder: Path

    @classmethod
    def of(cls, root: Path) -> Keep:
        """Returns the usual place of a project."""
        return cls(root, root / FAILED)

    def _lab(self, lab: int) -> Path:
        return self.folder / f"lab{lab}"

    def leave(self, left: Left, kernel: Path, initrd: Path) -> None:
        """Keeps a failed test, in place of what it left before. A disk that is full is no reason to
        lose a score: there is a warning on stderr."""
        folder = self._lab(left.lab)
        target = folder / _name(left.test, left.seed)
        growing = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            growing = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=folder))
            growing.chmod(0o755)
            self._fill(growing, left, kernel, initrd)
            self.forget(left.lab, left.test, left.seed)
            growing.rename(target)
        except OSError as error:
            print(f"grade: warning: {left.test} cannot be kept for `make replay`: {error}",
                  file=sys.stderr)
            if growing:
                shutil.rmtree(growing, ignore_errors=True)

    def _fill(self, folder: Path, left: Left, kernel: Path, initrd: Path) -> None:
        _take(kernel, folder / "tine.elf")
        _take(initrd, folder / "initrd.cpio")
        for path in sorted((self.root / "labs").rglob("*.[ch]")):
            copy = folder / path.relative_to(self.root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)     # GDB compares its time with the kernel's
        words = asdict(left)
        del words["folder"]
        (folder / "left.json").write_text(
            json.dumps({"version": VERSION, **words}, indent=1) + "\n", encoding="utf-8")

    def forget(self, lab: int, test: str, seed: int) -> None:
        """Removes what a test has left, if it has left anything."""
        old = self._lab(lab) / _name(test, seed)
        if not old.is_dir():
            return
        with contextlib.suppress(OSError):
            going = Path(tempfile.mkdtemp(prefix=f".{old.name}-", dir=old.parent))
            old.rename(going / "old")       # at once, for whoever looks
            shutil.rmtree(going, ignore_errors=True)

    def all(self, lab: int) -> List[Left]:
        """Returns what the tests of one lab have left, by name and seed."""
        found = [read(path) for path in self._lab(lab).glob("[!.]*") if path.is_dir()]
        return sorted((left for left in found if left), key=lambda left: (left.test, left.seed))

    def find(self, lab: int, test: str, seed: int = 0) -> Left:
        """Returns what a test has left, with the lowest seed unless told. Raises SetupError."""
        kept = self.all(lab)
        for left in kept:
            if left.test == test and seed in (0, left.seed):
                return left
        words = f"LAB={lab} TEST={test}" + (f" SEED={seed}" if seed else "")
        others = [left.command for left in kept][:OTHERS_SHOWN]
        raise SetupError(
            f"{test} has left nothing to replay: it has not failed, or not lately; `make grade "
            f"{words}` runs it" + ("; there is: " + ", ".join(others) if others else ""))


def read(folder: Path) -> Optional[Left]:
    """Returns what is in a folder, or None if that is nothing of ours."""
    try:
        words: Dict[str, Any] = json.loads((folder / "left.json").read_text(encoding="utf-8"))
        if words.pop("version") != VERSION:
            return None
        words["where"] = Where(**words["where"])
        return Left(**words, folder=folder)
    except (OSError, ValueError, KeyError, TypeError):
        return None
