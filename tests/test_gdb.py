# SPDX-License-Identifier: MIT
"""Tine's commands in GDB: on a sound kernel, at a fault, after a panic, on a corrupt kernel."""
from __future__ import annotations

from pathlib import Path

from gdb_session import session
from kernels import kernel


def test_healthy(tmp_path: Path) -> None:
    """What the commands say agrees with what is otherwise known."""
    seen = session(tmp_path, kernel("LAB=2", "SOLVED=2"), [
        "ps", "break do_clone", "continue", "tine ps", "=tasks()", "pte $rsp"],
        append="init=/tests/lab1/returns")
    assert "PID" in seen["ps"]
    for pid, name, pages in seen["=tasks()"]:
        assert f"{pid:6}" in seen["tine ps"] and f"{pages:6} {name}" in seen["tine ps"]
    assert "readable, writable, not" in " ".join(seen["pte $rsp"].split())
