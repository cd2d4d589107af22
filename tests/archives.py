# SPDX-License-Identifier: MIT
"""Initial file systems for tests: archives in cpio's newc format, also impossible ones."""
from __future__ import annotations

FIELDS = ["inode", "mode", "owner", "group", "links", "time", "size", "major", "minor",
          "device_major", "device_minor", "name_size", "checksum"]
TRAILER = b"TRAILER!!!"
FILE, DIRECTORY, LINK, PIPE, DEVICE = 0o100755, 0o040755, 0o120777, 0o010666, 0o020666


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


def member(name: bytes, content: bytes = b"", **fields: int) -> bytes:
    """One member, at a multiple of four bytes.

    Args:
        name: without the NUL; content: what the file holds.
        fields: by FIELDS' names, instead of what would be right; the mode is a plain file's.
    """
    values = {"mode": FILE, "links": 1, "size": len(content), "name_size": len(name) + 1}
    values.update(fields)
    header = b"070701" + b"".join(b"%08X" % values.get(field, 0) for field in FIELDS)
    return _padded(header + name + b"\0") + _padded(content)


def archive(*members: bytes) -> bytes:
    """A whole archive of members, with its trailer."""
    return b"".join(members) + member(TRAILER)


def add(original: bytes, *members: bytes) -> bytes:
    """An archive with more members at its end."""
    end = original.rindex(b"070701", 0, original.rindex(TRAILER))
    return original[:end] + archive(*members)
