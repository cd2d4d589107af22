# SPDX-License-Identifier: MIT
"""Grades in a process of its own, which can be given up at any moment: the grader that `make grade`
is, up to the first test that fails."""
from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Set, Union

from grade.build import CompileError, build, forget
from grade.errors import GradeError, Interrupted
from grade.failed import Keep
from grade.host import STOP_SIGNALS, die_with_parent, signals_raise
from grade.runner import Choice, boot_all, command_for
from grade.spec import Spec
from grade.verdict import Score

END_PATIENCE_S = 10.0
TERMINAL_SIGNALS = ("SIGCONT", "SIGWINCH")


@dataclass(frozen=True)
class Ready:
    """There is a kernel, in this folder; `warnings` of the compiler."""

    folder: Path
    warnings: str


@dataclass(frozen=True)
class Refused:
    """The compiler refused files: its words."""

    words: str


@dataclass(frozen=True)
class Failed:
    """Nothing was learnt: why."""

    words: str


@dataclass(frozen=True)
class Done:
    """All that was to be run was run; `failed`: the first in order that did not pass."""

    failed: Optional[Score] = None


Report = Union[Ready, Refused, Failed, Score, Done]


def first_failure(order: Sequence[Spec], scores: Dict[str, Score]) -> Optional[Score]:
    """Returns the first test that failed, if all before it in this order have passed."""
    for test in order:
        score = scores.get(test.name)
        if score is None:
            return None
        if score.failure:
            return score
    return None


class Attempt:
    """One attempt at a lab's tests: `order` says which comes first, `saved` which files of labs/
    must be compiled again. `fileno()` becomes readable when there is a report to `receive()`."""

    def __init__(self, choice: Choice, order: List[Spec], saved: Set[str]) -> None:
        self._connection, theirs = Pipe(duplex=False)
        obey = die_with_parent(signal.SIGTERM)
        sys.stdout.flush()
        numbers = [getattr(signal, name) for name in STOP_SIGNALS]
        old = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
        try:
            self.pid = os.fork()
            if self.pid == 0:
                try:
                    self._connection.close()
                    _leave_terminal()
                    with signals_raise():
                        obey()
                        signal.pthread_sigmask(signal.SIG_SETMASK, old)
                        _run(theirs, choice, order, saved)
                finally:
                    os._exit(0)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, old)
        theirs.close()

    def fileno(self) -> int:
        """Returns the descriptor to wait for."""
        return self._connection.fileno()

    def receive(self) -> Report:
        """Returns the next report; waits for it."""
        try:
            report: Report = self._connection.recv()
            return report
        except (EOFError, OSError):
            return Failed("the grader ended without a word")

    def end(self) -> None:
        """Gives it up if it is not over, and waits until no process of it is left."""
        self._connection.close()
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:    # make and the compilers, too; the QEMUs it ends itself
                os.killpg(self.pid, number)
            except (ProcessLookupError, PermissionError):   # it has only just begun, or has ended
                os.kill(self.pid, number)
            if _gone(self.pid, END_PATIENCE_S):
                return


def _gone(pid: int, patience_s: float) -> bool:
    """Waits for the end of a child for some time; returns whether it has come."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return True
        time.sleep(0.01)
    return False


def _leave_terminal() -> None:
    """Makes the child one that knows no terminal: its keys, signals and output are the parent's."""
    os.setsid()
    for name in TERMINAL_SIGNALS:
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)


def _run(connection: Connection, choice: Choice, order: List[Spec], saved: Set[str]) -> None:
    """What the child does: sends its reports."""
    try:
        _grade(connection, choice, order, saved)
    except Interrupted:
        pass
    except GradeError as error:
        connection.send(Failed(str(error)))
    except Exception:
        connection.send(Failed(traceback.format_exc()))


def _grade(connection: Connection, choice: Choice, order: List[Spec], saved: Set[str]) -> None:
    forget(choice.root, saved)
    try:
        built = build(choice.root, choice.lab, choice.solved, patch=False)
    except CompileError as error:
        connection.send(Refused("\n".join(error.files.values()) or str(error)))
        return
    connection.send(Ready(built.kernel.parent, built.warnings))
    scores: Dict[str, Score] = {}
    work = [(built, test, command_for(choice, test.name)) for test in order]
    for _, score in boot_all(work, choice.limits, Keep.of(choice.root)):
        scores[score.name] = score
        connection.send(score)
        if first_failure(order, scores):
            break       # boot_all ends the machines that still run
    connection.send(Done(first_failure(order, scores)))
