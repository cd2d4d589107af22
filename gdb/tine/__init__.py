# SPDX-License-Identifier: MIT
"""Tine's GDB commands, on top of the grader's outside reader.

`command` says what a command is, `machine` where its facts come from: the guest's memory as seen
from outside, and the registers that GDB knows. The other modules hold the commands.
"""
from __future__ import annotations

import importlib

from tine.command import add_prefix

MODULES = ("tasks", "memory", "state", "programs", "why", "stops", "back")


def register() -> None:
    """Makes all commands known to GDB."""
    add_prefix()
    for name in MODULES:
        importlib.import_module(f"tine.{name}")
    importlib.import_module("tine.stops").stop_at_the_end()


def begin() -> bool:
    """In `make replay`: goes to where the test failed. Returns whether it is one."""
    started: bool = importlib.import_module("tine.back").begin()
    return started
