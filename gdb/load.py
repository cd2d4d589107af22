# SPDX-License-Identifier: MIT
"""Loads Tine's commands into GDB: `make gdb` does this; elsewhere, `source gdb/load.py`."""
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

from tine import register  # noqa: E402

register()
print("Stopped before the kernel's first instruction. `continue` runs; `help tine` lists commands.")
