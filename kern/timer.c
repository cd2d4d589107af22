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
#include "task/task.h"

void timer_tick(const struct trapframe *tf) {
    this_cpu()->ticks++;
    struct task_ticks *ticks = &current->ticks;
    (*(trapframe_from_user(tf) ? &ticks->user : &ticks->system))++;
    if (this_cpu()->id == 0) {
        tty_receive(&console_tty);
        alarm_tick();
    }
    sched_tick();
}

static const char *mode(const struct trapframe *tf) {
    return trapframe_from_user(tf) ? "the user program" : "the kernel";
}

// Ends the machine if this CPU has taken no timer interrupt for a tenth of a second.
static void check_ticks(const struct trapframe *tf) {
    static struct {
        uint64_t ticks;
        uint64_t at; // when they were seen; 0: not yet
    } seen[MAX_CPUS];
    const struct cpu *cpu = this_cpu();
    uint64_t now = cycle_count();
    if (cpu->ticks != seen[cpu->id].ticks || seen[cpu->id].at == 0) {
        seen[cpu->id].ticks = cpu->ticks;
        seen[cpu->id].at = now;
    } else if (now - seen[cpu->id].at >= cycles_per_second() / 10) {
        hang(tf, "interrupts have been off for a tenth of a second, in %s", mode(tf));
    }
}

void watchdog_bite(const struct trapframe *tf) {
    ending_notice();
    check_ticks(tf);
    if (this_cpu()->id != 0) {
        return;
    }
    watchdog_acknowledge();
    cpu_nudge_others();
    uint64_t used = (cycle_count() - boot_info.entry_cycles) / 1000000;
    if (options.budget != 0 && used >= options.budget) {
        hang(tf, "the budget of %lu million instructions ran out in %s", options.budget, mode(tf));
    }
}
