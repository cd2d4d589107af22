// SPDX-License-Identifier: MIT
#include "witness/inject.h"

#include <stddef.h>

#include "base/number.h"
#include "base/string.h"
#include "task/task.h"
#include "witness/trace.h"

static const char *const class_names[INJECT_CLASSES] = {
    [INJECT_NONE] = "none",     [INJECT_ANY] = "any",
    [INJECT_USER] = "user",     [INJECT_PAGETABLE] = "page-table",
    [INJECT_KERNEL] = "kernel", [INJECT_HEAP] = "heap",
};

// Changed by tests that know what else runs: not locked.
static enum inject_class armed_class;
static uint64_t still_to_come; // 0: nothing is armed
static int armed_pid;          // only its allocations count; 0: everybody's

uint64_t inject_arm(enum inject_class class, uint64_t n) {
    uint64_t before = still_to_come;
    armed_class = class;
    armed_pid = current->pid;
    still_to_come = class == INJECT_NONE ? 0 : n;
    return before;
}

bool inject_parse(const char *text, enum inject_class *class, uint64_t *n) {
    const char *colon = strchr(text, ':');
    for (int i = 0; colon != NULL && i < INJECT_CLASSES; i++) {
        size_t length = strlen(class_names[i]);
        if ((size_t)(colon - text) == length && strncmp(text, class_names[i], length) == 0) {
            *class = (enum inject_class)i;
            return parse_number(colon + 1, n);
        }
    }
    return false;
}

bool inject_check(enum inject_class class) {
    if (still_to_come == 0 || (armed_class != INJECT_ANY && armed_class != class) ||
        (armed_pid != 0 && armed_pid != current->pid)) {
        return false;
    }
    if (--still_to_come > 0) {
        return false;
    }
    trace(TRACE_INJECT, class, 0, 0, 0, 0);
    return true;
}
