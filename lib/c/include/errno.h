// SPDX-License-Identifier: MIT
#pragma once

#include "abi/errno.h"

// What the kernel never says, but C and POSIX know.
#define EDOM 33
#define EILSEQ 84
#define ENOTSUP EOPNOTSUPP

extern int errno;
