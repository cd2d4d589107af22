#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a working copy of one's own: start.py DIR.

Copies what git tracks, and new files that it does not ignore, as they are now, into DIR, and makes
that a git repository with one commit. Without git it copies everything but what is built. The copy
grows in a folder beside DIR and takes its name only when it is whole.

Exit status: 0 done; 1 not done, and nothing is left behind; 64 wrong use; 130 interrupted.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import List, NoReturn, Optional

NOT_COPIED = {".git", "build", "__pycache__", ".mypy_cache", ".pytest_cache", ".cache"}


class Refused(Exception):
    """The copy cannot be made; the text says why."""


def git(directory: Path, *words: str) -> str:
    """Runs git in a directory.

    Args:
        directory: where.
        words: git's arguments.

    Returns:
        What it printed.

    Raises:
        Refused: git failed; the text holds its words.
        FileNotFoundError: there is no git.
    """
    # A variable such as GIT_DIR, set while a hook runs, would lead git to another repository.
    environment = {key: value for key, value in os.environ.items()
                   if key not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")}
    done = subprocess.run(["git", *words], cwd=directory, env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise Refused(f"git {words[0]} failed: {os.fsdecode(done.stderr).strip()}")
    return os.fsdecode(done.stdout)


def files_by_git(root: Path) -> Optional[List[Path]]:
    """The tracked files and the new ones that are not ignored.

    Args:
        root: the project's root.

    Returns:
        Paths relative to the root; None when the root is not a git working tree of its own.
    """
    try:
        top = git(root, "rev-parse", "--show-toplevel").rstrip("\n")
        if not os.path.samefile(top, root):
            return None
        listed = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    except (Refused, OSError):
        return None
    return [Path(name) for name in sorted(set(listed.split("\0"))) if name]


def files_by_walking(root: Path) -> List[Path]:
    """All files but those that are built.

    Args:
        root: the project's root.

    Returns:
        Paths relative to the root.
    """
    result: List[Path] = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in NOT_COPIED)
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        result += [(Path(folder) / name).relative_to(root) for name in sorted(names) + links]
    return result


def copy_tree(root: Path, to: Path) -> None:
    """Copies the project's files; a tracked file that was deleted is left out.

    Args:
        root: the project's root.
        to: an empty directory.
    """
    files = files_by_git(root)
    for inner in files_by_walking(root) if files is None else files:
        if os.path.lexists(root / inner) and not (root / inner).is_dir():
            (to / inner).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / inner, to / inner, follow_symlinks=False)


def make_repository(directory: Path) -> None:
    """Makes a git repository with one commit of all that lies in a directory.

    Args:
        directory: the copy.

    Raises:
        Refused: git failed.
        FileNotFoundError: there is no git.
    """
    git(directory, "-c", "init.defaultBranch=main", "init", "--quiet")
    try:
        git(directory, "config", "user.email")
        git(directory, "config", "user.name")
    except Refused:
        git(directory, "config", "user.name", "student")
        git(directory, "config", "user.email", "student@localhost")
    git(directory, "add", "--all", "--force")
    git(directory, "-c", "commit.gpgSign=false", "-c", "core.hooksPath=/dev/null",
        "commit", "--quiet", "--message", "Tine as it was given")


def check_destination(root: Path, wanted: Path) -> None:
    """Refuses a destination that is not new and apart from the tree.

    Args:
        root: the project's root, resolved.
        wanted: the destination, resolved.

    Raises:
        Refused: it is not a fit place.
    """
    if wanted == root or root in wanted.parents:
        raise Refused(f"{wanted} lies inside this tree; name a folder outside {root}")
    if wanted.exists() and not wanted.is_dir():
        raise Refused(f"{wanted} is there and is not a folder")
    if wanted.is_dir() and any(wanted.iterdir()):
        raise Refused(f"{wanted} is not empty; name a new folder")
    if not wanted.parent.is_dir():
        raise Refused(f"there is no folder {wanted.parent}; make it first")


def start(root: Path, wanted: Path) -> bool:
    """Makes the copy.

    Args:
        root: the project's root.
        wanted: where the copy goes.

    Returns:
        Whether it is a git repository.

    Raises:
        Refused, OSError: it was not made; nothing is left behind.
    """
    root, wanted = root.resolve(), Path(os.path.expanduser(wanted)).resolve()
    check_destination(root, wanted)
    growing = Path(tempfile.mkdtemp(prefix=".tine-start-", dir=wanted.parent))
    try:
        mask = os.umask(0)
        os.umask(mask)
        growing.chmod(0o777 & ~mask)
        copy_tree(root, growing)
        versioned = True
        try:
            make_repository(growing)
        except FileNotFoundError:
            versioned = False
        growing.rename(wanted)  # an empty directory of that name gives way
    except BaseException:
        shutil.rmtree(growing, ignore_errors=True)
        raise
    return versioned


def interrupted(*_: object) -> NoReturn:
    """Turns a signal into an exception, so that the clean-up runs."""
    raise KeyboardInterrupt


def main(arguments: List[str]) -> int:
    """Runs the tool.

    Args:
        arguments: the command line.

    Returns:
        The exit status.
    """
    if len(arguments) != 1 or not arguments[0]:
        print("usage: make start DIR=folder", file=sys.stderr)
        return 64
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGHUP, interrupted)
    try:
        versioned = start(Path(__file__).parent.parent, Path(arguments[0]))
    except (Refused, OSError, shutil.Error) as error:
        print(f"start: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("start: interrupted; nothing is left behind", file=sys.stderr)
        return 130
    history = "" if versioned else " (there is no git, so it has no history)"
    print(f"Your copy is ready{history}. Next, type:")
    print(f"    cd {shlex.quote(os.path.expanduser(arguments[0]))}")
    print("    make grade LAB=0")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
