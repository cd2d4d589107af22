# SPDX-License-Identifier: MIT
"""What a command is: a function that yields lines.

It exists as `tine NAME`, and as plain NAME where GDB has no command of that name that is of use
here. Its docstring is its help. Whatever goes wrong becomes one line, never a Python traceback;
what was found until then is shown.
"""
from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Callable, Dict, Iterable, Iterator, List, Optional

import gdb

from grade.errors import GradeError

WIDTH = 100             # no line is longer
LINES_LIMIT = 5000      # no command says more

ARGUMENT = re.compile(r" (\[?)(?:-n|[A-Z]+)\b")    # in the words that say how to use a command

Body = Callable[[List[str]], Iterable[str]]
Completer = Callable[[], Iterable[str]]

PREFIX_HELP = """Tine's commands: what the kernel's memory says, read from outside the machine.

They work at every stop, also when the kernel is broken, and after the machine has ended. Each
exists as `tine NAME`, and as plain NAME where GDB has no use of its own for that word: `frame`
stays GDB's, and what is said of a frame of memory is `tine frame` or `frame-at`. `task` and `trace`
hide commands of GDB's for Ada and for tracepoints, which QEMU does not have."""


class UsageError(GradeError):
    """The command's arguments are wrong."""


def fold(line: str) -> List[str]:
    """Returns a line as lines of at most WIDTH columns; the later ones stand further right."""
    if len(line) <= WIDTH:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.wrap(line, WIDTH, subsequent_indent=indent, drop_whitespace=True,
                         break_on_hyphens=False) or [line[:WIDTH]]


def say(lines: Iterable[str]) -> None:
    """Prints the lines, as far as they can be found, and then what is wrong.

    Raises gdb.GdbError if there is nothing else to say, so that scripts notice.
    """
    count = 0
    try:
        for line in lines:
            for part in fold(line):
                gdb.write(part + "\n")
                count += 1
            if count > LINES_LIMIT:
                raise GradeError(f"there is more; these were {LINES_LIMIT} lines")
        return
    except (GradeError, gdb.error) as error:
        problem = str(error)
    except KeyboardInterrupt:
        problem = "interrupted"
    except Exception as error:      # whatever it is: a traceback helps nobody here
        problem = f"a mistake in this command: {error!r}"
    text = "\n".join(fold(f"tine: {problem}"))
    if not count:
        raise gdb.GdbError(text)
    gdb.write(text + "\n")


def command(name: str, plain: str = "", complete: Optional[Completer] = None,
            symbols: bool = False, whole: bool = False) -> Callable[[Body], Body]:
    """Returns a decorator that makes a function a command. How many arguments it takes is what the
    first line of its docstring says behind the colon: OPTIONAL ones stand in brackets.

    Args:
        name: after `tine`. plain: the command's name on its own; default: the same.
        complete: says which words can be its first argument. symbols: expressions of C can.
        whole: all that follows is one argument, spaces included.
    """
    def decorate(body: Body) -> Body:
        usage = (body.__doc__ or "").partition("\n")[0].rpartition(": ")[2]
        arguments = ARGUMENT.findall(usage.partition(", ")[0])
        least = sum(not bracket for bracket in arguments)

        def lines(text: str) -> Iterator[str]:
            words = [text.strip()] * bool(text.strip()) if whole else gdb.string_to_argv(text)
            if not least <= len(words) <= len(arguments):
                raise UsageError(f"usage: {usage}")
            yield from body(words)

        def invoke(self: object, text: str, from_tty: bool) -> None:
            say(lines(text))

        def completions(self: object, text: str, word: str) -> List[str]:
            try:
                words = complete() if complete and len(text.split(" ")) <= 1 else ()
                return sorted((one for one in words if one.startswith(word)), key=_order)
            except (GradeError, gdb.error):
                return []

        members: Dict[str, object] = {"__doc__": body.__doc__, "invoke": invoke}
        if complete:
            members["complete"] = completions
        kind = type(name, (gdb.Command,), members)
        for full in (f"tine {name}", plain or name):
            if symbols:
                kind(full, gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)
            else:
                kind(full, gdb.COMMAND_DATA)
        return body

    return decorate


def _order(word: str) -> tuple:
    return (not word.isdigit(), int(word) if word.isdigit() else 0, word)


def add_prefix() -> None:
    """Makes `tine` known, the prefix of all commands."""
    kind = type("tine", (gdb.Command,), {"__doc__": PREFIX_HELP})
    kind("tine", gdb.COMMAND_DATA, gdb.COMPLETE_NONE, True)


def quoted(path: Path) -> str:
    """Returns a path as GDB's own commands take it, whatever is in it."""
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
