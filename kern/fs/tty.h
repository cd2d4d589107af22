// SPDX-License-Identifier: MIT
// A terminal: what lies between the line to a person and the programs. The line discipline (tty.c)
// edits what is typed, shows it, and makes signals of some of it; tty_ops.c is how programs use
// that, and whose terminal it is.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lock.h"
#include "sys/termios.h"
#include "task/wait.h"

struct task;

enum { TTY_QUEUE = 4096, TTY_OUTPUT = 256 };

struct tty {
    // The device below. `put` may be called in any context.
    int (*get)(void); // the next byte typed, or -1
    void (*put)(const char *text, size_t bytes);

    // Guarded by tree_lock. No job control before a session has it.
    int sid;  // the session whose controlling terminal it is; 0: none
    int pgid; // the foreground group, which keeps this number as long as it is here; 0: none

    struct spinlock lock; // guards what follows; tree_lock and the device's are taken inside
    struct termios termios;
    struct winsize size;

    // Input, as positions that only grow: [tail, line) can be read, [line, head) is being edited.
    // In raw mode all is there to be read.
    uint16_t queue[TTY_QUEUE];
    unsigned tail, line, head;
    bool literal; // the next character is only that (VLNEXT)
    struct wait_queue readers;

    // Output on its way to the device, and where on the screen that leads.
    char output[TTY_OUTPUT];
    size_t output_bytes;
    unsigned column;
    unsigned line_column; // where the line being edited begins
};

// A terminal at first: lines are edited, Enter sends '\r', and Control-C and its kind do what one
// expects.
#define TTY_INIT(self, get_function, put_function)                                     \
    {                                                                                  \
        .get = (get_function), .put = (put_function), .lock = SPINLOCK_INIT("tty"),    \
        .readers = {LIST_INIT((self).readers.waiters)},                                \
        .termios = {                                                                   \
            .iflag = ICRNL,                                                            \
            .oflag = OPOST | ONLCR,                                                    \
            .cflag = B38400 | CS8 | CREAD,                                             \
            .lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN, \
            .cc = {3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0},      \
        },                                                                             \
    }

// Takes what has been typed since the last call, as far as there is room. Called by the timer.
void tty_receive(struct tty *tty);

// ---- The line discipline: `lock` is held -----------------------------------------------------

// True if a read finds something; `all`: as much as a program asks for that polls.
bool tty_readable(const struct tty *tty, bool all);

// How many bytes can be read.
unsigned tty_readable_bytes(const struct tty *tty);

// Takes at most `bytes` of what can be read, no further than to the end of a line, which *ended
// then says.
size_t tty_take(struct tty *tty, char *to, size_t bytes, bool *ended);

// Puts a program's output on the screen.
void tty_put(struct tty *tty, const char *text, size_t bytes);

// Forgets what has been typed.
void tty_flush(struct tty *tty);

void tty_set_termios(struct tty *tty, const struct termios *termios);

// ---- Whose it is: tree_lock is held ----------------------------------------------------------

// Makes the terminal that of the session that `leader` leads, which has none; nobody else has it.
void tty_give(struct task *leader);

// If `task` leads a session, it gives up its terminal: hangs up the foreground group (and lets it
// go on, unless `task` ends), and leaves the session without one.
void tty_leave(struct task *task, bool ends);
