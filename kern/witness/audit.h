// SPDX-License-Identifier: MIT
// The audit: recounts what the kernel believes. It trusts page tables and task list, and nothing
// that a count says.
#pragma once

#include <stdint.h>

struct frame;

// Looks at everything, while all other CPUs stand still; prints and traces a line for each finding:
//   - a frame of user memory whose count is not the number of entries that name it
//   - an entry that names a frame which is not user memory, for example one that has been freed
//   - an entry of a private mapping that may be written to, while others map the frame, too
//   - a right that was taken away from an entry without a flush in time (stale.h)
//   - frames that are counted as free, but are in no list from which they could be taken
//   - an open file or an inode whose count is less than its owners are, or, in the end, more
//   - once no task has memory any more: frames that are not back where they were
// Returns the number of findings.
unsigned audit_run(void);

// Leaves an event about a finding in the trace. `what` has up to eight characters; `frame` may be
// NULL.
void audit_trace(const char *what, const struct frame *frame, uint64_t count, uint64_t recount);
