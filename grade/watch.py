# SPDX-License-Identifier: MIT
"""`make watch`: grades again whenever a file is saved, one failing test at a time.

Saves are noticed by looking at the files (grade.changes says why). An attempt is a process of its
own (grade.attempt), so that a key or a save is served at once, whatever a build or a kernel does.
"""
from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, List, Optional, Set

from grade.attempt import Attempt, Done, Failed, Ready, Refused
from grade.build import make_command, make_environment
from grade.changes import Changes
from grade.errors import SetupError
from grade.keyboard import CTRL_C, CTRL_D, Keyboard
from grade.places import place_of, to_open
from grade.progress import HINTS, Progress
from grade.runner import Choice, labs, load_specs
from grade.screen import Screen, View
from grade.verdict import Score

SOURCES = (".c", ".h", ".asm", ".S")
CHOICES = "123456789abcdefghijkmopstuvwxyz"     # keys that stand for files
ENTER = ("\r", "\n")


def watch(choice: Choice) -> int:
    """Watches a lab until the student leaves; `choice.test` is where to begin. Returns 0.

    Raises SetupError when there is no terminal.
    """
    if not (os.isatty(0) and os.isatty(1)):
        raise SetupError("`make watch` needs a terminal; elsewhere "
                         f"`make grade LAB={choice.lab}` is the command")
    with Keyboard() as keyboard:
        Watch(choice, keyboard).run()
    print()
    return 0


def lab_folders(root: Path, lab: int, solved: str) -> List[Path]:
    """Returns the folders of labs/ that go into a kernel, the lab's own at the end."""
    first = 0 if solved == "none" else int(solved) + 1
    found = {int(path.name.split("-")[0]): path for path in (root / "labs").glob("[0-9]*-*")}
    return [found[number] for number in sorted(found) if first <= number <= lab]


def sources(folders: List[Path]) -> List[Path]:
    """Returns the source files in folders. Whatever else editors leave there is none."""
    return sorted(path for folder in folders for path in folder.rglob("*")
                  if path.suffix in SOURCES and not path.name.startswith("."))


def resettable(root: Path, lab: int, solved: str) -> List[str]:
    """Returns the files of the lab that there are skeletons of, also those that were deleted."""
    below = [folder.name for folder in lab_folders(root, lab, solved)[-1:]]
    return [f"labs/{path.relative_to(root / 'solutions').as_posix()}"
            for path in sources([root / "solutions" / name for name in below])]


def headers(root: Path, built: Path) -> Set[Path]:
    """Returns the headers that the labs' objects in a build folder depend on."""
    words = " ".join(path.read_text(encoding="utf-8", errors="replace")
                     for path in (built / "labs").rglob("*.d"))
    return {root / word for word in words.split() if word.endswith(".h")}


def what_comes_next(root: Path, lab: int) -> str:
    """Returns what to do when a lab is done."""
    known = labs(root)
    later = [number for number in known if number > lab]
    if not later:
        return "That was the last lab: commit your work, and try `make run`."
    handout = load_specs(root, later[0])[0].handout.partition("#")[0]
    return f"Commit your work; next is {handout}, and then `make watch LAB={later[0]}`."


