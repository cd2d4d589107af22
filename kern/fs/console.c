// SPDX-License-Identifier: MIT
#include "fs/console.h"

#include "arch/machine.h"
#include "base/format.h"
#include "base/string.h"
#include "options.h"

struct tty console_tty = TTY_INIT(console_tty, serial_get, console_write);

// Guards the device, and whether the last byte of a program was not the end of a line.
static struct spinlock console_lock = SPINLOCK_INIT("console");
static bool line_half_written;

static void put(const char *text, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        if (options.console_on_debugcon) {
            debugcon_put(text[i]);
        } else {
            serial_put(text[i]);
        }
    }
}

void console_write(const char *text, size_t bytes) {
    spin_lock(&console_lock);
    put(text, bytes);
    if (bytes > 0) {
        line_half_written = text[bytes - 1] != '\n';
    }
    spin_unlock(&console_lock);
}

void console_write_message(uint64_t microseconds, const char *text, size_t bytes) {
    char stamp[40];
    spin_lock(&console_lock);
    snprintf(stamp, sizeof stamp, "%s[%5lu.%06lu%s] ", line_half_written ? "\r\n" : "",
             microseconds / 1000000, microseconds % 1000000, line_half_written ? "+" : "");
    line_half_written = false;
    put(stamp, strlen(stamp));
    put(text, bytes);
    put("\r\n", 2);
    spin_unlock(&console_lock);
}
