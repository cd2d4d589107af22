// SPDX-License-Identifier: MIT
#include "ending.h"

#include <arch/trapframe.h>

#include "arch/machine.h"
#include "base/string.h"
#include "kernel.h"
#include "lock.h"
#include "task/task.h"
#include "witness/audit.h"
#include "witness/race.h"
#include "witness/trace.h"

enum { BACKTRACE_DEPTH = 16, EVENTS_SHOWN = 12 };

atomic_bool machine_is_ending;
static atomic_uint ending_cpu; // 1 + its number; 0: not yet

extern char kernel_text_start[], kernel_text_end[], lab_text_start[], lab_text_end[];

// Written by tools/ksyms.py after a first link.
extern const uint32_t ksyms_count;
extern const uint32_t ksyms_offsets[]; // from kernel_text_start, ascending
extern const uint32_t ksyms_names[];   // offsets in ksyms_strings
extern const char ksyms_strings[];

const char *symbol_at(uintptr_t pc, uintptr_t *offset) {
    if (pc < (uintptr_t)kernel_text_start || pc >= (uintptr_t)kernel_text_end || ksyms_count == 0) {
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

// `pc` is an instruction that was interrupted, or (`returning`) one behind a call.
static void print_place(uintptr_t pc, bool returning) {
    uintptr_t inside = returning ? pc - 1 : pc;
    uintptr_t offset;
    const char *name = symbol_at(inside, &offset);
    if (name != NULL) {
        printk("  at %s+0x%lx%s\n", name, offset + (pc - inside),
               in_lab_code(inside) ? "  <- lab code" : "");
    } else {
        printk("  at 0x%lx%s\n", pc, pc < USER_TOP ? " (user program)" : "");
    }
}

void backtrace_print(const struct trapframe *tf, uintptr_t frame) {
    uintptr_t pc[BACKTRACE_DEPTH];
    if (tf != NULL) {
        print_place(trapframe_pc(tf), false);
        frame = trapframe_stack_frame(tf);
    }
    unsigned found = backtrace(frame, pc, BACKTRACE_DEPTH);
    for (unsigned i = 0; i < found; i++) {
        print_place(pc[i], true);
    }
}

static void describe_state(const struct trapframe *tf, uintptr_t frame) {
    const struct spinlock *wanted = this_cpu()->wanted_lock;
    if (wanted != NULL) {
        const struct cpu *holder = wanted->holder;
        printk("  waiting for the lock \"%s\", which CPU %d holds\n", wanted->name,
               holder == NULL ? -1 : (int)holder->id);
    }
    if (current != NULL) {
        printk("  running pid %d (%s)\n", current->pid, current->name);
    }
    if (tf != NULL) {
        trapframe_print(tf);
    }
    backtrace_print(tf, frame);
    trace_print_last(EVENTS_SHOWN);
}

_Noreturn static void stand_still(void) {
    irq_disable();
    for (;;) {
        cpu_relax();
    }
}

void ending_begin(void) {
    unsigned nobody = 0;
    unsigned me = 1 + this_cpu()->id;
    if (!atomic_compare_exchange_strong(&ending_cpu, &nobody, me)) {
        if (nobody != me) {
            stand_still(); // another CPU was first, and ends the machine
        }
        return;
    }
    machine_is_ending = true;
    cpu_nudge_others();
}

void ending_notice(void) {
    if (machine_is_ending && ending_cpu != 1 + this_cpu()->id) {
        stand_still();
    }
}

// Says the last words, and how things stand, before the machine ends with `code`. If it is ending
// already, a second mistake was made on the way, most likely because of the first: then that one
// counts. Returns the code to end with.
static int last_report(int code, const char *kind, const char *pattern, va_list arguments,
                       const struct trapframe *tf, uintptr_t frame) {
    static int first_code = EXIT_PANIC;
    static unsigned mistakes;
    mistakes++;
    if (machine_is_ending && ending_cpu == 1 + this_cpu()->id) {
        if (mistakes <= 2) {
            last_words("  again, while the machine was ending", pattern, arguments);
        }
        return first_code;
    }
    ending_begin();
    first_code = code;
    last_words(kind, pattern, arguments);
    describe_state(tf, frame);
    return code;
}

_Noreturn void panic(const char *pattern, ...) {
    va_list arguments;
    va_start(arguments, pattern);
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    int code = last_report(EXIT_PANIC, "panic", pattern, arguments, NULL, frame);
    va_end(arguments);
    machine_exit(code);
}

_Noreturn void panic_at(const struct trapframe *tf, const char *pattern, ...) {
    va_list arguments;
    va_start(arguments, pattern);
    int code = last_report(EXIT_PANIC, "panic", pattern, arguments, tf, 0);
    va_end(arguments);
    machine_exit(code);
}

_Noreturn void hang(const struct trapframe *tf, const char *pattern, ...) {
    va_list arguments;
    va_start(arguments, pattern);
    int code = last_report(EXIT_HANG, "hang", pattern, arguments, tf, 0);
    va_end(arguments);
    machine_exit(code);
}

_Noreturn void setup_failed(const char *pattern, ...) {
    va_list arguments;
    va_start(arguments, pattern);
    last_words("setup", pattern, arguments);
    va_end(arguments);
    machine_exit(EXIT_SETUP);
}

static void say_missing(const char *function, const char *file) {
    printk("missing: %s is not written yet (%s)\n", function, file);
}

_Noreturn void lab_missing(const char *function, const char *file) {
    ending_begin();
    say_missing(function, file);
    machine_exit(EXIT_MISSING);
}

void lab_unwritten(const char *function, const char *file) {
    enum { FILES = 8 };
    static const char *_Atomic said[FILES];
    for (unsigned i = 0; i < FILES; i++) {
        const char *none = NULL;
        if (atomic_compare_exchange_strong(&said[i], &none, file)) {
            say_missing(function, file);
            return;
        }
        if (strcmp(none, file) == 0) {
            return;
        }
    }
}

_Noreturn void machine_finish(bool passed) {
    if (CHECKS) {
        unsigned findings = audit_run();
        if (findings > 0) {
            machine_exit(EXIT_AUDIT);
        }
        printk("audit: clean\n");
    }
    if (CHECKS && race_seed != 0) {
        printk("race: seed %lu, the CPUs alternated %lu times\n", race_seed, race_alternations());
    }
    machine_exit(passed ? EXIT_PASS : EXIT_FAIL);
}
