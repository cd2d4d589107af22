# SPDX-License-Identifier: MIT
"""elf_check, on the host: hostile files, real programs, random bytes. No kernel is needed.

The hostile and the odd files are those of tools/elf_files.py. Linux has its say as well: the
hostile ones are run there.
"""
from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Dict, List

import corpus
import pytest
from corpus import ELF_CHECK, elf_files
from elf_file import Plan
from host_programs import FUZZ, compile_for_host, run

ODD = elf_files.ODD

FAULTS = {fault.name: fault for fault in elf_files.FAULTS}

PROGRAM = """
#include <stdio.h>
static _Thread_local int counter = 1;
static char zeros[100000];
int main(int argc, char **argv) { return printf("%s", argv[argc - counter]) + zeros[argc] == 0; }
"""


@pytest.fixture(scope="module", name="checker")
def _checker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = tmp_path_factory.mktemp("elf") / "elf_check"
    compile_for_host([*ELF_CHECK.files, FUZZ / "elf_check_main.c", FUZZ / "elf_check_fuzz.c"],
                     program, "gcc", "-fsanitize=address,undefined")
    return program


def answers(checker: Path, paths: List[Path]) -> Dict[str, str]:
    """What elf_check says about files: name -> "-8", or "0" and the plan."""
    lines = run([str(checker), *map(str, paths)]).splitlines()
    assert len(lines) == len(paths)
    return {path.name: line[len(str(path)) + 2:] for path, line in zip(paths, lines)}


@pytest.fixture(scope="module", name="files")
def _files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    elf_files.write(folder)
    return folder


@pytest.fixture(scope="module", name="said")
def _said(checker: Path, files: Path) -> Dict[str, str]:
    return answers(checker, sorted(files.glob("*/*")))


def test_there_are_enough_files() -> None:
    assert len(FAULTS) == len(elf_files.FAULTS) >= 60
    assert len({fault.why for fault in elf_files.FAULTS}) == len(FAULTS)
    assert len({fault.build() for fault in elf_files.FAULTS} | {elf_files.good()}) > len(FAULTS)
    assert len({odd.name for odd in ODD} | {odd.why for odd in ODD}) == 2 * len(ODD)


def test_the_index_names_each_file_with_its_group(files: Path) -> None:
    """As the kernel's self-tests read it: short names, and the files of a group side by side."""
    for folder, count in (("hostile", len(FAULTS)), ("odd", len(ODD))):
        lines = (files / folder / "index").read_text(encoding="utf-8").splitlines()
        found = [re.fullmatch(r"([a-z0-9-]{1,24}) (\d+) ([a-z]+): (.*\.)", line) for line in lines]
        assert len(lines) == count and all(found) and max(map(len, lines)) < 150
        names = {match[1] for match in found if match}
        assert {path.name.split(".")[0] for path in (files / folder).iterdir()} - {"index"} == names
        groups = [match[3] for match in found if match]
        assert groups == sorted(groups, key=groups.index)


def words(plan: Plan) -> str:
    """A plan in the words of elf_check_main.c."""
    return (f"0 {'anywhere' if plan.position_independent else 'fixed'} entry {plan.entry:x}"
            f" phdrs {plan.phdrs:x} count {plan.phdr_count} align {plan.alignment:x}"
            f" interp {plan.interp_offset:x}+{plan.interp_bytes:x}") + "".join(
                f" | {address:x}+{size:x} file {offset:x}+{file_bytes:x} prot {prot}"
                for address, size, offset, file_bytes, prot in plan.segments)


def test_the_good_file_is_a_plan(said: Dict[str, str]) -> None:
    assert said["good"] == (
        "0 fixed entry 401000 phdrs 400040 count 22 align 1000 interp 0+0"
        " | 400000+510 file 0+510 prot 1 | 401000+10 file 1000+10 prot 5"
        " | 402000+2000 file 2000+10 prot 3")


@pytest.mark.parametrize("name", FAULTS)
def test_hostile_file(name: str, said: Dict[str, str]) -> None:
    """Refused, and accepted once the fault is undone."""
    assert said[name] == str(-FAULTS[name].answer), FAULTS[name].why
    undone = said[name + ".undone"]
    assert undone.startswith("0 ") and "BAD" not in undone


