#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Packs files into a "newc" cpio archive, the initial RAM disk: mkinitrd.py OUT NAME=FILE...

The same names and contents give the same bytes on every machine: entries are sorted by name, all
have mode 0755, owner 0 and time 0, and inode numbers count from 1. Names carry no leading slash;
the directories above a file come before it. A FILE that is a directory stands for all files in it.

Exit status: 0 written; 1 not written, and an older OUT is as it was; 64 wrong use.
"""

import os
import shutil
import stat
import sys
from pathlib import Path
from typing import BinaryIO, Dict, Iterator, List, NamedTuple, Optional, Tuple

DIRECTORY_MODE = stat.S_IFDIR | 0o755
FILE_MODE = stat.S_IFREG | 0o755
ALIGNMENT_BYTES = 4
LARGEST_BYTES = 2**32 - 1  # a size is written with eight hexadecimal digits


class Wrong(Exception):
    """The archive cannot be made; the text says why."""


class Entry(NamedTuple):
    """One member: a directory has no path."""

    name: str
    path: Optional[Path]


def clean(name: str) -> str:
    """A member's name without slashes around it.

    Args:
        name: as given, such as "/tests/lab0/none".

    Returns:
        "tests/lab0/none".

    Raises:
        Wrong: a part of it is empty, "." or "..", or one that cpio gives a meaning.
    """
    result = name.strip("/")
    if any(part in ("", ".", "..") for part in result.split("/")) or result == "TRAILER!!!":
        raise Wrong(f"'{name}' is not a name for a file in the archive")
    return result


def below(name: str, path: Path) -> Iterator[Tuple[str, Path]]:
    """What one argument stands for: a file, or those in a directory, as (name, path)."""
    if not path.is_dir():
        yield name, path
        return
    for file in path.iterdir():
        yield from below(f"{name}/{file.name}", file)


def entries(arguments: List[str]) -> List[Entry]:
    """What the archive will hold.

    Args:
        arguments: "NAME=FILE" words.

    Returns:
        Files and the directories above them, sorted.

    Raises:
        Wrong: a word has no "=", or a name is there twice or is both file and directory.
    """
    files: Dict[str, Path] = {}
    for argument in arguments:
        name, equals, path = argument.partition("=")
        if not equals or not path:
            raise Wrong(f"'{argument}' is not of the form NAME=FILE")
        for member, file in below(clean(name), Path(path)):
            if member in files:
                raise Wrong(f"'{member}' is given twice")
            files[member] = file
    result: Dict[str, Optional[Path]] = {}
    for name, file in files.items():
        parts = name.split("/")
        for count in range(1, len(parts)):
            above = "/".join(parts[:count])
            if above in files:
                raise Wrong(f"'{above}' is both a file and the directory of '{name}'")
            result[above] = None
        result[name] = file
    return [Entry(name, result[name]) for name in sorted(result, key=os.fsencode)]


def pad(out: BinaryIO) -> None:
    """Fills up to the next multiple of four bytes."""
    out.write(b"\0" * (-out.tell() % ALIGNMENT_BYTES))


def write_header(out: BinaryIO, name: str, inode: int, mode: int, links: int, size: int) -> None:
    """Writes a member's header and name.

    Args:
        out: the archive.
        name: the member's name.
        inode: its inode number; mode, links and size are the file's, in inode order.
        mode: type and permissions.
        links: how many names it has.
        size: bytes of content.
    """
    raw = os.fsencode(name) + b"\0"
    owner = group = time = major = minor = device_major = device_minor = checksum = 0
    fields = (inode, mode, owner, group, links, time, size, major, minor, device_major,
              device_minor, len(raw), checksum)
    out.write(b"070701" + b"".join(b"%08X" % field for field in fields) + raw)
    pad(out)


def write_archive(out: BinaryIO, members: List[Entry]) -> None:
    """Writes a whole archive; contents are streamed.

    Args:
        out: where to.
        members: what, sorted.

    Raises:
        Wrong: a file is too large or changed while it was read.
        OSError: a file cannot be read, or the archive not written.
    """
    for inode, entry in enumerate(members, 1):
        if entry.path is None:
            write_header(out, entry.name, inode, DIRECTORY_MODE, 2, 0)
            continue
        with open(entry.path, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise Wrong(f"{entry.path} is not a plain file")
            if status.st_size > LARGEST_BYTES:
                raise Wrong(f"{entry.path} is too large: the format's limit is 4 GiB")
            write_header(out, entry.name, inode, FILE_MODE, 1, status.st_size)
            start = out.tell()
            shutil.copyfileobj(file, out)
            if out.tell() - start != status.st_size:
                raise Wrong(f"{entry.path} changed while it was read")
            pad(out)
    write_header(out, "TRAILER!!!", 0, 0, 1, 0)


def main(arguments: List[str]) -> int:
    """Runs the tool.

    Args:
        arguments: the command line.

    Returns:
        The exit status.
    """
    if not arguments or "=" in arguments[0]:
        print("usage: mkinitrd.py OUT NAME=FILE...", file=sys.stderr)
        return 64
    target = Path(arguments[0])
    growing = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        members = entries(arguments[1:])
        try:
            with open(growing, "wb") as out:
                write_archive(out, members)
            os.replace(growing, target)
        finally:
            if growing.exists():
                growing.unlink()
    except (Wrong, OSError) as error:
        print(f"mkinitrd: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
