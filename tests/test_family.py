# SPDX-License-Identifier: MIT
"""The exec family of lab 4 as functions of the host's Linux, where its tests must pass, too; and
the tools that stand on it, beside those of Linux."""
from __future__ import annotations

import os
import pty
import shutil
import subprocess
from pathlib import Path
from typing import List, Tuple

import pytest

from grade import oracle
from grade.runner import load_specs
from grade.spec import Spec
from kernels import ROOT, kernel

FUNCTIONS = ("execv", "execl", "execle", "execlp", "execvp", "execvpe", "fexecve")
FAMILY = "solutions/4-family/lib"
# The functions that are tested have other names than the host's. That their arguments are never
# NULL, as the host's headers say, is not true of them.
OURS = ["-D_GNU_SOURCE=", "-fno-delete-null-pointer-checks", "-Wno-nonnull",
        *(f"-D{name}=tine_{name}" for name in FUNCTIONS)]
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize=nonnull-attribute",
              "-fno-sanitize-recover"]
SANITIZED = ("path_long",)    # with the others it takes long, and tells no more
LIMIT_S = 20.0


def family_tests() -> List[Spec]:
    """The tests of steps 4c and 4d that are programs."""
    return [spec for spec in load_specs(ROOT, 4)
            if spec.title.startswith(("4c", "4d")) and spec.run and not spec.is_script]


def check(spec: Spec, folder: Path) -> str:
    """Runs a test with the functions of `folder` in place of the host's; returns what is wrong."""
    exceptions = oracle.read_exceptions(ROOT / "grade/stricter.txt")
    exceptions.pop("lab4/list_strings", None)    # that is about the host's functions
    sanitizers = SANITIZERS if spec.name in SANITIZED else []
    return oracle.check_test(ROOT, spec, exceptions,
                             [*OURS, *sanitizers, *map(str, sorted(folder.glob("*.c")))])


@pytest.mark.parametrize("spec", family_tests(), ids=[spec.name for spec in family_tests()])
def test_the_solution_on_linux(spec: Spec) -> None:
    assert check(spec, ROOT / FAMILY) == ""


def test_a_directory_without_room_is_noticed(tmp_path: Path) -> None:
    """The sanitizer looks where a test might only be lucky."""
    for path in (ROOT / FAMILY).glob("*.c"):
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(text.replace("length + 1 + bytes > PATH_MAX", "false"),
                                          encoding="utf-8")
    spec = next(spec for spec in family_tests() if spec.name == "path_long")
    assert check(spec, tmp_path) != ""


# ---- env and nohup

@pytest.fixture(scope="module")
def tools() -> Path:
    """The folder of env and nohup as ELF files."""
    return kernel("LAB=4", "SOLVED=4").parent / "bin"


def test_the_tools_beside_those_of_linux(tools: Path, tmp_path: Path) -> None:
    script = ROOT / "user/tests/lab4/tools.sh"
    printed: List[str] = []
    for path in (f"{tools}:{os.environ['PATH']}", os.environ["PATH"]):
        folder = tmp_path / str(len(printed))
        folder.mkdir()
        printed.append(subprocess.run(["sh", script], cwd=folder, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                      env={**os.environ, "PATH": path}, timeout=LIMIT_S,
                                      check=True).stdout)
    assert "one after the other: 1" in printed[0]
    assert printed[0] == printed[1]


def nohup_at_a_terminal(program: str, folder: Path) -> Tuple[int, str, int]:
    """Lets a nohup print to a terminal; returns its status, what nohup.out holds, and its mode."""
    folder.mkdir()
    ours, theirs = pty.openpty()
    try:
        for _ in range(2):  # the second is appended
            status = subprocess.run([program, "sh", "-c", "echo printed; exit 6"], cwd=folder,
                                    stdin=subprocess.DEVNULL, stdout=theirs,
                                    stderr=subprocess.DEVNULL, timeout=LIMIT_S,
                                    check=False).returncode
    finally:
        os.close(ours)
        os.close(theirs)
    out = folder / "nohup.out"
    return status, out.read_text(encoding="utf-8"), out.stat().st_mode & 0o777


def test_nohup_at_a_terminal(tools: Path, tmp_path: Path) -> None:
    theirs = shutil.which("nohup")
    assert theirs
    linux = nohup_at_a_terminal(theirs, tmp_path / "theirs")
    assert linux == (6, "printed\nprinted\n", 0o600)
    assert nohup_at_a_terminal(str(tools / "nohup"), tmp_path / "ours") == linux
