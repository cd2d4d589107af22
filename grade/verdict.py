# SPDX-License-Identifier: MIT
"""From what a machine did to a verdict, and to the five things a student is told."""
from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from grade.console import Console
from grade.elf import Elf
from grade.errors import HarnessError
from grade.events import Event
from grade.failed import END, Where
from grade.match import Result, match
from grade.pattern import Bindings, fill
from grade.picture import picture
from grade.spec import Hint, Spec
from grade.words import MACHINE_ENDS, MACHINE_SETUP, VERDICTS

FAILURE_FIELDS = ("expected", "got", "cause", "handout", "command")
BACKTRACE = re.compile(r"\s*at (\w+)\+0x([0-9a-f]+)\b.*")
BACKTRACE_LINES = 6
ALTERNATED = re.compile(r"alternated (\d+) times")
ROOT = Path(__file__).resolve().parent.parent
CLEAN_END = "init exits with status 0, and the final audit is clean"
COW_LAB = 2     # from it on pages are copied on write
PTE_STORE_ONLY = "every entry in the page tables is one that pte_store has put there"
GOES_ROUND = "an entry was changed without pte_store: assign to no entry yourself"

# What the kernel's audit has seen happen is the cause, whatever became of it: before all hints.
WITNESS_CAUSES = (
    (re.compile(r"^audit: .* goes back to user mode without a flush"),
     "an entry has lost a right, and no flush followed: a processor that still remembers the old "
     "entry goes on as before. tlb_flush_page or tlb_flush_all, before the function returns"),
    (re.compile(r"^audit: .* gives frame .* back, but has not flushed"),
     "a frame was given back while a processor may still remember an entry for it: first the "
     "flush, or another page table, then frame_put"),
)

# What the kernel says at its end -> the cause, when no hint of the test fits.
KERNEL_CAUSES = (
    (re.compile(r"there is no lock at|failed: before > 0|is freed twice|after it was freed"),
     "something was freed that is still in use: somebody gave up a claim (a put) that had never "
     "been taken (a get, a copy)"),
)

UNLINKED_CAUSE = ("a function is used that is nowhere: the headers in kern/, and for programs "
                  "those in lib/c/include, say what there is")

# The cause that is named when none of these fits.
GENERIC_CAUSES = {
    "wrong": "the result differs from what the test demands; compare the lines above",
    "exit": "the program under test saw something it did not expect, and said so on the console "
            "or died of a signal",
    "missing": "the function is still the skeleton; write it, then run the command again",
    "compile": "the compiler refused a file this test needs; its words are above",
    "panic": "an invariant of the kernel was broken; the first function of the backtrace that "
             "is yours is the place to look",
    "crash": "the CPU met a fault while it handled a fault: usually a wild pointer in kernel "
             "mode, a destroyed stack or a damaged page table",
    "hang": "a loop does not end, or waits for something that never comes",
    "audit": "something was counted wrongly, or not given back at the end",
    "error": "this is not about your code: run the command again, and report it if it persists",
}


@dataclass(frozen=True)
class Failure:
    """What a student is told: five texts, none of them empty."""

    expected: str
    got: str
    cause: str
    handout: str
    command: str


@dataclass(frozen=True)
class Score:
    """The outcome of one test. `instructions` is the guest time of the last event, `frames_left`
    the user and page-table frames in use at the end; None where unknown. `alternations` is how
    often processors took turns where it matters, with the seed that the test was booted with.
    `where`: the first divergence, for whoever goes back to it."""

    name: str
    title: str
    points: int
    score: int
    verdict: str
    failure: Optional[Failure]
    instructions: Optional[int] = None
    frames_left: Optional[int] = None
    seed: int = 0
    alternations: int = 0
    where: Where = END

    def to_json(self) -> Dict[str, Any]:
        """Returns the JSON object of this test."""
        return {key: value for key, value in asdict(self).items() if key != "where"}


@dataclass
class Facts:
    """What is known about one boot at its end. `status` is QEMU's exit status; `contradiction` one
    between the page tables in memory and the trace of what was stored in them; `findings` those of
    the audit from outside, at stops. `tickets`: where each event is in the trace; of what was seen
    at a stop, where that is."""

    status: Optional[int]
    console: Console
    timed_out: bool = False
    complaint: str = ""
    events: List[Event] = field(default_factory=list)
    tickets: List[int] = field(default_factory=list)
    dropped: int = 0
    torn: int = 0
    unreadable: str = ""
    contradiction: str = ""
    findings: List[str] = field(default_factory=list)
    instructions: Optional[int] = None
    frames_left: Optional[int] = None
    elf: Optional[Elf] = None
    uncompiled: Dict[str, str] = field(default_factory=dict)


