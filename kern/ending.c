// SPDX-License-Identifier: MIT
#include "ending.h"

#include <arch/trapframe.h>

#include "arch/machine.h"
#include "kernel.h"
#include "task/task.h"
#include "witness/audit.h"
#include "witness/trace.h"

enum { BACKTRACE_DEPTH = 16, EVENTS_SHOWN = 12 };

bool machine_is_ending;

extern char kernel_text_start[], kernel_text_end[], lab_text_start[], lab_text_end[];

// Written by tools/ksyms.py after a first link.
extern const uint32_t ksyms_count;
extern const uint32_t ksyms_offsets[]; // from kernel_text_start, ascending
extern const uint32_t ksyms_names[];   // offsets in ksyms_strings
extern const char ksyms_strings[];

const char *symbol_at(uintptr_t pc, uintptr_t *offset) {
    if (pc < (uintptr_t)kernel_text_start || pc >= (uintptr_t)kernel_text_end ||
        ksyms_count == 0) {
        return NULL;
    }
    uintptr_t distance = pc - (uintptr_t)kernel_text_start;
    uint32_t low = 0;
    uint32_t high = ksyms_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (ksyms_offsets[middle] <= distance) {
            low = middle;
        } else {
            high = middle;
        }
    }
    *offset = distance - ksyms_offsets[low];
    return ksyms_strings + ksyms_names[low];
}

static bool in_lab_code(uintptr_t pc) {
    return pc >= (uintptr_t)lab_text_start && pc < (uintptr_t)lab_text_end;
}

void backtrace_print(const struct trapframe *tf) {
    uintptr_t pc[BACKTRACE_DEPTH];
    unsigned found = backtrace(tf, pc, BACKTRACE_DEPTH);
    for (unsigned i = 0; i < found; i++) {
        // Behind the first, these are return addresses: the call is before them.
        uintptr_t call = i == 0 && tf != NULL ? pc[i] : pc[i] - 1;
        uintptr_t offset;
        const char *name = symbol_at(call, &offset);
        if (name == NULL) {
            printk("  at 0x%lx%s\n", pc[i], pc[i] < USER_TOP ? " (user program)" : "");
        } else {
            printk("  at %s+0x%lx%s\n", name, pc[i] - call + offset,
                   in_lab_code(call) ? "  <- lab code" : "");
        }
    }
}

static void describe_state(const struct trapframe *tf) {
    if (current != NULL) {
        printk("  running pid %d (%s)\n", current->pid, current->name);
    }
    if (tf != NULL) {
        trapframe_print(tf);
    }
    backtrace_print(tf);
    trace_print_last(EVENTS_SHOWN);
}

// A panic during a panic says only that.
static void refuse_recursion(void) {
    if (machine_is_ending) {
        printk("panic: again, while the machine was ending\n");
        machine_exit(EXIT_PANIC);
    }
}

_Noreturn void panic(const char *pattern, ...) {
    refuse_recursion();
    va_list arguments;
    va_start(arguments, pattern);
    last_words("panic", pattern, arguments);
    va_end(arguments);
    describe_state(NULL);
    machine_exit(EXIT_PANIC);
}

_Noreturn void panic_at(const struct trapframe *tf, const char *pattern, ...) {
    refuse_recursion();
    va_list arguments;
    va_start(arguments, pattern);
    last_words("panic", pattern, arguments);
    va_end(arguments);
    describe_state(tf);
    machine_exit(EXIT_PANIC);
}

_Noreturn void hang(const struct trapframe *tf, const char *pattern, ...) {
    va_list arguments;
    va_start(arguments, pattern);
    last_words("hang", pattern, arguments);
    va_end(arguments);
    describe_state(tf);
    machine_exit(EXIT_HANG);
}

_Noreturn void setup_failed(const char *pattern, ...) {
    va_list arguments;
    va_start(arguments, pattern);
    last_words("setup", pattern, arguments);
    va_end(arguments);
    machine_exit(EXIT_SETUP);
}

_Noreturn void lab_missing(const char *function, const char *file) {
    machine_is_ending = true;
    printk("missing: %s is not written yet (%s)\n", function, file);
    machine_exit(EXIT_MISSING);
}

_Noreturn void machine_finish(bool passed) {
    if (CHECKS) {
        unsigned findings = audit_run();
        if (findings > 0) {
            machine_exit(EXIT_AUDIT);
        }
        printk("audit: clean\n");
    }
    machine_exit(passed ? EXIT_PASS : EXIT_FAIL);
}
