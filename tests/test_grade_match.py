# SPDX-License-Identifier: MIT
"""The matcher and the console: good and bad transcripts, each rule seen failing."""
from __future__ import annotations

from pathlib import Path
from typing import List

import pytest

from grade import match as matcher
from grade.console import parse as parse_console
from grade.errors import HarnessError
from grade.events import Event, Value
from grade.match import Result, match, match_console
from grade.pattern import Condition, EventPattern, Template, same, to_number
from grade.spec import parse

HEAD = "title: t\npoints: 1\nhandout: h\nclasses: sys pte frame mark\n"


def event(text: str) -> Event:
    """Makes an event from its text, such as `mark pid=1 id=2`."""
    name, *pairs = text.split()
    args = {}
    for pair in pairs:
        key, _, value = pair.partition("=")
        number = to_number(value)
        args[key] = Value(number if number is not None else 0, value)
    pid = args.pop("pid", Value(1, "1")).number
    return Event(name, pid, 0, 0, args)


def judge(sections: str, console: str = "", trace: str = "") -> Result:
    """Matches a spec's sections; console and trace are texts with one item a line."""
    spec = parse(HEAD + sections, Path("t.trace"), 0)
    return match(spec, console.splitlines(),
                 [event(line) for line in trace.splitlines() if line.strip()])


MARKS = "mark id=1 value=5\nmark id=2 value=6\nmark id=3 value=5"


@pytest.mark.parametrize("sections, console, trace", [
    ("[console]\na\nc\n", "a\nb\nc", ""),
    ("[console]\n* pages\n", "x\n  16 pages  ", ""),
    ("[console]\n$N and $N\n", "1 and 2\n3 and 3", ""),
    ("[console]\n$N\n$N+1\n", "7\n7+1", ""),
    ("[console]\na \\* b \\$N\n", "a * b $N", ""),
    ("[order]\nmark id=1\nmark id=3\n", "", MARKS),
    ("[order]\nmark value=$V\nmark value=$V\n", "", MARKS),
    ("[order]\nmark value=$V\nmark value=$V+1\nmark value=$V\n", "", MARKS),
    ("[order]\nmark id=$I value=6\n[trace]\nmark id=$I-1\n", "", MARKS),
    ("[trace]\nmark id=3\nmark id=1\n", "", MARKS),
    ("[trace]\nmark value=$V\nmark id=$V\n", "", "mark id=1 value=5\nmark id=2 value=2"),
    ("[console]\nsaw $V\n[trace]\nmark id=3 value=$V\n", "saw 4\nsaw 5", MARKS),
    ("[trace]\nmark id>2\nmark id>=3\nmark id<2\nmark id<=1\nmark id!=1\n", "", MARKS),
    ("[trace]\npte-set new=$F:rw-*\nframe-free frame=$F\n", "",
     "pte-set new=0x1a:rw-u\nframe-free frame=0x1a"),
    ("[trace]\nmark value=$F\nmark id=2 value=$F\n", "",
     "mark id=1 value=0x10\nmark id=2 value=16"),
    ("[trace]\nsys-exit nr=read ret=-EFAULT\n", "", "sys-exit nr=read ret=-EFAULT"),
    ("[trace]\nmark pid=7 cpu=0\n", "", "mark pid=7 id=1"),
    ("[trace]\nframe-* frame=3\n", "", "frame-free frame=3"),
    ("[never]\nmark id=4\nconsole: *panic*\n", "fine", MARKS),
    ("[never]\nmark id=3 between mark id=1 and mark id=2\n", "", MARKS),
    ("[count]\n3 mark\n1.. mark value=6\n..2 mark value=5\n2..2 mark value=5\n", "", MARKS),
    ("[count]\n1 mark between mark id=1 and mark id=3\n", "", MARKS),
])
def test_good(sections: str, console: str, trace: str) -> None:
    assert judge(sections, console, trace).divergence is None


@pytest.mark.parametrize("sections, console, trace, section, expected, got", [
    # the line is there but differs: shown with its neighbours
    ("[console]\na 1\nb 2 -- twice\n", "a 1\nb 3\nc", "", "console",
     "twice\non the console: b 2", "  a 1\n> b 3\n  c"),
    ("[console]\nsecond\nfirst\n", "first\nsecond", "", "console", "the console: first", "second"),
    ("[console]\nhello\n", "", "", "console", "on the console: hello", "nothing on the console"),
    ("[console]\nhello\n", "zzz", "", "console", "on the console: hello", "no such line; the "),
    ("[console]\n$N is\n$N again\n", "1 is\n2 again", "", "console", "1 again", "> 2 again"),
    # events
    ("[order]\nmark id=2\nmark id=1\n", "", MARKS, "order", "in the trace: mark id=1",
     "too early"),
    ("[order]\nmark value=$V\nmark value=$V+7\n", "", MARKS, "order", "mark value=12",
     "value is 6"),
    ("[trace]\nmark id=1 value=9 -- nine\n", "", MARKS, "trace", "nine\n", "value is 5\n> mark"),
    ("[trace]\nmark size=9\n", "", MARKS, "trace", "mark size=9", "'mark' has no 'size'"),
    ("[trace]\nsys-enter\n", "", MARKS, "trace", "sys-enter", "no event 'sys-enter' among the 3"),
    ("[console]\nsaw $V\n[trace]\nmark value=$V\n", "saw 4", MARKS, "trace", "mark value=4",
     "mark"),
    ("[trace]\nsys-exit ret=$N\nmark value=$N+1\n", "", "sys-exit ret=-EFAULT\nmark value=3",
     "trace", "mark value=-EFAULT+1", "value is 3"),
    # never
    ("[never]\nmark id=2 -- never two\n", "", MARKS, "never", "never two\nnever in the trace: mark",
     "> mark pid=1 cpu=0 id=2"),
    ("[never]\nconsole: *boom*\n", "a\nthe boom", "", "never", "never on the console: *boom*",
     "> the boom"),
    ("[never]\nmark id=2 between mark id=1 and mark id=3\n", "", MARKS, "never",
     "mark id=2 between mark id=1 and mark id=3", "> mark"),
    ("[never]\nmark id=3 between mark id=2 and mark id=9\n", "", MARKS, "never", "between", "id=3"),
    ("[order]\nmark id=1 value=$V\n[never]\nmark id=3 value=$V\n", "", MARKS, "never",
     "mark id=3 value=5", "> mark"),
    # count
    ("[count]\n4.. mark -- four\n", "", MARKS, "count", "four\nat least 4", "3; the last one is"),
    ("[count]\n..1 mark value=5\n", "", MARKS, "count", "0 to 1 in", "2; the first one too many"),
    ("[count]\n1 sys-exit\n", "", MARKS, "count", "exactly 1", "none\nno event 'sys-exit'"),
    ("[count]\n2 mark between mark id=1 and mark id=3\n", "", MARKS, "count", "exactly 2",
     "1; the"),
])
def test_bad(sections: str, console: str, trace: str, section: str, expected: str,
             got: str) -> None:
    found = judge(sections, console, trace).divergence
    assert found is not None
    assert found.section == section
    assert expected in found.expected
    assert got in found.got


