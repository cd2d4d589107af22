# SPDX-License-Identifier: MIT
"""`make watch`, as a student has it: on a terminal, with an editor beside it."""
from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path
from typing import Any, Callable, List

import pexpect
import pytest
from copies import give_built, working_copy
from kernels import ROOT, make, qemus

from grade.attempt import first_failure
from grade.changes import PATIENCE, Changes
from grade.keyboard import Keyboard
from grade.progress import Progress
from grade.runner import Choice, load_specs
from grade.spec import Spec
from grade.verdict import Failure, Score
from grade.watch import Watch, headers, lab_folders, resettable, sources, what_comes_next

PATIENCE_S = 100
CLEAR = "\x1b[H\x1b[2J"
SOLUTION = (ROOT / "solutions/0-start/pages.c").read_text(encoding="utf-8")
FAILS_NONE = SOLUTION.replace("pte_present(*it.entry))", "pte_user(*it.entry))")
HANGS = SOLUTION.replace("int64_t count = 0;", "int64_t count = 0;\n    for (;;) {\n    }")
LAB0 = {spec.name: spec for spec in load_specs(ROOT, 0)}


class Student:
    """Somebody at `make watch LAB=0` in a working copy."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "labs/0-start/pages.c"
        self.begins()

    def begins(self, *command: str) -> None:
        """Types the command, or another one."""
        env = {key: value for key, value in os.environ.items()
               if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
        env.update(NO_COLOR="1", TERM="xterm", PS1="$ ")
        program, *words = command or ("make", "watch", "LAB=0")
        self.child = pexpect.spawn(program, words, cwd=str(self.folder), env=env, echo=False,
                                   encoding="utf-8", timeout=PATIENCE_S)

    def sees(self, pattern: str, foot: str = r"\? keys") -> str:
        """Waits for a screen that has the pattern and ends as told; returns its text."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            self.child.expect(foot)
            shown = (self.child.before + self.child.after).rpartition(CLEAR)[2].replace("\r", "")
            if re.search(pattern, shown, re.MULTILINE):
                return str(shown)
        raise AssertionError(f"not shown: {pattern}")

    def presses(self, key: str, pattern: str, foot: str = r"\? keys") -> str:
        """Presses a key; returns the screen that answers."""
        self.child.send(key)
        return self.sees(pattern, foot)

    def saves(self, text: str) -> None:
        """Saves as editors do that put a new file in the place of the old one."""
        growing = self.file.with_name(".pages.c.swp")
        growing.write_text(text, encoding="utf-8")
        os.replace(growing, self.file)

    def saves_slowly(self, text: str) -> None:
        """Saves as editors do that empty the file first."""
        with open(self.file, "w", encoding="utf-8") as stream:
            os.fsync(stream.fileno())
            for part in (text[:100], text[100:]):
                stream.write(part)
                stream.flush()
                time.sleep(0.02)

    def line(self, words: str) -> str:
        """FILE:LINE of the first line of the file that has some words."""
        lines = self.file.read_text(encoding="utf-8").splitlines()
        number = next(i for i, line in enumerate(lines, 1) if words in line)
        return f"labs/0-start/pages.c:{number}"

    def leaves(self, key: str = "q") -> None:
        """Presses a key that ends it: quietly, and leaving nothing behind."""
        self.child.send(key)
        self.child.expect(pexpect.EOF)
        self.child.close()
        assert (self.child.exitstatus, self.child.signalstatus) == (0, None)
        assert not self.machines()

    def machines(self) -> List[str]:
        """The QEMUs that run this copy's kernel."""
        return qemus(self.folder / "build/lab0-solvednone/tine.elf")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working copy; its name has a space."""
    folder = working_copy(tmp_path_factory.mktemp("watch") / "my tine")
    give_built(folder, 0)
    # In this one a loop that does not end lasts until somebody ends it.
    trace = folder / "grade/lab0/fresh.trace"
    text = trace.read_text(encoding="utf-8")
    trace.write_text(text.replace("place: 1", "place: 1\nbudget: 900000"), encoding="utf-8")
    return folder


@pytest.fixture
def student(copy: Path) -> Any:
    """A student who begins lab 0."""
    (copy / "build/watch-lab0.json").unlink(missing_ok=True)
    assert make("skeletons", "FORCE=1", folder=copy).returncode == 0
    for backup in copy.glob("labs/*/*.orig-*"):
        backup.unlink()
    someone = Student(copy)
    yield someone
    someone.child.close(force=True)


def test_from_the_skeleton_to_full_marks(student: Student) -> None:
    shown = student.sees(r"^missing +0/20  fresh: ")
    assert shown.startswith("lab 0: 0 of 100 points\n")
    assert f"\nnext:    {student.line('lab_missing(')}\n" in shown
    assert re.search(r"^    expected: .*\n    got: +missing: .*\n    handout: .*\n    command: ",
                     shown, re.MULTILINE), "all but the cause"

    shown = student.presses("h", "^    question: ")
    assert LAB0["fresh"].question in shown and "pointer:" not in shown and "cause:" not in shown
    shown = student.presses("h", "^    pointer: ")
    assert "handouts/0-start.md#fresh" in shown and "cause:" not in shown
    assert student.line("// System call 0x1001") in shown and student.line("int64_t sys_") in shown
    assert re.search("^    cause: ", student.presses("h", "pointer:"), re.MULTILINE)
    assert "pointer:" in student.presses("h", "cause:")         # there are no more

    shown = student.presses("l", "^> missing +0/20  fresh: ")
    assert len(re.findall(r"^[> ] .* \d+/\d+ +\w+: ", shown, re.MULTILINE)) == 6
    assert re.search(r"^  not run +0/5 +shell: ", shown, re.MULTILINE)
    assert "h      the next hint" in student.presses("?", "the list of tests")

    student.saves_slowly(SOLUTION.replace("return count;", "return nonsense;"))
    shown = student.sees("^compile")
    assert "nonsense" in shown and f"\nnext:    {student.line('nonsense')}\n" in shown
    assert "First the compiler" in student.presses("h", "^compile")

    student.saves(FAILS_NONE)
    shown = student.sees(r"^wrong +0/20  none: ")
    assert re.search(r"^lab 0: [5-9]\d of 100 points$", shown, re.MULTILINE)
    assert re.search(r"^now passing: (.*, )?fresh(,|$)", shown, re.MULTILINE)
    assert f"\nnext:    {student.line('int64_t sys_')}\n" in shown
    assert "question:" not in shown and "cause:" not in shown
    assert LAB0["none"].question in student.presses("h", "^    question: ")

    student.presses("r", r"^Reset labs/0-start/pages\.c to its skeleton\?", r"\[y/n\]")
    student.presses("x", "^wrong")
    assert student.file.read_text(encoding="utf-8") == FAILS_NONE
    student.presses("r", "^Reset", r"\[y/n\]")
    shown = student.presses("y", r"^missing +0/20  none: ")
    assert "labs/0-start/pages.c: replaced; yours is now pages.c.orig-1\n" in shown
    assert student.file.with_name("pages.c.orig-1").read_text(encoding="utf-8") == FAILS_NONE
    assert "lab_missing(" in student.file.read_text(encoding="utf-8")
    student.leaves()

    student.begins()    # another day, at the same place
    shown = student.sees(r"^missing +0/20  none: ")
    assert LAB0["none"].question in shown and "pointer:" not in shown
    assert re.search(r"^lab 0: \d+ of 100 points \(\d+ of them from before", shown, re.MULTILINE)
    student.presses("n", r"^missing +0/20  fresh: ")
    assert "none: a page without any rights is still there (for later)" in \
        student.presses("l", "^>")

    student.saves(SOLUTION)
    shown = student.sees("^Every test passes")
    assert "lab 0: 100 of 100 points\n" in shown and "make watch LAB=1" in shown
    student.child.send("\r")    # both at once
    assert make("grade", "LAB=0", "TEST=fresh", folder=student.folder).returncode == 0
    student.sees("^Every test passes")
    student.leaves("\x04")      # Ctrl-D


def test_no_run_outlives_its_reason(student: Student) -> None:
    student.saves(HANGS)
    until(student.machines)
    student.saves(FAILS_NONE)
    student.sees("^wrong +0/20  none: ")
    assert not student.machines()
    student.saves(HANGS)
    until(student.machines)
    student.leaves("\x03")      # Ctrl-C

    student.begins()
    until(student.machines)
    watch, = children(student.child.pid)
    os.kill(watch, signal.SIGKILL)
    student.child.expect(pexpect.EOF)
    until(lambda: not student.machines())


def until(condition: Callable[[], Any]) -> None:
    """Waits for something that no screen shows."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def children(pid: int) -> List[int]:
    """The processes that a process has started."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8")
    return [int(word) for word in text.split()]


def test_gdb_and_ctrl_z_give_the_terminal_back(student: Student) -> None:
    """From a shell with job control that leaves the terminal as it is."""
    student.leaves()
    student.begins("sh", "-i")
    say = student.child.sendline
    say("make watch LAB=0 TEST=many")
    student.sees(r"^missing +0/20  many: ")
    student.child.sendcontrol("z")
    student.child.expect("Stopped")
    say("stty -a")
    student.child.expect(r"intr = \^C;[^$]*[^-]icanon")
    say("fg; echo status $?")
    student.sees("^missing")
    student.child.send("d")
    student.child.expect(r"\(gdb\) ")
    student.child.sendcontrol("c")      # is GDB's
    student.child.expect(r"Quit\s.*\(gdb\) ")
    say("quit")
    student.sees("^missing")
    student.child.send("q")
    student.child.expect("status 0")
    assert not student.machines()


def test_without_a_terminal() -> None:
    result = make("watch", "LAB=0")
    assert result.returncode == 2
    assert result.stderr.splitlines()[0] == \
        "grade: `make watch` needs a terminal; elsewhere `make grade LAB=0` is the command"


# The parts


def touch(path: Path, text: str, time_s: int) -> None:
    """Saves a file at some time."""
    path.write_text(text, encoding="utf-8")
    os.utime(path, (time_s, time_s))


def test_a_save_is_told_once_it_is_over(tmp_path: Path) -> None:
    file, other = tmp_path / "a.c", tmp_path / "b.c"
    touch(file, "one", 1000)
    changes = Changes(lambda: sources([tmp_path]))
    assert changes.poll() == set()
    for second in (1001, 1002):     # two in quick succession
        touch(file, "two", second)
        assert changes.poll() == set()
    assert changes.poll() == {file} and changes.poll() == set()

    touch(other, "new", 1003)
    assert [changes.poll() for _ in range(3)] == [set(), {other}, set()]
    (tmp_path / "a.c.orig-1").write_text("no source", encoding="utf-8")
    (tmp_path / ".a.c.swp.c").write_text("no source", encoding="utf-8")
    assert [changes.poll() for _ in range(2)] == [set(), set()]


def test_another_file_with_the_same_time_and_size_is_a_save(tmp_path: Path) -> None:
    file, new = tmp_path / "a.c", tmp_path / "new"
    touch(file, "one", 1000)
    changes = Changes(lambda: [file])
    touch(new, "two", 1000)
    os.replace(new, file)
    assert [changes.poll() for _ in range(2)] == [set(), {file}]


@pytest.mark.parametrize("unfinished", ["gone", "empty"])
def test_an_editor_is_given_time_to_finish(tmp_path: Path, unfinished: str) -> None:
    file = tmp_path / "a.c"
    touch(file, "one", 1000)
    changes = Changes(lambda: sources([tmp_path]))

    def begin(time_s: int) -> None:
        if unfinished == "gone":
            file.unlink()
        else:
            touch(file, "", time_s)

    begin(1001)
    assert [changes.poll() for _ in range(3)] == [set()] * 3
    touch(file, "two", 1002)
    assert [changes.poll() for _ in range(3)] == [set(), {file}, set()]
    begin(1003)                     # and this time it does not go on
    assert [changes.poll() for _ in range(PATIENCE + 2)] == [set()] * PATIENCE + [{file}, set()]


def test_headers_count_from_when_they_are_known(tmp_path: Path) -> None:
    header = tmp_path / "kern/x.h"
    (tmp_path / "labs/0-a").mkdir(parents=True)
    header.parent.mkdir()
    touch(header, "one", 1000)
    touch(tmp_path / "labs/0-a/a.d", "build/a.o: labs/0-a/a.c \\\n kern/x.h\nkern/x.h:\n", 1000)
    changes = Changes(lambda: [])
    changes.add(headers(tmp_path, tmp_path))
    assert changes.poll() == set()
    touch(header, "two", 1001)
    assert [changes.poll() for _ in range(2)] == [set(), {header}]


@pytest.mark.parametrize("solved, folders", [("none", ["0-start", "1-fork", "2-cow"]),
                                             ("1", ["2-cow"]), ("2", [])])
def test_what_is_watched_and_what_can_be_reset(solved: str, folders: List[str]) -> None:
    assert [path.name for path in lab_folders(ROOT, 2, solved)] == folders
    names = ["cow_fault.c", "frame_count.c", "mm_share.c"] if folders else []
    assert resettable(ROOT, 2, solved) == [f"labs/2-cow/{name}" for name in names]


def test_of_several_files_the_one_at_hand_is_the_first_choice(
        capsys: pytest.CaptureFixture[str]) -> None:
    watch = Watch(Choice(ROOT, 1, "0", "returns"), Keyboard())
    watch._press("r")
    shown = capsys.readouterr().out
    assert re.search(r"^ +1 labs/1-fork/exit_wait\.c\n +2 labs/1-fork/mm_copy\.c\n"
                     r" +3 labs/1-fork/task_fork\.c\n +Enter labs/1-fork/task_fork\.c$", shown,
                     re.MULTILINE), shown
    watch._press("\r")
    assert "Reset labs/1-fork/task_fork.c to its skeleton?" in capsys.readouterr().out
    watch._press("n")
    assert "Reset" not in capsys.readouterr().out
    for keys in ("r1", "r9"):
        for key in keys:
            watch._press(key)
    assert capsys.readouterr().out.count("Reset labs/1-fork/exit_wait.c to") == 1


def test_what_comes_after_the_last_lab() -> None:
    assert "handouts/2-cow.md" in what_comes_next(ROOT, 1)
    assert "last lab" in what_comes_next(ROOT, 99)


def score(name: str, verdict: str = "pass") -> Score:
    """The outcome of a test."""
    failure = None if verdict == "pass" else Failure("e", "g", "c", "h", "m")
    return Score(name, name, 5, 0 if failure else 5, verdict, failure)


def lab_of(*names: str) -> List[Spec]:
    """Tests of a lab, 5 points each."""
    return [Spec(Path(f"{name}.trace"), name, 0, points=5) for name in names]


def test_the_first_failure_in_order_counts_once_all_before_it_have_passed() -> None:
    order = lab_of("a", "b", "c")
    scores = {"c": score("c", "wrong")}
    assert first_failure(order, scores) is None
    scores["a"] = score("a")
    assert first_failure(order, scores) is None
    scores["b"] = score("b", "hang")
    assert first_failure(order, scores) is scores["b"]
    scores["b"] = score("b")
    assert first_failure(order, scores) is scores["c"]


def test_the_order_of_tests_and_the_points() -> None:
    progress = Progress(lab_of("a", "b", "c", "d"))
    progress.go_to("c")
    assert [test.name for test in progress.order()] == ["c", "a", "b", "d"]
    progress.hints = 2
    progress.put_off()
    assert [test.name for test in progress.order()] == ["a", "b", "d", "c"]
    progress.go_to("a")
    assert progress.hints == 0
    progress.put_off()
    assert [test.name for test in progress.order()] == ["b", "d", "c", "a"]
    for name in "abcd":
        progress.ran(score(name))
    assert (progress.points(), progress.complete, progress.later) == (20, True, [])
    progress.changed()
    assert (progress.points(), progress.points(fresh_only=True)) == (20, 0)
    assert not progress.complete
    progress.ran(score("b", "wrong"))
    assert progress.points() == 15


def test_what_was_kept_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "build/kept.json"
    progress = Progress(lab_of("a", "b", "c"))
    progress.ran(score("a"))
    progress.ran(score("b", "wrong"))
    progress.go_to("c")
    progress.put_off()
    progress.go_to("b")
    progress.hints = 3
    progress.save(file)
    again = Progress(lab_of("a", "b", "c"))
    again.load(file)
    assert (again.current, again.hints, again.later) == ("b", 3, ["c"])
    assert (again.points(), again.points(fresh_only=True)) == (5, 0)
    assert [path.name for path in file.parent.iterdir()] == ["kept.json"]
    fewer = Progress(lab_of("a"))
    fewer.load(file)
    assert (fewer.current, fewer.hints, fewer.later) == ("", 0, [])


@pytest.mark.parametrize("text", [
    "", "{", "[]", "7", "\udcff", '{"version": 2, "test": "a"}', '{"test": "a"}',
    '{"version": 1, "test": ["a"], "hints": "x", "later": 7, "verdicts": []}',
    '{"version": 1, "test": "z", "hints": 1, "later": ["z", 3, {}], "verdicts": {"a": []}}',
    '{"version": 1, "test": "z", "hints": 1, "later": {}, "verdicts": {"b": "x"}}'])
def test_what_cannot_be_read_is_ignored(tmp_path: Path, text: str) -> None:
    (tmp_path / "kept").write_bytes(text.encode(errors="surrogateescape"))
    progress = Progress(lab_of("a", "b"))
    progress.load(tmp_path / "kept")
    progress.load(tmp_path / "nothing")
    assert (progress.current, progress.hints, progress.later, progress.verdicts) == ("", 0, [], {})
