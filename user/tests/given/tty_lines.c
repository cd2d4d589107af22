// SPDX-License-Identifier: MIT
// Lines: edited while they are typed, read when they are complete.
#include "typing.h"

static void line(const char *what, const char *text) {
    printf("%s\n", what);
    type(text);
    show_read(100);
    printf("\n");
}

static void editing(void) {
    line("-- erase", "ab\\x7f\\x7f\\x7fc\\r");
    line("-- erase control characters", "a\\x06b\\x02\\x7f\\x7f\\x7fc\\r");
    line("-- erase tabs", "a\\tb\\t\\t\\x06\\t\\x7f\\x7f\\x7f\\x7f\\x7fc\\r");
    line("-- kill", "gone\\x15kept\\r");
    line("-- kill nothing", "\\x15\\x15kept\\r");
    line("-- erase words", "one two_3  \\x17\\x17.four\\x17\\x17\\x17five\\r");
    line("-- quote", "a\\x16\\x03b\\x16\\rc\\x16\\x7fd\\x16\\x16\\x16\\n\\r");
    line("-- reprint", "abc\\x06\\x12d\\r");
    line("-- NUL is ordinary", "a\\x00b\\r");
}

static void pieces(struct termios termios) {
    puts("-- a line in pieces");
    type("12345678901234567890\\r");
    show_read(7);
    show_read(7);
    show_read(6);
    show_read(7);
    puts("\n-- the end, and a push in the middle");
    type("\\x04");
    show_read(7);
    type("abc\\x04");
    show_read(7);
    type("abc\\x04");
    show_read(3);
    type("\\x04");
    show_read(3);
    type("abcd\\x04");
    show_read(3);
    show_read(3);
    puts("\n-- several lines at once");
    termios.c_lflag &= ~(tcflag_t)ECHO;
    set(&termios);
    type("one\\r\\rtwo\\x04\\x04three\\r");
    await_bytes(14);
    printf("%d ", readable());
    for (int i = 0; i < 5; i++) {
        show_read(100);
    }
    printf("%d\n", readable());
}

static void other_ends(struct termios termios) {
    termios.c_cc[VEOL] = ';';
    termios.c_cc[VEOL2] = '!';
    set(&termios);
    line("-- VEOL", "one;");
    line("-- VEOL2", "two!");
    puts("-- a tab in a line that begins there");
    type("abc;\\tx\\x7f\\x7fy\\r");
    await_bytes(6);
    show_read(100);
    show_read(100);
    putchar('\n');
    termios.c_lflag &= ~(tcflag_t)IEXTEN;
    set(&termios);
    line("-- not without IEXTEN", "a b\\x17\\x16!\\x12\\r");
}

static void echoes(void) {
    static const struct {
        const char *what;
        tcflag_t without;
        tcflag_t with;
    } modes[] = {
        {"-- no ECHO", ECHO, 0},       {"-- no ECHO, but ECHONL", ECHO, ECHONL},
        {"-- no ECHOE", ECHOE, 0},     {"-- no ECHOK", ECHOK, 0},
        {"-- no ECHOKE", ECHOKE, 0},   {"-- no ECHOK, no ECHOKE", ECHOK | ECHOKE, 0},
        {"-- no ECHOCTL", ECHOCTL, 0},
    };
    for (unsigned i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        struct termios termios = plain();
        termios.c_lflag = (termios.c_lflag & ~modes[i].without) | modes[i].with;
        set(&termios);
        line(modes[i].what, "ab\\x05\\tx\\x7f\\x7f\\x7f\\x7fcd\\x15e f\\x17g\\x16\\x06\\r");
    }
}

static void ends_of_lines(void) {
    static const struct {
        const char *what;
        tcflag_t iflag;
        const char *text;
    } modes[] = {
        {"-- ICRNL", ICRNL, "a\\rb\\n"},        {"-- none", 0, "a\\rb\\n"},
        {"-- INLCR", INLCR, "a\\nb\\x04"},      {"-- IGNCR", IGNCR | ICRNL, "a\\rb\\n"},
        {"-- both", INLCR | ICRNL, "a\\nb\\r"},
    };
    for (unsigned i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        struct termios termios = plain();
        termios.c_iflag = modes[i].iflag;
        termios.c_lflag &= ~(tcflag_t)ECHO;
        set(&termios);
        printf("%s\n", modes[i].what);
        type(modes[i].text);
        show_read(100);
        printf("%d ", readable());
        if (readable() > 0) {
            show_read(100);
        }
        printf("\n");
    }
}

static void characters_of_many_bytes(struct termios termios) {
    line("-- bytes", "x\\xc3\\xa9\\x7f\\x7f\\r");
    termios.c_iflag |= IUTF8;
    set(&termios);
    line("-- UTF-8", "x\\xc3\\xa9\\xe2\\x82\\xac\\x7f\\r");
    line("-- UTF-8, a tab and a word", "\\xc3\\xa9\\ty\\x7f\\x7f \\xe2\\x82\\xac\\x17z\\r");
}

// What the queue holds, and what happens to the rest of a line that is too long.
static void too_long(struct termios termios) {
    char text[8192];
    termios.c_lflag &= ~(tcflag_t)ECHO;
    set(&termios);
    puts("-- too long");
    for (int i = 0; i < 42; i++) {
        type(
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
            "bbbbbbbbbbbbbb");
    }
    type("cde\\x7f\\x7fxyz\\r");
    ssize_t got = read(0, text, sizeof text);
    printf("%d bytes, at the end ", (int)got);
    show(text + got - 8, 8);
    puts("\n-- more lines than the queue holds");
    for (int i = 0; i < 42; i++) {
        type("1234567890123456789012345678901234567890123456789\\r123456789012345678901234567890123"
             "4567890"
             "123456789\\r");
    }
    await_bytes(4050); // complete lines
    rest_ms(500);
    printf("%d bytes\n", readable());
    int lines = 0;
    for (; lines < 84 && read(0, text, sizeof text) == 50; lines++) {
    }
    printf("%d lines, %d bytes\n", lines, readable());
}

int main(void) {
    struct termios termios = plain();
    set(&termios);
    editing();
    pieces(termios);
    set(&termios);
    other_ends(termios);
    echoes();
    ends_of_lines();
    set(&termios);
    characters_of_many_bytes(termios);
    too_long(termios);
    return 0;
}
