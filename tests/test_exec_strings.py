# SPDX-License-Identifier: MIT
"""How execve's arguments are copied, on the host: random memory, and a thread that changes it."""
from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from host_programs import FUZZ, ROOT, compile_for_host, run

FUZZ_S = 10


def test_random_arguments(tmp_path: Path) -> None:
    """Whatever memory looks like: no sanitizer complains, and what was copied is what was there."""
    clang = shutil.which("clang")
    if not clang:
        pytest.skip("there is no clang, whose libFuzzer is wanted")
    program = tmp_path / "fuzz"
    compile_for_host([ROOT / "kern/task/strings.c", FUZZ / "strings_fuzz.c"], program, clang,
                     "-O2", "-fsanitize=fuzzer,address,undefined")
    text = run([str(program), f"-max_total_time={FUZZ_S}", "-max_len=300", "-print_final_stats=1",
                "-seed=1", f"-artifact_prefix={tmp_path}/"], FUZZ_S + 60.0)
    runs = re.search(r"number_of_executed_units: (\d+)", text)
    assert runs and int(runs[1]) > 500, text[-2000:]
