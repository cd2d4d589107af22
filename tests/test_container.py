# SPDX-License-Identifier: MIT
"""The container: its files are well formed, and what they say works, in a root without Docker."""
from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import List, Set

import container
import pytest
from container import Instruction, Root, instructions
from kernels import ROOT

RECIPE = instructions(container.DOCKERFILE.read_text(encoding="utf-8"))


def rest_of(word: str) -> List[str]:
    """What follows each instruction of this word."""
    return [line.rest for line in RECIPE if line.word == word]


def packages() -> Set[str]:
    """All packages of Debian in the list."""
    lines = (ROOT / "tools/packages.txt").read_text(encoding="utf-8").splitlines()
    return {name for line in lines if line and not line.startswith("#")
            for name in line.split()[3].split(",")}


def test_the_recipe_installs_by_the_setup_and_from_no_list_of_its_own() -> None:
    assert container.suite(RECIPE) == "bookworm"
    source, target = rest_of("COPY")[0].split()
    assert len(rest_of("COPY")) == 1 and (ROOT / source / "setup.sh").is_file()
    user = rest_of("USER")[-1]
    assert rest_of("RUN") == [f"{target}setup.sh test",
                              f"useradd --create-home --shell /bin/bash {user}"]
    assert user != "root" and RECIPE[-1].word == "CMD"
    words = " ".join(line.rest for line in RECIPE).replace("/", " ").split()
    assert not packages() & set(words)
    # One image for both kinds of host: nothing names a processor.
    text = container.DOCKERFILE.read_text(encoding="utf-8")
    assert "--platform" not in text and "x86" not in text


def test_a_recipe_that_is_not_understood_is_refused() -> None:
    for line in ("ADD x y", "RUN", "RUN a && \\", "run x"):
        with pytest.raises(ValueError):
            instructions(f"FROM debian:bookworm-slim\n{line}\n")
    assert instructions("# c\nFROM x\n\nRUN a  b\n") == [Instruction("FROM", "x"),
                                                         Instruction("RUN", "a  b")]


@pytest.mark.full
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to make a root of its own")
@pytest.mark.skipif(not shutil.which("apt-get") or not container.mirror(),
                    reason="needs a machine whose packages are Debian's")
def test_the_recipe_works(tmp_path: Path) -> None:
    """All that the Dockerfile says, and then a user's first commands, in a fresh Debian."""
    root = Root(tmp_path / "root")
    root.make(container.suite(RECIPE), container.mirror() or "")
    said = dict(root.follow(RECIPE))
    assert "Installing: apt-get install" in said[rest_of("RUN")[0]]

    subprocess.run([str(ROOT / "tools/start.py"), str(root.folder / "tine/copy")], check=True,
                   stdout=subprocess.DEVNULL)
    owner = root.run("id -u").strip()
    subprocess.run(["chown", "-R", owner, str(root.folder / "tine")], check=True)
    root.place = "/tine/copy"
    assert root.run("id -un") == "tine\n"
    assert root.run("tools/setup.sh test") == ""
    assert "Ready for `make demo` and `make grade`." in root.run("make doctor")
    assert "lab 0: 100 of 100 points" in root.run("make grade LAB=0 SOLVED=0")
    assert "clean" in root.run("echo poweroff | make demo")
    assert "0 errors" in root.run("make compile_commands.json && clangd --check=kern/mm/fault.c")
    shown = root.run("make gdb LAB=0 SOLVED=0 TEST=fresh",
                     TINE_GDB_ARGS="-batch -ex 'break sys_pages_present' -ex continue")
    assert "Breakpoint 1, sys_pages_present" in shown
