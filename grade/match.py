# SPDX-License-Identifier: MIT
"""The matcher: does what the machine said and did satisfy a spec, and if not, where first?

Pure functions of (spec, console lines, events). [console], [order] and [trace] are searched
together, going back where an earlier choice of event bound a variable wrongly; then [never] and
[count] are judged with the bindings of the first solution.
"""
from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Iterator, List, Optional, Sequence, Tuple, Union

from grade.errors import HarnessError
from grade.events import Event
from grade.pattern import Bindings, EventPattern, Template
from grade.spec import Count, Expect, Line, Never, Scoped, Spec

STEP_LIMIT = 2_000_000      # tests of one pattern against one line or event
NEAR = 0.5                  # how alike two lines must be to be shown as the nearest
NEIGHBOURS = 2              # lines shown before and after


@dataclass(frozen=True)
class Divergence:
    """The first demand that is not met: what was expected, what was there instead; `line` or
    `event`: the number of the line, or the event, that is shown for it."""

    section: str
    expected: str
    got: str
    line: Optional[int] = None
    event: Optional[int] = None


@dataclass(frozen=True)
class Result:
    """The first divergence, or None; and the variables as far as they were bound."""

    divergence: Optional[Divergence]
    bindings: Bindings


@dataclass(frozen=True)
class _Goal:
    """One demand of the search: `what` must match an item of its kind."""

    section: str
    what: Union[Line, Expect]


def match(spec: Spec, lines: Sequence[str], events: Sequence[Event]) -> Result:
    """Judges one test. Raises HarnessError when the patterns are too ambiguous to decide."""
    search = _Search(spec, lines, events)
    bindings = search.run()
    if bindings is None:
        return Result(search.divergence(), search.furthest_bindings)
    for demand in spec.never:
        found = _never(demand, lines, events, bindings)
        if found:
            return Result(found, bindings)
    for wanted in spec.count:
        found = _count(wanted, events, bindings)
        if found:
            return Result(found, bindings)
    return Result(None, bindings)


def match_console(spec: Spec, lines: Sequence[str]) -> Result:
    """Judges only what must and must not be on the console, as an oracle needs it."""
    only = Spec(spec.path, spec.name, spec.lab, console=spec.console,
                never=[demand for demand in spec.never if demand.console])
    return match(only, lines, [])


class _Search:
    """Depth-first over the demands, remembering how far it came."""

    def __init__(self, spec: Spec, lines: Sequence[str], events: Sequence[Event]) -> None:
        self._lines = [line.strip() for line in lines]
        self._events = events
        self._goals = [_Goal("console", line) for line in spec.console]
        self._goals += [_Goal("order", line) for line in spec.order]
        self._goals += [_Goal("trace", line) for line in spec.trace]
        self._steps = 0
        self._furthest = -1
        self._position = 0
        self.furthest_bindings: Bindings = {}

    def run(self) -> Optional[Bindings]:
        """Returns the bindings of the first solution, or None."""
        return self._solve(0, 0, {})

    def _solve(self, depth: int, position: int, bindings: Bindings) -> Optional[Bindings]:
        """Meets the goals from `depth` on, taking items of that section from `position` on."""
        if depth > self._furthest:
            self._furthest, self._position = depth, position
            self.furthest_bindings = bindings
        if depth == len(self._goals):
            return bindings
        goal = self._goals[depth]
        for index, after in self._candidates(goal, position, bindings):
            same_section = self._goals[min(depth + 1, len(self._goals) - 1)].section \
                == goal.section
            following = index + 1 if same_section and goal.section != "trace" else 0
            solution = self._solve(depth + 1, following, after)
            if solution is not None:
                return solution
            if after == bindings:
                return None  # a later item binds nothing else: it can only do worse
        return None

    def _candidates(self, goal: _Goal, position: int,
                    bindings: Bindings) -> Iterator[Tuple[int, Bindings]]:
        """Yields (index, bindings after it) of each item that matches the goal."""
        items: Sequence[object] = \
            self._lines if goal.section == "console" else self._events
        for index in range(position, len(items)):
            self._steps += 1
            if self._steps > STEP_LIMIT:
                raise HarnessError(f"the patterns are too ambiguous: undecided after {STEP_LIMIT} "
                                   "comparisons")
            item: object = items[index]
            after = goal.what.template.match(item, bindings) \
                if isinstance(goal.what, Line) and isinstance(item, str) \
                else goal.what.pattern.match(item, bindings) \
                if isinstance(goal.what, Expect) and isinstance(item, Event) else None
            if after is not None:
                yield index, after

    def divergence(self) -> Divergence:
        """Describes the demand at which the search came no further."""
        goal = self._goals[self._furthest]
        if isinstance(goal.what, Line):
            text = goal.what.template.show(self.furthest_bindings)
            expected = _sentence(goal.what.words, f"on the console: {text}")
            got, line = _near_line(text, self._lines, self._position)
            return Divergence("console", expected, got, line=line)
        pattern = goal.what.pattern
        expected = _sentence(goal.what.words,
                             f"in the trace: {pattern.show(self.furthest_bindings)}")
        got, event = _near_event(pattern, self._events, self._position, self.furthest_bindings)
        return Divergence(goal.section, expected, got, event=event)


def _sentence(words: str, exact: str) -> str:
    """Returns the expectation in words if it has any, with the exact pattern below."""
    return f"{words}\n{exact}" if words else exact


