// SPDX-License-Identifier: MIT
// What a processor has and does. The first four fields of struct cpu are known to entry.asm.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Segment selectors. The order is dictated by `syscall` and `sysret`, which compute theirs from
// IA32_STAR (Intel SDM volume 3A, section 5.8.8).
enum {
    SEL_KERNEL_CODE = 0x08,
    SEL_KERNEL_DATA = 0x10,
    SEL_USER_DATA = 0x18 | 3,
    SEL_USER_CODE = 0x20 | 3,
    SEL_TSS = 0x28,
    GDT_ENTRIES = 7, // a TSS descriptor takes two
};

// Task-state segment, 64-bit form: Intel SDM volume 3A, section 8.7.
struct tss {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map;
} __attribute__((packed));

struct cpu {
    struct cpu *self;          // gs:0
    uint64_t user_sp;          // gs:8, for the first instructions of a system call
    uint64_t kernel_sp;        // gs:16, top of the current task's kernel stack
    struct task *task;         // gs:24, the one that runs
    uint64_t gdt[GDT_ENTRIES]; // at 32: an IST entry finds its struct cpu through GDTR
    struct tss tss;
    unsigned id;
    unsigned lock_depth;          // spinlocks held
    struct spinlock *wanted_lock; // waiting for it; NULL: not waiting
    bool need_resched;            // look at the run queues before going back to user mode
    uint64_t ticks;               // timer interrupts taken
    struct pagetable *pt;         // what it translates with; NULL: kernel_pt
};

enum { MAX_CPUS = 8 };
extern struct cpu cpus[MAX_CPUS];
extern unsigned cpu_count; // those that run; cpus[0] is the one that booted

static inline struct cpu *this_cpu(void) {
    struct cpu *cpu;
    __asm__ volatile("mov %%gs:0, %0" : "=r"(cpu));
    return cpu;
}

static inline struct task *cpu_current(void) {
    struct task *task;
    __asm__ volatile("mov %%gs:24, %0" : "=r"(task));
    return task;
}

// Time stamp. Under QEMU's instruction counting this is the number of instructions executed.
static inline uint64_t cycle_count(void) {
    uint32_t low;
    uint32_t high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

// Tells the processor, and the emulator, that this is a loop which waits for somebody else.
static inline void cpu_relax(void) {
    __asm__ volatile("pause" ::: "memory");
}

#define RFLAGS_IF (1UL << 9)

// Interrupts off; returns what irq_restore needs to put things back.
static inline uint64_t irq_save(void) {
    uint64_t flags;
    __asm__ volatile("pushfq; pop %0; cli" : "=r"(flags)::"memory");
    return flags;
}

static inline void irq_restore(uint64_t flags) {
    if (flags & RFLAGS_IF) {
        __asm__ volatile("sti" ::: "memory");
    }
}

static inline void irq_enable(void) {
    __asm__ volatile("sti" ::: "memory");
}

static inline void irq_disable(void) {
    __asm__ volatile("cli" ::: "memory");
}

static inline bool irq_enabled(void) {
    uint64_t flags;
    __asm__ volatile("pushfq; pop %0" : "=r"(flags));
    return (flags & RFLAGS_IF) != 0;
}

// Lets interrupts in and sleeps until one has come. `sti` takes effect after the next
// instruction, so none can slip in between and be slept over.
static inline void cpu_wait_for_interrupt(void) {
    __asm__ volatile("sti; hlt" ::: "memory");
}
