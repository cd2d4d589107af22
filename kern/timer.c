// SPDX-License-Identifier: MIT
#include "timer.h"

#include <arch/cpu.h>
#include <arch/trapframe.h>

#include "arch/machine.h"
#include "ending.h"
#include "fs/console.h"
#include "kernel.h"
#include "options.h"
#include "task/alarm.h"
#include "task/sched.h"

void timer_tick(void) {
    this_cpu()->ticks++;
    console_poll();
    alarm_tick();
    sched_tick();
}

static const char *mode(const struct trapframe *tf) {
    return trapframe_from_user(tf) ? "the user program" : "the kernel";
}

void watchdog_bite(const struct trapframe *tf) {
    static uint64_t ticks_seen;
    static uint64_t seen_at; // when that was; 0: not yet

    watchdog_acknowledge();
    uint64_t now = cycle_count();
    uint64_t ticks = this_cpu()->ticks;
    if (ticks != ticks_seen || seen_at == 0) {
        ticks_seen = ticks;
        seen_at = now;
    } else if (now - seen_at >= cycles_per_second() / 10) {
        hang(tf, "interrupts have been off for a tenth of a second, in %s", mode(tf));
    }
    uint64_t used = (cycle_count() - boot_info.entry_cycles) / 1000000;
    if (options.budget != 0 && used >= options.budget) {
        hang(tf, "the budget of %lu million instructions ran out in %s", options.budget, mode(tf));
    }
}
