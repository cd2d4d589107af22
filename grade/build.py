# SPDX-License-Identifier: MIT
"""Builds kernels through the project's Makefile, and copes with lab files that do not compile.

A file of labs/ that the compiler refuses is replaced by its untouched skeleton in an overlay, so
that it costs the tests which need it, and no others.
"""
from __future__ import annotations

import glob
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, Iterable, List, Optional

from grade.errors import SetupError
from grade.host import cpu_limit, die_with_parent
from grade.places import owner

OVERLAYS = Path("build/overlays")
BUILD_LOCK = "build/.lock"  # the Makefile's, too
LAB_FILE = re.compile(r"\blabs/[\w./+-]+\.(?:c|h|asm|S)\b")
LAB_OBJECT = re.compile(r"\b(labs/[\w./+-]+)\.o\b")
COMPILE_ERROR = re.compile(r"\b(?:fatal )?error:|undefined reference|multiple definition|"
                           r"undefined symbol|duplicate symbol")
LINKER = re.compile(r"undefined (?:reference|symbol)|: in function `")
UNDEFINED = re.compile(r"undefined (?:reference to|symbol:?) [`'\"]?(\w+)")
OWN_VARIABLES = ("LAB", "SOLVED", "OVERLAY", "TEST", "JSON", "JUNIT")
WORDS_LIMIT = 40            # lines of the compiler shown for one file


class CompileError(Exception):
    """The kernel cannot be built; the message holds the compiler's words. `files`: those about each
    file of labs/ that it refused."""

    def __init__(self, words: str, files: Optional[Dict[str, str]] = None) -> None:
        super().__init__(words)
        self.files = files or {}


@dataclass(frozen=True)
class Built:
    """A kernel to boot. `uncompiled`: lab file -> why its skeleton had to take its place;
    `warnings`: what the compiler remarked on files of labs/ it has just compiled."""

    kernel: Path
    initrd: Path
    uncompiled: Dict[str, str] = field(default_factory=dict)
    warnings: str = ""


def build(root: Path, lab: int, solved: str, overlay: Optional[Path] = None,
          patch: bool = True) -> Built:
    """Builds a kernel. `solved` is a lab's number or "none"; `overlay` a folder laid over the
    sources; `patch`: skeletons take the place of files that do not compile.

    Raises CompileError, or SetupError when make itself cannot do its work.
    """
    result = _make(root, "kernel", lab, solved, overlay)
    words = result.stderr
    if result.returncode == 0:
        return _built(root, result.stdout, {}, _warnings(words))
    if not COMPILE_ERROR.search(words):
        raise SetupError(f"`make kernel LAB={lab} SOLVED={solved}` failed:\n"
                         + (result.stdout + words).strip())
    files = {} if overlay else _refused(root, words)
    if not files or not patch:
        raise CompileError(_excerpt(words.splitlines()), files)
    patched = _make(root, "kernel", lab, solved, _skeletons(root, lab, list(files)))
    if patched.returncode:
        raise CompileError(_excerpt((words + patched.stderr).splitlines()))
    return _built(root, patched.stdout, files)


def programs(root: Path, lab: int) -> Path:
    """Builds the tools as ELF files, which run on the host's Linux, too; returns their folder.

    Raises SetupError.
    """
    result = _make(root, "programs", lab, str(lab), None)
    if result.returncode:
        raise SetupError("`make programs` failed:\n" + (result.stdout + result.stderr).strip())
    return root / result.stdout.split("\n")[-2]


def _make(root: Path, target: str, lab: int, solved: str,
          overlay: Optional[Path]) -> subprocess.CompletedProcess[str]:
    """Runs make, going on after an error so that every bad file is seen."""
    command = make_command("-k", f"-j{cpu_limit()}", target, f"LAB={lab}", f"SOLVED={solved}")
    if overlay:
        command.append(f"OVERLAY={overlay}")
    env = make_environment()
    env["LC_ALL"] = "C"
    try:
        return subprocess.run(command, cwd=root, env=env, stdin=subprocess.DEVNULL, text=True,
                              errors="replace", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              preexec_fn=die_with_parent(), check=False)
    except OSError as error:
        raise SetupError(f"cannot run {command[0]}: {error.strerror}")


def make_command(*words: str) -> List[str]:
    """Returns the command line of a make of our own, with what was given to the one above it."""
    return [os.environ.get("MAKE", "make"), "--no-print-directory", *words, *_inherited()]


