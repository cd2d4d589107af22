# SPDX-License-Identifier: MIT
"""`make replay`: a failed test is run again, as it was, to any moment of it."""
from __future__ import annotations

import contextlib
import json
import random
import re
import shlex
import shutil
from pathlib import Path
from typing import Any, Dict, List

import copies
import pytest
from kernels import ROOT, make
from replays import Planted, plant, replay

from grade.errors import SetupError
from grade.failed import Keep
from grade.qmp import Qmp
from grade.rerun import ATTEMPTS, Rerun

pytestmark = pytest.mark.skipif(
    not (shutil.which("gdb") or shutil.which("gdb-multiarch")),
    reason="needs gdb, which `make doctor` installs")

STEPS = 50
RUNS = 100          # of each way to move, for each mistake, in the long test
LATE_STOPS = ATTEMPTS + 2
MOVE_LIMIT_S = 60.0     # on a host that has much else to do
# A mistake; what leads from the first stop to it: nothing if it, or the trap it causes, is there.
MISTAKES: List[Any] = [
    (0, "crash", ""),
    (0, "creates-tables", ""),
    (2, "child-writable", "!goto {number('pte-set .*:rw.u')}"),
    (2, "counted-twice", "!last-write {count_address('pte-set .* new=0x.*:r--u')} 4"),
]
MORE: List[Any] = [
    (0, "loop", ""),
    (2, "eager", "!goto {number('pte-set .*va=0x200000 ')}"),
    (2, "neighbour-copied", ""),
    (2, "copy-read-only", "!goto {number('pte-set .*va=0x200000 ')}"),
    (2, "copy-without-user", "!goto {number('pte-set .*va=0x200000 ')}"),
    (2, "copy-executable", ""),
]


def moves(lead: str) -> List[str]:
    """Lines for GDB: the first stop, back from it and forth, to an event, and to the mistake, from
    two sides."""
    there = [lead] if lead else []
    return ["=stack()", "=registers()", "why", "#back", f"rewind {STEPS}", "=registers()",
            "#forth", f"stepi {STEPS}", "=registers()",
            "#there", *there, "=stack()", "=registers()",
            "#goto", "goto 1", "=numbered(1)", "trace 1", "goto 1000000", "=numbered(1)",
            "#end", "delete", "continue", "continue", "rewind 1", "=registers()",
            "#again", *([lead] if lead else ["goto 0"]), "=registers()"]


def check_beginning(planted: Planted, said: str) -> None:
    """Checks what is said at the first stop: what the test said, and where this is."""
    left = planted.left
    assert said.startswith(f"{left.test}: {left.title}; running it again ...\n"), said
    flat = " ".join(said.split())
    for key in ("expected", "got", "cause"):
        assert f"{key}: {' '.join(left.failure[key].splitlines()[0].split())}" in flat, said
    assert "another run than the one" not in said
    assert re.search(r"^Stopped .*:\n\[\d+ instructions from the start.*\]\n#\d+ ",
                     re.sub("\n +", " ", said), re.MULTILINE), said


@pytest.mark.parametrize(("lab", "name", "lead"), MISTAKES)
def test_it_lands_on_the_mistake(tmp_path: Path, lab: int, name: str, lead: str) -> None:
    planted = plant(tmp_path / "kept", lab, name)
    seen, said = replay(tmp_path, tmp_path / "kept", planted.left, moves(lead))
    check_beginning(planted, said)
    there = seen["there"]
    assert planted.holds(there["=stack()"]), there
    if planted.left.verdict == "panic":
        why = " ".join(seen[""]["why"].split())
        assert "the machine is at its end: panic: page fault in the kernel: read at 0x10" in why
        assert "usually: a pointer is NULL" in why and "look at: sys_pages_present in" in why
    assert seen["forth"]["=registers()"] == seen[""]["=registers()"]
    assert seen["back"]["=registers()"]["rip"] != seen[""]["=registers()"]["rip"]
    assert seen["back"][f"rewind {STEPS}"].startswith(f"{STEPS} instructions back\n[")
    assert seen["goto"]["=numbered(1)"][0].startswith("1 ")
    assert re.match(r" *1 +\d+ \S+ pid=", seen["goto"]["trace 1"])
    assert "there is no event 1000000" in seen["goto"]["goto 1000000"]
    assert seen["end"]["rewind 1"].startswith("1 instruction back\n")
    if lead:
        assert seen["again"]["=registers()"] == there["=registers()"]


