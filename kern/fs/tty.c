// SPDX-License-Identifier: MIT
// The line discipline. What is typed comes in byte by byte, in an interrupt; so ^C reaches programs
// that do not read. When the queue is full the rest waits in the device; only a line that is too
// long loses its end, so that it can still be edited and finished.
#include "fs/tty.h"

#include "fs/poll.h"
#include "sys/signal.h"
#include "task/task.h"

// A byte in the queue may be the last of a line; or there is no byte, only the end (^D).
enum { BYTE = 0xff, LINE_END = 0x100, NO_BYTE = 0x200 };

#define AT(tty, position) ((tty)->queue[(position) % TTY_QUEUE])

static bool has(const struct tty *tty, uint32_t local_flag) {
    return (tty->termios.lflag & local_flag) != 0;
}

// True if `c` is the control character `index`.
static bool is(const struct tty *tty, uint8_t c, unsigned index) {
    return c != 0 && c == tty->termios.cc[index];
}

static bool is_control(uint8_t c) {
    return c < ' ' || c == 127;
}

// True if `c` is a byte of a character in UTF-8 other than the first.
static bool is_continuation(const struct tty *tty, uint8_t c) {
    return (tty->termios.iflag & IUTF8) && (c & 0xc0) == 0x80;
}

static bool is_word(uint8_t c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' ||
           c >= 0xc0;
}

// ---- Output ----------------------------------------------------------------------------------

static void output_send(struct tty *tty) {
    tty->put(tty->output, tty->output_bytes);
    tty->output_bytes = 0;
}

static void output_byte(struct tty *tty, char c) {
    if (tty->output_bytes == TTY_OUTPUT) {
        output_send(tty);
    }
    tty->output[tty->output_bytes++] = c;
}

// How many columns `c` takes at `column`; control characters as ECHOCTL shows them.
static unsigned width(const struct tty *tty, uint8_t c, unsigned column) {
    if (c == '\t') {
        return 8 - column % 8;
    }
    if (is_control(c)) {
        return has(tty, ECHOCTL) ? 2 : 0;
    }
    return is_continuation(tty, c) ? 0 : 1;
}

static void emit(struct tty *tty, uint8_t c) {
    bool to_crlf = c == '\n' && (tty->termios.oflag & (OPOST | ONLCR)) == (OPOST | ONLCR);
    if (to_crlf) {
        output_byte(tty, '\r');
    }
    if (to_crlf || c == '\r') {
        tty->column = tty->line_column = 0;
    } else if (c == '\b' && tty->column > 0) {
        tty->column--;
    } else if (c == '\t' || !is_control(c)) {
        tty->column += width(tty, c, tty->column);
    }
    output_byte(tty, (char)c);
}

static void emit_text(struct tty *tty, const char *text) {
    for (; *text != '\0'; text++) {
        emit(tty, (uint8_t)*text);
    }
}

void tty_put(struct tty *tty, const char *text, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        emit(tty, (uint8_t)text[i]);
    }
    output_send(tty);
}

// ---- Echo ------------------------------------------------------------------------------------

static void echo(struct tty *tty, uint8_t c) {
    if (!has(tty, ECHO)) {
        return;
    }
    if (is_control(c) && c != '\t' && has(tty, ECHOCTL)) {
        emit(tty, '^');
        c ^= 0x40;
    }
    emit(tty, c);
}

// Takes `c`, which was behind the line, off the screen. Where a tab began is found by walking
// there.
static void echo_erase(struct tty *tty, uint8_t c) {
    unsigned column = tty->line_column;
    for (unsigned i = tty->line; i != tty->head; i++) {
        column += width(tty, (uint8_t)AT(tty, i), column);
    }
    for (unsigned left = width(tty, c, column); left > 0; left--) {
        emit_text(tty, c == '\t' ? "\b" : "\b \b");
    }
}

// ---- Editing ---------------------------------------------------------------------------------

