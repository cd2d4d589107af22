// SPDX-License-Identifier: MIT
// Tests that run inside the kernel, instead of a program: for what no system call reaches yet, and
// for what must go wrong in a particular way.
//
//     KTEST(frame_reuse) {
//         struct frame *frame = frame_alloc(FRAME_USER);
//         KTEST_CHECK(frame != NULL);
//         ...
//     }
//
// Option ktest=NAME runs those whose name starts with NAME; ktest=all runs all but the ones whose
// name starts with "end_", which end the machine and must be asked for one by one.
#pragma once

#include <stdbool.h>

struct ktest {
    const char *name;
    void (*run)(void);
};

#define KTEST(test_name)                                                             \
    static void ktest_##test_name(void);                                             \
    static const struct ktest ktest_entry_##test_name                                \
        __attribute__((used, section(".ktests"))) = {#test_name, ktest_##test_name}; \
    static void ktest_##test_name(void)

// Notes a failure with its place and leaves the test.
#define KTEST_CHECK(condition)                          \
    do {                                                \
        if (!(condition)) {                             \
            ktest_fail(#condition, __FILE__, __LINE__); \
            return;                                     \
        }                                               \
    } while (0)

void ktest_fail(const char *condition, const char *file, int line);

// A kernel thread that runs what option ktest= asks for, one line each, and ends the machine:
// EXIT_PASS if all passed.
void ktest_run(void *unused);
