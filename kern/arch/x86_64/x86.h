// SPDX-License-Identifier: MIT
// Instructions and registers that only kern/arch/x86_64 uses.
#pragma once

#include <arch/cpu.h>
#include <stdbool.h>
#include <stdint.h>

static inline void outb(uint16_t port, uint8_t value) {
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void outw(uint16_t port, uint16_t value) {
    __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline void outl(uint16_t port, uint32_t value) {
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t inb(uint16_t port) {
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

// Model-specific registers: Intel SDM volume 4, table 2-2.
#define MSR_EFER 0xc0000080
#define MSR_STAR 0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_FMASK 0xc0000084
#define MSR_FS_BASE 0xc0000100
#define MSR_GS_BASE 0xc0000101
#define MSR_KERNEL_GS_BASE 0xc0000102

static inline void wrmsr(uint32_t msr, uint64_t value) {
    __asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

static inline uint64_t rdmsr(uint32_t msr) {
    uint32_t low;
    uint32_t high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

// Control registers: Intel SDM volume 3A, section 2.5.
#define CR0_MP (1UL << 1)
#define CR0_EM (1UL << 2)
#define CR0_NE (1UL << 5)
#define CR0_WP (1UL << 16)
#define CR4_OSFXSR (1UL << 9)
#define CR4_OSXMMEXCPT (1UL << 10)
#define CR4_UMIP (1UL << 11)
#define CR4_FSGSBASE (1UL << 16)
#define CR4_OSXSAVE (1UL << 18)
#define CR4_SMEP (1UL << 20)
#define CR4_SMAP (1UL << 21)

#define READ_CR(n)                                               \
    ({                                                           \
        uint64_t cr_value;                                       \
        __asm__ volatile("mov %%cr" #n ", %0" : "=r"(cr_value)); \
        cr_value;                                                \
    })
#define WRITE_CR(n, value) __asm__ volatile("mov %0, %%cr" #n : : "r"((uint64_t)(value)) : "memory")

struct cpuid {
    uint32_t eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf) {
    struct cpuid r;
    __asm__ volatile("cpuid"
                     : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
                     : "a"(leaf), "c"(subleaf));
    return r;
}

// Processor-defined exceptions and the vectors that Tine gives to interrupts.
enum {
    VECTOR_DE = 0,
    VECTOR_DB = 1,
    VECTOR_NMI = 2,
    VECTOR_BP = 3,
    VECTOR_UD = 6,
    VECTOR_DF = 8,
    VECTOR_PF = 14,
    VECTOR_MF = 16,
    VECTOR_AC = 17,
    VECTOR_MC = 18,
    VECTOR_XM = 19,
    VECTOR_EXCEPTIONS = 32, // 0..31 are exceptions
    VECTOR_TIMER = 32,
    VECTOR_KICK = 33,      // from another processor: look at need_resched
    VECTOR_FLUSH = 34,     // from another processor: forget translations
    VECTOR_UNUSED = 0xf0,  // from here on: what the 8259s may send, and the LAPIC's spurious
    VECTOR_SPURIOUS = 255, // interrupt; nothing has to be done
};

// Page-fault error code: Intel SDM volume 3A, section 4.7.
enum { PF_PRESENT = 1, PF_WRITE = 2, PF_USER = 4, PF_RESERVED = 8, PF_FETCH = 16 };

// FPE_FLTDIV or the like: what the vector unit, or the x87 unit, complains about. In sigframe.c.
int fpu_error_code(bool vector_unit);

// In lapic.c. Acknowledges the interrupt being served.
void lapic_acknowledge(void);

// Sends processor `id` an interrupt, or what `kind` says.
enum ipi { IPI_FIXED = 0, IPI_NMI = 0x400, IPI_INIT = 0x500, IPI_STARTUP = 0x600 };
void lapic_send(unsigned id, enum ipi kind, unsigned vector);

// Gives this processor the timer interrupt that timer_setup has measured.
void lapic_start(void);

// In cpu.c. Puts processor `cpu`, which is this one, into its working state.
void cpu_start(struct cpu *cpu);

// In smp.c. Forgets what another processor asks for.
void flush_serve(void);