// Where the last character of the line begins.
static unsigned last_character(const struct tty *tty) {
    unsigned at = tty->head - 1;
    while (at != tty->line && is_continuation(tty, (uint8_t)AT(tty, at))) {
        at--;
    }
    return at;
}

static void drop_last(struct tty *tty, bool visibly) {
    tty->head = last_character(tty);
    if (visibly && has(tty, ECHO)) {
        echo_erase(tty, (uint8_t)AT(tty, tty->head));
    }
}

// VWERASE: back to the beginning of a word.
static void drop_word(struct tty *tty) {
    bool inside = false;
    while (tty->head != tty->line) {
        bool word = is_word((uint8_t)AT(tty, last_character(tty)));
        if (inside && !word) {
            break;
        }
        inside = word;
        drop_last(tty, true);
    }
}

static void drop_line(struct tty *tty) {
    const uint32_t visibly = ECHOE | ECHOK | ECHOKE;
    if ((tty->termios.lflag & visibly) == visibly) {
        while (tty->head != tty->line) {
            drop_last(tty, true);
        }
        return;
    }
    tty->head = tty->line;
    echo(tty, tty->termios.cc[VKILL]);
    if (has(tty, ECHO) && has(tty, ECHOK)) {
        emit(tty, '\n');
    }
}

// Handles a character that takes something off the line. Returns false if it is none.
static bool erase(struct tty *tty, uint8_t c) {
    bool word = is(tty, c, VWERASE) && has(tty, IEXTEN);
    if (!is(tty, c, VERASE) && !is(tty, c, VKILL) && !word) {
        return false;
    }
    if (tty->head == tty->line) {
        return true;
    }
    if (word) {
        drop_word(tty);
    } else if (is(tty, c, VKILL)) {
        drop_line(tty);
    } else {
        drop_last(tty, has(tty, ECHOE));
        if (!has(tty, ECHOE)) {
            echo(tty, c);
        }
    }
    return true;
}

static void reprint(struct tty *tty, uint8_t c) {
    echo(tty, c);
    emit(tty, '\n');
    for (unsigned i = tty->line; i != tty->head; i++) {
        echo(tty, (uint8_t)AT(tty, i));
    }
}

static void line_end(struct tty *tty, uint16_t entry) {
    AT(tty, tty->head++) = entry | LINE_END;
    tty->line = tty->head;
}

// Handles a character that edits or ends the line. Returns false if it is an ordinary one.
static bool edit(struct tty *tty, uint8_t c) {
    if (erase(tty, c)) {
        return true;
    }
    if (is(tty, c, VLNEXT) && has(tty, IEXTEN)) {
        tty->literal = true;
        if (has(tty, ECHO) && has(tty, ECHOCTL)) {
            emit_text(tty, "^\b");
        }
    } else if (is(tty, c, VREPRINT) && has(tty, IEXTEN) && has(tty, ECHO)) {
        reprint(tty, c);
    } else if (c == '\n') {
        if (has(tty, ECHO) || has(tty, ECHONL)) {
            emit(tty, c);
        }
        line_end(tty, c);
    } else if (is(tty, c, VEOF)) {
        line_end(tty, NO_BYTE);
    } else if (is(tty, c, VEOL) || (is(tty, c, VEOL2) && has(tty, IEXTEN))) {
        echo(tty, c);
        line_end(tty, c);
    } else {
        return false;
    }
    return true;
}

// ---- Input -----------------------------------------------------------------------------------

void tty_flush(struct tty *tty) {
    tty->tail = tty->line = tty->head;
    tty->literal = false;
}

// Sends the foreground group the signal that `c` stands for. Returns false if it stands for none.
static bool make_signal(struct tty *tty, uint8_t c) {
    int signal = is(tty, c, VINTR)   ? SIGINT
                 : is(tty, c, VQUIT) ? SIGQUIT
                 : is(tty, c, VSUSP) ? SIGTSTP
                                     : 0;
    if (signal == 0) {
        return false;
    }
    spin_lock(&tree_lock);
    signal_send_group(tty->pgid, signal);
    spin_unlock(&tree_lock);
    if (!has(tty, NOFLSH)) {
        tty_flush(tty);
    }
    echo(tty, c);
    return true;
}

