# SPDX-License-Identifier: MIT
"""From facts to verdicts, and how reports show them."""
from __future__ import annotations

import io
import json
import xml.etree.ElementTree as xml
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict

import pytest

from grade import report
from grade.console import parse as parse_console
from grade.elf import Elf
from grade.errors import HarnessError
from grade.events import Event, Value
from grade.runner import Report
from grade.spec import Spec, parse
from grade.verdict import (FAILURE_FIELDS, GENERIC_CAUSES, Facts, Failure, Score, check_failure,
                           combine, judge)
from grade.words import MACHINE_ENDS, MACHINE_WORDS, VERDICTS

COMMAND = "make grade LAB=0 TEST=t"
SPEC = """title: a title
points: 20
handout: handouts/0.md#x
classes: mark
[console]
answer $N
[trace]
mark value=$N -- the trace says so too
[hints]
console /answer 5/ => five is wrong: it is $N
kernel /out of memory/ => no memory
trace mark value=9 => nine
verdict hang => for ever
got /answer/ => look at the answer
"""


def spec(text: str = SPEC) -> Spec:
    return parse(text, Path("t.trace"), 0)


def mark(value: int) -> Event:
    return Event("mark", 1, 0, 0, {"value": Value(value, str(value))})


def facts(status: int, console: str = "answer 4\n", **more: Any) -> Facts:
    """Returns what is known of a machine; the trace says 4 as well."""
    made = Facts(status, parse_console(console.encode()), events=[mark(4)])
    for key, value in more.items():
        setattr(made, key, value)
    return made


def test_seeds_make_one_score() -> None:
    good = facts(33, "[    0.100000] race: seed 1, the CPUs alternated 70 times\nanswer 4\n")
    scores = {seed: judge(replace(spec(), seed=seed), good, COMMAND) for seed in (1, 2, 3)}
    assert (combine(scores).score, combine(scores).alternations) == (20, 210)
    for seed in (3, 2):
        scores[seed] = judge(replace(spec(), seed=seed), facts(41), COMMAND)
    failed = combine(scores)
    assert failed.failure and (failed.verdict, failed.score) == ("hang", 0)
    assert failed.failure.command == COMMAND + " SEED=2"
    assert failed.failure.got.endswith("with seed 2; 2 of 3 seeds fail")
    assert combine({2: scores[2]}) == scores[2]


def test_a_pass() -> None:
    score = judge(spec(), facts(33, instructions=7, frames_left=3), COMMAND)
    assert (score.verdict, score.score, score.failure) == ("pass", 20, None)
    assert (score.instructions, score.frames_left) == (7, 3)


@pytest.mark.parametrize("made, verdict, expected, got, cause", [
    (facts(33, "answer 5\n"), "wrong", "the trace says so too", "value is 4",
     "five is wrong: it is 5"),
    (facts(33, "anser 4\n"), "wrong", "on the console: answer", "> anser 4",
     GENERIC_CAUSES["wrong"]),
    (facts(33, events=[mark(9)]), "wrong", "the trace says", "value is 9", "nine"),
    (facts(35, "answer 4\n[ 0.000001] exit: pid 1 was killed by signal 11 (SIGSEGV)\n"), "exit",
     "init exits with status 0", "signal 11", GENERIC_CAUSES["exit"]),
    (facts(35, "[ 0.000001] exit: pid 1 exited with status 1\n"), "exit", "answer $N",
     "exited with status 1", GENERIC_CAUSES["exit"]),
    (facts(35, "x\n"), "exit", "answer $N", "init failed", GENERIC_CAUSES["exit"]),
    (facts(37, "[ 0.000001] panic: out of memory\n"), "panic", "answer $N", "panic: out of memory",
     "no memory"),
    (facts(37, ""), "panic", "answer $N", "a panic without words", GENERIC_CAUSES["panic"]),
    (facts(39, "[ 0.000001] missing: f is not written yet (a.c)\n"), "missing", "answer $N",
     "missing: f is not written", GENERIC_CAUSES["missing"]),
    (facts(39, "[ 0.000001] missing: f is not written yet (labs/0/a.c)\n",
           uncompiled={"labs/0/a.c": "a.c:3: error: ;"}), "compile", "answer $N", "a.c:3: error: ;",
     GENERIC_CAUSES["compile"]),
    (facts(41, "[ 0.000001] hang: 200 million\n"), "hang", "answer $N", "hang: 200", "for ever"),
    (facts(43, "answer 4\n[ 0.000001] audit: frame 5\n[ 0.000002] audit: frame 6\n"), "audit",
     "the final audit is clean", "audit: frame 5\naudit: frame 6", GENERIC_CAUSES["audit"]),
    (facts(0, "so far\n"), "crash", "answer $N", "last words on the console: so far",
     GENERIC_CAUSES["crash"]),
    (facts(-15, timed_out=True), "hang", "init exits", "wall clock", "for ever"),
    (facts(45, "[ 0.000001] setup: no initrd\n"), "error", "init exits", "setup: no initrd",
     "not about"),
    (facts(1, complaint="no bios"), "error", "init exits", "ended with status 1: no bios",
     "not about"),
    (facts(-6), "error", "init exits", "killed by signal 6: it said nothing", "not about"),
    (facts(99), "error", "init exits", "status 99", "not about"),
    (facts(33, dropped=2), "error", "init exits", "2 events were lost", "not about"),
    (facts(33, torn=1), "error", "init exits", "1 are half written", "not about"),
    (facts(35, unreadable="gone"), "error", "init exits", "gone", "not about"),
])
def test_every_failure_says_five_things(made: Facts, verdict: str, expected: str, got: str,
                                        cause: str) -> None:
    score = judge(spec(), made, COMMAND)
    assert (score.verdict, score.score) == (verdict, 0)
    assert score.failure
    check_failure(score.to_json()["failure"])
    assert expected in score.failure.expected
    assert got in score.failure.got
    assert cause in score.failure.cause
    assert (score.failure.handout, score.failure.command) == ("handouts/0.md#x", COMMAND)


