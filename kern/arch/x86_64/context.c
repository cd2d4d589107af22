// SPDX-License-Identifier: MIT
// What the processor keeps for a task besides the registers in its trapframe.
#include <arch/context.h>
#include <arch/cpu.h>
#include <arch/layout.h>

#include "arch/machine.h"
#include "arch/x86_64/x86.h"
#include "base/string.h"
#include "task/task.h"

extern void context_switch(uintptr_t *save_sp, uintptr_t load_sp);
extern void task_first_return(void);

enum { SAVED_REGISTERS = 6 }; // as context_switch pushes them

static inline uint64_t rdfsbase(void) {
    uint64_t base;
    __asm__ volatile("rdfsbase %0" : "=r"(base));
    return base;
}

static inline void wrfsbase(uint64_t base) {
    __asm__ volatile("wrfsbase %0" : : "r"(base));
}

static void save(struct context *context) {
    __asm__ volatile("fxsave64 %0" : "=m"(context->fpu));
    context->fs_base = rdfsbase();
    context->gs_base = rdmsr(MSR_KERNEL_GS_BASE); // the user's, while the kernel runs
}

static void load(const struct context *context) {
    __asm__ volatile("fxrstor64 %0" : : "m"(context->fpu));
    wrfsbase(context->fs_base);
    wrmsr(MSR_KERNEL_GS_BASE, context->gs_base);
}

static const struct fpu_state fresh_fpu = {
    .control = 0x37f, // as after fninit
    .mxcsr = 0x1f80,  // all SIMD floating-point exceptions masked
};

void context_init(struct context *context) {
    *context = (struct context){.fpu = fresh_fpu};
}

void fpu_reset(void) {
    __asm__ volatile("fxrstor64 %0" : : "m"(fresh_fpu));
}

void tls_reset(void) {
    wrfsbase(0);
    wrmsr(MSR_KERNEL_GS_BASE, 0); // the user's, while the kernel runs
}

// What context_switch will find: registers that are all zero, and `pc` to return to.
static void prepare(struct task *task, uintptr_t *stack, uintptr_t pc) {
    *--stack = pc;
    for (int i = 0; i < SAVED_REGISTERS; i++) {
        *--stack = 0;
    }
    task->context.sp = (uintptr_t)stack;
}

void context_prepare(struct task *task) {
    prepare(task, (uintptr_t *)task->trapframe, (uintptr_t)task_first_return);
}

void context_prepare_kernel(struct task *task, void (*function)(void)) {
    uintptr_t *stack = (uintptr_t *)task->trapframe;
    *--stack = 0; // a function begins with a return address above a multiple of 16
    prepare(task, stack, (uintptr_t)function);
}

void context_switch_to(struct task *from, struct task *to) {
    save(&from->context);
    load(&to->context);
    cpu_set_kernel_stack(to->kstack_top);
    context_switch(&from->context.sp, to->context.sp);
}

void fpu_copy(struct task *to, struct task *from) {
    if (from == current) {
        save(&from->context);
    }
    to->context.fpu = from->context.fpu;
}

void tls_copy(struct task *to, struct task *from) {
    if (from == current) {
        save(&from->context);
    }
    to->context.fs_base = from->context.fs_base;
    to->context.gs_base = from->context.gs_base;
}

void tls_set(uintptr_t base) {
    wrfsbase(base);
}

uintptr_t tls_get(void) {
    return rdfsbase();
}
