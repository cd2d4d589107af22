// SPDX-License-Identifier: MIT
// The numbers of the system calls, from the kernel's own table.
#pragma once

enum {
#define CALL(number, name, function) SYS_##name = (number),
#define FROM_LAB(lab, number, name, function) SYS_##name = (number),
#define LATER(number, name, lab) SYS_##name = (number),
#include "../../../../kern/sys/calls.def"
#undef CALL
#undef FROM_LAB
#undef LATER
};
