// SPDX-License-Identifier: MIT
// What every part of the kernel may use: saying something, and giving up.
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "config.h"

struct trapframe;

// Starts the kernel; called once by the architecture, on the boot stack.
_Noreturn void kernel_main(void);

// Prints a message on the console, as lines of its own: each begins with the time since the
// kernel began, so that it can never be taken for the output of a program. Text without '\n' waits
// for the rest of its line. Formats: see base/format.h. May be called anywhere, at any time.
void printk(const char *pattern, ...) __attribute__((format(printf, 1, 2)));

// Ends the machine because an invariant is broken: the text, registers, backtrace, last events.
// Never for bad input: that is what error numbers are for. panic_at starts at a trapframe.
_Noreturn void panic(const char *pattern, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void panic_at(const struct trapframe *tf, const char *pattern, ...)
    __attribute__((format(printf, 2, 3)));

// Ends the machine because it cannot start: a bad option, no initial program, too little memory.
_Noreturn void setup_failed(const char *pattern, ...) __attribute__((format(printf, 1, 2)));

// What a function of a lab does until its reader has written it: says so and ends the machine.
_Noreturn void lab_missing(const char *function, const char *file);

// The same for a function without which much still works: says so, once for each file, and goes on.
void lab_unwritten(const char *function, const char *file);

// Checked only in checking builds; in others the condition is not evaluated.
#define ASSERT(condition)                                                          \
    do {                                                                           \
        if (CHECKS && !(condition)) {                                              \
            panic("assertion failed: %s (%s:%d)", #condition, __FILE__, __LINE__); \
        }                                                                          \
    } while (0)

// For a function that is called so often in checking builds that they do not check it itself.
#define UNCHECKED __attribute__((no_sanitize("undefined")))

// True once panic, or anything else that ends the machine, has begun: locks no longer matter.
extern atomic_bool machine_is_ending;

// Name of the function that contains `pc`, and the distance from its start. Returns NULL if it
// is not in the kernel's code.
const char *symbol_at(uintptr_t pc, uintptr_t *offset);

// Prints the functions on the way to `tf`, or, if that is NULL, to the stack frame at `frame`: one
// `  at NAME+0xOFFSET` line each.
void backtrace_print(const struct trapframe *tf, uintptr_t frame);
