# SPDX-License-Identifier: MIT
"""Patterns of the trace language: one line of text, or one event. LANGUAGE.md describes them.

A match takes the bindings so far and returns the bindings after it, or None: nothing is changed
in place, so that the matcher can go back and try another event.
"""
from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import Dict, FrozenSet, List, Mapping, Optional, Tuple, Union

from grade.events import Event, Value

Bindings = Mapping[str, str]

VARIABLE = re.compile(r"\$([A-Za-z_]\w*)")
SUM = re.compile(r"\$([A-Za-z_]\w*)(?:([+-])(\d+|0x[0-9a-fA-F]+))?")
NUMBER = re.compile(r"-?(?:0x[0-9a-fA-F]+|\d+)")
CONDITION = re.compile(r"([a-z][\w-]*)(!=|<=|>=|=|<|>)(.+)")
BOUND_TEXT = r"-?\w+"       # what a variable inside a text may stand for
COMPARE = {"=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
           ">": operator.gt, ">=": operator.ge}


class PatternError(ValueError):
    """The text is not a pattern; the message says what was expected."""


def to_number(text: str) -> Optional[int]:
    """Returns the number a text is, decimal or 0x hexadecimal, or None."""
    return int(text, 0 if "x" in text else 10) if NUMBER.fullmatch(text) else None


def same(left: str, right: str) -> bool:
    """Whether two texts are the same value: 16 and 0x10 are."""
    if left == right:
        return True
    number = to_number(left)
    return number is not None and number == to_number(right)


def fill(text: str, bindings: Bindings) -> str:
    """Returns `text` with the bound variables replaced by their values."""
    return VARIABLE.sub(lambda found: bindings.get(found[1], found[0]), text)


class Template:
    """A text with `*` (anything) and `$NAME` (a word or number); a backslash quotes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._groups: List[str] = []
        self._regex = re.compile(self._translate(text))

    def _translate(self, text: str) -> str:
        """Returns the regular expression, with one group for each use of a variable."""
        out = ""
        at = 0
        while at < len(text):
            variable = VARIABLE.match(text, at)
            if variable:
                self._groups.append(variable[1])
                out += f"({BOUND_TEXT})"
                at = variable.end()
                continue
            if text[at] == "\\" and at + 1 < len(text):
                at += 1
                out += re.escape(text[at])
            else:
                out += ".*" if text[at] == "*" else re.escape(text[at])
            at += 1
        return out

    @property
    def variables(self) -> FrozenSet[str]:
        """The variables this text binds or compares."""
        return frozenset(self._groups)

    def show(self, bindings: Bindings) -> str:
        """Returns the text with the bound variables filled in."""
        return fill(self.text, bindings)

    def match(self, text: str, bindings: Bindings) -> Optional[Bindings]:
        """Matches the whole of `text`."""
        found = self._regex.fullmatch(text)
        if not found:
            return None
        result = dict(bindings)
        for name, value in zip(self._groups, found.groups()):
            if not same(result.setdefault(name, value), value):
                return None
        return result


@dataclass(frozen=True)
class Sum:
    """`$NAME`, `$NAME+8` or `$NAME-0x1000`."""

    name: str
    offset: int

    def number(self, bindings: Bindings) -> Optional[int]:
        """Returns its value, or None while the variable is no bound number."""
        base = to_number(bindings.get(self.name, ""))
        return None if base is None else base + self.offset


class Condition:
    """`KEY OP VALUE`: what one argument of an event must be. Raises PatternError."""

    def __init__(self, text: str) -> None:
        found = CONDITION.fullmatch(text)
        if not found:
            raise PatternError(f"expected KEY=VALUE (or != < <= > >=), found '{text}'")
        self.key, self.op, value = found.groups()
        self.operand: Union[int, Sum, Template]
        number, total = to_number(value), SUM.fullmatch(value)
        if number is not None:
            self.operand = number
        elif total:
            offset = int(total[3], 0) if total[3] else 0
            self.operand = Sum(total[1], -offset if total[2] == "-" else offset)
        elif self.op in ("=", "!="):
            self.operand = Template(value)
        else:
            raise PatternError(f"'{self.op}' needs a number or $NAME, found '{value}'")
        self.text = text

    @property
    def binds(self) -> FrozenSet[str]:
        """Variables this condition can bind."""
        if self.op != "=" or isinstance(self.operand, int):
            return frozenset()
        if isinstance(self.operand, Template):
            return self.operand.variables
        return frozenset() if self.operand.offset else frozenset([self.operand.name])

    @property
    def uses(self) -> FrozenSet[str]:
        """Variables this condition mentions."""
        if isinstance(self.operand, Sum):
            return frozenset([self.operand.name])
        return self.operand.variables if isinstance(self.operand, Template) else frozenset()

    def match(self, value: Value, bindings: Bindings) -> Optional[Bindings]:
        """Matches one argument's value."""
        operand = self.operand
        if isinstance(operand, Template):
            after = operand.match(value.text, bindings)
            return after if self.op == "=" else (bindings if after is None else None)
        if isinstance(operand, int):
            return bindings if COMPARE[self.op](value.number, operand) else None
        bound = bindings.get(operand.name)
        if bound is None:
            if self.op == "=" and not operand.offset:
                return {**bindings, operand.name: value.text}
            return None
        number = operand.number(bindings)
        if number is None:  # bound to a word: only (in)equality makes sense
            equal = bound == value.text and not operand.offset
            return bindings if self.op in ("=", "!=") and equal == (self.op == "=") else None
        return bindings if COMPARE[self.op](value.number, number) else None

    def show(self, bindings: Bindings) -> str:
        """Returns the condition with its variable filled in; a sum as its variable is written."""
        operand = self.operand
        number = operand.number(bindings) if isinstance(operand, Sum) and operand.offset else None
        if number is None or not isinstance(operand, Sum):
            return fill(self.text, bindings)
        written = hex(number) if bindings[operand.name].startswith("0x") else str(number)
        return f"{self.key}{self.op}{written}"


class EventPattern:
    """`NAME KEY=VALUE ...`: what one event must be. Raises PatternError."""

    def __init__(self, text: str) -> None:
        name, *conditions = text.split()
        if not re.fullmatch(r"[a-z*][a-z0-9*-]*", name):
            raise PatternError(f"expected the name of an event, found '{name}'")
        self.text = " ".join(text.split())
        self.name = name
        self._name = Template(name)
        self.conditions: Tuple[Condition, ...] = tuple(map(Condition, conditions))

    def named(self, event: Event) -> bool:
        """Whether the event has the right name."""
        return self._name.match(event.name, {}) is not None

    def match(self, event: Event, bindings: Bindings) -> Optional[Bindings]:
        """Matches one event."""
        if not self.named(event):
            return None
        after: Optional[Bindings] = bindings
        for condition in self.conditions:
            value = event.field(condition.key)
            after = condition.match(value, after) if value and after is not None else None
        return after

    def failing(self, event: Event, bindings: Bindings) -> List[Condition]:
        """Returns the conditions this event does not fulfil (none is skipped)."""
        failed: List[Condition] = []
        so_far: Dict[str, str] = dict(bindings)
        for condition in self.conditions:
            value = event.field(condition.key)
            after = condition.match(value, so_far) if value else None
            if after is None:
                failed.append(condition)
            else:
                so_far.update(after)
        return failed

    def show(self, bindings: Bindings) -> str:
        """Returns the pattern with the bound variables filled in, sums added up."""
        return " ".join([self.name, *(condition.show(bindings) for condition in self.conditions)])
