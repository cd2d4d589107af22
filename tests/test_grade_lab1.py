# SPDX-License-Identifier: MIT
"""Lab 1 as it is given: solution, steps, mutants, variants and the oracle, on real kernels."""
from __future__ import annotations

import pytest

from grade import mutants, oracle, runner
from grade.runner import Choice, Limits
from kernels import ROOT
from lab_steps import verdicts

FILES = ["mm_copy.c", "task_fork.c", "exit_wait.c"]    # as the steps 1a, 1b, 1c write them
STEPS = ["1a", "1b", "1c"]


def test_the_solution_scores_in_full() -> None:
    scores = list(runner.grade(Choice(ROOT, 1, "1", limits=Limits())))
    assert [(score.name, score.failure) for score in scores if score.failure] == []
    assert sum(score.points for score in scores) == 100


@pytest.mark.parametrize("steps_done", [0, 1, 2])
def test_each_step_passes_before_the_next_is_begun(steps_done: int) -> None:
    found = verdicts(1, "1-fork", FILES, steps_done)
    for number, step in enumerate(STEPS):
        wanted = "pass" if number < steps_done else "missing"
        assert set(found[step]) == {wanted}, (step, found[step])


def test_mutants_are_caught_by_their_tests_and_variants_pass(
        capsys: pytest.CaptureFixture[str]) -> None:
    ok = mutants.check_lab(ROOT, 1, None, Limits(), quick=True)
    assert ok, capsys.readouterr().out


@pytest.mark.full
def test_mutants_are_caught_by_their_tests_first(capsys: pytest.CaptureFixture[str]) -> None:
    ok = mutants.check_lab(ROOT, 1, None, Limits())
    assert ok, capsys.readouterr().out


def test_linux_agrees_with_what_the_tests_expect(capsys: pytest.CaptureFixture[str]) -> None:
    ok = oracle.check_lab(ROOT, 1)
    assert ok, capsys.readouterr().out
