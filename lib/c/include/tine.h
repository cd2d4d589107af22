// SPDX-License-Identifier: MIT
// What Tine has and POSIX has not. On other systems user/tests/host/tine.c stands in for it, so
// that one source of a test runs on both.
#pragma once

#include "abi/probe.h"

// How many pages of this program's memory have a frame. -1 and errno after an error.
long pages_present(void);

// Leaves the event `mark id=ID value=VALUE` in the trace.
void probe_mark(int id, long value);

// Stops the machine until whoever watches from outside has looked at it. Leaves the event `stop
// id=ID`; the grader adds what it saw.
void probe_stop(int id);

// Lets the kernel recount all it owns. Returns the number of findings.
long probe_audit(void);

// Makes the nth allocation of a class in the kernel fail, once; 1 is the next one, 0 calls it off.
// Returns how many of those asked for before were still to come: 0 if the failure has happened.
long probe_fail(enum inject_class class, long n);

// Starts a child that shares this program's memory, and with `files` its descriptors; it runs
// `function`, which must not return, on the stack that ends at `stack_top`. Returns its pid, or -1
// and errno.
int probe_thread(void (*function)(void), void *stack_top, int files);

// The number of the frame behind `address`, or -1 if it has none.
long probe_frame_of(const void *address);

// What a function of a lab does in this library until its reader has written it: the kernel says
// so; the answer is -1, and errno ENOSYS.
int lab_unwritten(const char *function, const char *file);
