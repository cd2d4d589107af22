// SPDX-License-Identifier: MIT
// The order in which the kernel comes to life. Each line needs those above it.
#include <arch/cpu.h>

#include "arch/machine.h"
#include "fs/fs.h"
#include "kernel.h"
#include "lab_number.h"
#include "mm/frame.h"
#include "mm/kstack.h"
#include "options.h"
#include "task/sched.h"
#include "task/task.h"
#include "witness/ktest.h"
#include "witness/root.h"
#include "witness/trace.h"

// What every other CPU does.
static void idle(void) {
    sched_setup();
    sched_run();
}

// The rest of kernel_main, on a stack with a guard page.
static void go_on(void) {
    sched_setup();
    cpu_setup_emergency_stacks(this_cpu());
    timer_setup();
    cpus_start(idle);
    if (options.budget != 0) {
        watchdog_setup();
    }
    fs_setup();
    int error = 0;
    if (options.ktest == NULL) {
        task_start_init(options.init);
    } else if (kthread_start("ktest", ktest_run, NULL, &error) == NULL) {
        setup_failed("too little memory for a kernel thread");
    }
    sched_run();
}

_Noreturn void kernel_main(void) {
    options_parse();
    if (!serial_is_there() && !options.console_on_debugcon) {
        setup_failed(
            "there is no serial port: give QEMU -serial stdio, or the kernel console=debugcon");
    }
    printk("Tine " TINE_VERSION ", lab %d%s\n", LAB, CHECKS ? ", checking" : "");

    frame_setup_early();
    kernel_map_setup();
    trace_setup();
    frame_setup();
    root_setup();
    uintptr_t stack_top = kstack_alloc();
    if (stack_top == 0) {
        setup_failed("too little memory for a kernel stack");
    }
    stack_switch(stack_top, go_on);
}
