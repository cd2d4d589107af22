# SPDX-License-Identifier: MIT
"""The guided tours: what they tell is true, they find where a kernel differs, and they wait."""
from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Tuple

import pexpect
import pytest
from gdb_session import left_over
from kernels import ROOT, Run, boot, kernel, make

from grade import mutants, tours
from grade.errors import SetupError
from grade.events import PTE_FRAME, Event
from grade.outside import Tables, replay

pytestmark = pytest.mark.skipif(
    not (shutil.which("gdb") or shutil.which("gdb-multiarch")),
    reason="needs gdb, which `make doctor` installs")

WIDTH = 100
PATIENCE_S = 120
HIGHEST = "4"       # one kernel for all tours
MARK = "TINE_TEST_TOUR"
PAGE = ROOT / "handouts/tours.md"


def walk(name: str, *options: str) -> Tuple[int, str]:
    """Goes through a tour without waiting. Returns its exit status, and all that it printed."""
    kernel(f"LAB={HIGHEST}", f"SOLVED={HIGHEST}")   # so that no two tests build it at once
    mark = str(uuid.uuid4())
    result = subprocess.run(
        [sys.executable, "-m", "grade", "tour", name, "--lab", HIGHEST, "--batch", *options],
        cwd=ROOT, env={**os.environ, MARK: mark}, stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE_S, check=False)
    assert not left_over(mark)
    assert "Traceback" not in result.stdout and "a mistake in" not in result.stdout, result.stdout
    for line in result.stdout.splitlines():
        assert len(line) <= WIDTH, line
    return result.returncode, result.stdout


