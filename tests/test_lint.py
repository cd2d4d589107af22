# SPDX-License-Identifier: MIT
"""All files are in order: layout, style, types, scripts, links, skeletons, handouts."""
from __future__ import annotations

import pytest
from kernels import make

CHECKS = ["text", "clang-format", "cppcheck", "shellcheck", "flake8", "mypy", "skeletons",
          "handouts", pytest.param("clang-tidy", marks=pytest.mark.full)]


@pytest.mark.parametrize("check", CHECKS)
def test_lint(check: str) -> None:
    result = make("lint", f"CHECK={check}")
    assert result.returncode == 0, result.stdout + result.stderr
