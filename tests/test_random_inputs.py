# SPDX-License-Identifier: MIT
"""Parts of the kernel that must stand anything, tried on the host with random inputs."""
from __future__ import annotations

import shutil
from pathlib import Path

import corpus
import pytest
from corpus import TARGETS, Target

FUZZ_S = 4
# More than there are kept inputs: how many there are in a second depends on the machine.
LEAST_RUNS = {"elf_check": 100, "strings": 141}


@pytest.mark.skipif(not shutil.which("clang"), reason="there is no clang")
@pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))
def test_random_inputs(target: Target, tmp_path: Path) -> None:
    """No sanitizer complains, and what comes out is as the fuzzer's source says it must be."""
    program, inputs = tmp_path / "fuzz", tmp_path / "inputs"
    target.compile_fuzzer(program)
    target.unpack(inputs)
    said = target.fuzz(program, inputs, FUZZ_S, 1)
    assert corpus.runs_of(said) > LEAST_RUNS[target.name], said[-2000:]
    assert target.kept.stat().st_size <= 200_000