def flat(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


class Truth:
    """What the same program does when nobody looks: the trace of a boot without GDB."""

    def __init__(self, run: Run) -> None:
        assert run.dropped == 0
        self.run = run
        self.events = run.events

    def all(self, name: str, **fields: object) -> List[Event]:
        """The events of a name whose fields have these values, as numbers or as texts."""
        found = []
        for event in self.events:
            values = {key: event.field(key) for key in fields}
            if event.name == name and all(
                    value and fields[key] in (value.number, value.text)
                    for key, value in values.items()):
                found.append(event)
        return found

    def one(self, name: str, index: int = 0, **fields: object) -> Event:
        """One of them."""
        return self.all(name, **fields)[index]

    def before(self, event: Event) -> List[Event]:
        """What has happened before an event."""
        return self.events[:next(i for i, one in enumerate(self.events) if one is event)]

    def tables(self, event: Event) -> Tables:
        """The page tables as they are then."""
        return replay(self.before(event))

    def claims(self, frame: int, event: Event) -> int:
        """How many entries name a frame then."""
        return sum((entry & PTE_FRAME) >> 12 == frame for entry in self.tables(event).values())

    def user_frames(self, event: Event) -> int:
        """How many frames of user memory there are then."""
        before = Truth(Run(0, self.run.console, b"", 0, self.before(event)))
        return len(before.all("frame-alloc", kind="user")) - \
            len(before.all("frame-free", kind="user"))

    def said(self, pattern: str) -> List[str]:
        """What the first line of the console that matches has in its groups."""
        found = next(filter(None, (re.search(pattern, line) for line in self.run.console.user)))
        return list(found.groups())

    def page_and_frame(self) -> Tuple[int, str]:
        """What the test `outside` says of its page before it forks."""
        page, = self.said(r"the page at 0x(\w+)")
        frame, = self.said(r"before: frame (0x\w+)")
        return int(page, 16), frame


def number(event: Event, key: str) -> int:
    """A field of an event, as a number."""
    value = event.field(key)
    assert value
    return value.number


def frame_in(event: Event, key: str) -> int:
    """The frame that an entry in an event names."""
    return (number(event, key) & PTE_FRAME) >> 12


# For each tour: what it has to say, by a boot that it had no part in.

def cow_fault(truth: Truth) -> List[str]:
    page, old = truth.page_and_frame()
    copied = truth.said(r"the child has written: it has frame (0x\w+), the parent (0x\w+)")
    assert copied[1] == old
    fault = truth.one("trap", pid=2, addr=page)
    stored = truth.one("pte-set", pid=2, va=page, old=f"{old}:r--u")
    assert hex(frame_in(stored, "new")) == copied[0]
    pc, claims = number(fault, "pc"), truth.claims(int(old, 16), fault)
    assert claims == 2 and truth.claims(int(old, 16), truth.one("stop", pid=2, id=3)) == 1
    return [f"one page of its own, at {page:#x}", f"to frame {old}, and the last one lets the",
            f"Both name frame {old}, both say r--u, and the count is {claims}",
            f"write at {page:#x} by pid 2 (outside), in user mode at {pc:#x}",
            f"Its rip, {pc:#x}, is the store itself", f"With {claims} claims to the frame",
            f"A fresh frame, {copied[0]}, gets the bytes of frame {old}",
            f"bits = {number(stored, 'new'):#x}", f"The child has frame {copied[0]} for itself",
            f"still names frame {old}, read-only, though its count is 1 now",
            f"{page:#x}: 112 'p'", f"It is told {copied[0]}, was told {old} before",
            "'c' in the child and 'p' in the parent"]


def sole_owner(truth: Truth) -> List[str]:
    page, old = truth.page_and_frame()
    assert truth.said(r"the parent has written: it has frame (0x\w+)") == [old]
    fault = truth.one("trap", 1, pid=1, addr=page)      # the first has filled the page
    frames, claims = truth.user_frames(fault), truth.claims(int(old, 16), fault)
    assert claims == 1 and number(fault, "code") & 1
    pc = number(fault, "pc")
    return [f"The page at {page:#x} is the parent's alone: frame {old}, rw-u, count 1",
            "both have r--u, and the count is 2", f"Frame {old} has one claim again",
            f"write at {page:#x} by pid 1 (outside), in user mode at {pc:#x}",
            f"frame {old}, count {claims}", f"There are {frames} frames of user memory",
            f"The same frame, {old}, with the right to write: rw-u. There are {frames} frames",
            f"pte-set pid=1 cpu=0 va={page:#x} old={old}:r--u new={old}:rw-u",
            "'q' here, 'c' there"]


def kernel_write(truth: Truth) -> List[str]:
    call = truth.one("sys-enter", nr="pread64", pid=2)
    buffer = number(call, "a1")
    second = (buffer | 4095) + 1
    ended = truth.one("sys-exit", nr="pread64", pid=2)
    faults = [event for event in truth.all("trap", pid=2, vec="PF")
              if buffer <= number(event, "addr") < buffer + 100]
    assert [number(event, "addr") for event in faults] == [buffer, second]
    assert all(number(event, "code") == 3 for event in faults)      # a write, by the kernel
    first = truth.one("pte-set", pid=1, va=second - 4096)   # by the parent, who has filled it
    old = frame_in(first, "new")
    new, = [frame_in(event, "new") for event in truth.all("pte-set", pid=2, va=second - 4096)
            if event.args["old"].text == f"{old:#x}:r--u"][:1]
    assert truth.claims(old, faults[0]) == 2
    return [f"buf={buffer:#x}, count=100", f"The buffer begins at {buffer:#x}, 50 bytes",
            f"write at {buffer:#x} by pid 2 (kernel), by the kernel in a user copy",
            "kernel mode, by exception 14 (PF), error code 0x3",
            f"The child has frame {new:#x}, the parent keeps {old:#x}",
            f"write at {second:#x} by pid 2 (kernel), by the kernel in a user copy",
            f"come to {second:#x}", "'f' in the child, 'p' in the parent",
            f"= {number(ended, 'ret')}", f"{number(ended, 'ret')} bytes, as if nothing"]


def syscall(truth: Truth) -> List[str]:
    ended = truth.one("sys-exit", nr="pages_present")
    pages = number(ended, "ret")
    stack = truth.one("user-enter", pid=1)
    assert pages == number(truth.one("mark", id=1), "value") == len(truth.tables(ended))
    return [f"the page table of pid 1 maps {pages} pages", f"rax holds {pages};",
            f"rax {pages:016x}", "rax 0000000000001001", "print $cs & 3 $1 = 3",
            f"sys-exit pid=1 cpu=0 nr=pages_present ret={pages}",
            f"print/x $rsp $2 = {number(stack, 'sp') >> 12:#x}"]


def page_walk(truth: Truth) -> List[str]:
    va = number(truth.one("sys-exit", nr="mmap"), "ret") % (1 << 64)
    before, mapped, touched = (number(truth.one("mark", id=i), "value") for i in (1, 2, 3))
    assert before == mapped and touched == before + 8
    first = truth.one("pte-set", va=va, old="none")
    frame, root = frame_in(first, "new"), number(first, "mm")
    indices = [va >> shift & 511 for shift in (39, 30, 21, 12)]
    return [f"The call has answered {va:#x}", f"{before} of its pages have a frame now",
            f"bits 47 to 39 are {indices[0]}, 38 to 30 are {indices[1]}, 29 to 21 are "
            f"{indices[2]}, 20 to 12 are {indices[3]}", f"cr3 {root:#x}",
            *[f"{name:4}[{index:3}]" for name, index in zip(("PML4", "PDPT", "PD", "PT"), indices)],
            f"x/gx {0xffff800000000000 + root + 8 * indices[0]:#x}",
            f": {number(first, 'new'):#018x}", f"frame {frame:#x}: user, count 1",
            f"has come to {va + 0x2000:#x}", f"{before} pages had a frame before",
            f"$1 = {touched}", f"{touched} entries name a frame"]


def fork(truth: Truth) -> List[str]:
    child = number(truth.one("task-new", pid=1), "child")
    returns = {event.pid: number(event, "ret") for event in truth.all("sys-exit", nr="fork")}
    assert returns[1] == child
    assert number(truth.one("mark", pid=child, id=1), "value") == 0
    assert number(truth.one("sys-exit", nr="getppid", pid=child), "ret") == 1
    begun = truth.one("user-enter", pid=child)
    pc, stack = number(begun, "pc"), number(begun, "sp")
    return [f"it will go on at {pc:#x}, with the stack at {stack:#x}",
            f"The new task has a pid, {child},", f"rip $5 = {pc:#x}", f"rsp $6 = {stack:#x}",
            f"print (long)$rax $8 = {child}",
            f"The first return: pid 1, user mode, {pc:#x}. rax is {child}.",
            f"The second return: pid {child}, the same instruction, the same stack pointer. rax is "
            "0.",
            f"pid {child} (returns), struct task", "family: child of pid 1 (returns)"]


def context_switch(truth: Truth) -> List[str]:
    child = number(truth.one("task-new", pid=1), "child")
    read = truth.one("sys-exit", nr="read", pid=1)
    enters = truth.one("sys-enter", nr="read", pid=1)
    write = truth.one("sys-enter", nr="write", pid=child)
    assert number(read, "ret") == number(enters, "a2") == number(write, "a2")
    between = truth.events[truth.events.index(enters):truth.events.index(read)]
    assert write in between     # the parent has slept meanwhile
    begun = truth.one("user-enter", pid=child)
    return [f"fd={number(enters, 'a0')} (pipe", f"buf={number(enters, 'a1'):#x}, count=12",
            f"{child} 1 ready", "1 0 sleeping", "task_first_return in section .text",
            f"in user mode at {number(begun, 'pc'):#x}", "1 0 ready", "switch_away + ",
            f"It has read {number(read, 'ret')} bytes", f"* 1 0 running 5 returns {child} 1 "]


def exec_(truth: Truth) -> List[str]:
    event = truth.one("exec")
    entry, stack = number(event, "pc"), number(event, "sp")
    old, new = (number(one, "mm") for one in (
        truth.all("pte-set", pid=1)[-1], truth.all("pte-set", pid=event.pid)[-1]))
    childs = {number(one, "mm") for one in truth.before(event) if one.name == "pte-set"}
    assert new in childs and old in childs
    written = truth.one("sys-enter", nr="write", pid=event.pid)
    assert "another program, in the same process" in truth.run.console.user
    return [f"The new program will begin at {entry:#x}", f"to the table at {new:#x}",
            f"rip {entry:016x} rsp {stack:016x}", f"it begins at {entry:#x}, with the stack at "
            f"{stack:#x} and zeros", f"x/gx $rsp {stack:#x}: 0x0000000000000002",
            f'"{event.pid}"', f"count={number(written, 'a2')})",
            'execve(path="/tests/lab3/exec_runs.elf"']


def close_on_exec(truth: Truth) -> List[str]:
    first, second = truth.all("exec")
    given = [int(*re.findall(r"has (\d+) descriptors", line))
             for line in truth.run.console.user if "has" in line and "descriptors" in line]
    assert given == [3, 0]
    assert truth.run.console.user.count("  a stranger reads: the password") == 1
    # three standard streams, and the one that it was given
    return [f"Pid {first.pid} is about", f"{4 + given[0]} are left. Among them is /secret",
            f"Pid {second.pid} does the same", f"on purpose: {4 + given[1]} descriptors"]


Teller = Callable[[Truth], List[str]]
EXPECTED: Dict[str, Teller] = {
    "syscall": syscall, "page-walk": page_walk, "fork": fork, "context-switch": context_switch,
    "cow-fault": cow_fault, "sole-owner": sole_owner, "kernel-write": kernel_write,
    "exec": exec_, "close-on-exec": close_on_exec}


def shown_in_handout(first: str, output: str) -> None:
    """Checks that what the handout shows, in the block that begins so, is shown; but the prompt."""
    block = re.search(rf"^```text\n({re.escape(first)}.*?)^```$", PAGE.read_text(encoding="utf-8"),
                      re.MULTILINE | re.DOTALL)
    assert block
    for line in block[1].splitlines():
        assert line in output.splitlines() or re.fullmatch(r"tour \d/\d>", line), line


@pytest.mark.parametrize("name", EXPECTED)
def test_tour(name: str) -> None:
    """A tour on the solutions reaches its end, and what it says there is what really happens."""
    status, output = walk(name)
    assert status == 0, output
    tour = tours.load(ROOT, name)
    assert 5 <= len(tour.steps) <= 12 and 1 <= tour.minutes <= 5
    total = len(tour.steps)
    assert re.findall(r"^---- (\d+) of (\d+): (.*) ----$", output, re.MULTILINE) == [
        (str(i + 1), str(total), step.heading) for i, step in enumerate(tour.steps)]
    structures = r"= \{.*?\n\}|argv=\{.*?\}"
    assert "That was the tour." in output
    assert "{" not in re.sub(structures, "", output, flags=re.DOTALL)   # every fact has been told
    told = flat(output)
    image = kernel(f"LAB={HIGHEST}", f"SOLVED={HIGHEST}")
    for text in EXPECTED[name](Truth(boot(tour.boot, image))):
        assert flat(text) in told, f"not told: {text}\n{output}"
    if name == "cow-fault":
        shown_in_handout("---- 3 of 9", output)


def test_every_tour_is_tested() -> None:
    found = tours.load_all(ROOT)
    assert sorted(tour.name for tour in found) == sorted(EXPECTED)
    listed = make("tour").stdout
    for tour in found:
        assert re.search(rf"^  {tour.name} +lab {tour.lab}  {tour.minutes} minutes  "
                         rf"{re.escape(tour.title)}$", listed, re.MULTILINE), listed
        page, _, anchor = tour.handout.partition("#")
        text = (ROOT / page).read_text(encoding="utf-8")
        assert not anchor or f'<a id="{anchor}"></a>' in text, tour.handout
        assert f"`make tour TOUR={tour.name}`" in text, tour.handout
    assert [(name, int(lab)) for name, lab in re.findall(
        r"^\| `(\S+)` \| (\d) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)] == [
            (name, tours.load(ROOT, name).lab) for name in EXPECTED]


# Where a kernel differs. The first sentence that does not hold ends the tour: which tour, at which
# stop, and the sentence; * stands for anything.
DIFFERENCES = {
    "lab2/parent-writable": ("cow-fault", 2, "your parent's entry is still writable here"),
    "lab2/never-copies": ("cow-fault", 4, "cow_fault did not copy the frame, though there are two "
                          "claims to it*2 1 sleeping"),   # parent and child wait for each other
    "lab1/zero-returned-to-parent": ("fork", 3, "the child would get * from fork, and shall get 0"),
}
MORE = {
    "lab0/off-by-one": ("syscall", 6, "your function says 6, but the page table maps 5 pages"),
    "lab1/parents-trapframe": ("fork", 3, "child and parent have the same trapframe"),
    "lab2/child-writable": ("cow-fault", 2, "your child's entry is writable here"),
    "lab2/not-counted": ("cow-fault", 2, "two entries map frame 0x*, but its count is 1"),
    "lab2/copy-read-only": ("cow-fault", 7, "the child's entry still forbids the write"),
    "lab2/claim-kept": ("sole-owner", 3, "the child has left frame 0x*, but its count is 2: it "
                        "must give up its claim"),
    "lab2/owner-copies": ("sole-owner", 6, "the sole owner got frame 0x* for 0x*: right, but a "
                          "copy that nobody needed"),
    "lab2/given-write-protection-off": ("kernel-write", 1, "the kernel wrote to the buffer and did "
                                        "not fault"),
    "lab3/memory-before-it-is-full": ("exec", 4, "the stack is built in the memory that the task"),
    "lab3/not-activated": ("exec", 5, "the new page table is never made the processor's*why*"
                           "audit: "),
    "lab3/registers-stay": ("exec", 7, "a register of the old program is still in the trapframe"),
}
VARIANTS = {1: ("fork", "context-switch"), 2: ("cow-fault", "sole-owner", "kernel-write"),
            3: ("exec",)}


def slow(names: Iterable[str]) -> List[Any]:
    """Parameters of tests that run in make test-full alone."""
    return [pytest.param(name, marks=pytest.mark.full) for name in names]


@pytest.mark.parametrize("mutant", [*DIFFERENCES, *slow(MORE)])
def test_difference(mutant: str) -> None:
    name, step, sentence = {**DIFFERENCES, **MORE}[mutant]
    lab, _, file = mutant.partition("/")
    overlay = mutants.plant(ROOT, int(lab[3:]), ROOT / f"grade/mutants/{lab}/{file}.mutant")
    status, output = walk(name, "--overlay", str(overlay))
    assert status == 1, output
    heads = re.findall(r"^---- (\d+) of ", output, re.MULTILINE)
    assert heads == [str(i) for i in range(1, step + 1)], output
    difference = flat(output.partition("!!")[2])
    pattern = r"Here is the first difference: .*" + ".*".join(map(re.escape, sentence.split("*")))
    assert re.match(pattern, difference), output
    assert f"{tours.load(ROOT, name).handout} says what is expected." in difference
    if file == "parent-writable":
        shown_in_handout("!!", output)


@pytest.mark.parametrize("variant", slow(
    f"lab{lab}/{folder.name}" for lab in VARIANTS
    for folder in sorted((ROOT / f"grade/variants/lab{lab}").iterdir())))
def test_no_difference(variant: str) -> None:
    """Whoever solves a lab in another way is led to the end as well."""
    overlay = ROOT / "build/overlays" / f"tours-{variant.replace('/', '-')}"
    shutil.rmtree(overlay, ignore_errors=True)
    shutil.copytree(ROOT / "grade/variants" / variant, overlay)
    for name in VARIANTS[int(variant[3])]:
        status, output = walk(name, "--overlay", str(overlay.relative_to(ROOT)))
        assert status == 0, output


def test_not_written_yet() -> None:
    """A function that is still the skeleton is the first difference, in the kernel's words."""
    kernel(f"LAB={HIGHEST}", "SOLVED=1")
    result = make("tour", "TOUR=cow-fault", f"LAB={HIGHEST}", "SOLVED=1", "BATCH=1")
    assert result.returncode == 2, result.stdout
    said = flat(result.stdout)
    assert "the first difference: no child has come so far" in said, result.stdout
    assert "missing: mm_share is not written yet" in said, result.stdout


# The reader

def test_waiting() -> None:
    """Enter goes on, commands wander off, `tour` comes back, and so does `tour again`."""
    kernel(f"LAB={HIGHEST}", f"SOLVED={HIGHEST}")
    mark = str(uuid.uuid4())
    child = pexpect.spawn(
        sys.executable, ["-m", "grade", "tour", "sole-owner", "--lab", HIGHEST], cwd=str(ROOT),
        env={**os.environ, MARK: mark, "TERM": "dumb"}, encoding="utf-8", timeout=PATIENCE_S,
        echo=False, dimensions=(50, WIDTH))

    def typed(line: str, prompt: str) -> str:
        child.sendline(line)
        child.expect_exact(f"{prompt}> ")
        return str(child.before)

    try:
        child.expect_exact("tour 1/8> ")
        assert "Enter goes on" in child.before and "---- 1 of 8" in child.before
        assert "---- 2 of 8" in typed("", "tour 2/8")
        shown = typed("tour", "tour 2/8")
        assert "---- 2 of 8" in shown and "The tour" not in shown
        assert "running" in typed("ps", "tour 2/8")
        assert "= 2" in typed("print $child", "tour 2/8")
        assert "Undefined command" in typed("nonsense", "tour 2/8")
        typed("nexti", "tour 2/8")                              # off the path, ...
        assert "---- 3 of 8" in typed("", "tour 3/8")           # ... and back on it
        typed("break mm_fault", "tour 3/8")
        assert "still ahead" in typed("", "tour 3/8")           # a stop of the reader's own
        assert "---- 4 of 8" in typed("continue", "tour 4/8")   # on foot
        typed("kill", "tour 4/8")
        assert "gone past the next stop" in flat(typed("", "tour 4/8"))
        again = typed("tour again", "tour 4/8")                 # a new machine, the same place
        assert "---- 4 of 8" in again and "---- 3 of 8" not in again
        assert "---- 5 of 8" in typed("", "tour 5/8")
        child.sendline("quit")
        child.expect(pexpect.EOF)
        child.wait()
        assert child.exitstatus == 0
    finally:
        child.close(force=True)
    assert not left_over(mark)


# The text

HEAD = "title: t\nlab: 1\nminutes: 2\nboot: init=/x\nhandout: h\n"


def test_language() -> None:
    tour = tours.parse(Path("x/name.tour"), HEAD + """
Why, and
how.

## first
stop: here of 1
missed: never
  comes
let: a = pid

One
two.
look: ps
expect: same 1 2 -- no
Three.
""")
    assert (tour.name, tour.lab, tour.minutes, tour.intro) == ("name", 1, 2, ["Why, and how."])
    step, = tour.steps
    assert (step.heading, step.stop, step.missed) == ("first", "here of 1", "never comes")
    assert step.items == [("let", "a = pid"), ("say", "One two."), ("look", "ps"),
                          ("expect", "same 1 2 -- no"), ("say", "Three.")]


@pytest.mark.parametrize("text, words", [
    (HEAD.replace("lab: 1\n", ""), "needs lab"), (HEAD.replace("1", "one"), "needs numbers"),
    (HEAD + "\n## a\nlook: ps\n", "'a' needs one `stop:`"),
    (HEAD + "\n## a\nstop: b\nstop: c\n", "'a' needs one `stop:`")])
def test_language_errors(text: str, words: str) -> None:
    with pytest.raises(SetupError, match=words):
        tours.parse(Path("x/name.tour"), text)


def test_wrong_use() -> None:
    result = make("tour", "TOUR=nothing")
    assert result.returncode == 2 and "there is no tour 'nothing'; there are: " in result.stderr
    result = make("tour", "TOUR=exec", "LAB=2")
    assert result.returncode == 2 and "the tour exec needs lab 3" in result.stderr
