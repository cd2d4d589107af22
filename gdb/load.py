# SPDX-License-Identifier: MIT
"""Loads Tine's commands into GDB: `make gdb` does this; elsewhere, `source gdb/load.py`."""
import os
import sys
from pathlib import Path

import gdb

HERE = Path(__file__).resolve().parent
SETTINGS = ("set confirm off", "set pagination off", "set disassembly-flavor intel",
            "set print pretty on")

for folder in (HERE, HERE.parent):      # the commands, and the grader, which reads the memory
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
sys.dont_write_bytecode = True

for setting in SETTINGS:
    gdb.execute(setting)

from tine import begin, register  # noqa: E402

register()


def _leave(event: object) -> None:
    """GDB is about to end: the machine, which ends too, shall not go on until then."""
    try:
        gdb.execute("disconnect", to_string=True)
    except gdb.error:
        pass    # it has gone already


if "TINE_MEMORY" in os.environ:     # from `make gdb`
    gdb.events.gdb_exiting.connect(_leave)
    if not begin():
        print("Stopped before the kernel's first instruction. `continue` runs; `help tine` lists "
              "commands.")