def check_failure(failure: Dict[str, Any]) -> None:
    """Raises HarnessError unless `failure` has exactly the five fields, each a text."""
    if set(failure) != set(FAILURE_FIELDS):
        raise HarnessError(f"a failure has the fields {sorted(failure)}")
    for key in FAILURE_FIELDS:
        if not isinstance(failure[key], str) or not failure[key].strip():
            raise HarnessError(f"the field '{key}' of a failure is empty")


def make_failure(spec: Spec, verdict: str, command: str, expected: str, got: str,
                 cause: str = "") -> Failure:
    """Returns a failure that passed the check; an empty `cause` becomes the generic one."""
    if verdict == "compile" and "undefined reference" in got and "error:" not in got:
        cause = UNLINKED_CAUSE
    failure = Failure(expected.strip(), got.strip("\n").rstrip(), cause or GENERIC_CAUSES[verdict],
                      spec.handout, command)
    check_failure(asdict(failure))
    return failure


def judge(spec: Spec, facts: Facts, command: str) -> Score:
    """Judges one boot; `command` is what reproduces it."""
    verdict, got = _machine_verdict(facts)
    result = Result(None, {})
    expected = CLEAN_END
    if verdict != "error":
        try:
            result = match(spec, facts.console.user, facts.events)
        except HarnessError as error:
            verdict, got = "error", str(error)
    if facts.contradiction and verdict in ("pass", "exit", "audit"):
        verdict, got, expected = "wrong", facts.contradiction, PTE_STORE_ONLY
    elif facts.findings and verdict == "pass" and not result.divergence:
        verdict, got = "audit", "\n".join(["seen from outside, at a stop:", *facts.findings])
    elif result.divergence and verdict in ("pass", "exit"):
        expected = result.divergence.expected
        got = "\n".join(part for part in (result.divergence.got, got) if part)
        verdict = "wrong" if verdict == "pass" else verdict
    elif result.divergence:
        expected = result.divergence.expected
    if verdict in ("wrong", "exit", "hang"):    # for want of a function, and the rest went on?
        verdict, got = _unwritten(facts) or (verdict, got)
    failure = None
    if verdict != "pass":
        if spec.lab >= COW_LAB and verdict not in ("error", "missing"):
            got = "\n".join(part for part in (got, picture(facts.events)) if part)
        cause = GOES_ROUND if expected == PTE_STORE_ONLY else \
            _cause(spec, facts, verdict, got, result.bindings)
        failure = make_failure(spec, verdict, command, expected, got, cause)
    alternated = ALTERNATED.search(facts.console.kernel_line("race:"))
    return Score(spec.name, spec.title, spec.points, 0 if failure else spec.points, verdict,
                 failure, facts.instructions, facts.frames_left, spec.seed,
                 int(alternated[1]) if alternated else 0, _where(facts, verdict, result))


def _where(facts: Facts, verdict: str, result: Result) -> Where:
    """Returns where the run first differs from what it should be, as exactly as is known."""
    if verdict in ("wrong", "exit") and any(line.startswith("ktest: failed")
                                            for line in facts.console.kernel):
        return Where("call", text="ktest_fail")
    if verdict not in ("wrong", "exit") or not result.divergence or facts.contradiction:
        return END
    line, event = result.divergence.line, result.divergence.event
    if line is not None:
        return Where("line", line, facts.console.user[line])
    if event is not None and event < len(facts.tickets):
        return Where("event", facts.tickets[event], str(facts.events[event]))
    return END


def combine(scores: Dict[int, Score]) -> Score:
    """Returns the score of a test from those with each seed: the first that fails, else the sum."""
    ordered = [scores[seed] for seed in sorted(scores)]
    failed = next((score for score in ordered if score.failure), None)
    if failed and failed.failure and len(ordered) > 1:
        lost = sum(1 for score in ordered if score.failure)
        failure = replace(failed.failure, command=f"{failed.failure.command} SEED={failed.seed}",
                          got=f"{failed.failure.got}\nwith seed {failed.seed}; "
                              f"{lost} of {len(ordered)} seeds fail")
        return replace(failed, failure=failure)
    return failed or replace(ordered[0], seed=0 if len(ordered) > 1 else ordered[0].seed,
                             alternations=sum(score.alternations for score in ordered))


