// SPDX-License-Identifier: MIT
// The audit: recounts what the kernel believes. It trusts page tables and task list, and nothing
// that a count says.
#pragma once

// Looks at everything, while all other CPUs stand still; prints and traces a line for each finding:
//   - a frame of user memory whose count is not the number of entries that name it
//   - an entry that names a frame which is not user memory
//   - frames that are counted as free, but are in no list from which they could be taken
//   - an open file or an inode whose count is less than its owners are, or, in the end, more
//   - once no task has memory any more: frames that are not back where they were
// Returns the number of findings.
unsigned audit_run(void);
