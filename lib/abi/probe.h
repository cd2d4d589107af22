// SPDX-License-Identifier: MIT
// The probe, a system call of Tine's own by which test programs talk to the kernel's witnesses.
#pragma once

enum probe_operation {
    PROBE_MARK = 1,     // (id, value): an event in the trace
    PROBE_FRAME_OF = 2, // (address): number of the frame behind it, or -EFAULT
    PROBE_AUDIT = 3,    // (): number of findings
    PROBE_STOP = 4,     // (id): stops the machine until the reader outside has looked at it
    PROBE_FAIL = 5,     // (class, n): the nth allocation of a class fails
    PROBE_THREAD =
        6, // (pc, sp, files): a child that shares memory and, if asked, descriptors: its pid
    PROBE_UNWRITTEN = 7, // (function, file): texts; the kernel says that this is not written yet
};

enum { PROBE_TEXT_BYTES = 64 }; // of a text, with its NUL

// Which allocations count.
enum inject_class {
    INJECT_NONE,
    INJECT_ANY,
    INJECT_USER,      // frames of user memory
    INJECT_PAGETABLE, // frames of user page tables
    INJECT_KERNEL,    // frames of the kernel: stacks, heap
    INJECT_HEAP,      // kmalloc
    INJECT_CLASSES,
};
