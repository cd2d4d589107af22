#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What libFuzzer needs to try elf_check, and what it has found to be worth keeping.

    elf_corpus.py SECONDS    looks for more inputs for so long; keeps them; says what they reach

An input is a file as elf_check sees it: the file's size in 8 bytes, then its beginning, without the
zeros at its end. Those kept are in fuzz/corpus.txt: a paragraph each, packed by zlib, in base64.
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
from typing import Dict, List

ABOVE = Path(__file__).resolve().parent.parent
sys.path[1:1] = [str(ABOVE), str(ABOVE / "tools")]

import elf_files  # noqa: E402
from host_programs import FUZZ, ROOT, compile_for_host, run  # noqa: E402

KEPT = FUZZ / "corpus.txt"
LONGEST = 8 + 4096


def sources(*mains: str) -> List[Path]:
    """elf_check, and what tries it."""
    names = ("elf_plan.c", *(f"elf_check_{main}.c" for main in mains))
    return [ROOT / "solutions/3-exec/elf_check.c", *(FUZZ / name for name in names)]


def compile_fuzzer(program: Path) -> None:
    """Compiles the program that makes inputs and tries them."""
    compile_for_host(sources("fuzz"), program, "clang", "-fsanitize=fuzzer,address,undefined")


def fuzz(program: Path, inputs: Path, seconds: int, seed: int) -> str:
    """Looks for inputs that do something new, and adds them; returns what libFuzzer says."""
    return run([str(program), f"-max_total_time={seconds}", f"-max_len={LONGEST}",
                "-print_final_stats=1", f"-seed={seed}", f"-artifact_prefix={inputs.parent}/",
                str(inputs)], seconds + 60.0)


def write_seeds(folder: Path) -> None:
    """Writes the hostile and the odd files as inputs."""
    folder.mkdir()
    files: Dict[str, bytes] = {odd.name: odd.file().build() for odd in elf_files.ODD}
    for fault in elf_files.FAULTS:
        files[fault.name], files[fault.name + ".undone"] = fault.build(), fault.undone()
    for name, data in files.items():
        (folder / name).write_bytes(struct.pack("<Q", len(data)) + data[:4096].rstrip(b"\0"))


def unpack(folder: Path) -> None:
    """Writes the inputs that are kept."""
    folder.mkdir()
    lines = [line for line in KEPT.read_text(encoding="ascii").split("\n") if line[:1] != "#"]
    for text in "\n".join(lines).split("\n\n"):
        data = zlib.decompress(base64.b64decode(text))
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def pack(folder: Path) -> None:
    """Keeps the inputs that are in a folder, and no others."""
    texts = [base64.b64encode(zlib.compress(path.read_bytes(), 9)).decode()
             for path in folder.iterdir()]
    texts.sort(key=lambda text: (len(text), text))
    KEPT.write_text("# Inputs for elf_check_fuzz.c, see tests/elf_corpus.py.\n"
                    + "\n\n".join("\n".join(textwrap.wrap(text, 100)) for text in texts) + "\n",
                    encoding="ascii")


def branches_taken(inputs: Path, folder: Path) -> float:
    """Of all branches in elf_check.c, how many per cent some input takes (by gcov)."""
    program = folder / "replay"
    compile_for_host(sources("main", "fuzz"), program, "gcc", "-O0", "--coverage")
    run([str(program), "-f", *map(str, sorted(inputs.iterdir()))])
    said = run(["gcov", "-b", "-n", *map(str, folder.glob("*elf_check.gcno"))])
    found = re.search(r"File '\S*/elf_check\.c'\n.*\n.*\nTaken at least once:([\d.]+)%", said)
    assert found, said
    return float(found[1])


def main() -> None:
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory(prefix="tine-fuzz-") as name:
        folder = Path(name)
        program, seeds, grown, least = (folder / word for word in
                                        ("fuzz", "seeds", "grown", "least"))
        compile_fuzzer(program)
        write_seeds(seeds)
        if KEPT.exists():
            unpack(grown)
        else:
            grown.mkdir()
        run([str(program), "-merge=1", f"-max_len={LONGEST}", str(grown), str(seeds)], 600)
        said = fuzz(program, grown, int(sys.argv[1]), 0)
        print("\n".join(re.findall(r"^stat::.*|^Done .*", said, re.MULTILINE)))
        least.mkdir()
        run([str(program), "-merge=1", f"-max_len={LONGEST}", str(least), str(grown)], 600)
        pack(least)
        print(f"{len(list(least.iterdir()))} inputs are kept in {KEPT.stat().st_size} bytes; "
              f"{branches_taken(least, folder)} % of elf_check's branches are taken")


if __name__ == "__main__":
    main()