static void add(struct tty *tty, uint8_t c) {
    if (tty->line == tty->head) {
        tty->line_column = tty->column;
    }
    if (c == '\n' && !has(tty, ICANON) && has(tty, ECHO)) {
        emit(tty, c);
    } else {
        echo(tty, c);
    }
    AT(tty, tty->head++) = c;
}

static void receive(struct tty *tty, uint8_t c) {
    const uint32_t iflag = tty->termios.iflag;
    if (tty->literal) {
        tty->literal = false;
        add(tty, c);
        return;
    }
    if (has(tty, ISIG) && make_signal(tty, c)) {
        return;
    }
    if (c == '\r' && (iflag & IGNCR)) {
        return;
    }
    if (c == '\r' && (iflag & ICRNL)) {
        c = '\n';
    } else if (c == '\n' && (iflag & INLCR)) {
        c = '\r';
    }
    if (!has(tty, ICANON) || !edit(tty, c)) {
        add(tty, c);
    }
}

// A place is kept for the end of a line. A line that fills the queue by itself goes on changing its
// last character, or nobody could ever finish it.
static bool has_room(const struct tty *tty) {
    return tty->head - tty->tail < TTY_QUEUE - 1 || (has(tty, ICANON) && tty->line == tty->tail);
}

void tty_receive(struct tty *tty) {
    bool ready = false;
    int c;
    spin_lock(&tty->lock);
    while (has_room(tty) && (c = tty->get()) >= 0) {
        if (tty->head - tty->tail == TTY_QUEUE) {
            tty->head--;
        }
        receive(tty, (uint8_t)c);
        ready = tty_readable(tty, false);
    }
    output_send(tty);
    if (ready) {
        wait_wake_all(&tty->readers);
    }
    spin_unlock(&tty->lock);
    if (ready) {
        poll_notify();
    }
}

// ---- Reading ---------------------------------------------------------------------------------

bool tty_readable(const struct tty *tty, bool all) {
    const uint8_t *cc = tty->termios.cc;
    if (has(tty, ICANON)) {
        return tty->line != tty->tail;
    }
    return tty->head - tty->tail >= (all && cc[VTIME] == 0 && cc[VMIN] > 0 ? cc[VMIN] : 1);
}

unsigned tty_readable_bytes(const struct tty *tty) {
    unsigned bytes = 0;
    unsigned end = has(tty, ICANON) ? tty->line : tty->head;
    for (unsigned i = tty->tail; i != end; i++) {
        bytes += (AT(tty, i) & NO_BYTE) == 0;
    }
    return bytes;
}

size_t tty_take(struct tty *tty, char *to, size_t bytes, bool *ended) {
    size_t taken = 0;
    unsigned end = has(tty, ICANON) ? tty->line : tty->head;
    *ended = false;
    while (tty->tail != end && !*ended) {
        uint16_t entry = AT(tty, tty->tail);
        if ((entry & NO_BYTE) == 0) { // otherwise it is taken even if nothing more fits
            if (taken == bytes) {
                break;
            }
            to[taken++] = (char)(entry & BYTE);
        }
        *ended = (entry & LINE_END) != 0;
        tty->tail++;
    }
    return taken;
}

// What has been typed stays: going to raw mode all of it can be read, coming back it is a line.
void tty_set_termios(struct tty *tty, const struct termios *termios) {
    bool was_canonical = has(tty, ICANON);
    tty->termios = *termios;
    if (was_canonical == has(tty, ICANON)) {
        return;
    }
    for (unsigned i = tty->tail; i != tty->head; i++) {
        AT(tty, i) &= BYTE;
    }
    tty->line = tty->tail;
    if (has(tty, ICANON) && tty->head != tty->tail) {
        AT(tty, tty->head - 1) |= LINE_END;
        tty->line = tty->head;
    }
    tty->literal = false;
    wait_wake_all(&tty->readers);
}
