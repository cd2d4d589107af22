# SPDX-License-Identifier: MIT
"""tools/doctor.py: the report about this machine."""

import os
import subprocess
import sys
from pathlib import Path
from typing import List

import pytest

TOOLS = Path(__file__).resolve().parent.parent / "tools"
sys.path.insert(0, str(TOOLS))

import doctor  # noqa: E402


def test_this_machine_is_ready() -> None:
    done = subprocess.run([sys.executable, str(TOOLS / "doctor.py")], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("Ready for `make demo` and `make grade`.\n")
    for word in ["nasm", "qboot.rom", "cores", "memory", "disk", "memfd", "namespaces", "kvm"]:
        assert f"\n{word} " in done.stdout
    assert "\x1b" not in done.stdout


def test_a_machine_without_anything(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, str(TOOLS / "doctor.py")], stdout=subprocess.PIPE,
                          text=True, env={"PATH": str(tmp_path)})
    assert done.returncode == 1
    assert "Not ready: make, compiler, binutils, nasm, qemu, qboot.rom" in done.stdout
    assert "missing: assembles the boot and trap code; `make demo` installs it" in done.stdout


def test_an_old_version_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nasm").write_text("#!/bin/sh\necho NASM version 2.13.03\n")
    (tmp_path / "nasm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    row = doctor.tool_row(doctor.Tool("nasm", "demo", [("nasm", "2.14")], "why"))
    assert (row.found, row.verdict, row.vital) == ("nasm 2.13.03", "missing", True)
    row = doctor.tool_row(doctor.Tool("nasm", "demo", [("nasm", "2.13")], "why"))
    assert row.verdict == "ok"


@pytest.mark.parametrize("text, version", [
    ("gcc (Debian 12.2.0-14) 12.2.1", "12.2.1"),
    ("x86_64-elf-gcc (GCC) 14.2.0", "14.2.0"),
    ("QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)", "7.2.22"),
    ("Python 3.9.2", "3.9.2"),
    ("ShellCheck - shell script analysis tool\nversion: 0.9.0", "0.9.0"),
    ("nothing", ""),
])
def test_versions_are_found(text: str, version: str) -> None:
    assert doctor.version_in(text) == version


@pytest.mark.parametrize("found, needed, result", [
    ("2.16.01", "2.14", True), ("2.9", "2.14", False), ("10", "10.0", True),
    ("10.0", "10", True), ("9.99", "10", False), ("2.14.0", "2.14", True),
])
def test_versions_are_compared_by_number(found: str, needed: str, result: bool) -> None:
    assert doctor.at_least(found, needed) is result
    script = (TOOLS / "setup.sh").read_text()
    function = script[script.index("version_at_least() {"):script.index("# check_commands LIST")]
    done = subprocess.run(["sh", "-c", f'{function}\nversion_at_least "$1" "$2"', "x", found,
                           needed])
    assert (done.returncode == 0) is result


def test_colour_only_when_asked() -> None:
    rows: List[doctor.Row] = [doctor.Row("a", "1", "2", "missing", "do"),
                              doctor.Row("b", "", "", "ok")]
    assert doctor.layout(rows, False) == (
        "what  found  needed  verdict\na     1      2       missing: do\nb                    ok\n")
    assert "\x1b[31mmissing: do\x1b[0m" in doctor.layout(rows, True)


def test_room() -> None:
    assert doctor.room_row("disk", 1, 2, "advice", False).verdict == "low"
    assert doctor.room_row("disk", 1, 2, "advice", True).verdict == "missing"
    assert doctor.room_row("disk", 2, 2, "advice", True).verdict == "ok"
    assert doctor.room_row("disk", None, 2, "advice", True).verdict == "note"