# What is shown instead of what was expected

def _near_line(text: str, lines: Sequence[str], position: int) -> Tuple[str, Optional[int]]:
    """Describes the line that comes closest to `text`, from `position` on; and its number."""
    if not lines:
        return "nothing on the console", None
    ratios = [(difflib.SequenceMatcher(None, text, line).ratio(), -index)
              for index, line in enumerate(lines) if index >= position]
    best, minus_index = max(ratios, default=(0.0, 0))
    if best >= NEAR:
        return _excerpt(lines, -minus_index), -minus_index
    said = "\n".join(f"  {line}" for line in lines[-NEIGHBOURS - 1:])
    return f"no such line; the console ends with\n{said}", None


def _near_event(pattern: EventPattern, events: Sequence[Event], position: int,
                bindings: Bindings) -> Tuple[str, Optional[int]]:
    """Describes the event that comes closest to the pattern, preferably from `position` on; and its
    number."""
    named = [index for index, event in enumerate(events) if pattern.named(event)]
    if not named:
        return f"no event '{pattern.name}' among the {len(events)} events of the trace", None
    early = [index for index in named
             if index < position and pattern.match(events[index], bindings) is not None]
    if early:
        return "it happened, but too early: before what had to come first\n" \
            + _excerpt(events, early[-1]), early[-1]
    later = [index for index in named if index >= position] or named
    best = min(later, key=lambda index: len(pattern.failing(events[index], bindings)))
    return _differences(pattern, events[best], bindings) + _excerpt(events, best), best


def _differences(pattern: EventPattern, event: Event, bindings: Bindings) -> str:
    """Returns a line that says which arguments of the event are not as they should be."""
    parts = []
    for condition in pattern.failing(event, bindings):
        value = event.field(condition.key)
        parts.append(f"{condition.key} is {value.text}" if value
                     else f"'{event.name}' has no '{condition.key}'")
    return ", ".join(parts) + "\n" if parts else ""


def _excerpt(items: Sequence[object], index: int) -> str:
    """Returns the item at `index`, marked, with a couple of neighbours."""
    first = max(0, index - NEIGHBOURS)
    return "\n".join(("> " if first + i == index else "  ") + str(item)
                     for i, item in enumerate(items[first:index + NEIGHBOURS + 1]))


# [never] and [count]

def _within(scoped: Scoped, events: Sequence[Event],
            bindings: Bindings) -> Iterator[Tuple[int, Bindings]]:
    """Yields (index, bindings) of the events that match in scope, each event once.

    A region opens at each event that matches `first` and closes at the next that matches `last`;
    one that is never closed reaches to the end.
    """
    if scoped.first is None or scoped.last is None:
        regions: List[Tuple[int, int, Bindings]] = [(0, len(events), bindings)]
    else:
        regions = []
        for start, event in enumerate(events):
            after = scoped.first.match(event, bindings)
            if after is not None:
                end = next((index for index in range(start + 1, len(events))
                            if scoped.last.match(events[index], after) is not None), len(events))
                regions.append((start + 1, end, after))
    seen = set()
    for start, end, inside in regions:
        for index in range(start, end):
            found = scoped.pattern.match(events[index], inside)
            if found is not None and index not in seen:
                seen.add(index)
                yield index, found


def _scope_text(scoped: Scoped, bindings: Bindings) -> str:
    """Returns a scoped pattern as it is written, with the bound variables filled in."""
    text = scoped.pattern.show(bindings)
    if scoped.first and scoped.last:
        text += f" between {scoped.first.show(bindings)} and {scoped.last.show(bindings)}"
    return text


def _never(demand: Never, lines: Sequence[str], events: Sequence[Event],
           bindings: Bindings) -> Optional[Divergence]:
    """Returns what happened although it must not."""
    if demand.console:
        template: Template = demand.console
        for index, line in enumerate(lines):
            if template.match(line.strip(), bindings) is not None:
                expected = f"never on the console: {template.show(bindings)}"
                return Divergence("never", _sentence(demand.words, expected),
                                  _excerpt(lines, index), line=index)
    if demand.scoped:
        for index, found in _within(demand.scoped, events, bindings):
            expected = f"never in the trace: {_scope_text(demand.scoped, found)}"
            return Divergence("never", _sentence(demand.words, expected), _excerpt(events, index),
                              event=index)
    return None


def _count(wanted: Count, events: Sequence[Event], bindings: Bindings) -> Optional[Divergence]:
    """Returns what happened too often or too rarely."""
    hits = [index for index, _ in _within(wanted.scoped, events, bindings)]
    if len(hits) >= wanted.low and (wanted.high is None or len(hits) <= wanted.high):
        return None
    expected = f"{wanted.range_text()} in the trace: {_scope_text(wanted.scoped, bindings)}"
    event: Optional[int]
    if not hits:
        got, event = _near_event(wanted.scoped.pattern, events, 0, bindings)
        got = "none\n" + got
    elif wanted.high is not None and len(hits) > wanted.high:
        event = hits[wanted.high]
        got = f"{len(hits)}; the first one too many is\n" + _excerpt(events, event)
    else:
        event = hits[-1]
        got = f"{len(hits)}; the last one is\n" + _excerpt(events, event)
    return Divergence("count", _sentence(wanted.words, expected), got, event=event)