class Watch:
    """The loop: waits for a key, a save, or news of the attempt under way."""

    def __init__(self, choice: Choice, keyboard: Keyboard) -> None:
        self._choice = choice
        self._root = choice.root
        self._keyboard = keyboard
        self._progress = Progress(load_specs(choice.root, choice.lab))
        self._kept = choice.root / f"build/watch-lab{choice.lab}.json"
        self._progress.load(self._kept)
        if choice.test:
            self._progress.go_to(load_specs(choice.root, choice.lab, choice.test)[0].name)
        self._view = View(choice.lab)
        self._screen = Screen(choice.root, self._progress,
                              what_comes_next(choice.root, choice.lab))
        self._changes = Changes(lambda: sources(lab_folders(choice.root, choice.lab,
                                                            choice.solved)))
        self._attempt: Optional[Attempt] = None
        self._saved: Set[str] = set()       # files that no build has seen yet
        self._before = dict(self._progress.verdicts)    # the last attempt
        self._answer: Optional[Callable[[str], None]] = None    # to an open question
        self._over = False

    def run(self) -> None:
        """Runs until a key says that it is over; no process is left then."""
        try:
            self._start()
            next_look = 0.0
            while not self._over:
                waiting = [self._keyboard, *([self._attempt] if self._attempt else [])]
                pause = max(0.0, next_look - time.monotonic())
                ready = select.select(waiting, [], [], pause)[0]
                if self._attempt in ready:
                    self._hear()
                if self._keyboard in ready:
                    for key in self._keyboard.read():
                        self._press(key)
                if time.monotonic() >= next_look:
                    self._look()
                    next_look = time.monotonic() + self._changes.pause_s
                if self._keyboard.redraw:
                    self._draw()
        finally:
            self._stop()
            self._progress.save(self._kept)

    def _draw(self) -> None:
        self._keyboard.redraw = False
        self._screen.draw(self._view)

    def _look(self) -> None:
        """Begins anew if a file was saved."""
        saved = self._changes.poll()
        if saved:
            self._saved |= {path.relative_to(self._root).as_posix() for path in saved}
            self._progress.changed()
            self._view.page = "test"
            self._start()

    # The attempt under way

    def _start(self) -> None:
        """Begins an attempt, in place of the one under way."""
        self._stop()
        self._before = dict(self._progress.verdicts)
        self._view.failed, self._view.lost, self._view.gained = None, False, []
        self._view.refused = self._view.trouble = self._view.warnings = ""
        self._view.doing = f"building lab {self._choice.lab} ..."
        self._view.question, self._answer = "", None
        self._attempt = Attempt(self._choice, self._progress.order(), self._saved)
        self._draw()

    def _stop(self) -> None:
        if self._attempt:
            self._attempt.end()
            self._attempt = None

    def _hear(self) -> None:
        """Takes note of what the attempt reports."""
        assert self._attempt
        news = self._attempt.receive()
        if isinstance(news, Ready):
            self._saved = set()
            self._view.warnings = news.warnings
            self._changes.add(headers(self._root, news.folder))
            self._view.doing = "running the tests ..."
            self._screen.doing(self._view)
        elif isinstance(news, Score):
            self._note_score(news)
        else:
            self._stop()
            self._view.doing = ""
            if isinstance(news, Refused):
                self._view.refused = news.words
            elif isinstance(news, Failed):
                self._view.trouble = news.words
            else:
                self._finish(news)
            self._draw()

    def _note_score(self, score: Score) -> None:
        self._progress.ran(score)
        if score.verdict == "pass" and self._before.get(score.name) != "pass":
            self._view.gained.append(score.name)
        self._view.doing = f"running the tests ... {len(self._progress.fresh)} of " \
                           f"{len(self._progress.tests)}"
        self._screen.doing(self._view)

    def _finish(self, done: Done) -> None:
        self._view.failed = done.failed
        if done.failed:
            self._progress.go_to(done.failed.name)
            self._view.lost = self._before.get(done.failed.name) == "pass"
        else:
            self._progress.go_to("")
        self._progress.save(self._kept)

    # Keys

    def _press(self, key: str) -> None:
        """Does what a key asks for."""
        self._view.note = self._view.question = ""
        answer, self._answer = self._answer, None
        if key in ("q", CTRL_C, CTRL_D):
            self._over = True
        elif answer:
            answer(key)
        elif key == "h":
            self._hint()
        elif key == "l":
            self._view.page = "test" if self._view.page == "list" else "list"
        elif key == "d":
            self._debug()
        elif key == "r":
            self._ask_what_to_reset()
        elif key == "n":
            self._put_off()
        elif key in ENTER:
            self._view.page = "test"
            self._start()
        else:
            self._view.page = "test" if self._view.page == "keys" else "keys"
        if not self._over:
            self._draw()

    def _hint(self) -> None:
        self._view.page = "test"
        if self._view.doing:
            self._view.note = "The tests are running; hints are for one that fails."
        elif self._view.refused:
            self._view.note = "First the compiler has to be content."
        elif self._view.failed and self._progress.hints < len(HINTS):
            self._progress.hints += 1
            self._progress.save(self._kept)

    def _put_off(self) -> None:
        if self._view.failed:
            self._progress.put_off()
            self._start()

    def _debug(self) -> None:
        """Lends the terminal to GDB."""
        name = self._progress.current
        if not name:
            self._view.note = "There is no failing test to debug."
            return
        under_way = self._attempt is not None
        self._stop()
        command = make_command("gdb", f"LAB={self._choice.lab}", f"SOLVED={self._choice.solved}",
                               f"TEST={name}")
        print(f"\n{' '.join(command)}", flush=True)
        status = self._keyboard.lend(command, self._root, make_environment())
        if status not in (0, -signal.SIGINT):   # make has heard each Ctrl-C that was for GDB
            print("\nPress a key to go on watching.", flush=True)
            select.select([self._keyboard], [], [])
            self._keyboard.read()
        if under_way:
            self._start()

    def _ask_what_to_reset(self) -> None:
        """Asks which of the lab's files, if there are several."""
        self._view.page = "test"
        files = resettable(self._root, self._choice.lab, self._choice.solved)
        if not files:
            self._view.note = "No file of this lab is yours: all are taken from solutions/."
        elif len(files) == 1:
            self._ask_whether_to_reset(files[0])
        else:
            default = self._file_at_hand()
            keys = dict(zip(CHOICES, files))
            lines = [f"    {key} {file}" for key, file in keys.items()]
            if default in files:
                lines.append(f"    Enter {default}")
                keys.update(dict.fromkeys(ENTER, default))
            self._ask("\n".join(["Reset which file? Any other key: none.", *lines]),
                      lambda key: self._ask_whether_to_reset(keys[key]) if key in keys else None)

    def _file_at_hand(self) -> str:
        """Returns the file that the student is working on."""
        test = self._progress.test
        place = to_open(self._root, test, self._view.failed) if test and self._view.failed else \
            place_of(self._root, test.function) if test else None
        return (place or "").partition(":")[0]

    def _ask_whether_to_reset(self, file: str) -> None:
        self._ask(f"Reset {file} to its skeleton? A copy of yours is kept beside it. [y/n]",
                  lambda key: self._reset(file) if key in ("y", "Y") else None)

    def _ask(self, question: str, answer: Callable[[str], None]) -> None:
        self._view.question, self._answer = question, answer

    def _reset(self, file: str) -> None:
        done = subprocess.run([sys.executable, "tools/skeletons.py", "--file", file],
                              cwd=self._root, env={**os.environ, "FORCE": "1"},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        self._view.note = done.stdout.strip()
