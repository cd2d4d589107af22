// SPDX-License-Identifier: MIT
// Commands of prctl and arch_prctl: Linux's numbers for the x86-64.
#pragma once

#define PR_SET_NAME 15
#define PR_GET_NAME 16

#define ARCH_SET_FS 0x1002
#define ARCH_GET_FS 0x1003
