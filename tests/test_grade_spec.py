# SPDX-License-Identifier: MIT
"""The `.trace` parser: what it accepts, and how well it says what is wrong."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from grade.places import contract_of, owner, place_of
from grade.runner import labs, load_specs
from grade.spec import Spec, SpecError, parse

ROOT = Path(__file__).resolve().parent.parent
HEAD = "title: a test\npoints: 5\nhandout: h.md#x\nclasses: sys mark\n"


def read(text: str) -> Spec:
    """Parses a text as lab 3's test `name`."""
    return parse(text, Path("grade/lab3/name.trace"), 3)


def test_a_whole_file() -> None:
    spec = read(HEAD + """
# a comment
memory: 96
question: what is there before?
function: do_it
budget: 7
place: 2
stays: because

[console]
hello $WHO -- it greets
*
[order]
mark id=1 value=$N
mark id=2 value=$N+1    -- one more
[trace]
sys-enter nr=read
[never]
console: *panic*
mark id>=9 between sys-enter and sys-exit -- no mark inside
[count]
2..3 mark
..4 sys-exit
1.. mark
5 mark id=1
[hints]
console /a => b/ => because of $N
trace mark id=3 => three
verdict hang,crash => slow
always => something
""")
    assert (spec.name, spec.lab, spec.points, spec.memory, spec.budget) == ("name", 3, 5, 96, 7)
    assert spec.kernel_options() == "init=/tests/lab3/name trace=sys,mark budget=7"
    assert (spec.question, spec.function) == ("what is there before?", "do_it")
    assert [line.words for line in spec.console] == ["it greets", ""]
    assert spec.order[1].words == "one more"
    assert spec.never[0].console and spec.never[1].scoped and spec.never[1].scoped.first
    assert [(count.low, count.high) for count in spec.count] == [(2, 3), (0, 4), (1, None), (5, 5)]
    assert [count.range_text() for count in spec.count] \
        == ["2 to 3", "0 to 4", "at least 1", "exactly 5"]
    assert [hint.kind for hint in spec.hints] == ["console", "trace", "verdict", "always"]
    assert spec.hints[0].text == "because of $N"


def test_a_self_test_of_the_kernel() -> None:
    spec = read("title: t\npoints: 1\nhandout: h\nktest: frames\n[console]\n*\n")
    assert spec.kernel_options() == "ktest=frames trace=none budget=200"


def test_a_script_is_an_argument_of_init() -> None:
    spec = read(HEAD + "run: /tests/lab3/name.sh\n[console]\nx\n")
    spec.append = "fail=any:1"
    assert spec.is_script
    assert spec.kernel_options() == \
        "init=/init trace=sys,mark budget=200 fail=any:1 -- /tests/lab3/name.sh"


def test_seeds_are_boots_of_their_own() -> None:
    spec = read(HEAD + "cpus: 2\nseeds: 3\n[console]\nx\n")
    boots = spec.boots()
    assert (spec.cpus, [boot.seed for boot in boots]) == (2, [1, 2, 3])
    assert boots[2].kernel_options().endswith(" seed=3") and boots[2].boots() == [boots[2]]


