// SPDX-License-Identifier: MIT
#include "task/park.h"

#include <arch/cpu.h>
#include <stdatomic.h>

#include "arch/machine.h"
#include "kernel.h"

static atomic_bool wanted;
static atomic_uint standing;

bool park_wanted(void) {
    return atomic_load_explicit(&wanted, memory_order_relaxed);
}

void park(void) {
    uint64_t flags = irq_save();
    irq_enable();
    atomic_fetch_add(&standing, 1);
    while (atomic_load(&wanted)) {
        cpu_relax();
    }
    atomic_fetch_sub(&standing, 1);
    irq_disable();
    irq_restore(flags);
}

void others_stop(void) {
    ASSERT(this_cpu()->lock_depth == 0);
    while (atomic_exchange(&wanted, true)) {
        park(); // somebody else was first
    }
    for (unsigned id = 0; id < cpu_count; id++) {
        if (id != this_cpu()->id) {
            cpus[id].need_resched = true;
            cpu_kick(&cpus[id]);
        }
    }
    while (atomic_load(&standing) != cpu_count - 1) {
        cpu_relax();
    }
}

void others_go(void) {
    atomic_store(&wanted, false);
}
