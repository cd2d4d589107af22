// SPDX-License-Identifier: MIT
// Commands of arch_prctl: Linux's numbers for the x86-64.
#pragma once

#define ARCH_SET_FS 0x1002
#define ARCH_GET_FS 0x1003
