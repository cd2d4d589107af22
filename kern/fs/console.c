// SPDX-License-Identifier: MIT
#include "fs/console.h"

#include "arch/machine.h"
#include "base/format.h"
#include "base/string.h"
#include "errno.h"
#include "fs/poll.h"
#include "lock.h"
#include "options.h"
#include "task/wait.h"

enum { LINE_BYTES = 1024 };
enum { CTRL_C = 3, CTRL_D = 4, BACKSPACE = 8, CTRL_U = 21, DELETE = 127 };

// Guards everything below. The scheduler's lock is taken inside.
static struct spinlock console_lock = SPINLOCK_INIT("console");
static bool line_half_written;

// Input: [0, ready) are finished lines, [ready, typed) is the line being edited.
static char input[LINE_BYTES];
static size_t ready;
static size_t typed;
static bool input_ended;
static struct wait_queue typing = {LIST_INIT(typing.waiters)}; // waiting for a line or the end

static void put(char c) {
    if (options.console_on_debugcon) {
        debugcon_put(c);
    } else {
        serial_put(c);
    }
}

static void put_program_byte(char c) {
    put(c);
    line_half_written = c != '\n';
}

void console_write(const char *text, size_t bytes) {
    spin_lock(&console_lock);
    for (size_t i = 0; i < bytes; i++) {
        put_program_byte(text[i]);
    }
    spin_unlock(&console_lock);
}

void console_write_message(uint64_t microseconds, const char *text, size_t bytes) {
    char stamp[32];
    spin_lock(&console_lock);
    snprintf(stamp, sizeof stamp, "[%5lu.%06lu%s] ", microseconds / 1000000, microseconds % 1000000,
             line_half_written ? "+" : "");
    if (line_half_written) {
        put('\n');
        line_half_written = false;
    }
    for (const char *c = stamp; *c != '\0'; c++) {
        put(*c);
    }
    for (size_t i = 0; i < bytes; i++) {
        put(text[i]);
    }
    put('\n');
    spin_unlock(&console_lock);
}

static void erase_one(void) {
    typed--;
    put_program_byte('\b');
    put_program_byte(' ');
    put_program_byte('\b');
}

static void take_byte(char c) {
    if (c == '\r') {
        c = '\n'; // what a terminal's Enter key sends
    }
    if (c == CTRL_D && typed == ready) {
        input_ended = true;
    } else if (c == BACKSPACE || c == DELETE) {
        if (typed > ready) {
            erase_one();
        }
    } else if (c == CTRL_U || c == CTRL_C) {
        while (typed > ready) {
            erase_one();
        }
    } else if ((c == '\n' && typed < LINE_BYTES) || (c >= ' ' && typed < LINE_BYTES - 1)) {
        input[typed++] = c;
        put_program_byte(c);
        if (c == '\n') {
            ready = typed;
        }
    }
}

void console_poll(void) {
    bool can_read = false;
    spin_lock(&console_lock);
    for (int c = serial_get(); c >= 0; c = serial_get()) {
        take_byte((char)c);
        can_read = ready > 0 || input_ended;
    }
    if (can_read) {
        wait_wake_all(&typing);
    }
    spin_unlock(&console_lock);
    if (can_read) {
        poll_notify();
    }
}

static size_t take_line(char *to, size_t bytes) {
    size_t taken = 0;
    while (taken < bytes && taken < ready) {
        to[taken] = input[taken];
        if (input[taken++] == '\n') {
            break;
        }
    }
    memmove(input, input + taken, typed - taken);
    ready -= taken;
    typed -= taken;
    return taken;
}

int64_t console_read(char *to, size_t bytes, bool wait) {
    int64_t result = 0;
    spin_lock(&console_lock);
    while (result == 0 && ready == 0 && !input_ended) {
        result = wait ? wait_sleep_interruptible(&typing, &console_lock) : -EAGAIN;
    }
    if (result == 0) {
        result = (int64_t)take_line(to, bytes);
        if (result == 0) {
            input_ended = false;
        }
    }
    spin_unlock(&console_lock);
    return result == -EINTR ? -ERESTARTSYS : result;
}

bool console_can_read(void) {
    spin_lock(&console_lock);
    bool can = ready > 0 || input_ended;
    spin_unlock(&console_lock);
    return can;
}
