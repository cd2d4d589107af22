// SPDX-License-Identifier: MIT
// Kernel messages: collected into lines, stamped, and put on the console whole.
#include <arch/cpu.h>
#include <stdarg.h>

#include "arch/machine.h"
#include "base/format.h"
#include "ending.h"
#include "fs/console.h"
#include "kernel.h"
#include "lock.h"

enum { LINE_BYTES = 240 };

// Guards `line` and `used`. Taken before the console's lock.
static struct spinlock printk_lock = SPINLOCK_INIT("printk");
static char line[LINE_BYTES];
static size_t used;

static void flush_line(void) {
    uint64_t hz = cycles_per_second();
    if (hz == 0) {
        hz = 1000000000; // not measured yet
    }
    uint64_t us = (cycle_count() - boot_info.entry_cycles) / (hz / 1000000);
    console_write_message(us, line, used);
    used = 0;
}

static void line_sink(void *context, const char *text, size_t bytes) {
    (void)context;
    for (size_t i = 0; i < bytes; i++) {
        if (text[i] == '\n' || used == LINE_BYTES) {
            flush_line();
        }
        if (text[i] != '\n') {
            line[used++] = text[i];
        }
    }
}

static void vprintk(const char *pattern, va_list arguments) {
    spin_lock(&printk_lock);
    format(line_sink, NULL, pattern, arguments);
    spin_unlock(&printk_lock);
}

void printk(const char *pattern, ...) {
    va_list arguments;
    va_start(arguments, pattern);
    vprintk(pattern, arguments);
    va_end(arguments);
}

void last_words(const char *kind, const char *pattern, va_list arguments) {
    ending_begin();
    if (used > 0) {
        flush_line();
    }
    printk("%s: ", kind);
    vprintk(pattern, arguments);
    printk("\n");
}
