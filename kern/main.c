// SPDX-License-Identifier: MIT
// The order in which the kernel comes to life. Each line needs those above it.
#include <arch/cpu.h>

#include "arch/machine.h"
#include "fs/initrd.h"
#include "kernel.h"
#include "mm/frame.h"
#include "options.h"
#include "task/task.h"
#include "witness/ktest.h"
#include "witness/root.h"
#include "witness/trace.h"

_Noreturn void kernel_main(void) {
    options_parse();
    printk("Tine " TINE_VERSION ", lab %d%s, %s\n", LAB, CHECKS ? ", checking" : "",
           options.init);

    frame_setup_early();
    kernel_map_setup();
    trace_setup();
    frame_setup();
    root_setup();
    cpu_setup_emergency_stacks();
    timer_setup();
    if (options.budget != 0) {
        watchdog_setup();
    }
    initrd_setup();
    if (options.ktest != NULL) {
        ktest_run(options.ktest);
    }
    task_start_init(options.init);
}
