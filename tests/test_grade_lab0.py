# SPDX-License-Identifier: MIT
"""Lab 0 as it is given: solution, skeleton, mutants, variants and the oracle, on real kernels."""
from __future__ import annotations

from pathlib import Path
from typing import List

import pytest

from grade import mutants, oracle, runner
from grade.build import OVERLAYS, build, skeleton, write_if_changed
from grade.cli import main
from grade.runner import Choice, Limits
from grade.verdict import Score

ROOT = Path(__file__).resolve().parent.parent
FILE = "labs/0-start/pages.c"


def solved(dump: Path) -> List[Score]:
    """Grades the solution."""
    return list(runner.grade(Choice(ROOT, 0, "0", limits=Limits(dump=dump))))


def test_the_solution_scores_in_full_and_repeatably(tmp_path: Path) -> None:
    first, second = (sorted(solved(tmp_path / name), key=lambda score: score.name)
                     for name in ("one", "two"))
    assert [score.verdict for score in first] == ["pass"] * 6, first
    assert all(score.instructions and score.frames_left is not None for score in first)
    assert first == second
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(names) == 12
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_skeleton_scores_nothing_and_says_what_is_missing() -> None:
    overlay = OVERLAYS / "test-skeleton"
    write_if_changed(ROOT / overlay / FILE, skeleton(ROOT, FILE) or "")
    built = build(ROOT, 0, "none", overlay)
    tests = runner.load_specs(ROOT, 0)
    scores = [score for _, score in runner.boot_all([(built, test, "command") for test in tests],
                                                    Limits())]
    assert [(score.verdict, score.score) for score in scores] == [("missing", 0)] * 6
    for score in scores:
        assert score.failure and "sys_pages_present is not written yet" in score.failure.got


def test_mutants_are_caught_and_variants_pass(capsys: pytest.CaptureFixture[str]) -> None:
    ok = mutants.check_lab(ROOT, 0, None, Limits())
    assert ok, capsys.readouterr().out


def test_linux_agrees_with_what_the_tests_expect(capsys: pytest.CaptureFixture[str]) -> None:
    ok = oracle.check_lab(ROOT, 0)
    assert ok, capsys.readouterr().out


@pytest.mark.parametrize("arguments, words", [
    (["run", "--lab", "99"], "there is no lab 99; there are: 0"),
    (["run", "--lab", "0", "--test", "hole"], "lab 0 has no test 'hole'; it has: fresh, lazy,"),
    (["mutants", "--lab", "0", "--only", "hole"], "lab 0 has no mutant or variant 'hole'"),
    (["oracle", "--lab", "99"], "there is no lab 99"),
])
def test_a_wrong_name_lists_the_right_ones(arguments: List[str], words: str,
                                           capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["dance"], ["run"],
                                       ["run", "--lab", "0", "--solved", "x"]])
def test_wrong_usage(arguments: List[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
