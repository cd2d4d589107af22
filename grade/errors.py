# SPDX-License-Identifier: MIT
"""The errors that end a command instead of costing a test its points."""
from __future__ import annotations


class GradeError(Exception):
    """An error with a message for the user; `status` is the exit status it leads to."""

    status = 3


class SetupError(GradeError):
    """Something that is needed is missing or was asked for wrongly: a tool, a file, a name."""

    status = 2


class HarnessError(GradeError):
    """The grader or QEMU did not work as it should; nothing was learnt about the kernel."""

    status = 3


class Interrupted(GradeError):
    """A signal asked this command to stop."""

    def __init__(self, number: int) -> None:
        super().__init__("interrupted")
        self.status = 128 + number
