// SPDX-License-Identifier: MIT
// The contract is the one of kern/arch/x86_64/include/arch/context.h.
#pragma once

#include <stdint.h>

struct task;

struct context {
    uintptr_t sp;
    uint64_t tls;
    uint64_t vectors[64];
};

void context_init(struct context *context);
void context_prepare(struct task *task);
void context_prepare_kernel(struct task *task, void (*function)(void));
void context_switch_to(struct task *from, struct task *to);
void fpu_copy(struct task *to, struct task *from);
void tls_copy(struct task *to, struct task *from);
void fpu_reset(void);
void tls_reset(void);
