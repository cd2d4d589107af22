// SPDX-License-Identifier: MIT
// Several processors: starting them (Intel SDM volume 3A, section 8.4), and what one asks of
// another.
#include <arch/cpu.h>
#include <stdatomic.h>

#include "arch/machine.h"
#include "arch/pagetable.h"
#include "arch/x86_64/x86.h"
#include "base/string.h"
#include "kernel.h"
#include "mm/kstack.h"
#include "witness/stale.h"
#include "witness/trace.h"

// ---- Starting --------------------------------------------------------------------------------

#define AP_START 0x8000UL // as in boot.asm: a page boundary below 1 MiB, which nobody uses

extern const char ap_start[], ap_end[]; // at their physical addresses

// For the one that is being started.
uintptr_t ap_stack_top;
static struct cpu *starting;
static void (*ap_function)(void);
static atomic_bool started;

_Noreturn void ap_main(void);

// The first C function of every processor but the first.
_Noreturn void ap_main(void) {
    cpu_start(starting);
    pagetable_activate(&kernel_pt);
    lapic_start();
    void (*function)(void) = ap_function;
    atomic_store(&started, true);
    function();
    panic("an idle processor has returned");
}

// How many processors the emulator has made: QEMU's fw_cfg device, item 5 (docs/specs/fw_cfg).
static unsigned processors(void) {
    enum { SELECT = 0x510, DATA = 0x511, SIGNATURE = 0, COUNT = 5 };
    char signature[4];
    outw(SELECT, SIGNATURE);
    for (unsigned i = 0; i < sizeof signature; i++) {
        signature[i] = (char)inb(DATA);
    }
    if (strncmp(signature, "QEMU", sizeof signature) != 0) {
        return 1;
    }
    outw(SELECT, COUNT);
    unsigned low = inb(DATA);
    return low | (unsigned)inb(DATA) << 8;
}

// An INIT puts it into a known state, a STARTUP lets it go; one that comes too early is lost. On a
// host that is busy it may be long before the other one gets a turn.
static void start(struct cpu *cpu) {
    enum { ATTEMPTS = 200000, PATIENCE = 100 };
    unsigned id = (unsigned)(cpu - cpus);
    starting = cpu;
    ap_stack_top = kstack_alloc();
    if (ap_stack_top == 0) {
        setup_failed("no memory for the stack of processor %u", id);
    }
    cpu_setup_emergency_stacks(cpu);
    atomic_store(&started, false);
    lapic_send(id, IPI_INIT, 0);
    for (int attempt = 0; attempt < ATTEMPTS && !atomic_load(&started); attempt++) {
        lapic_send(id, IPI_STARTUP, AP_START >> PAGE_SHIFT);
        for (int i = 0; i < PATIENCE && !atomic_load(&started); i++) {
            cpu_relax();
        }
    }
    if (!atomic_load(&started)) {
        setup_failed("processor %u does not start", id);
    }
    cpu_count++;
}

void cpus_start(void (*function)(void)) {
    unsigned count = processors();
    if (count > MAX_CPUS) {
        setup_failed("%u processors are more than Tine supports: give QEMU -smp %d, or fewer",
                     count, MAX_CPUS);
    }
    ap_function = function;
    memcpy(phys_to_virt(AP_START), phys_to_virt((uintptr_t)ap_start), (size_t)(ap_end - ap_start));
    while (cpu_count < count) {
        start(&cpus[cpu_count]);
    }
}

// ---- Asking ----------------------------------------------------------------------------------

void cpu_kick(struct cpu *cpu) {
    lapic_send(cpu->id, IPI_FIXED, VECTOR_KICK);
}

void cpu_nudge_others(void) {
    for (unsigned id = 0; id < cpu_count; id++) {
        if (id != this_cpu()->id) {
            lapic_send(id, IPI_NMI, 0);
        }
    }
}

// ---- Forgetting translations -----------------------------------------------------------------

// One request at a time, for the CPUs whose bits are in `waiting`.
static struct {
    atomic_bool busy;
    atomic_uint waiting;
    uintptr_t va;
    bool all;
} request;

static void flush_here(uintptr_t va, bool all) {
    if (all) {
        WRITE_CR(3, READ_CR(3));
    } else {
        __asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
    }
}

void flush_serve(void) {
    unsigned me = 1u << this_cpu()->id;
    if (atomic_load(&request.waiting) & me) {
        flush_here(request.va, request.all);
        atomic_fetch_and(&request.waiting, ~me);
    }
}

// While it waits, for its turn or for the others, it does what others ask: two that wait for each
// other would otherwise wait for ever.
static void flush_on(unsigned targets, uintptr_t va, bool all) {
    uint64_t flags = irq_save();
    while (atomic_exchange(&request.busy, true)) {
        cpu_relax();
        flush_serve();
    }
    request.va = va;
    request.all = all;
    atomic_store(&request.waiting, targets);
    for (unsigned id = 0; id < cpu_count; id++) {
        if (targets & 1u << id) {
            lapic_send(id, IPI_FIXED, VECTOR_FLUSH);
        }
    }
    while (atomic_load(&request.waiting) != 0 && !machine_is_ending) {
        cpu_relax();
    }
    atomic_store(&request.busy, false);
    irq_restore(flags);
}

static inline void flush(const struct pagetable *pt, uintptr_t va, bool all) {
    unsigned users = atomic_load(&pt->cpus);
    unsigned me = 1u << this_cpu()->id;
    trace(TRACE_FLUSH, va, all, pt->root, users, 0);
    ASSERT(this_cpu()->lock_depth == 0);
    if (users & me) {
        flush_here(va, all);
    }
    if (users & ~me) {
        flush_on(users & ~me, va, all);
    }
    if (CHECKS) {
        stale_flushed(pt, va, all);
    }
}

void tlb_flush_page(const struct pagetable *pt, uintptr_t va) {
    flush(pt, va, false);
}

void tlb_flush_all(const struct pagetable *pt) {
    flush(pt, 0, true);
}