def test_several_processors(tmp_path: Path) -> None:
    """An event is reached exactly, the others as the help says."""
    planted = plant(tmp_path / "kept", 2, "put-in-two-steps")
    chosen = [3, 60, 150, 3]
    lines = ["=stack()", "=numbered(1000)"]
    for place, number in enumerate(chosen):
        lines += [f"#{place}", f"goto {number}", "=numbered(1000)", "=registers()"]
    lines += ["#back", "rewind 100000", "=numbered(1)", "#write", "goto 100",
              "last-write &trace_ring.head", "=stack()", "#end", "continue", "rewind 1"]
    seen, said = replay(tmp_path, tmp_path / "kept", planted.left, lines)
    check_beginning(planted, said)
    assert planted.left.cpus == 4 and planted.left.seed == 1
    # Two processors have met: in which way that ends is chance, but it is the same each time.
    ends = {"panic": "panic", "audit": "machine_exit"}
    assert seen[""]["=stack()"][0][0] == ends[planted.left.verdict]
    for place, number in enumerate(chosen):
        section = seen[str(place)]
        events = section["=numbered(1000)"]
        assert events[:number + 1] == seen[""]["=numbered(1000)"][:number + 1]
        # Other processors may have recorded theirs while this one was about to.
        cpu = re.search(r" cpu=\d", events[number])
        assert events[number].startswith(f"{number} ") and cpu
        assert not [event for event in events[number + 1:] if cpu[0] in event], section
    assert seen["0"]["=registers()"] == seen["3"]["=registers()"]
    assert int(seen["back"]["rewind 100000"].split()[0]) >= 100000
    assert seen["write"]["=stack()"][0][0] == "trace_record"
    assert "stored by trace_record+" in seen["write"]["last-write &trace_ring.head"]


def test_a_busy_host_stops_the_machine_late(tmp_path: Path, monkeypatch: Any) -> None:
    """Before an event of several processors the machine is stopped from outside. Too late is seen
    at once, and it begins anew, as often as needed."""
    rerun = Rerun(plant(tmp_path / "kept", 2, "put-in-two-steps").left)
    ask, stops = Qmp.ask, 0

    def late(qmp: Qmp, command: str, *rest: Any, **more: Any) -> Any:
        nonlocal stops
        stops += command == "stop"
        if command == "stop" and stops <= LATE_STOPS:
            while not (qmp.shutdown_reason or qmp.closed):  # until the test has ended
                qmp.receive()
        return ask(qmp, command, *rest, **more)

    with contextlib.closing(rerun):
        rerun.first()
        monkeypatch.setattr(Qmp, "ask", late)
        assert rerun.to_event(3).events == 4
    assert stops > LATE_STOPS > ATTEMPTS


def test_what_is_left(tmp_path: Path) -> None:
    """It is what ran, whatever is built or edited later; and gone after a pass."""
    planted = plant(tmp_path / "kept", 0, "off-by-one")
    left = planted.left
    folder = left.folder
    assert sorted(path.name for path in folder.iterdir()) == [
        "initrd.cpio", "labs", "left.json", "tine.elf"]
    assert (folder / "labs/0-start/pages.c").read_bytes() == \
        (ROOT / "labs/0-start/pages.c").read_bytes()
    words = json.loads((folder / "left.json").read_text(encoding="utf-8"))
    assert words["append"] == "init=/tests/lab0/fresh trace=sys,mark budget=200"
    assert words["where"]["kind"] == "event" and "sys-exit" in words["where"]["text"]
    keep = Keep(ROOT, tmp_path / "kept")
    assert keep.find(0, "fresh") == left
    for test, seed in (("lazy", 0), ("fresh", 3)):
        with pytest.raises(SetupError, match="has left nothing to replay"):
            keep.find(0, test, seed)
    keep.leave(left, left.kernel, left.initrd)      # once more, from itself
    assert keep.find(0, "fresh") == left
    assert [path.name for path in folder.parent.iterdir()] == ["fresh"]
    (folder / "left.json").write_text("{}", encoding="utf-8")
    assert keep.all(0) == []
    keep.forget(0, "fresh", 0)
    assert list(folder.parent.iterdir()) == []


