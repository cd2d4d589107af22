// SPDX-License-Identifier: MIT
// Inside the kernel a function that can fail returns 0 or a count on success and one of these
// numbers, negated, on failure.
#pragma once

#include "abi/errno.h"

// Not Linux's interface but its inside: a system call was cut short by a signal and may be made
// anew (signal_deliver). Of the second kind only if no handler runs.
#define ERESTARTSYS 512
#define ERESTARTNOHAND 514