def make_environment() -> Dict[str, str]:
    """Returns the environment for it, without what the make above hands down."""
    dropped = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", *OWN_VARIABLES)
    return {key: value for key, value in os.environ.items() if key not in dropped}


def _inherited() -> List[str]:
    """Returns the variables (CC=clang, say) given to the make that called us."""
    _, _, words = os.environ.get("MAKEFLAGS", "").partition("-- ")
    try:
        pairs = shlex.split(words)
    except ValueError:
        return []
    return [pair for pair in pairs if "=" in pair and pair.split("=")[0] not in OWN_VARIABLES]


def _built(root: Path, stdout: str, uncompiled: Dict[str, str], warnings: str = "") -> Built:
    lines = stdout.split("\n")
    kernel = root / next((line for line in reversed(lines) if line.strip()), "").strip()
    if not kernel.is_file():
        raise SetupError(f"`make kernel` did not end with a kernel's path but with '{kernel}'")
    return Built(kernel, kernel.with_name("initrd.cpio"), uncompiled, warnings)


def _warnings(words: str) -> str:
    """Returns the warnings about lab files, each with the lines that belong to it."""
    kept: List[str] = []
    inside = False
    for line in words.splitlines():
        if not line.startswith(" "):
            inside = bool(LAB_FILE.match(line)) and ": note:" not in line or \
                inside and ": note:" in line
        if inside:
            kept.append(line)
    return _excerpt(kept) if any(": warning:" in line for line in kept) else ""


def _refused(root: Path, words: str) -> Dict[str, str]:
    """Returns each lab file the tools complain about, with what they say about it."""
    said: Dict[str, List[str]] = {}
    current = ""
    refused = set()
    for line in words.splitlines():
        found = LAB_FILE.search(line) or LAB_OBJECT.search(line)
        if found and not line.startswith("make"):
            current = found[0] if LAB_FILE.match(found[0]) else found[1] + ".c"
        elif not line.startswith(" "):
            current = ""
        undefined = UNDEFINED.search(line)
        if undefined:
            current = owner(root, undefined[1]) or current
        if current:
            said.setdefault(current, []).append(line)
            if COMPILE_ERROR.search(line):
                refused.add(current)
    return {file: _excerpt(lines) for file, lines in said.items()
            if file in refused and (root / file).is_file()}


def forget(root: Path, files: Iterable[str]) -> None:
    """Sees to it that files of labs/ are compiled again, however old they look: one that was saved
    while the compiler read it is older than what came of it. Waits for a build under way."""
    objects = [str(path.relative_to(root)) for file in files
               for path in root.glob(f"build/*/{glob.escape(os.path.splitext(file)[0])}.o")]
    if objects:
        subprocess.run([sys.executable, "tools/locked.py", BUILD_LOCK, "rm", "-f", "--", *objects],
                       cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, preexec_fn=die_with_parent(), check=False)


def skeleton(root: Path, file: str) -> Optional[str]:
    """Returns the untouched text of a lab's file, or None when the lab has no such file."""
    result = subprocess.run([sys.executable, "tools/skeletons.py", "--print", file], cwd=root,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    return result.stdout if result.returncode == 0 else None


def _skeletons(root: Path, lab: int, files: List[str]) -> Path:
    """Returns a fresh overlay with the skeletons of `files`, as a path below `root`."""
    overlay = OVERLAYS / f"uncompiled-lab{lab}"
    shutil.rmtree(root / overlay, ignore_errors=True)
    (root / overlay).mkdir(parents=True)
    for file in files:
        text = skeleton(root, file)
        if text is not None:
            write_if_changed(root / overlay / file, text)
    return overlay


def write_if_changed(path: Path, text: str) -> None:
    """Writes a file unless it already has this text, so that make does no needless work."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _excerpt(lines: List[str]) -> str:
    """Returns the lines without make's own, and each of the linker's once: each program is linked
    with the file. Shortened to what a person reads."""
    kept = []
    for line in lines:
        if line.strip() and not line.startswith("make") and \
                not (LINKER.search(line) and line in kept):
            kept.append(line)
    more = [f"... and {len(kept) - WORDS_LIMIT} more lines"] if len(kept) > WORDS_LIMIT else []
    return "\n".join(kept[:WORDS_LIMIT] + more)
