# SPDX-License-Identifier: MIT
"""Guided tours: what a file in gdb/tours/ says, and how a tour is booted.

A tour is a text. Its header, its introduction and its steps, each under a `##` heading, are read
here; gdb/tine/tour.py walks through them in GDB.
"""
from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from grade import boot
from grade.build import CompileError, build
from grade.errors import SetupError
from grade.machine import Config
from grade.words import EXIT_FULL, EXIT_HARNESS, EXIT_LOST

FOLDER = Path("gdb/tours")
SCRIPT = "gdb/tour.py"
HEADER = ("title", "lab", "minutes", "boot", "handout")
WORDS = ("stop", "let", "look", "expect", "missed")
MEMORY_MIB = 64
DONE, FAILED = 98, 99   # GDB's exit status at a tour's end; another one: it never came so far
AGAIN = 100             # + N is GDB's exit status when the tour shall begin anew, and go to step N

Item = Tuple[str, str]  # one of WORDS or `say`, and the text behind it


@dataclass(frozen=True)
class Step:
    """One stop of a tour: its heading, where to stop, what to say if that is never reached, and
    what to do there, in order."""

    heading: str
    stop: str
    missed: str
    items: List[Item]


@dataclass(frozen=True)
class Tour:
    """A tour as its file says it."""

    name: str
    title: str
    lab: int
    minutes: int
    boot: str
    handout: str
    intro: List[str]
    steps: List[Step] = field(default_factory=list)


def _items(lines: List[str]) -> List[Item]:
    """Returns a section's items: a paragraph is lines up to an empty one, or up to the next
    `WORD:`; what is said behind such a word goes on in lines that are indented."""
    items: List[Item] = []
    fresh = True
    for line in lines:
        word, colon, rest = line.partition(": ")
        if not line.strip():
            fresh = True
        elif colon and word in WORDS:
            items.append((word, rest.strip()))
            fresh = True
        elif line.startswith(" ") and items and items[-1][0] != "say":
            items[-1] = (items[-1][0], f"{items[-1][1]} {line.strip()}")
        elif fresh or not items or items[-1][0] != "say":
            items.append(("say", line.strip()))
            fresh = False
        else:
            items[-1] = ("say", f"{items[-1][1]} {line.strip()}")
    return items


def _step(path: Path, heading: str, lines: List[str]) -> Step:
    items = _items(lines)
    stops = [text for word, text in items if word == "stop"]
    missed = [text for word, text in items if word == "missed"]
    if len(stops) != 1 or len(missed) > 1:
        raise SetupError(f"{path}: '{heading}' needs one `stop:`, and at most one `missed:`")
    return Step(heading, stops[0], (missed or [""])[0],
                [item for item in items if item[0] not in ("stop", "missed")])


def parse(path: Path, text: str) -> Tour:
    """Returns the tour in a file. Raises SetupError, which names what is wrong."""
    lines = [line for line in text.splitlines() if not line.startswith("# ")]
    sections: List[Tuple[str, List[str]]] = [("", [])]
    for line in lines:
        if line.startswith("## "):
            sections.append((line[3:].strip(), []))
        else:
            sections[-1][1].append(line)
    head: Dict[str, str] = {}
    rest: List[str] = []
    for line in sections[0][1]:
        key, colon, value = line.partition(": ")
        if colon and key in HEADER and not rest:
            head[key] = value.strip()
        elif line.strip() or rest:
            rest.append(line)
    missing = [key for key in HEADER if key not in head]
    if missing or not head["lab"].isdigit() or not head["minutes"].isdigit():
        raise SetupError(f"{path}: the header needs {', '.join(missing or ['numbers'])}")
    intro = [text for _, text in _items(rest)]
    return Tour(path.stem, head["title"], int(head["lab"]), int(head["minutes"]), head["boot"],
                head["handout"], intro, [_step(path, *section) for section in sections[1:]])


def load(root: Path, name: str) -> Tour:
    """Returns the tour called `name`. Raises SetupError."""
    path = root / FOLDER / f"{name}.tour"
    if not path.is_file() or path.parent != root / FOLDER:
        known = ", ".join(tour.name for tour in load_all(root))
        raise SetupError(f"there is no tour '{name}'; there are: {known}")
    return parse(path, path.read_text(encoding="utf-8"))


def load_all(root: Path) -> List[Tour]:
    """Returns all tours, those of earlier labs first."""
    tours = [parse(path, path.read_text(encoding="utf-8"))
             for path in (root / FOLDER).glob("*.tour")]
    return sorted(tours, key=lambda tour: (tour.lab, tour.name))


def listing(root: Path) -> List[str]:
    """Returns the lines that tell which tours there are."""
    tours = load_all(root)
    width = max(len(tour.name) for tour in tours)
    return [f"  {tour.name:{width}}  lab {tour.lab}  {tour.minutes} minutes  {tour.title}"
            for tour in tours]


def run(root: Path, tour: Tour, lab: Optional[int], solved: Optional[str],
        overlay: Optional[Path], batch: bool) -> int:
    """Builds what the tour needs, boots it under GDB, and goes through it.

    Args:
        lab: build this one, not the tour's own; a later one. solved: labs up to this one from
            solutions/; default: all. overlay: a folder laid over the sources. batch: do not wait.

    Returns:
        The command's exit status; a reader may leave whenever he likes.
    """
    number = tour.lab if lab is None else lab
    if number < tour.lab:
        raise SetupError(f"the tour {tour.name} needs lab {tour.lab}")
    try:
        built = build(root, number, str(number) if solved is None else solved, overlay)
    except CompileError as error:
        raise SetupError(str(error))
    for file, why in built.uncompiled.items():
        print(f"{file} does not compile; its skeleton stands in for it:\n{why}")
    config = Config(built.kernel, built.initrd, tour.boot, MEMORY_MIB)
    arguments = f"{'-batch ' if batch else ''}-x {shlex.quote(str(root / SCRIPT))}"
    status = AGAIN + 1
    while status > AGAIN:
        os.environ.update(TINE_GDB_ARGS=arguments, TINE_TOUR=tour.name,
                          TINE_TOUR_STEP=str(status - AGAIN), TINE_TOUR_BATCH=str(int(batch)))
        status = boot.debug(boot.Options(config, root))
    if not batch or status == DONE:
        return EXIT_FULL
    return EXIT_LOST if status == FAILED else EXIT_HARNESS
