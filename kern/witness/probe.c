// SPDX-License-Identifier: MIT
// The probe: one system call by which test programs talk to the witnesses. Linux does not have
// it, and a kernel built without checks behaves like Linux.
#include "abi/probe.h"
#include "abi/sched.h"
#include "abi/signal.h"
#include "arch/machine.h"
#include "base/string.h"
#include "errno.h"
#include "kernel.h"
#include "lab_number.h"
#include "mm/usercopy.h"
#include "sys/syscall.h"
#include "task/clone.h"
#include "task/task.h"
#include "witness/audit.h"
#include "witness/inject.h"
#include "witness/trace.h"

static int64_t frame_of(uintptr_t address) {
    if (address >= USER_TOP) {
        return -EFAULT;
    }
    const pte_t *entry = pte_find(&current->mm->pt, address);
    if (entry == NULL || !pte_present(*entry)) {
        return -EFAULT;
    }
    return (int64_t)frame_number(pte_frame(*entry));
}

// Stores what a program calls something; the rest of `text` is 0.
static int text_of(char text[PROBE_TEXT_BYTES], uintptr_t from) {
    memset(text, 0, PROBE_TEXT_BYTES);
    copy_from_user_partly(text, from, PROBE_TEXT_BYTES - 1);
    for (char *c = text; *c != '\0'; c++) {
        *c = *c > ' ' && *c <= '~' ? *c : '?';
    }
    return text[0] == '\0' ? -EFAULT : 0;
}

static int64_t say_unwritten(uintptr_t function, uintptr_t file) {
    char function_text[PROBE_TEXT_BYTES];
    char file_text[PROBE_TEXT_BYTES];
    if (text_of(function_text, function) < 0 || text_of(file_text, file) < 0) {
        return -EFAULT;
    }
    printk("missing: %s is not written yet (%s)\n", function_text, file_text);
    return 0;
}

int64_t sys_probe(struct trapframe *tf) {
    uint64_t a = trapframe_argument(tf, 1);
    if (!CHECKS) {
        return -ENOSYS;
    }
    switch (trapframe_argument(tf, 0)) {
    case PROBE_MARK:
        trace(TRACE_MARK, a, trapframe_argument(tf, 2), 0, 0, 0);
        return 0;
    case PROBE_FRAME_OF:
        return frame_of(a);
    case PROBE_AUDIT:
        return audit_run();
    case PROBE_STOP:
        trace(TRACE_STOP, a, 0, 0, 0, 0);
        machine_pause();
        return 0;
    case PROBE_FAIL:
        if (a >= INJECT_CLASSES) {
            return -EINVAL;
        }
        return (int64_t)inject_arm((enum inject_class)a, trapframe_argument(tf, 2));
    case PROBE_THREAD:
        return LAB < 1 ? -ENOSYS
                       : do_clone(&(struct clone_arguments){
                             .flags = SIGCHLD | CLONE_VM |
                                      (trapframe_argument(tf, 3) != 0 ? CLONE_FILES : 0),
                             .pc = a,
                             .stack = trapframe_argument(tf, 2),
                         });
    case PROBE_UNWRITTEN:
        return say_unwritten(a, trapframe_argument(tf, 2));
    default:
        return -EINVAL;
    }
}
