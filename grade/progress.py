# SPDX-License-Identifier: MIT
"""Where a student is in a lab: which test, how many hints, what has passed; kept in a file."""
from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Dict, List, Optional, Set

from grade.spec import Spec
from grade.verdict import Score
from grade.words import VERDICTS

VERSION = 1
HINTS = ("question", "pointer", "explanation")


class Progress:
    """What is known of a lab's tests. `current`: the name of the test the student is on, "" if
    there is none; `hints`: how many of its hints were shown; `later`: tests to be run last;
    `verdicts`: the last one of each test that was run; `fresh`: those of the files as they are."""

    def __init__(self, tests: List[Spec]) -> None:
        self.tests = {test.name: test for test in tests}
        self.current = ""
        self.hints = 0
        self.later: List[str] = []
        self.verdicts: Dict[str, str] = {}
        self.fresh: Set[str] = set()

    @property
    def test(self) -> Optional[Spec]:
        """The test the student is on."""
        return self.tests.get(self.current)

    @property
    def max(self) -> int:
        """Points there are to earn."""
        return sum(test.points for test in self.tests.values())

    @property
    def complete(self) -> bool:
        """Whether every test has passed with the files as they are."""
        return all(self.verdicts.get(name) == "pass" and name in self.fresh for name in self.tests)

    def points(self, fresh_only: bool = False) -> int:
        """Returns the points of the tests known to pass; `fresh_only`: with the files as they
        are."""
        return sum(test.points for name, test in self.tests.items()
                   if self.verdicts.get(name) == "pass" and (name in self.fresh or not fresh_only))

    def order(self) -> List[Spec]:
        """Returns the tests as they are to be run: that which the student is on, then the others
        in the lab's order, those for later at the end."""
        names = [self.current] if self.current else []
        names += [name for name in self.tests if name not in self.later and name not in names]
        names += [name for name in self.later if name not in names]
        return [self.tests[name] for name in names]

    def changed(self) -> None:
        """A file was saved: nothing is known for certain any more."""
        self.fresh = set()

    def ran(self, score: Score) -> None:
        """A test was run."""
        self.verdicts[score.name] = score.verdict
        self.fresh.add(score.name)
        if score.verdict == "pass":
            self.later = [name for name in self.later if name != score.name]

    def go_to(self, name: str) -> None:
        """The student is on this test now."""
        if name != self.current:
            self.current, self.hints = name, 0

    def put_off(self) -> None:
        """The test the student is on comes after all others."""
        if self.current:
            self.later = [name for name in self.later if name != self.current] + [self.current]
            self.go_to("")

    def save(self, path: Path) -> None:
        """Writes the file in one step. What cannot be written is forgotten."""
        state = {"version": VERSION, "test": self.current, "hints": self.hints,
                 "later": self.later, "verdicts": self.verdicts}
        growing = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            growing.write_text(json.dumps(state) + "\n", encoding="utf-8")
            os.replace(growing, path)
        except OSError:
            pass

    def load(self, path: Path) -> None:
        """Reads the file; what is not as it should be, or names no test, is left out."""
        try:
            state = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return
        if not isinstance(state, dict) or state.get("version") != VERSION:
            return
        verdicts = state.get("verdicts")
        if isinstance(verdicts, dict):
            self.verdicts = {name: word for name, word in verdicts.items()
                             if name in self.tests and word in _words()}
        later = state.get("later")
        if isinstance(later, list):
            self.later = [name for name in self.tests if name in later]
            self.later.sort(key=later.index)
        self._load_place(state)

    def _load_place(self, state: Dict[str, Any]) -> None:
        name, hints = state.get("test"), state.get("hints")
        if isinstance(name, str) and name in self.tests:
            self.current = name
            if isinstance(hints, int) and 0 <= hints <= len(HINTS):
                self.hints = hints


def _words() -> List[Any]:
    return list(VERDICTS)