def status_on_linux(path: Path) -> int:
    """How Linux ends a program; 1 if it does not even begin."""
    if os.uname().sysname != "Linux" or os.uname().machine != "x86_64":
        pytest.skip("this is not Linux on an x86-64")
    try:
        return subprocess.run([str(path)], stdin=subprocess.DEVNULL, timeout=10, check=False,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    except OSError:
        return 1


@pytest.mark.parametrize("name", FAULTS)
def test_linux_on_hostile_file(name: str, files: Path) -> None:
    """What Tine refuses Linux refuses too, or is listed as what Tine is stricter about."""
    if name.startswith("page-0") and os.geteuid() == 0:
        return  # the superuser may have it (CAP_SYS_RAWIO)
    assert (status_on_linux(files / "hostile" / name) == 0) == FAULTS[name].linux_runs


def test_linux_runs_each_file_without_its_fault(files: Path) -> None:
    """But for those with an interpreter, which is none."""
    failed = [fault.name for fault in elf_files.FAULTS if fault not in elf_files.INTERPRETERS
              and status_on_linux(files / "hostile" / (fault.name + ".undone")) != 0]
    assert failed == [] and status_on_linux(files / "odd" / "good") == 0


@pytest.mark.parametrize("odd", ODD, ids=[odd.name for odd in ODD])
def test_odd_file(odd: elf_files.Odd, said: Dict[str, str]) -> None:
    assert said[odd.name] == words(odd.file().plan()), odd.why


def test_the_kernel_reads_plans_as_they_are_written(checker: Path, files: Path) -> None:
    """The bytes that tools/elf_files.py writes are a struct elf_image."""
    for odd in ODD:
        path = files / "odd" / (odd.name + ".plan")
        assert run([str(checker), "-p", str(path)]) == f"{path}:{words(odd.file().plan())[1:]}\n"


def test_plans_of_odd_files(said: Dict[str, str]) -> None:
    """A few in words written by hand: those above come from the same tool as the files."""
    assert said["pie"] == (
        "0 anywhere entry 4 phdrs 0 count 22 align 1000 interp 2000+b"
        " | 0+10 file 1000+10 prot 5 | 402000+2000 file 2000+10 prot 3")
    assert " align 200000 " in said["pie-aligned"] and " phdrs 40 " in said["pie-aligned"]
    assert " phdrs 0 " in said["headers-cut"] and " phdrs 300040 " in said["headers-later"]
    assert " phdrs 3ff040 " in said["headers-far"]


def readelf_plan(path: Path) -> str:
    """What binutils say of a program's segments, in the words of elf_check_main.c."""
    text = run(["readelf", "-lW", str(path)])
    plan = ""
    for line in re.findall(r"^  LOAD +(.*)$", text, re.MULTILINE):
        offset, address, _, file_bytes, memory_bytes = (int(word, 16) for word in line.split()[:5])
        flags = line[line.index(line.split()[5]):].rsplit(" ", 1)[0]
        prot = sum(bit for letter, bit in zip("RWE", (1, 2, 4)) if letter in flags)
        plan += f" | {address:x}+{memory_bytes:x} file {offset:x}+{file_bytes:x} prot {prot}"
    return plan


@pytest.mark.parametrize("flags", [["-static"], ["-static-pie"], ["-pie", "-fPIE"],
                                   ["-static", "-Wl,-z,noseparate-code"]], ids="_".join)
@pytest.mark.parametrize("compiler", ["gcc", "clang", "musl-gcc"])
def test_real_program(compiler: str, flags: List[str], checker: Path, tmp_path: Path) -> None:
    if not shutil.which(compiler):
        pytest.skip(f"there is no {compiler}")
    source, program = tmp_path / "program.c", tmp_path / "program"
    source.write_text(PROGRAM, encoding="utf-8")
    run([compiler, "-O1", *flags, str(source), "-o", str(program)])
    said = answers(checker, [program])["program"]
    kind, _, rest = said.partition(" entry ")
    assert kind == ("0 anywhere" if "pie" in flags[0] else "0 fixed") and "BAD" not in said
    # musl-gcc gives an interpreter to -static-pie, too.
    assert (" interp 0+0" in rest) == ("INTERP" not in run(["readelf", "-lW", str(program)]))
    assert (" interp 0+0" in rest) == ("static" in flags[0]) or compiler == "musl-gcc"
    assert said[said.index(" |"):] == readelf_plan(program)


def test_random_files_go_everywhere(tmp_path: Path) -> None:
    """The inputs that random files begin with are few, and take all branches of elf_check."""
    inputs = tmp_path / "inputs"
    ELF_CHECK.unpack(inputs)
    assert corpus.branches_taken(inputs, tmp_path) >= 95
