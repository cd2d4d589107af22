# SPDX-License-Identifier: MIT
"""What a person at `make watch` sees: the score, the test they are on, what to open next."""
from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import List, Optional

from grade.places import compiler_line, contract_of, place_of, to_open
from grade.progress import HINTS, Progress
from grade.report import BOLD, CLEAR_LINE, DIM, GREEN, LABEL_WIDTH, RED, Terminal
from grade.spec import Spec
from grade.verdict import Score

# Clears what is on the screen, and leaves alone what has scrolled off it.
CLEAR = "\x1b[H\x1b[2J"
KEYS = (("h", "the next hint: a question, a pointer, an explanation"),
        ("l", "the list of tests, and back"),
        ("d", "the failing test in GDB"),
        ("r", "reset a file to its skeleton; yours is kept beside it"),
        ("n", "leave this test for later, and go on with the next one"),
        ("Enter", "run again"),
        ("q", "quit; the next `make watch` goes on here"))


@dataclass
class View:
    """What is to be shown. `doing`: what is going on, "" when nothing is; `failed`: the test that
    stopped the last attempt; `refused`: the compiler's words; `trouble`: why nothing was learnt;
    `gained`: tests that have begun to pass, `lost`: whether `failed` had passed before; `note`: an
    answer to a key; `question`: one that the next key answers; `page`: "test", "list" or "keys"."""

    lab: int
    doing: str = ""
    failed: Optional[Score] = None
    refused: str = ""
    trouble: str = ""
    warnings: str = ""
    gained: List[str] = field(default_factory=list)
    lost: bool = False
    note: str = ""
    question: str = ""
    page: str = "test"


class Screen:
    """Draws a view of a lab's progress on the terminal. `root`: the project's; `after`: what to do
    when all tests pass."""

    def __init__(self, root: Path, progress: Progress, after: str) -> None:
        self._root = root
        self._progress = progress
        self._after = after
        self._terminal = Terminal(sys.stdout)
        self._moves = os.environ.get("TERM", "dumb") != "dumb"

    def draw(self, view: View) -> None:
        """Shows all of it anew."""
        if self._moves:
            sys.stdout.write(CLEAR)
        line = self._terminal.line
        self._heading(view)
        line()
        if view.warnings and view.page == "test":
            self._terminal.remark(view.warnings)
        if view.page == "keys":
            for key, words in KEYS:
                line(f"    {key:6} {words}")
            line()
        elif view.page == "list":
            self._list()
        elif view.doing:
            pass
        elif view.refused:
            self._refused(view)
        elif view.trouble:
            self._terminal.line(self._terminal.paint(RED, "error") + "    nothing was learnt:")
            self._terminal.remark(view.trouble)
        elif view.failed:
            self._failed(view, view.failed)
        elif self._progress.complete:
            line(self._terminal.paint(GREEN, "Every test passes. ") + self._after)
            line()
        for words in (view.note, view.question):
            if words:
                line(self._terminal.paint(BOLD, words))
                line()
        if view.doing:
            self.doing(view)
        elif not view.question:
            self._foot(view)

    def doing(self, view: View) -> None:
        """Shows only anew what is going on."""
        sys.stdout.write((CLEAR_LINE if self._moves else "\n") + view.doing)
        sys.stdout.flush()

    def _heading(self, view: View) -> None:
        points, fresh = self._progress.points(), self._progress.points(fresh_only=True)
        text = f"lab {view.lab}: {points} of {self._progress.max} points"
        full = fresh == self._progress.max
        old = f" ({points - fresh} of them from before the last change)" if points > fresh else ""
        paint = self._terminal.paint
        self._terminal.line(paint(GREEN if full else BOLD, text) + paint(DIM, old))

    def _failed(self, view: View, score: Score) -> None:
        test, hints = self._progress.tests[score.name], self._progress.hints
        if view.gained:
            self._terminal.line(self._terminal.paint(GREEN, "now passing: ")
                                + ", ".join(view.gained))
        if view.lost:
            self._terminal.line("this one had passed before the last change:")
        self._terminal.score(score, () if hints == len(HINTS) else ("cause",))
        if score.verdict != "error":
            self._next(to_open(self._root, test, score))
        if hints > 0 and test.question:
            self._terminal.field("question", test.question)
        if hints > 1:
            self._terminal.field("pointer", self._pointer(test))
        if hints:
            self._terminal.line()

    def _pointer(self, test: Spec) -> str:
        """Returns the second hint: where it is explained, what is demanded, and of whom."""
        places = [f"{test.handout} explains it"]
        for place, words in ((contract_of(self._root, test.function), "says what {} has to do"),
                             (place_of(self._root, test.function), "is where {} is")):
            if place:
                places.append(f"{place} {words.format(test.function)}")
        return "\n".join(places)

    def _refused(self, view: View) -> None:
        self._terminal.line(self._terminal.paint(RED, "compile") + "  the compiler's words:")
        self._terminal.remark(view.refused)
        self._next(compiler_line(view.refused))

    def _next(self, place: Optional[str]) -> None:
        if place:
            self._terminal.line(f"{'next:':{LABEL_WIDTH - 1}}"
                                + self._terminal.paint(BOLD, place))
            self._terminal.line()

    def _list(self) -> None:
        progress, paint = self._progress, self._terminal.paint
        for name, test in progress.tests.items():
            verdict = progress.verdicts.get(name, "")
            stale = bool(verdict) and name not in progress.fresh
            state = f"{verdict or 'not run':8}{' before' if stale else '':8}"
            colour = GREEN if verdict == "pass" else RED if verdict else DIM
            earned = test.points if verdict == "pass" else 0
            self._terminal.line(
                f"{'>' if name == progress.current else ' '} "
                f"{paint(DIM if stale else colour, state)}{earned:3}/{test.points:<3} "
                f"{name}: {test.title}{' (for later)' if name in progress.later else ''}")
        self._terminal.line()

    def _foot(self, view: View) -> None:
        words = ["l list", "r reset", "Enter run again", "q quit"]
        if view.failed and view.page == "test":
            left = len(HINTS) - self._progress.hints
            hint = [f"h hint ({HINTS[self._progress.hints]})"] if left else []
            words = [*hint, "d GDB", "n later", *words]
        self._terminal.line(self._terminal.paint(DIM, "  ".join([*words, "? keys"])))
