# SPDX-License-Identifier: MIT
"""The container: its files are well formed, and what they say works, in a root without Docker."""
from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Callable, Iterator, List, Set

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


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A fresh Debian, of the release that the recipe names."""
    folder = tmp_path_factory.mktemp("base") / "root"
    try:
        Root(folder).make(container.suite(RECIPE), container.mirror() or "")
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def root(base: Path, tmp_path: Path) -> Iterator[Root]:
    """A copy of it, to be changed."""
    folder = tmp_path / "root"
    try:
        subprocess.run(["cp", "-a", str(base), str(folder)], check=True)
        yield Root(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def working_copy(root: Root, place: str) -> None:
    """Makes a working copy there, and goes there."""
    folder = root.folder / place.strip("/")
    subprocess.run([str(ROOT / "tools/start.py"), str(folder)], check=True,
                   stdout=subprocess.DEVNULL)
    # Whoever runs these tests may have edited labs/.
    shutil.rmtree(folder / "build", ignore_errors=True)
    subprocess.run(["chown", "-R", root.run("id -u").strip(), str(folder)], check=True)
    root.place = place


def needs_a_root(test: Callable[..., None]) -> Callable[..., None]:
    """Marks a test that takes minutes, and root's rights on a machine like the container."""
    for mark in (
            pytest.mark.full,
            pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to make a root of its own"),
            pytest.mark.skipif(not shutil.which("apt-get") or not container.mirror(),
                               reason="needs a machine whose packages are Debian's")):
        test = mark(test)
    return test


@needs_a_root
def test_the_recipe_works(root: Root) -> None:
    """All that the Dockerfile says, and then a user's first commands."""
    said = dict(root.follow(RECIPE))
    assert "Installing: apt-get install" in said[rest_of("RUN")[0]]
    working_copy(root, "/tine/copy")
    assert root.run("id -un") == "tine\n"
    assert root.run("tools/setup.sh test") == ""
    assert "Ready for `make demo` and `make grade`." in root.run("make doctor")
    assert "lab 0: 100 of 100 points" in root.run("make grade LAB=0 SOLVED=0")
    assert "audit: clean" in root.run("echo poweroff | make demo")
    assert "0 errors" in root.run("make compile_commands.json && clangd --check=kern/mm/fault.c")
    shown = root.run("make gdb LAB=0 SOLVED=0 TEST=fresh",
                     TINE_GDB_ARGS="-batch -ex 'break sys_pages_present' -ex continue")
    assert "Breakpoint 1, sys_pages_present" in shown


@needs_a_root
def test_a_machine_without_root(root: Root) -> None:
    """What handouts/machines.md says of it: the packages are unpacked in the user's home."""
    root.run("apt-get update && apt-get install -y --no-install-recommends make gcc libc6-dev "
             "python3 && useradd --create-home student", DEBIAN_FRONTEND="noninteractive")
    root.user = "student"
    working_copy(root, "/home/student/tine")
    assert "apt-get install -y --no-install-recommends nasm qemu-system-x86 qemu-system-data\n" in \
        root.run("make demo && exit 1 || true")
    page = (ROOT / "handouts/machines.md").read_text(encoding="utf-8")
    recipe = re.findall(r"```sh\n(mkdir .*?)```", page, re.DOTALL)
    assert len(recipe) == 1
    shown = root.run(f"set -e; {recipe[0]}cd ~/tine; make doctor; make grade LAB=0 SOLVED=0")
    assert "Ready for `make demo` and `make grade`." in shown
    assert "/home/student/tine-tools/" in shown and "lab 0: 100 of 100 points" in shown
