// SPDX-License-Identifier: MIT
// How the machine ends. Each way has its own first word on the console and its own exit code, and
// the grader knows both.
#pragma once

#include <stdarg.h>
#include <stdbool.h>

struct trapframe;

// Prints `KIND: text` as a line of its own, whatever was half-printed; from then on locks are
// ignored. The caller ends the machine.
void last_words(const char *kind, const char *pattern, va_list arguments);

// A program runs for ever, or interrupts stay off. `tf` is where it is.
_Noreturn void hang(const struct trapframe *tf, const char *pattern, ...)
    __attribute__((format(printf, 2, 3)));

// Pid 1 is gone, or somebody asked for power-off: audits, and ends the machine with EXIT_PASS
// (`passed`), EXIT_FAIL, or EXIT_AUDIT if the audit found something.
_Noreturn void machine_finish(bool passed);
