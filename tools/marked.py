# SPDX-License-Identifier: MIT
"""Reads source files that carry directives: which lines are the solution's, the skeleton's, both.

A directive is a comment of its own line, at any indent:

    //: solution
        ... lines of the solution
    //: skeleton
    //| a line of the skeleton
    //: end

The skeleton's part may be left out. `//: region NAME` ... `//: endregion` marks a passage that a
handout shows; a solution may lie within it.
"""

import re
from typing import Dict, List, NamedTuple, Optional

DIRECTIVE = re.compile(r"^(?P<indent>[ \t]*)//:[ \t]*(?P<word>\S*)[ \t]*(?P<rest>.*?)[ \t]*$")
SKELETON_LINE = re.compile(r"^[ \t]*//\|(?: (?P<text>.*)|)$")


class Malformed(Exception):
    """Directives that do not fit together; the text is "file:line: what is wrong"."""


class Line(NamedTuple):
    """One line that belongs to the solution, to the skeleton, or to both; never a directive."""

    number: int
    text: str
    in_solution: bool
    in_skeleton: bool


class Marked(NamedTuple):
    """A parsed file: its lines, and for each region the lines that lie in it."""

    lines: List[Line]
    regions: Dict[str, List[Line]]


class _Parser:
    """The state while a file is read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.result = Marked([], {})
        self.part: Optional[str] = None  # "solution", "skeleton", or None outside both
        self.part_line = 0
        self.indent = ""
        self.region: Optional[str] = None
        self.region_line = 0

    def fail(self, number: int, what: str) -> Malformed:
        return Malformed(f"{self.name}:{number}: {what}")

    def read(self, number: int, text: str) -> None:
        directive = DIRECTIVE.match(text)
        if directive:
            self.directive(number, directive)
        elif self.part == "skeleton":
            line = SKELETON_LINE.match(text)
            if not line:
                raise self.fail(number, "between '//: skeleton' and '//: end' each line must "
                                        "begin with '//| '")
            inner = (line["text"] or "").rstrip()
            self.add(Line(number, self.indent + inner if inner else "", False, True))
        elif SKELETON_LINE.match(text):
            raise self.fail(number, "'//|' outside '//: skeleton' ... '//: end'")
        else:
            self.add(Line(number, text, True, self.part is None))

    def add(self, line: Line) -> None:
        self.result.lines.append(line)
        if self.region is not None:
            self.result.regions[self.region].append(line)

    def directive(self, number: int, match: "re.Match[str]") -> None:
        word, rest = match["word"], match["rest"]
        if rest and word != "region":
            raise self.fail(number, f"'//: {word}' takes nothing after it")
        if word == "solution":
            if self.part:
                raise self.fail(number, "'//: solution' within the one of line "
                                        f"{self.part_line}, which has no '//: end' yet")
            self.part, self.part_line = "solution", number
        elif word == "skeleton":
            if self.part != "solution":
                raise self.fail(number, "'//: skeleton' without a '//: solution' before it")
            self.part, self.indent = "skeleton", match["indent"]
        elif word == "end":
            if not self.part:
                raise self.fail(number, "'//: end' without a '//: solution' before it")
            self.part = None
        elif word == "region":
            self.open_region(number, rest)
        elif word == "endregion":
            if self.region is None:
                raise self.fail(number, "'//: endregion' without a '//: region' before it")
            if self.part and self.part_line > self.region_line:
                raise self.fail(number, "'//: endregion' before the '//: end' of line "
                                        f"{self.part_line}")
            self.region = None
        else:
            raise self.fail(number, f"'//: {word}' is unknown; known: solution, skeleton, end, "
                                    "region, endregion")

    def open_region(self, number: int, name: str) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
            raise self.fail(number, "'//: region' needs a name of letters, digits, '-' and '_'")
        if self.region is not None:
            raise self.fail(number, f"'//: region {name}' within region {self.region} of line "
                                    f"{self.region_line}")
        if self.part:
            raise self.fail(number, "a region may not begin within the solution of line "
                                    f"{self.part_line}")
        if name in self.result.regions:
            raise self.fail(number, f"there are two regions named {name}")
        self.region, self.region_line = name, number
        self.result.regions[name] = []

    def finish(self) -> Marked:
        if self.part:
            raise self.fail(self.part_line, "'//: solution' has no '//: end'")
        if self.region is not None:
            raise self.fail(self.region_line, f"'//: region {self.region}' has no "
                                              "'//: endregion'")
        return self.result


def parse(text: str, name: str) -> Marked:
    """Parses a file's text.

    Args:
        text: the whole file; "\\n" or "\\r\\n" ends a line.
        name: the file's name, for messages.

    Returns:
        The lines and the regions.

    Raises:
        Malformed: the directives do not fit together.
    """
    parser = _Parser(name)
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    for number, line in enumerate(lines, 1):
        parser.read(number, line)
    return parser.finish()


def skeleton(marked: Marked) -> str:
    """The text that a student is given.

    Args:
        marked: a parsed file.

    Returns:
        The skeleton's lines. Blank lines that meet because what stood between them is gone
        become one.
    """
    result: List[str] = []
    previous = 0
    for line in marked.lines:
        if not line.in_skeleton:
            continue
        gap = line.number != previous + 1
        previous = line.number
        if gap and not line.text.strip() and (not result or not result[-1].strip()):
            continue
        result.append(line.text)
    return "".join(text + "\n" for text in result)


def solution_text(lines: List[Line]) -> List[str]:
    """The lines of the solution among some lines, without directives and the skeleton's lines."""
    return [line.text for line in lines if line.in_solution]
