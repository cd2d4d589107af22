// SPDX-License-Identifier: MIT
// What /proc says about the machine as a whole.
#include <arch/cpu.h>

#include "arch/machine.h"
#include "fs/proc.h"
#include "task/pid.h"
#include "task/task.h"

static void print_size(struct text *text, const char *name, uint64_t pages) {
    text_print(text, "%-15s %8lu kB\n", name, pages * (PAGE_SIZE / 1024));
}

static uint64_t pages_of_files(void) {
    uint64_t pages = 0;
    spin_lock(&inodes_lock);
    list_for_each(link, &inodes) {
        pages += list_entry(link, struct inode, link)->page_count;
    }
    spin_unlock(&inodes_lock);
    return pages;
}

static int print_meminfo(const struct inode *inode, struct text *text) {
    (void)inode;
    uint64_t free = frame_total_of(FRAME_FREE);
    uint64_t total = (memory_bytes >> PAGE_SHIFT) - frame_total_of(FRAME_RESERVED);
    print_size(text, "MemTotal:", total);
    print_size(text, "MemFree:", free);
    print_size(text, "MemAvailable:", free > FRAME_RESERVE ? free - FRAME_RESERVE : 0);
    print_size(text, "Buffers:", 0);
    print_size(text, "Cached:", pages_of_files()); // no disk: nothing of this can be dropped
    print_size(text, "SwapTotal:", 0);
    print_size(text, "SwapFree:", 0);
    print_size(text, "AnonPages:", frame_total_of(FRAME_USER));
    print_size(text, "PageTables:", frame_total_of(FRAME_PAGETABLE));
    return 0;
}

static int print_uptime(const struct inode *inode, struct text *text) {
    (void)inode;
    uint64_t hundredths = (cycle_count() - boot_info.entry_cycles) / (cycles_per_second() / 100);
    text_print(text, "%lu.%02lu 0.00\n", hundredths / 100, hundredths % 100);
    return 0;
}

static int print_loadavg(const struct inode *inode, struct text *text) {
    (void)inode;
    int running = 0;
    int total = 0;
    int newest = 0;
    spin_lock(&tree_lock);
    list_for_each(link, &tasks) {
        const struct task *task = list_entry(link, struct task, link);
        running += task->state == TASK_RUNNING;
        total++;
        newest = task->pid;
    }
    spin_unlock(&tree_lock);
    text_print(text, "0.00 0.00 0.00 %d/%d %d\n", running, total, newest);
    return 0;
}

static int print_cpuinfo(const struct inode *inode, struct text *text) {
    (void)inode;
    uint64_t khz = cycles_per_second() / 1000;
    for (unsigned i = 0; i < cpu_count; i++) {
        text_print(text, "processor\t: %u\nmodel name\t: " ARCH_NAME "\n", i);
        text_print(text, "cpu MHz\t\t: %lu.%03lu\n\n", khz / 1000, khz % 1000);
    }
    return 0;
}

static int print_mounts(const struct inode *inode, struct text *text) {
    (void)inode;
    text_print(text, "rootfs / rootfs rw 0 0\nproc /proc proc ro 0 0\n");
    return 0;
}

// As Linux has it: the first number that is too large.
static int print_pid_max(const struct inode *inode, struct text *text) {
    (void)inode;
    text_print(text, "%d\n", PID_MAX + 1);
    return 0;
}

const struct proc_file proc_system_files[] = {
    {{.print = print_meminfo}, "meminfo", 0444, NULL},
    {{.print = print_uptime}, "uptime", 0444, NULL},
    {{.print = print_loadavg}, "loadavg", 0444, NULL},
    {{.print = print_cpuinfo}, "cpuinfo", 0444, NULL},
    {{.print = print_mounts}, "mounts", 0444, NULL},
    {.name = NULL},
};

const struct proc_file proc_kernel_files[] = {
    {{.print = print_pid_max}, "pid_max", 0444, NULL},
    {.name = NULL},
};
