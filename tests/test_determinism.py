# SPDX-License-Identifier: MIT
"""The same kernel, the same bytes: on the console and in the trace, however busy the host is."""
from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Dict, Iterator, List

import pytest

from grade import runner
from grade.build import Built, build
from grade.runner import Limits
from kernels import ROOT

# Several processors; files, users and programs.
SOME = {1: ["smp"], 4: ["leak", "path_order"]}
MANY_TIMES = int(os.environ.get("TIMES", "50"))


@contextlib.contextmanager
def every_core_loaded() -> Iterator[None]:
    """A context in which every processor has something else to do, too, at the lowest priority."""
    loop = [sys.executable, "-c", "import os; os.nice(19)\nwhile True: pass"]
    busy = [subprocess.Popen(loop) for _ in os.sched_getaffinity(0)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def digests(folder: Path) -> Dict[str, str]:
    """The file names in a folder, and what their contents hash to."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.iterdir())}


def boot(built: Built, lab: int, tests: List[str], limits: Limits) -> Dict[str, str]:
    """Grades tests of a lab, no name meaning all; none may fail. Returns the digests."""
    specs = [replace(spec, seed=0 if tests == [] else min(spec.seeds, 3))
             for spec in runner.load_specs(ROOT, lab) if spec.name in tests or not tests]
    scores = [score for _, score in
              runner.boot_all([(built, spec, "command") for spec in specs], limits)]
    assert [f"{score.name}: {score.failure}" for score in scores if score.failure] == []
    assert limits.dump and len(scores) == len(specs) >= len(tests)
    return digests(limits.dump)


def test_a_second_run_gives_the_same_bytes(tmp_path: Path) -> None:
    for lab, tests in SOME.items():
        built = build(ROOT, lab, str(lab))
        first = boot(built, lab, tests, Limits(jobs=1, dump=tmp_path / f"{lab}-idle"))
        assert len(first) == 2 * len(tests)
        with every_core_loaded():
            assert boot(built, lab, tests,
                        Limits(jobs=4, dump=tmp_path / f"{lab}-loaded")) == first


@pytest.mark.full
def test_full_marks_many_times_with_every_core_loaded(tmp_path: Path) -> None:
    """TIMES in the environment: how often, in place of 50."""
    built = {lab: build(ROOT, lab, str(lab)) for lab in runner.labs(ROOT)}
    first: Dict[int, Dict[str, str]] = {}
    with every_core_loaded():
        for time in range(MANY_TIMES):
            for lab, kernel in built.items():
                folder = tmp_path / f"{lab}-{time}"
                found = boot(kernel, lab, [], Limits(dump=folder))
                assert found == first.setdefault(lab, found), f"lab {lab}, run {time}"
                shutil.rmtree(folder)
            print(f"{time + 1} times", flush=True)
