# SPDX-License-Identifier: MIT
"""tools/start.py: a working copy of one's own."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import List

import pytest

TOOLS = Path(__file__).resolve().parent.parent / "tools"


def clean_environment(**more: str) -> "dict[str, str]":
    """The surroundings without anybody's git settings."""
    result = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    return {**result, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, **more}


def git(directory: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=directory, env=clean_environment(), check=True,
                          stdout=subprocess.PIPE, text=True).stdout


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project with a space in its path, under git, with changes that are not committed."""
    root = tmp_path / "the tree"
    (root / "tools").mkdir(parents=True)
    shutil.copy(TOOLS / "start.py", root / "tools")
    (root / ".gitignore").write_text("build/\n")
    (root / "a file.c").write_text("old\n")
    (root / "gone.c").write_text("gone\n")
    script = root / "run.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-qm", "first")
    (root / "a file.c").write_text("new\n")
    (root / "gone.c").unlink()
    (root / "fresh.c").write_text("fresh\n")
    (root / "build").mkdir()
    (root / "build" / "x.o").write_text("object\n")
    return root


def start(tree: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, str(tree / "tools/start.py"), *words],
                          env=clean_environment(**environment), cwd=tree.parent,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def files(directory: Path) -> List[str]:
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*")
                  if path.is_file() and ".git" not in path.parts)


COPIED = [".gitignore", "a file.c", "fresh.c", "run.sh", "tools/start.py"]


def test_copies_the_working_tree_and_commits(tree: Path) -> None:
    done = start(tree, "my own kernel")
    assert (done.returncode, done.stderr) == (0, "")
    copy = tree.parent / "my own kernel"
    assert files(copy) == COPIED
    assert (copy / "a file.c").read_text() == "new\n"
    assert (copy / "run.sh").stat().st_mode & stat.S_IXUSR
    assert git(copy, "status", "--porcelain") == ""
    assert git(copy, "log", "--format=%an %s") == "student Tine as it was given\n"
    assert done.stdout.splitlines()[-2:] == ["    cd 'my own kernel'", "    make grade LAB=0"]
    assert sorted(os.listdir(tree.parent)) == ["my own kernel", "the tree"]


def test_an_empty_folder_will_do(tree: Path) -> None:
    (tree.parent / "empty").mkdir()
    assert start(tree, "empty").returncode == 0
    assert files(tree.parent / "empty") == COPIED


def test_the_users_identity_is_kept(tree: Path, tmp_path: Path) -> None:
    settings = tmp_path / "settings"
    settings.write_text("[user]\nname = Ada\nemail = ada@localhost\n")
    assert start(tree, "mine", GIT_CONFIG_GLOBAL=str(settings)).returncode == 0
    assert git(tree.parent / "mine", "log", "--format=%an") == "Ada\n"


def test_a_git_hooks_surroundings_do_not_matter(tree: Path) -> None:
    assert start(tree, "mine", GIT_DIR=str(tree / ".git"), GIT_INDEX_FILE="x").returncode == 0
    assert git(tree.parent / "mine", "status", "--porcelain") == ""


def test_without_git_everything_but_what_is_built(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tree / "__pycache__").mkdir()
    (tree / "__pycache__/a.pyc").write_text("")
    done = start(tree, "mine", PATH=str(tmp_path / "bin"))
    assert done.returncode == 0 and "there is no git" in done.stdout
    assert files(tree.parent / "mine") == COPIED
    assert not (tree.parent / "mine/.git").exists()


def test_a_tree_that_is_no_repository(tree: Path) -> None:
    shutil.rmtree(tree / ".git")
    assert start(tree, "mine").returncode == 0
    assert files(tree.parent / "mine") == COPIED


@pytest.mark.parametrize("where, words", [
    ("full", "is not empty"),
    ("file", "is not a folder"),
    ("the tree", "lies inside this tree"),
    ("the tree/copy", "lies inside this tree"),
    ("the tree/../the tree/copy", "lies inside this tree"),
    ("none/copy", "there is no folder"),
])
def test_refusals(tree: Path, where: str, words: str) -> None:
    (tree.parent / "full").mkdir()
    (tree.parent / "full/x").write_text("")
    (tree.parent / "file").write_text("")
    before = sorted(tree.parent.rglob("*"))
    done = start(tree, where)
    assert done.returncode == 1 and words in done.stderr
    assert sorted(tree.parent.rglob("*")) == before


def test_a_failure_leaves_nothing(tree: Path, tmp_path: Path) -> None:
    stubs = tmp_path / "stubs"
    stubs.mkdir()
    real = shutil.which("git")
    (stubs / "git").write_text(
        f'#!/bin/sh\ncase "$*" in *commit*) echo "no room" >&2; exit 1 ;; esac\nexec {real} "$@"\n')
    (stubs / "git").chmod(0o755)
    before = sorted(os.listdir(tree.parent))
    done = start(tree, "mine", PATH=f"{stubs}:{os.environ['PATH']}")
    assert done.returncode == 1 and "no room" in done.stderr
    assert sorted(os.listdir(tree.parent)) == before


def test_usage(tree: Path) -> None:
    for done in [start(tree), start(tree, ""), start(tree, "a", "b")]:
        assert done.returncode == 64 and "make start DIR=" in done.stderr