def test_no_room(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A disk that is full costs no score."""
    (tmp_path / "kept").write_text("a file where a folder should be", encoding="utf-8")
    planted_left = plant(tmp_path / "other", 0, "off-by-one").left
    Keep(ROOT, tmp_path / "kept").leave(planted_left, planted_left.kernel, planted_left.initrd)
    assert "grade: warning: fresh cannot be kept for `make replay`: " in capsys.readouterr().err


def test_the_handout(tmp_path: Path) -> None:
    """Follows the handout about GDB; what is edited meanwhile does not matter."""
    folder = copies.working_copy(tmp_path / "my tine")
    copies.give_built(folder, 0)
    page = (ROOT / "handouts/gdb.md").read_text(encoding="utf-8").partition("## Back in time")[2]
    typed, shown, script = (
        body.splitlines() for body in re.findall(r"^```\w+\n(.*?)^```$", page, re.M | re.S)[:3])
    source = folder / "labs/0-start/pages.c"
    right = (ROOT / "solutions/0-start/pages.c").read_text(encoding="utf-8")
    source.write_text(right.replace("pte_present(*it", "pte_user(*it"), encoding="utf-8")
    grade, again = ([*line.split()[1:]] for line in typed)
    result = make(*grade, folder=folder)
    assert result.stdout.splitlines()[-1] == f"replay: {typed[1]}", result.stdout + result.stderr

    source.write_text(right, encoding="utf-8")
    arguments = "-batch " + " ".join(f"-ex {shlex.quote(line)}" for line in script)
    result = make(*again, folder=folder, TINE_GDB_ARGS=arguments)
    said = result.stdout
    # The kernel's sources here are copies, made after what was built from them.
    assert result.stderr.replace("warning: Source file is more recent than executable.\n", "") == ""
    for line in shown:
        assert line in " ".join(said.split()), said
    assert re.search(r"^ +19 +\d+ sys-enter .* nr=pages_present ", said, re.MULTILINE), said
    assert re.search(r"^ +20 +\d+ sys-exit .* nr=pages_present ret=5$", said, re.MULTILINE), said
    for number in range(14, 18):
        assert re.search(rf"^ +{number} +\d+ pte-set .*:protnone$", said, re.MULTILINE), said
    assert "behind event 19: sys-enter pid=1 cpu=0 nr=pages_present" in said
    assert re.search(r"^Breakpoint 1, .*sys_pages_present .*labs/0-start/pages\.c:", said, re.M)
    assert "stored by syscall_entry" in said and "1000 instructions back" in said, said

    assert make(*grade, folder=folder).stdout.startswith("pass")
    assert list((folder / "build/failed/lab0").iterdir()) == []
    assert "none has left nothing to replay" in make(*again, folder=folder).stderr


def test_nothing_left() -> None:
    result = make("replay", "LAB=0", "TEST=lazy", "SEED=77")
    assert result.returncode == 2
    assert "lazy has left nothing to replay: it has not failed, or not lately; `make grade LAB=0 " \
        "TEST=lazy SEED=77` runs it" in result.stderr


@pytest.mark.full
@pytest.mark.parametrize(("lab", "name", "lead"), MISTAKES + MORE)
def test_often(tmp_path: Path, lab: int, name: str, lead: str) -> None:
    """Each way to move, a hundred times: none hangs, each lands where it should."""
    planted = plant(tmp_path / "kept", lab, name)
    longest = often(tmp_path, planted, lead, RUNS)
    print(f"\n{planted.name:24}" + "".join(f" {way} {seconds:5.2f} s"
                                           for way, seconds in longest.items()))
    assert max(longest.values()) < MOVE_LIMIT_S


def often(folder: Path, planted: Planted, lead: str, runs: int) -> Dict[str, float]:
    """Moves about in a failed test.

    Args:
        folder: for scratch files; lead: as in MISTAKES; runs: how often each way.

    Returns:
        The longest time that each way to move has taken, in seconds.
    """
    dice = random.Random(planted.name)
    there = [*([lead] if lead else []), "=stack()", "=position()"]
    trips = [f"=round_trip({dice.random()}, {dice.choice((1, 7, 60))})" for _ in range(runs)]
    lines = ["=remember()", "#mistake", *there]
    for place, trip in enumerate(trips):
        lines += [f"#{place}", trip]
    seen, _ = replay(folder, folder / "kept", planted.left, [
        *lines, "#again", "!goto {totals[0] - 1}", *there],
        3 * MOVE_LIMIT_S + 10.0 * runs)
    assert planted.holds(seen["mistake"]["=stack()"])
    longest = {"goto": 0.0, "rewind": 0.0, "last-write": 0.0}
    for place, trip in enumerate(trips):
        found = seen[str(place)][trip]
        assert found["at"][0].startswith(f"{found['event']} "), found
        assert found["before"] == found["after"] != found["rewound"], found
        assert found["stack"][0][0] == "trace_record", found
        for way in longest:
            longest[way] = max(longest[way], found[way][1])
    if lead:
        assert seen["again"]["=position()"] == seen["mistake"]["=position()"]
    return longest
