# SPDX-License-Identifier: MIT
"""The words of a verdict, the machine's exit statuses behind them, and the grader's own."""
from __future__ import annotations

VERDICTS = {
    "pass": "everything the test demands is true",
    "wrong": "the machine ended well, but something the test demands is not true",
    "exit": "the test program or a kernel self-test reported failure, or was killed",
    "missing": "a function of the lab is not written yet",
    "compile": "a file of the lab does not compile, and the test needs it",
    "panic": "the kernel found a broken invariant",
    "crash": "the machine reset itself (triple fault)",
    "hang": "the test did not end within its budget, or interrupts stayed off",
    "audit": "the final recount found something left over or miscounted",
    "error": "the grader or QEMU did not work; nothing was learnt about the kernel",
}

# QEMU's exit status -> verdict, before the trace is looked at. Anything else is an error.
MACHINE_ENDS = {33: "pass", 35: "exit", 37: "panic", 39: "missing", 41: "hang", 43: "audit",
                0: "crash"}
MACHINE_SETUP = 45          # the kernel could not start: wrong option, no initrd, no such init

# What a person at `make run` is told; 33 ends without a word.
MACHINE_WORDS = {
    0: "the machine reset itself (triple fault)",
    35: "init failed: it exited with a status other than 0, or was killed",
    37: "the kernel panicked; its words are above",
    39: "a function of a lab is not written yet; its name is above",
    41: "the machine hung: the budget ran out or interrupts stayed off",
    43: "the final audit found something; its words are above",
    45: "the kernel could not start; its words are above",
}

EXIT_FULL, EXIT_LOST, EXIT_SETUP, EXIT_HARNESS, EXIT_INTERRUPTED = 0, 1, 2, 3, 130
