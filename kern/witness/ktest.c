// SPDX-License-Identifier: MIT
#include "witness/ktest.h"

#include "arch/machine.h"
#include "base/string.h"
#include "kernel.h"
#include "mm/frame.h"
#include "mm/kstack.h"
#include "options.h"
#include "witness/trace.h"

extern const struct ktest ktests_start[], ktests_end[];

static bool failed;

void ktest_fail(const char *condition, const char *file, int line) {
    printk("ktest: failed: %s (%s:%d)\n", condition, file, line);
    failed = true;
}

static bool wanted(const struct ktest *test, const char *name) {
    bool ends = strncmp(test->name, "end_", 4) == 0;
    if (ends || strcmp(name, "all") == 0) {
        return !ends || strcmp(test->name, name) == 0;
    }
    return strncmp(test->name, name, strlen(name)) == 0;
}

// A test also fails when frames in use are not the ones that were in use before it.
static bool run_one(const struct ktest *test) {
    uint64_t free_before = frame_total_of(FRAME_FREE);
    failed = false;
    test->run();
    uint64_t free_after = frame_total_of(FRAME_FREE);
    if (!failed && free_after != free_before) {
        printk("ktest: failed: %lu frames were free before, %lu are now\n", free_before,
               free_after);
        failed = true;
    }
    uint64_t word = 0;
    memcpy(&word, test->name, strnlen(test->name, sizeof word));
    trace(TRACE_KTEST, word, !failed, 0, 0, 0);
    printk("ktest: %s %s\n", test->name, failed ? "failed" : "ok");
    return !failed;
}

// A stack's frames never come back, and the first test that needs one would be blamed for it.
static void make_stacks(void) {
    enum { STACKS = 8 };
    uintptr_t tops[STACKS];
    for (int i = 0; i < STACKS; i++) {
        tops[i] = kstack_alloc();
    }
    for (int i = 0; i < STACKS && tops[i] != 0; i++) {
        kstack_free(tops[i]);
    }
}

void ktest_run(void *unused) {
    (void)unused;
    const char *name = options.ktest;
    unsigned run = 0;
    unsigned passed = 0;
    make_stacks();
    for (const struct ktest *test = ktests_start; test < ktests_end; test++) {
        if (wanted(test, name)) {
            run++;
            passed += run_one(test);
        }
    }
    if (run == 0) {
        setup_failed("option 'ktest=%s': there is no such test", name);
    }
    printk("ktest: %u passed, %u failed\n", passed, run - passed);
    machine_exit(run == passed ? EXIT_PASS : EXIT_FAIL);
}
