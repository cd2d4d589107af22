# SPDX-License-Identifier: MIT
"""tools/mkinitrd.py: the initial RAM disk."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple

import pytest

TOOLS = Path(__file__).resolve().parent.parent / "tools"
FIELDS = ["inode", "mode", "owner", "group", "links", "time", "size", "major", "minor",
          "device_major", "device_minor", "name_size", "checksum"]


class Member(NamedTuple):
    """A member as a reader of the format sees it."""

    name: str
    fields: Dict[str, int]
    content: bytes


def members(data: bytes) -> List[Member]:
    """Reads a newc archive by the format's description, strictly."""
    result: List[Member] = []
    at = 0
    while True:
        assert data[at:at + 6] == b"070701" and at % 4 == 0
        numbers = [int(data[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in range(len(FIELDS))]
        fields = dict(zip(FIELDS, numbers))
        name = data[at + 110:at + 110 + fields["name_size"]]
        assert name.endswith(b"\0")
        start = (at + 110 + fields["name_size"] + 3) // 4 * 4
        content = data[start:start + fields["size"]]
        assert len(content) == fields["size"]
        at = (start + fields["size"] + 3) // 4 * 4
        if name == b"TRAILER!!!\0":
            assert at == len(data)
            return result
        result.append(Member(name[:-1].decode(), fields, content))


def run(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, str(TOOLS / "mkinitrd.py"), *words],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env={**os.environ, **environment})


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "a b").write_bytes(b"first\n")
    (tmp_path / "c").write_bytes(bytes(range(256)) * 1000)
    (tmp_path / "empty").write_bytes(b"")
    return tmp_path


def test_contents_names_and_modes(here: Path) -> None:
    out = here / "initrd.cpio"
    done = run(str(out), f"/tests/lab0/none={here}/c", f"init={here}/a b", f"tests/z={here}/empty")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    found = members(out.read_bytes())
    assert [member.name for member in found] == [
        "init", "tests", "tests/lab0", "tests/lab0/none", "tests/z"]
    assert [member.content for member in found] == [
        b"first\n", b"", b"", bytes(range(256)) * 1000, b""]
    assert [oct(member.fields["mode"]) for member in found] == [
        "0o100755", "0o40755", "0o40755", "0o100755", "0o100755"]
    assert [member.fields["inode"] for member in found] == [1, 2, 3, 4, 5]
    for member in found:
        assert member.fields["owner"] == member.fields["group"] == member.fields["time"] == 0


def test_the_same_bytes_whatever_the_surroundings(here: Path) -> None:
    first, second = here / "1.cpio", here / "2.cpio"
    assert run(str(first), f"a={here}/a b", f"b/c={here}/c").returncode == 0
    os.utime(here / "c", (1, 1))
    (here / "c").chmod(0o600)
    assert run(str(second), f"/b/c={here}/c", f"/a={here}/a b", LC_ALL="C", TZ="Asia/Tokyo",
               SOURCE_DATE_EPOCH="5", PYTHONHASHSEED="7").returncode == 0
    assert first.read_bytes() == second.read_bytes()


def test_cpio_reads_it(here: Path) -> None:
    out = here / "initrd.cpio"
    run(str(out), f"tests/lab0/none={here}/c", f"init={here}/a b")
    cpio = shutil.which("cpio")
    if cpio is None:  # the reader above has looked at it
        assert len(members(out.read_bytes())) == 4
        return
    with open(out, "rb") as archive:
        done = subprocess.run([cpio, "-it", "--quiet"], stdin=archive, stdout=subprocess.PIPE,
                              text=True)
    assert (done.returncode, done.stdout.split()) == (
        0, ["init", "tests", "tests/lab0", "tests/lab0/none"])


def test_a_directory_is_all_files_in_it(here: Path) -> None:
    (here / "many/deeper").mkdir(parents=True)
    for name in ("many/b", "many/a", "many/deeper/c"):
        (here / name).write_text(name)
    out = here / "initrd.cpio"
    assert run(str(out), f"x={here}/many", f"y={here}/c").returncode == 0
    assert [member.name for member in members(out.read_bytes())] == [
        "x", "x/a", "x/b", "x/deeper", "x/deeper/c", "y"]


def test_no_files_make_an_empty_archive(here: Path) -> None:
    out = here / "initrd.cpio"
    assert run(str(out)).returncode == 0
    assert members(out.read_bytes()) == []


@pytest.mark.parametrize("words, message", [
    (["a"], "'a' is not of the form NAME=FILE"),
    (["a="], "is not of the form"),
    (["=/dev/null"], "is not a name"),
    (["../a=HERE/c"], "is not a name"),
    (["a//b=HERE/c"], "is not a name"),
    (["TRAILER!!!=HERE/c"], "is not a name"),
    (["a=HERE/c", "/a=HERE/c"], "given twice"),
    (["a=HERE/c", "a/b=HERE/c"], "both a file and the directory"),
    (["a=HERE/none"], "No such file"),
    (["a=/dev/null"], "not a plain file"),
])
def test_errors_leave_the_old_archive(here: Path, words: List[str], message: str) -> None:
    out = here / "initrd.cpio"
    out.write_text("old")
    before = sorted(os.listdir(here))
    done = run(str(out), *[word.replace("HERE", str(here)) for word in words])
    assert done.returncode == 1
    assert done.stderr.startswith("mkinitrd: ") and message in done.stderr
    assert out.read_text() == "old" and sorted(os.listdir(here)) == before


def test_usage() -> None:
    assert run().returncode == 64
    assert run("a=b").returncode == 64
