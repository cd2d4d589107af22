// SPDX-License-Identifier: MIT
// Flags of clone: Linux's numbers.
#pragma once

#define CSIGNAL 0xff           // the signal at the child's end
#define CLONE_VM 0x00000100    // shares memory
#define CLONE_FILES 0x00000400 // shares the descriptor table
#define CLONE_PARENT_SETTID 0x00100000
#define CLONE_CHILD_CLEARTID 0x00200000
#define CLONE_CHILD_SETTID 0x01000000
