#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Derives labs/ (what a student edits) from solutions/ (the same files, complete).

    skeletons.py                            write labs/
    skeletons.py --file labs/0-start/x.c    write only this one
    skeletons.py --check                    say what differs; change nothing
    skeletons.py --print labs/0-start/x.c   print one skeleton as it was given

tools/marked.py describes the directives. solutions/skeletons.sum, in sha256sum's format, records
each skeleton's hash: a file in labs/ that still has the hash may be replaced, any other one is the
student's work. FORCE=1 in the environment replaces that too, after a copy to FILE.orig-1, -2, ...

Exit status: 0 fine; 1 the check found a difference (an edited file counts only when CI=true);
2 the input is wrong.
"""

import argparse
import difflib
import hashlib
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Dict, List, Optional

import marked

RECORD = "solutions/skeletons.sum"
LAB_DIRECTORY = re.compile(r"\d+-[a-z0-9-]+")
SPDX = re.compile(r"// SPDX-License-Identifier: \S+")


class Wrong(Exception):
    """The tree is not as it must be; the text says where and what."""


def with_lf(data: bytes) -> bytes:
    """A file's content with LF line ends: a checkout with CRLF is not an edit."""
    return data.replace(b"\r\n", b"\n")


def digest(data: bytes) -> str:
    """The SHA-256 of a content, in hex, line ends aside."""
    return hashlib.sha256(with_lf(data)).hexdigest()


def derive(path: Path, name: str) -> bytes:
    """Makes one skeleton.

    Args:
        path: the file under solutions/.
        name: its name in messages.

    Returns:
        The skeleton: C files lose their solutions, other files are copied, line ends are LF.

    Raises:
        Wrong: the directives do not fit together, or the SPDX line is missing.
    """
    data = with_lf(path.read_bytes())
    if path.suffix not in (".c", ".h"):
        return data
    try:
        text = data.decode()
        result = marked.skeleton(marked.parse(text, name))
    except (marked.Malformed, UnicodeDecodeError) as error:
        raise Wrong(str(error) if isinstance(error, marked.Malformed)
                    else f"{name}: not UTF-8: {error}") from error
    if not SPDX.fullmatch(text.split("\n", 1)[0]):
        raise Wrong(f"{name}:1: the first line must be '// SPDX-License-Identifier: MIT'")
    return result.encode()


def derive_all(root: Path) -> Dict[str, bytes]:
    """Makes every skeleton.

    Args:
        root: the project's root.

    Returns:
        From the name under the root (labs/...) to the content, sorted by name.

    Raises:
        Wrong: as derive().
    """
    solutions = root / "solutions"
    result: Dict[str, bytes] = {}
    for path in sorted(solutions.glob("*/**/*")):
        inner = path.relative_to(solutions)
        hidden = any(part.startswith(".") for part in inner.parts)
        if hidden or not path.is_file() or not LAB_DIRECTORY.fullmatch(inner.parts[0]):
            continue
        if path.name.endswith("~") or re.search(r"\.orig-\d+$", path.name):
            continue
        result["labs/" + inner.as_posix()] = derive(path, "solutions/" + inner.as_posix())
    return result


def read_record(root: Path) -> Dict[str, str]:
    """Reads solutions/skeletons.sum.

    Args:
        root: the project's root.

    Returns:
        From a skeleton's name to its recorded hash; empty when there is no record.

    Raises:
        Wrong: a line is not of sha256sum's form.
    """
    path = root / RECORD
    record: Dict[str, str] = {}
    if not path.exists():
        return record
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = re.fullmatch(r"([0-9a-f]{64}) [ *](.+)", line)
        if not match:
            raise Wrong(f"{RECORD}:{number}: not a line of sha256sum's form")
        record[match[2]] = match[1]
    return record


def record_text(skeletons: Dict[str, bytes]) -> str:
    """The record that fits some skeletons."""
    return "".join(f"{digest(data)}  {name}\n" for name, data in skeletons.items())


def read_lab(root: Path, name: str) -> Optional[bytes]:
    """A file's content as it is in labs/, or None when it is not there.

    Raises:
        Wrong: something other than a file has that name.
    """
    path = root / name
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except (IsADirectoryError, NotADirectoryError) as error:
        raise Wrong(f"{name}: a file was expected here ({error.strerror})") from error


def state_of(have: Optional[bytes], want: bytes, recorded: Optional[str]) -> str:
    """How a file in labs/ stands to its skeleton.

    Args:
        have: the file's content, or None.
        want: the skeleton's.
        recorded: the hash in the record, or None.

    Returns:
        "missing", "same", "old" (an earlier skeleton, not edited) or "edited".
    """
    if have is None:
        return "missing"
    if with_lf(have) == want:
        return "same"
    return "old" if digest(have) == recorded else "edited"