@pytest.mark.parametrize("line, word", [
    ("audit: pid 1 has taken rights away from 0x403000, and goes back to user mode without a "
     "flush: a processor may still have the old entry, for frame 0x5a5", "tlb_flush_all"),
    ("audit: pid 1 gives frame 0x5a5 back, but has not flushed 0x403000: a processor", "first"),
    ("audit: frame 0x5a5 has count 1, but 2 entries map it", "for ever"),
])
def test_what_the_audit_has_seen_comes_before_all_hints(line: str, word: str) -> None:
    score = judge(spec(), facts(41, f"[    0.100000] {line}\nanswer 3\n"), COMMAND)
    assert score.failure and word in score.failure.cause


def test_the_forger_earns_nothing() -> None:
    """The right text and exit status without the events behind them."""
    score = judge(spec(), facts(33, "answer 4\n", events=[]), COMMAND)
    assert (score.verdict, score.score) == ("wrong", 0)


def test_a_backtrace_gets_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elf = Elf.__new__(Elf)
    elf.symbols = {"f": 0x1000}
    monkeypatch.setattr(elf, "lines_of", lambda addresses: {0x1010: "a.c:7"})
    console = "[ 0.000001] panic: x\n[ 0.000001]   at f+0x10\n[ 0.000001]   at unknown+0x1\n"
    failure = judge(spec(), facts(37, console, elf=elf), COMMAND).failure
    assert failure and failure.got == "panic: x\n  at f+0x10  a.c:7"


@pytest.mark.parametrize("change", [
    {"expected": ""}, {"got": "  \n"}, {"cause": None}, {"handout": 5}, {"more": "x"}])
def test_the_check_of_failures(change: Dict[str, Any]) -> None:
    failure: Dict[str, Any] = {key: "text" for key in FAILURE_FIELDS}
    check_failure(failure)
    with pytest.raises(HarnessError):
        check_failure({**failure, **change})
    failure.pop("command")
    with pytest.raises(HarnessError):
        check_failure(failure)


def test_the_words_belong_together() -> None:
    assert set(MACHINE_ENDS.values()) <= set(VERDICTS)
    assert set(MACHINE_WORDS) == (set(MACHINE_ENDS) | {45}) - {33}


# Reports

FAILED = Score("t", "a title", 20, 0, "wrong",
               Failure("this", "> that\x1b[2J\n  and", "because", "h.md", COMMAND))
PASSED = Score("u", "another", 80, 80, "pass", None, 12, 3)


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO) -> str:
    terminal = report.Terminal(stream)
    for score in (FAILED, PASSED):
        terminal.score(score)
    terminal.summary(Report(0, [FAILED, PASSED]))
    return stream.getvalue()


def test_the_terminal() -> None:
    text = shown(io.StringIO())
    assert text.splitlines() == [
        "wrong      0/20  t: a title",
        "    expected:  this",
        "    got:       > that?[2J",
        "                 and",
        "    cause:     because",
        "    handout:   h.md",
        "    command:   " + COMMAND,
        "",
        "pass      80/80  u: another",
        f"lab 0: 80 of 100 points; next: {COMMAND}"]


def test_colour_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[31m" in shown(Tty())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in shown(Tty())


def test_json(tmp_path: Path) -> None:
    report.write_json(Report(0, [FAILED, PASSED]), tmp_path / "r.json")
    read = json.loads((tmp_path / "r.json").read_text())
    assert (read["lab"], read["score"], read["max"]) == (0, 80, 100)
    assert read["tests"][1] == {
        "name": "u", "title": "another", "points": 80, "score": 80, "verdict": "pass",
        "failure": None, "instructions": 12, "frames_left": 3, "seed": 0,
        "alternations": 0}
    check_failure(read["tests"][0]["failure"])


def test_junit(tmp_path: Path) -> None:
    report.write_junit(Report(0, [FAILED, PASSED]), tmp_path / "r.xml")
    suite = xml.parse(tmp_path / "r.xml").getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    node = suite.find("testcase/failure")
    assert node is not None and node.text and "cause: because" in node.text
