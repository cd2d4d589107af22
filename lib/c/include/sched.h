// SPDX-License-Identifier: MIT
#pragma once

#define CLONE_PARENT_SETTID 0x00100000
#define CLONE_CHILD_CLEARTID 0x00200000
#define CLONE_CHILD_SETTID 0x01000000

int sched_yield(void);
