// SPDX-License-Identifier: MIT
// What the processor keeps for a task that is not in its trapframe, while the task does not run.
#pragma once

#include <stdint.h>

struct task;

// FXSAVE's image: Intel SDM volume 1, section 10.5.1.
struct fpu_state {
    uint16_t control;
    uint16_t status;
    uint8_t tags;
    uint8_t reserved;
    uint16_t opcode;
    uint64_t instruction;
    uint64_t operand;
    uint32_t mxcsr;
    uint32_t mxcsr_mask;
    uint8_t registers[480];
} __attribute__((aligned(16)));
_Static_assert(sizeof(struct fpu_state) == 512, "the processor writes 512 bytes");

struct context {
    uintptr_t sp; // kernel stack pointer
    uint64_t fs_base;
    uint64_t gs_base;
    struct fpu_state fpu;
};

// A fresh program's state.
void context_init(struct context *context);

// Makes `task`, which has never run, begin with the registers in its trapframe.
void context_prepare(struct task *task);

// Makes `task`, which has never run and will never see user mode, begin in `function`.
void context_prepare_kernel(struct task *task, void (*function)(void));

// Leaves `from`, which runs here, and goes on with `to`. Returns when `from` is switched to again.
void context_switch_to(struct task *from, struct task *to);

// Copies the floating-point and vector registers, and the base of thread-local storage.
void fpu_copy(struct task *to, struct task *from);
void tls_copy(struct task *to, struct task *from);

// Makes them, for the current task, what a fresh program finds.
void fpu_reset(void);
void tls_reset(void);
