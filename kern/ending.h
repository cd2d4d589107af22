// SPDX-License-Identifier: MIT
// How the machine ends. Each way has its own first word on the console and its own exit code, and
// the grader knows both.
#pragma once

#include <stdarg.h>
#include <stdbool.h>

struct trapframe;

// This CPU ends the machine: from then on locks are ignored and the other CPUs stand still. If
// another one has begun already, it does not return.
void ending_begin(void);

// Called when another CPU may want this one to stand still: does not return if so.
void ending_notice(void);

// ending_begin, then prints `KIND: text` as a line of its own, whatever was half-printed. The
// caller ends the machine.
void last_words(const char *kind, const char *pattern, va_list arguments);

// A program runs for ever, or interrupts stay off. `tf` is where it is.
_Noreturn void hang(const struct trapframe *tf, const char *pattern, ...)
    __attribute__((format(printf, 2, 3)));

// Pid 1 is gone, or somebody asked for power-off: audits, and ends the machine with EXIT_PASS
// (`passed`), EXIT_FAIL, or EXIT_AUDIT if the audit found something.
_Noreturn void machine_finish(bool passed);
