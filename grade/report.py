# SPDX-License-Identifier: MIT
"""Shows a report: to a person on the terminal, as JSON, and as JUnit XML."""
from __future__ import annotations

import json
import os
import sys
import xml.etree.ElementTree as xml
from pathlib import Path
from typing import Any, Dict, List, Sequence, TextIO

from grade.runner import Report
from grade.verdict import FAILURE_FIELDS, Score

LABEL_WIDTH = 10
GREEN, RED, BOLD, DIM, PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[1m", "\x1b[2m", "\x1b[0m"
CLEAR_LINE = "\r\x1b[K"
# What XML 1.0 does not allow in a text, even quoted.
XML_FORBIDDEN = {code: "?" for code in [*range(0x20), 0xFFFE, 0xFFFF]
                 if code not in (0x09, 0x0A, 0x0D)}
# A program's output must not command the terminal.
CONTROL = {code: "?" for code in [*range(0x20), *range(0x7F, 0xA0)] if code not in (0x09, 0x0A)}


class Terminal:
    """Writes to a stream, in colour when that is a terminal and NO_COLOR is not set."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        self._colour = stream.isatty() and not os.environ.get("NO_COLOR")

    def paint(self, colour: str, text: str) -> str:
        """Returns a text in a colour, if there is colour."""
        return f"{colour}{text}{PLAIN}" if self._colour else text

    def line(self, text: str = "") -> None:
        """Writes one line at once, in place of a progress report."""
        start = CLEAR_LINE if self._colour else ""
        print(start + text, file=self._stream, flush=True)

    def progress(self, text: str) -> None:
        """Says to a person who waits what is going on; the next line replaces it."""
        if self._colour:
            self._stream.write(f"{text}\r")
            self._stream.flush()

    def remark(self, text: str) -> None:
        """Shows what may be worth knowing, whatever the score."""
        self.line(text.translate(CONTROL) + "\n")

    def score(self, score: Score, held_back: Sequence[str] = ()) -> None:
        """Shows one test: a line when it passed, else the five things to know as well, but for
        those held back."""
        points = f"{score.score:3}/{score.points}"
        if not score.failure:
            turns = f" ({score.alternations} turns)" if score.alternations else ""
            self.line(f"{self.paint(GREEN, 'pass')}     {points}  {score.name}: {score.title}"
                      + self.paint(DIM, turns))
            return
        self.line(f"{self.paint(RED, f'{score.verdict:8}')} {points}  "
                  + self.paint(BOLD, f"{score.name}: {score.title}"))
        for key in FAILURE_FIELDS:
            if key not in held_back:
                self.field(key, str(getattr(score.failure, key)))
        self.line()

    def field(self, key: str, text: str) -> None:
        """Shows one of the things to know, which may have several lines."""
        for i, part in enumerate(text.translate(CONTROL).split("\n")):
            label = f"{key + ':':{LABEL_WIDTH}}" if i == 0 else " " * LABEL_WIDTH
            self.line(f"    {self.paint(DIM, label)} {part}".rstrip())

    def summary(self, report: Report) -> None:
        """Shows the sum, and what to do next."""
        full = report.score == report.max
        total = f"lab {report.lab}: {report.score} of {report.max} points"
        failed = next((test for test in report.tests if test.failure), None)
        if failed and failed.failure:
            total += f"; next: {failed.failure.command}"
        self.line(self.paint(GREEN if full else BOLD, total))


def to_json(report: Report) -> Dict[str, Any]:
    """Returns the report as the JSON object README and tools rely on."""
    return {"lab": report.lab, "score": report.score, "max": report.max,
            "tests": [test.to_json() for test in report.tests]}


def write_json(report: Report, path: Path) -> None:
    """Writes the JSON report."""
    path.write_text(json.dumps(to_json(report), indent=2) + "\n", encoding="utf-8")


def write_junit(report: Report, path: Path) -> None:
    """Writes the report as JUnit XML, which CI systems show."""
    failures: List[Score] = [test for test in report.tests if test.failure]
    suite = xml.Element("testsuite", name=f"lab{report.lab}", tests=str(len(report.tests)),
                        failures=str(len([test for test in failures if test.verdict != "error"])),
                        errors=str(len([test for test in failures if test.verdict == "error"])))
    for test in report.tests:
        case = xml.SubElement(suite, "testcase", classname=f"lab{report.lab}", name=test.name)
        if test.failure:
            kind = "error" if test.verdict == "error" else "failure"
            node = xml.SubElement(case, kind, type=test.verdict, message=test.title)
            node.text = "\n".join(f"{key}: {getattr(test.failure, key)}"
                                  for key in FAILURE_FIELDS).translate(XML_FORBIDDEN)
    path.write_bytes(xml.tostring(suite, encoding="utf-8", xml_declaration=True) + b"\n")
