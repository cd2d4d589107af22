// SPDX-License-Identifier: MIT
// The contract is the one of kern/arch/x86_64/include/arch/cpu.h.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct cpu {
    struct task *task;
    unsigned id;
    unsigned lock_depth;
    struct spinlock *wanted_lock;
    bool need_resched;
    uint64_t ticks;
    struct pagetable *pt;
};

enum { MAX_CPUS = 8 };
extern struct cpu cpus[MAX_CPUS];
extern unsigned cpu_count;

struct cpu *this_cpu(void);
struct task *cpu_current(void);
uint64_t cycle_count(void);
void cpu_relax(void);
uint64_t irq_save(void);
void irq_restore(uint64_t flags);
void irq_enable(void);
void irq_disable(void);
bool irq_enabled(void);
void cpu_wait_for_interrupt(void);
