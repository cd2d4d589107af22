# SPDX-License-Identifier: MIT
"""The labs as given: solution, steps, mutants, variants and the oracle, on real kernels."""
from __future__ import annotations

import pytest

from grade import mutants, oracle, runner
from grade.runner import Choice, Limits
from kernels import ROOT
from lab_steps import LABS, Lab, steps, verdicts


EACH = pytest.mark.parametrize("lab", LABS, ids=lambda lab: f"lab{lab.number}")


@EACH
def test_each_file_is_a_step(lab: Lab) -> None:
    """The functions that the tests name lead to all files of the lab, step by step."""
    folder = ROOT / "solutions" / lab.folder
    assert sorted(lab.files) == sorted(path.relative_to(folder).as_posix()
                                       for path in folder.rglob("*.c"))
    assert lab.folder.startswith(f"{lab.number}-")


@EACH
def test_the_solution_scores_in_full(lab: Lab) -> None:
    scores = list(runner.grade(Choice(ROOT, lab.number, str(lab.number), limits=Limits())))
    assert [(score.name, score.failure) for score in scores if score.failure] == []
    assert sum(score.points for score in scores) == 100


@pytest.mark.parametrize("lab, steps_done", [(lab, done) for lab in LABS
                                             for done in range(len(lab.files))],
                         ids=[f"lab{lab.number}-{done}" for lab in LABS
                              for done in range(len(lab.files))])
def test_each_step_passes_before_the_next_is_begun(lab: Lab, steps_done: int) -> None:
    found = verdicts(lab, steps_done)
    for number, step in enumerate(steps(lab)):
        wanted = "pass" if number < steps_done else "missing"
        assert found.get(step, {wanted}) == {wanted}, step


@EACH
def test_mutants_are_caught_by_their_tests_and_variants_pass(
        lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    ok = mutants.check_lab(ROOT, lab.number, None, Limits(), quick=True)
    assert ok, capsys.readouterr().out


@pytest.mark.full
@EACH
def test_mutants_are_caught_by_their_tests_first(lab: Lab,
                                                 capsys: pytest.CaptureFixture[str]) -> None:
    ok = mutants.check_lab(ROOT, lab.number, None, Limits())
    assert ok, capsys.readouterr().out


@EACH
def test_linux_agrees_with_what_the_tests_expect(lab: Lab,
                                                 capsys: pytest.CaptureFixture[str]) -> None:
    ok = oracle.check_lab(ROOT, lab.number)
    assert ok, capsys.readouterr().out
