# SPDX-License-Identifier: MIT
"""The files that editors read: how they are read, and what has to be in them.

The schemas state what the editor's documentation requires, and allow no name that it does not
know: an option with a misspelt name would just not work.
"""
from __future__ import annotations

import json
import re
from typing import Any, Dict

from kernels import ROOT

TEXT: Dict[str, Any] = {"type": "string", "minLength": 1}
TEXTS: Dict[str, Any] = {"type": "array", "items": TEXT}
EXTENSIONS: Dict[str, Any] = {
    "type": "array", "minItems": 1, "uniqueItems": True,
    "items": {"type": "string", "pattern": r"^[a-z0-9-]+\.[a-z0-9-]+$"}}


def exactly(required: Dict[str, Any], **optional: Any) -> Dict[str, Any]:
    """A schema of an object with these members and no others."""
    return {"type": "object", "required": sorted(required), "additionalProperties": False,
            "properties": {**required, **optional}}


PATTERN = exactly({"regexp": TEXT, "file": {"const": 1}, "line": {"const": 2}},
                  column={"const": 3}, severity={"const": 4}, message={"const": 5})
MATCHER = exactly({"owner": TEXT, "fileLocation": TEXTS, "pattern": PATTERN},
                  background=exactly({"beginsPattern": TEXT, "endsPattern": TEXT},
                                     activeOnStart={"type": "boolean"}))
TASK = exactly(
    {"label": TEXT, "type": {"const": "process"}, "command": {"const": "make"}, "args": TEXTS,
     "problemMatcher": {"anyOf": [MATCHER, {"type": "array", "maxItems": 0}]}},
    group=exactly({"kind": {"enum": ["build", "test"]}}, isDefault={"type": "boolean"}),
    isBackground={"type": "boolean"},
    presentation=exactly({}, focus={"type": "boolean"}))
# A task in the background never ends for whoever waits, unless its matcher says when it is ready.
TASK["if"] = {"required": ["isBackground"]}
TASK["then"] = {"properties": {"problemMatcher": {"type": "object", "required": ["background"]}}}
INPUT = {"oneOf": [
    exactly({"id": TEXT, "type": {"const": "pickString"}, "description": TEXT, "options": TEXTS},
            default=TEXT),
    exactly({"id": TEXT, "type": {"const": "promptString"}, "description": TEXT}, default=TEXT)]}
# A machine is attached to by "launch", too: cpptools' "attach" wants a process of this computer.
CONFIGURATION = exactly(
    {"name": TEXT, "type": {"const": "cppdbg"}, "request": {"const": "launch"}, "program": TEXT,
     "cwd": TEXT, "MIMode": {"const": "gdb"}, "miDebuggerPath": TEXT,
     "miDebuggerServerAddress": TEXT},
    preLaunchTask=TEXT, miDebuggerArgs=TEXT, stopAtConnect={"type": "boolean"},
    setupCommands={"type": "array", "items": exactly({"text": TEXT})})

SCHEMAS: Dict[str, Dict[str, Any]] = {
    ".vscode/launch.json": exactly({
        "version": {"const": "0.2.0"},
        "configurations": {"type": "array", "minItems": 1, "items": CONFIGURATION}}),
    ".vscode/tasks.json": exactly({
        "version": {"const": "2.0.0"},
        "tasks": {"type": "array", "minItems": 1, "items": TASK},
        "inputs": {"type": "array", "items": INPUT}}),
    ".vscode/extensions.json": exactly({"recommendations": EXTENSIONS}),
    ".vscode/settings.json": {
        "type": "object",
        "propertyNames": {"pattern": r"^(C_Cpp|files|search)\.\w+$"},
        "properties": {"C_Cpp.intelliSenseEngine": {"enum": ["default", "Tag Parser", "disabled"]}},
        "patternProperties": {r"xclude$": {"type": "object",
                                           "additionalProperties": {"type": "boolean"}}}},
    ".devcontainer/devcontainer.json": exactly(
        {"name": TEXT, "build": exactly({"dockerfile": TEXT}, context=TEXT), "remoteUser": TEXT},
        postCreateCommand=TEXT,
        customizations=exactly({"vscode": exactly({"extensions": EXTENSIONS})})),
}


def load(name: str) -> Any:
    """Reads JSON with comments, which is what editors take.

    Args:
        name: the file, relative to the project's root.

    Returns:
        What it holds.

    Raises:
        ValueError: it is not JSON, comments apart; a comma too many is a mistake, too.
    """
    return parse((ROOT / name).read_text(encoding="utf-8"))


def parse(text: str) -> Any:
    """Reads JSON with comments; see load()."""
    string_or_comment = r'("(?:\\.|[^"\\\n])*")|//[^\n]*|/\*.*?\*/'
    return json.loads(re.sub(string_or_comment, lambda found: found[1] or " ", text,
                             flags=re.DOTALL))


def filled_in(text: str, **inputs: str) -> str:
    """A text of theirs with its variables replaced.

    Args:
        text: may hold ${workspaceFolder} and ${input:NAME}.
        inputs: what the user answered.

    Returns:
        The text.

    Raises:
        KeyError: there is a variable that nobody has given a value.
    """
    values = {f"input:{key}": value for key, value in inputs.items()}
    values["workspaceFolder"] = str(ROOT)
    return re.sub(r"\$\{([^}]*)\}", lambda found: values[found[1]], text)