def test_the_furthest_bindings_are_kept() -> None:
    result = judge("[console]\nfirst $A\nsecond $B\nthird\n", "first 1\nsecond 2")
    assert result.bindings == {"A": "1", "B": "2"}


def test_only_the_console_counts_for_an_oracle() -> None:
    spec = parse(HEAD + "[console]\nhi\n[trace]\nmark\n[never]\nmark\nconsole: bad\n",
                 Path("t.trace"), 0)
    assert match_console(spec, ["hi"]).divergence is None
    assert match_console(spec, ["hi", "bad"]).divergence is not None
    assert match_console(spec, []).divergence is not None


def test_an_endless_search_is_the_graders_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matcher, "STEP_LIMIT", 10_000)
    names = "ABCDEFGH"
    sections = "[order]\n" + "".join(f"mark id=${name}\n" for name in names) + "mark id=-1\n"
    with pytest.raises(HarnessError, match="too ambiguous"):
        judge(sections, "", "\n".join(f"mark id={i}" for i in range(40)))


def test_an_unbound_line_is_not_tried_twice() -> None:
    """Repeating a pattern that binds nothing costs no backtracking."""
    lines = "mark id=1\n" * 60
    assert judge("[order]\n" + "mark id=1\n" * 61, "", lines).divergence is not None


@pytest.mark.parametrize("left, right, equal", [
    ("16", "0x10", True), ("-1", "-1", True), ("a", "a", True), ("a", "b", False),
    ("1", "a", False), ("08", "8", True)])
def test_same_values(left: str, right: str, equal: bool) -> None:
    assert same(left, right) is equal


def test_a_word_can_be_compared_but_not_ordered() -> None:
    bindings = {"E": "-EFAULT"}
    value = Value(-14, "-EFAULT")
    assert Condition("ret=$E").match(value, bindings) == bindings
    assert Condition("ret!=$E").match(value, bindings) is None
    assert Condition("ret<$E").match(value, bindings) is None
    assert Condition("ret!=$E").match(Value(0, "0"), bindings) == bindings
    assert Condition("ret!=-E*").match(Value(0, "0"), {}) == {}


def test_a_pattern_is_shown_with_its_values() -> None:
    pattern = EventPattern("pte-set va=$A+0x1000  new=$F:rw-* pid=$P")
    assert pattern.show({"A": "0x1000", "F": "0x7"}) == "pte-set va=0x2000 new=0x7:rw-* pid=$P"
    assert Template("a $B").show({"B": "2"}) == "a 2"


# The console

KERNEL = "[    0.000001] up"


@pytest.mark.parametrize("data, user, kernel", [
    ("", [], []),
    ("a\r\nb\r\n", ["a", "b"], []),
    ("a\r\n" + KERNEL + "\r\nb", ["a", "b"], ["up"]),
    ("ab\r\n[    0.000002+] x\r\ncd\r\n", ["abcd"], ["x"]),
    ("ab\r\n[    0.000002+] x\r\n[    0.000003] y\r\ncd\r\n", ["abcd"], ["x", "y"]),
    ("a\r\n[ 0.000002+] x\r\nb\r\n[ 0.000003+] y\r\nc\r\n", ["abc"], ["x", "y"]),
    ("[    0.000002+] x\r\nb\r\n", ["b"], ["x"]),
    ("ab\r\n[    0.000002+] x\r\n", ["ab"], ["x"]),
    ("\r\na\r\n\r\nb\r\n", ["", "a", "", "b"], []),
    ("a\rb\r\n", ["a\rb"], []),
    (" [    0.000001] not the kernel\r\n", [" [    0.000001] not the kernel"], []),
    ("[1.0] no\r\n", ["[1.0] no"], []),
])
def test_console_lines(data: str, user: List[str], kernel: List[str]) -> None:
    console = parse_console(data.encode())
    assert (console.user, console.kernel) == (user, kernel)


def test_console_survives_any_bytes() -> None:
    assert parse_console(bytes(range(256))).user


def test_the_last_kernel_line_of_a_kind() -> None:
    console = parse_console(b"[ 0.000001] exit: a\r\n[ 0.000002] exit: b\r\n")
    assert console.kernel_line("exit:") == "exit: b"
    assert console.kernel_line("panic:") == ""