def _machine_verdict(facts: Facts) -> Tuple[str, str]:
    """Returns how the machine ended: a verdict, and for all but a pass the words for it."""
    line = facts.console.kernel_line
    if facts.timed_out:
        return "hang", "the machine did not end by itself; it was stopped by the wall clock"
    if facts.status not in MACHINE_ENDS:
        return "error", _machine_error(facts)
    verdict = MACHINE_ENDS[facts.status]
    if verdict in ("pass", "exit") and (facts.dropped or facts.torn or facts.unreadable):
        return "error", facts.unreadable or (
            f"{facts.dropped} events were lost and {facts.torn} are half written")
    if verdict == "missing":
        return _unwritten(facts) or (verdict, "the machine ended because a function is missing")
    if verdict == "audit":
        findings = [text for text in facts.console.kernel if text.startswith("audit:")]
        return verdict, "\n".join(findings) or "the machine ended because of the final audit"
    if verdict in ("panic", "hang"):
        words = "\n".join([line(f"{verdict}:"), *_backtrace(facts)]).strip()
        return verdict, words or f"a {verdict} without words"
    if verdict == "exit":
        failed = [text for text in facts.console.kernel if text.startswith("ktest: failed")]
        return verdict, "\n".join([*failed, line("exit:")]).strip() or "init failed"
    if verdict == "crash":
        last = facts.console.kernel[-1:] + facts.console.user[-1:]
        said = f"; the last words on the console: {last[-1]}" if last else ""
        return verdict, "the machine reset itself: a triple fault" + said
    return verdict, ""


def _unwritten(facts: Facts) -> Optional[Tuple[str, str]]:
    """Returns the verdict on functions that have said they are not written, and their words; or
    None, if there is none. A file whose skeleton stands in for it did not compile."""
    words = [text for text in facts.console.kernel if text.startswith("missing:")]
    for file, errors in facts.uncompiled.items():
        if any(file in text for text in words):
            return "compile", errors
    return ("missing", "\n".join(dict.fromkeys(words))) if words else None


def _machine_error(facts: Facts) -> str:
    """Returns why a boot told nothing about the code that was to be tested."""
    if facts.status == MACHINE_SETUP:
        return facts.console.kernel_line("setup:") or "the kernel could not start"
    how = f"was killed by signal {-facts.status}" if facts.status is not None and \
        facts.status < 0 else f"ended with status {facts.status}"
    return f"QEMU {how}: {facts.complaint or 'it said nothing'}"


def _backtrace(facts: Facts) -> List[str]:
    """Returns the first lines of the backtrace, with file and line where known."""
    symbols = facts.elf.symbols if facts.elf else {}
    calls: List[Tuple[str, int]] = []
    for text in facts.console.kernel:
        found = BACKTRACE.fullmatch(text)
        if found and found[1] in symbols and len(calls) < BACKTRACE_LINES:
            # Behind the first, these are return addresses: the call is just before them.
            address = symbols[found[1]] + int(found[2], 16) - (1 if calls else 0)
            calls.append((text.strip(), address))
    places = facts.elf.lines_of([address for _, address in calls]) if facts.elf else {}
    return [f"  {text}  {_short(places.get(address, ''))}".rstrip() for text, address in calls]


def _short(place: str) -> str:
    """Returns FILE:LINE with the file's path below the project's root, if it lies there."""
    path, colon, line = place.rpartition(":")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    below = ["/".join(parts[i:]) for i in range(len(parts))]
    return next((name for name in below if (ROOT / name).is_file()), path) + colon + line


def _cause(spec: Spec, facts: Facts, verdict: str, got: str, bindings: Bindings) -> str:
    """Returns what the audit has seen, else the first hint that fits, else what the kernel's words
    usually mean; nothing if no more is known than the verdict."""
    if verdict in ("error", "compile", "missing"):
        return ""
    for regex, cause in WITNESS_CAUSES:
        if any(regex.search(line) for line in facts.console.kernel):
            return cause
    for hint in spec.hints:
        after = _fits(hint, facts, verdict, got, bindings)
        if after is not None:
            return fill(hint.text, after)
    return next((cause for regex, cause in KERNEL_CAUSES if regex.search(got)), "")


def _fits(hint: Hint, facts: Facts, verdict: str, got: str,
          bindings: Bindings) -> Optional[Bindings]:
    """Returns the bindings with which a hint's condition holds, or None."""
    holds = False
    if hint.kind == "always":
        holds = True
    elif hint.kind == "verdict":
        holds = verdict in hint.words
    elif hint.pattern:
        matches = (hint.pattern.match(event, bindings) for event in facts.events)
        return next((after for after in matches if after is not None), None)
    elif hint.regex:
        texts = {"console": facts.console.user, "kernel": facts.console.kernel, "got": [got]}
        holds = any(hint.regex.search(text) for text in texts[hint.kind])
    return bindings if holds else None


assert set(GENERIC_CAUSES) | {"pass"} == set(VERDICTS)
