// SPDX-License-Identifier: MIT
// The contract is the one of kern/arch/x86_64/include/arch/trapframe.h.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct trapframe {
    uint64_t x[31];
    uint64_t sp, pc, state;
};

bool trapframe_from_user(const struct trapframe *tf);
uintptr_t trapframe_pc(const struct trapframe *tf);
uintptr_t trapframe_sp(const struct trapframe *tf);
uint64_t trapframe_syscall(const struct trapframe *tf);
uint64_t trapframe_argument(const struct trapframe *tf, unsigned index);
void trapframe_set_return(struct trapframe *tf, int64_t value);
int64_t trapframe_return(const struct trapframe *tf);
bool trapframe_in_syscall(const struct trapframe *tf);
void trapframe_restart(struct trapframe *tf);
void trapframe_set_sp(struct trapframe *tf, uintptr_t sp);
void trapframe_set_pc(struct trapframe *tf, uintptr_t pc);
void trapframe_start(struct trapframe *tf, uintptr_t pc, uintptr_t sp);
