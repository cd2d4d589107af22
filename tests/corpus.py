#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Inputs for the parts of the kernel that libFuzzer tries: those that are worth keeping.

    corpus.py NAME SECONDS    looks for more of them for so long; keeps them; says what they reach

NAME is elf_check or strings; tests/fuzz/NAME_fuzz.c says what an input is. Those kept are in
tests/fuzz/NAME_corpus.txt: a paragraph each, packed by zlib, in base64.
"""
from __future__ import annotations

import base64
import hashlib
import re
import struct
import sys
import tempfile
import textwrap
import zlib
from pathlib import Path
from typing import Dict, List, NamedTuple

ABOVE = Path(__file__).resolve().parent.parent
sys.path[1:1] = [str(ABOVE), str(ABOVE / "tools")]

import elf_files  # noqa: E402
from host_programs import FUZZ, ROOT, compile_for_host, run  # noqa: E402


class Target(NamedTuple):
    """A part of the kernel that is tried: the files it consists of, and how long an input is."""

    name: str
    files: List[Path]
    longest: int

    @property
    def kept(self) -> Path:
        """Where the inputs are kept."""
        return FUZZ / f"{self.name}_corpus.txt"

    def compile_fuzzer(self, program: Path) -> None:
        """Compiles the program that makes inputs and tries them."""
        compile_for_host([*self.files, FUZZ / f"{self.name}_fuzz.c"], program, "clang", "-O2",
                         "-fsanitize=fuzzer,address,undefined")

    def fuzz(self, program: Path, inputs: Path, seconds: int, seed: int) -> str:
        """Looks for inputs that do something new, and adds them; returns what libFuzzer says."""
        return run([str(program), f"-max_total_time={seconds}", f"-max_len={self.longest}",
                    "-print_final_stats=1", f"-seed={seed}", f"-artifact_prefix={inputs.parent}/",
                    str(inputs)], seconds + 60.0)

    def least(self, program: Path, to: Path, *inputs: Path) -> None:
        """Stores those of the inputs that all of them need to reach what they do."""
        to.mkdir(exist_ok=True)
        run([str(program), "-merge=1", f"-max_len={self.longest}", str(to), *map(str, inputs)],
            600)

    def unpack(self, folder: Path) -> None:
        """Writes the inputs that are kept."""
        folder.mkdir()
        text = self.kept.read_text(encoding="ascii")
        lines = [line for line in text.split("\n") if line[:1] != "#"]
        for packed in "\n".join(lines).split("\n\n"):
            data = zlib.decompress(base64.b64decode(packed))
            (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)

    def pack(self, folder: Path) -> None:
        """Keeps the inputs that are in a folder, and no others."""
        texts = [base64.b64encode(zlib.compress(path.read_bytes(), 9)).decode()
                 for path in folder.iterdir()]
        texts.sort(key=lambda text: (len(text), text))
        self.kept.write_text(
            f"# Inputs for {self.name}_fuzz.c, see tests/corpus.py.\n"
            + "\n\n".join("\n".join(textwrap.wrap(text, 100)) for text in texts) + "\n",
            encoding="ascii")


ELF_CHECK = Target("elf_check", [ROOT / "solutions/3-exec/elf_check.c", FUZZ / "elf_plan.c"],
                   8 + 4096)
STRINGS = Target("strings", [ROOT / "kern/task/strings.c"], 300)
TARGETS = {target.name: target for target in (ELF_CHECK, STRINGS)}


def runs_of(said: str) -> int:
    """How many inputs were tried, by what libFuzzer says."""
    found = re.search(r"number_of_executed_units: (\d+)", said)
    assert found, said[-2000:]
    return int(found[1])


def write_seeds(folder: Path) -> None:
    """Writes the hostile and the odd files as inputs of elf_check."""
    folder.mkdir()
    files: Dict[str, bytes] = {odd.name: odd.file().build() for odd in elf_files.ODD}
    for fault in elf_files.FAULTS:
        files[fault.name], files[fault.name + ".undone"] = fault.build(), fault.undone()
    for name, data in files.items():
        (folder / name).write_bytes(struct.pack("<Q", len(data)) + data[:4096].rstrip(b"\0"))


def branches_taken(inputs: Path, folder: Path) -> float:
    """Of all branches in elf_check.c, how many per cent some input takes (by gcov)."""
    program = folder / "replay"
    compile_for_host([*ELF_CHECK.files, FUZZ / "elf_check_main.c", FUZZ / "elf_check_fuzz.c"],
                     program, "gcc", "-O0", "--coverage")
    run([str(program), "-f", *map(str, sorted(inputs.iterdir()))])
    said = run(["gcov", "-b", "-n", *map(str, folder.glob("*elf_check.gcno"))])
    found = re.search(r"File '\S*/elf_check\.c'\n.*\n.*\nTaken at least once:([\d.]+)%", said)
    assert found, said
    return float(found[1])


def main() -> None:
    if len(sys.argv) != 3 or sys.argv[1] not in TARGETS or not sys.argv[2].isdigit():
        sys.exit(__doc__)
    target = TARGETS[sys.argv[1]]
    with tempfile.TemporaryDirectory(prefix="tine-fuzz-") as name:
        folder = Path(name)
        program, seeds, grown, least = (folder / word for word in
                                        ("fuzz", "seeds", "grown", "least"))
        target.compile_fuzzer(program)
        if target is ELF_CHECK:
            write_seeds(seeds)
        else:
            seeds.mkdir()
        if target.kept.exists():
            target.unpack(grown)
        target.least(program, grown, seeds)
        said = target.fuzz(program, grown, int(sys.argv[2]), 0)
        print("\n".join(re.findall(r"^stat::.*|^Done .*", said, re.MULTILINE)))
        target.least(program, least, grown)
        target.pack(least)
        print(f"{len(list(least.iterdir()))} inputs are kept in {target.kept.stat().st_size} bytes")
        if target is ELF_CHECK:
            print(f"{branches_taken(least, folder)} % of elf_check's branches are taken")


if __name__ == "__main__":
    main()