def replace(path: Path, data: bytes) -> None:
    """Writes a file in one step, so that an interruption leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".skeleton-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def back_up(path: Path) -> Path:
    """Copies a file to FILE.orig-N with the first N that is free.

    Args:
        path: the file.

    Returns:
        The copy's path.
    """
    data = path.read_bytes()
    number = 1
    while True:
        copy = path.with_name(f"{path.name}.orig-{number}")
        try:
            with open(copy, "xb") as stream:
                stream.write(data)
            return copy
        except FileExistsError:
            number += 1


def write(root: Path, force: bool, only: Optional[str] = None) -> None:
    """Brings labs/ and the record up to date, and says for each file what was done.

    Args:
        root: the project's root.
        force: replace edited files too, after a backup.
        only: no other file than this, and not the record; its name under the root, or a path to it.

    Raises:
        Wrong: as derive_all(), read_record() and name_of(); then nothing was written.
    """
    skeletons, record = derive_all(root), read_record(root)
    states = {name: state_of(read_lab(root, name), want, record.get(name))
              for name, want in skeletons.items()}
    chosen = [name_of(root, only, skeletons)] if only else list(skeletons)
    for name in chosen:
        want = skeletons[name]
        state, path = states[name], root / name
        if state == "same":
            print(f"{name}: up to date")
        elif state == "edited" and not force:
            print(f"{name} is edited (yours): left alone")
        elif state == "edited":
            print(f"{name}: replaced; yours is now {back_up(path).name}")
            replace(path, want)
        else:
            print(f"{name}: {'written' if state == 'missing' else 'updated'}")
            replace(path, want)
    if only:
        return
    for name in record:
        if name not in skeletons and (root / name).exists():
            print(f"{name}: no solution has this name any more: left alone")
    text = record_text(skeletons).encode()
    path = root / RECORD
    if not path.exists() or with_lf(path.read_bytes()) != text:
        replace(path, text)


def difference(name: str, want: bytes, have: bytes) -> str:
    """A unified diff from the skeleton to the file in labs/."""
    return "".join(difflib.unified_diff(
        want.decode(errors="replace").splitlines(True),
        with_lf(have).decode(errors="replace").splitlines(True),
        f"{name} (from solutions/)", name))


def check(root: Path, strict: bool) -> int:
    """Says where labs/ is not what solutions/ gives.

    Args:
        root: the project's root.
        strict: an edited file counts as a difference too (continuous integration).

    Returns:
        0, or 1 when something differs.

    Raises:
        Wrong: as derive_all() and read_record().
    """
    skeletons, record = derive_all(root), read_record(root)
    problems: List[str] = []
    for name, want in skeletons.items():
        have = read_lab(root, name)
        state = state_of(have, want, record.get(name))
        if state == "missing":
            problems.append(f"{name} is missing: run `make skeletons`")
        elif state == "old":
            problems.append(f"{name} is out of date: run `make skeletons`")
        elif state == "edited":
            print(f"{name} is edited (yours): left alone")
            if strict and have is not None:
                problems.append(difference(name, want, have))
    if record_text(skeletons) != "".join(f"{h}  {name}\n" for name, h in record.items()):
        problems.append(f"{RECORD} is out of date: run `make skeletons`")
    for problem in problems:
        print(problem.rstrip("\n"))
    return 1 if problems else 0


def name_of(root: Path, wanted: str, skeletons: Dict[str, bytes]) -> str:
    """The name of one skeleton.

    Args:
        root: the project's root.
        wanted: its name under the root, or a path to it.
        skeletons: those there are.

    Raises:
        Wrong: there is no such skeleton.
    """
    name = os.path.normpath(wanted)
    if name not in skeletons:
        name = os.path.relpath(os.path.abspath(wanted), root)
    if name not in skeletons:
        raise Wrong(f"{wanted}: no solution has this name; there are: {', '.join(skeletons)}")
    return name


def print_one(root: Path, wanted: str) -> None:
    """Prints one skeleton as it was given.

    Args:
        root: the project's root.
        wanted: its name under the root, or a path to it.

    Raises:
        Wrong: as derive_all() and name_of().
    """
    skeletons = derive_all(root)
    sys.stdout.buffer.write(skeletons[name_of(root, wanted, skeletons)])


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs the tool.

    Args:
        arguments: the command line; None takes the process's own.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(description="Derives labs/ from solutions/.")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent,
                        help="the project's root (default: where this tool lies)")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="say what differs, change nothing")
    mode.add_argument("--file", metavar="FILE", help="write this one only")
    mode.add_argument("--print", metavar="FILE", help="print one skeleton as it was given")
    options = parser.parse_args(arguments)
    try:
        if options.print:
            print_one(options.root, options.print)
        elif options.check:
            return check(options.root, os.environ.get("CI") == "true")
        else:
            write(options.root, os.environ.get("FORCE") == "1", options.file)
    except (Wrong, OSError) as error:
        print(f"skeletons: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