@pytest.mark.parametrize("text, message", [
    ("title\n", r"name.trace:1: expected 'KEY: VALUE'.*found 'title'"),
    ("colour: red\n", r":1: expected 'KEY: VALUE' with a key of title"),
    ("title: a\ntitle: b\n", r":2: 'title' is given twice"),
    ("title:\n", r":1: 'title' has no value"),
    ("points: 3\nhandout: h\n[console]\nx\n", r"lacks 'title:'"),
    ("title: t\nhandout: h\n[console]\nx\n", r"lacks 'points:'"),
    ("title: t\npoints: 1\n[console]\nx\n", r"lacks 'handout:'"),
    (HEAD + "memory: much\n[console]\nx\n", r":5: 'memory' must be a number from 16 .* 'much'"),
    (HEAD + "seeds: 5\n[console]\nx\n", r":5: 'seeds' needs 'cpus: 2' or more"),
    (HEAD + "cpus: 9\n[console]\nx\n", r":5: 'cpus' must be a number from 1 to 8"),
    (HEAD + "budget: 0\n[console]\nx\n", r":5: 'budget' must be a number from 1"),
    (HEAD + "run: /x\nktest: y\n[console]\nx\n", r":6: 'run' and 'ktest' exclude"),
    (HEAD, r"demands nothing"),
    (HEAD + "[wishes]\n", r":5: unknown section '\[wishes\]'; expected one of \[console\]"),
    (HEAD + "[order\n", r":5: unknown section"),
    (HEAD + "[order]\n[order]\n", r":6: second section \[order\]; the first is at line 5"),
    (HEAD + "[order]\nmark id\n", r":6: expected KEY=VALUE .* found 'id'"),
    (HEAD + "[order]\nmark id<x\n", r":6: '<' needs a number or \$NAME, found 'x'"),
    (HEAD + "[order]\nMARK id=1\n", r":6: expected the name of an event, found 'MARK'"),
    (HEAD + "[order]\nmark id=$N+1\n", r":6: \$N is compared but nothing binds it"),
    (HEAD + "[trace]\nmark id>$N\n", r":6: \$N is compared but nothing binds it"),
    (HEAD + "[never]\nmark between mark\n", r":6: expected 'PATTERN between PATTERN and PATTERN'"),
    (HEAD + "[count]\nmark\n", r":6: expected N, N..M.* found 'mark'"),
    (HEAD + "[count]\n5..2 mark\n", r":6: the range 5..2 is empty"),
    (HEAD + "[count]\n.. mark\n", r":6: expected N, N..M"),
    (HEAD + "[count]\n3\n", r":6: expected an event pattern, found nothing"),
    (HEAD + "[hints]\nalways\n", r":6: expected 'CONDITION => text'"),
    (HEAD + "[hints]\nperhaps => x\n", r":6: expected a condition: .* found 'perhaps'"),
    (HEAD + "[hints]\nconsole hi => x\n", r":6: expected /REGULAR EXPRESSION/, found 'hi'"),
    (HEAD + "[hints]\ngot /(/ => x\n", r":6: bad regular expression"),
    (HEAD + "[hints]\nverdict sad => x\n", r":6: unknown verdict 'sad'; known: pass"),
    ("title: t\npoints: 1\nhandout: h\nclasses: sys dance\n[trace]\nmark\n",
     r":4: unknown class 'dance'; known: task, sys"),
    ("title: t\npoints: 1\nhandout: h\n[trace]\nmark\n", r":5: .* need 'classes:'"),
    ("title: t\npoints: 1\nhandout: h\nclasses: sys\n[trace]\noutside id=1\n",
     r":6: 'outside' needs the class mark"),
    (HEAD + "[trace]\n" + "mark\n" * 201, r"more than 200 patterns"),
    (HEAD + "question: Look at it\n[trace]\nmark\n", r":5: 'question' must end in a question mark"),
    (HEAD + "function: f()\n[trace]\nmark\n", r":5: 'function' must be the name of one, found"),
])
def test_each_mistake_is_named(text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        read(text)


@pytest.mark.parametrize("lab", labs(ROOT))
def test_the_labs_own_tests(lab: int) -> None:
    """Every test there is can be read, has points, and points at a heading that exists."""
    specs = load_specs(ROOT, lab)
    assert sum(spec.points for spec in specs) == 100
    questions = [spec.question for spec in specs]
    assert len(set(questions)) == len(questions), "a question asked twice"
    for spec in specs:
        assert spec.question, f"{spec.path}: the header lacks 'question:'"
        home = owner(ROOT, spec.function) if spec.function else None
        assert home and home.startswith("labs/"), \
            f"{spec.path}: 'function:' must name one that is defined in solutions/"
        assert place_of(ROOT, spec.function) and contract_of(ROOT, spec.function), spec.function
        file, _, anchor = spec.handout.partition("#")
        assert (ROOT / file).is_file(), f"{spec.path}: there is no {file}"
        text = (ROOT / file).read_text(encoding="utf-8")
        anchors = {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-")
                   for line in re.findall(r"^#+ (.*)$", text, re.M)}
        anchors |= set(re.findall(r'<a id="([^"]+)">', text))
        assert not anchor or anchor in anchors, f"{spec.path}: {file} has no place #{anchor}"
