// SPDX-License-Identifier: MIT
// Raw mode: VMIN and VTIME in all four combinations, poll, O_NONBLOCK; changing modes with input
// that has not been read; what is done to what comes in and goes out.
#include <poll.h>

#include "typing.h"

static struct termios raw(unsigned minimum, unsigned tenths) {
    struct termios termios = plain();
    termios.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
    termios.c_cc[VMIN] = (cc_t)minimum;
    termios.c_cc[VTIME] = (cc_t)tenths;
    return termios;
}

static void set_raw(unsigned minimum, unsigned tenths) {
    struct termios termios = raw(minimum, tenths);
    set(&termios);
}

static int polled(int timeout_ms) {
    struct pollfd entry = {0, POLLIN | POLLOUT, 0};
    int ready = poll(&entry, 1, timeout_ms);
    return ready * 100 + entry.revents;
}

static long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void show_timed_read(size_t bytes, long at_least_ms, long at_most_ms) {
    long start = now_ms();
    show_read(bytes);
    long took = now_ms() - start;
    printf("%s ", took < at_least_ms ? "too early" : took > at_most_ms ? "too late" : "in time");
}

static void nothing_to_wait_for(void) {
    puts("-- MIN 0, TIME 0");
    set_raw(0, 0);
    printf("%d ", polled(0));
    show_read(10);
    type("abc");
    await_bytes(3);
    printf("%d ", polled(0));
    show_read(2);
    show_read(10);
    show_read(10);
    printf("%d\n", polled(0));
}

static void bytes_to_wait_for(void) {
    puts("-- MIN 3, TIME 0");
    set_raw(3, 0);
    type("a");
    await_bytes(1);
    printf("%d %d ", readable(), polled(0));
    type("b");
    await_bytes(2);
    printf("%d %d ", readable(), polled(0));
    type("cd");
    await_bytes(4);
    printf("%d %d ", readable(), polled(0));
    show_read(10);
    type("efg");
    show_read(10);
    type("hi");
    show_read(2); // no more than asked for
    type("jklmnop");
    await_bytes(7);
    show_read(5);
    printf("%d ", polled(0));
    type("q");
    show_read(10);
    set_raw(1, 0);
    type("r");
    show_read(10);
    printf("%d\n", polled(0));
}

static void time_to_wait(void) {
    puts("-- MIN 0, TIME 10");
    set_raw(0, 10);
    printf("%d ", polled(0));
    show_timed_read(10, 990, 9000);
    type("a");
    await_bytes(1);
    printf("%d ", polled(0));
    show_timed_read(10, 0, 900);
    puts("\n-- MIN 4, TIME 10");
    set_raw(4, 10);
    type("ab");
    await_bytes(2);
    printf("%d ", polled(0)); // ready: a read will not block for ever
    show_timed_read(10, 990, 9000);
    type("cdefg");
    await_bytes(5);
    show_timed_read(3, 0, 900);
    show_timed_read(10, 990, 9000);
    type("h");
    show_timed_read(10, 990, 9000);
    putchar('\n');
}

static void without_waiting(void) {
    struct termios termios = plain();
    fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
    puts("-- O_NONBLOCK");
    set_raw(1, 0);
    show_read(10);
    set_raw(0, 0);
    show_read(10);
    set_raw(0, 1);
    show_read(10);
    set_raw(5, 0);
    type("ab");
    await_bytes(2);
    show_read(10);
    termios.c_lflag &= ~(tcflag_t)ECHO;
    set(&termios);
    show_read(10);
    type("ab");
    rest_ms(500);
    printf("%d %d ", readable(), polled(0));
    show_read(10);
    type("\\r");
    await_bytes(3);
    printf("%d %d ", readable(), polled(0));
    show_read(10);
    show_read(10);
    fcntl(0, F_SETFL, fcntl(0, F_GETFL) & ~O_NONBLOCK);
    putchar('\n');
}

static void changing(void) {
    struct termios lines = plain();
    lines.c_lflag &= ~(tcflag_t)ECHO;
    set(&lines);
    puts("-- from lines to raw mode");
    type("one\\rtwo\\x04thr");
    await_bytes(7);
    printf("%d ", readable());
    show_read(2);
    set_raw(1, 0);
    await_bytes(9);
    printf("%d %d ", readable(), polled(0));
    show_read(100);
    puts("\n-- and back");
    type("ab\\rcd");
    await_bytes(5);
    set(&lines);
    printf("%d %d ", readable(), polled(0));
    type("e\\r");
    await_bytes(7);
    show_read(100);
    show_read(100);
    puts("\n-- quoting does not outlast it");
    type("ab\\x16");
    rest_ms(500);
    set_raw(1, 0);
    type("\\r");
    await_bytes(3);
    show_read(100);
    puts("\n-- with nothing there");
    set_raw(1, 0);
    set(&lines);
    printf("%d %d\n-- flushing\n", readable(), polled(0));
    type("ab\\rcd");
    await_bytes(3);
    rest_ms(500);
    result("other way", tcflush(0, TCOFLUSH));
    printf("%d ", readable());
    result("input", tcflush(0, TCIFLUSH));
    printf("%d ", readable());
    result("neither", tcflush(0, 7));
    type("x\\ry");
    await_bytes(2);
    rest_ms(500);
    tcsetattr(0, TCSADRAIN, &lines);
    printf("%d ", readable());
    tcsetattr(0, TCSAFLUSH, &lines);
    printf("%d ", readable());
    type("z\\r");
    show_read(10);
    putchar('\n');
}

// What the queue cannot hold waits in front of it.
static void too_much(void) {
    char text[8192];
    puts("-- more than the queue holds");
    set_raw(1, 0);
    for (int i = 0; i < 50; i++) {
        type("1234567890123456789012345678901234567890123456789012345678901234567890123456789012345"
             "678"
             "901234567890");
    }
    await_bytes(4095);
    rest_ms(500);
    printf("%d ", readable());
    for (int left = 5000; left > 0;) {
        left -= (int)read(0, text, sizeof text);
    }
    printf("all\n");
}

static void input_as_it_is(void) {
    struct termios termios = raw(1, 0);
    puts("-- no signals, no translation");
    termios.c_iflag = 0;
    set(&termios);
    type("\\x03\\x1a\\x1c\\x04\\r\\n\\x7f\\x15\\x16\\xff\\x00");
    await_bytes(11);
    show_read(100);
    puts("\n-- translated");
    termios.c_iflag = ICRNL;
    set(&termios);
    type("\\r\\n");
    await_bytes(2);
    show_read(100);
    puts("\n-- with echo");
    termios.c_lflag |= ECHO;
    set(&termios);
    type("a\\x06\\tb\\x7f\\x04\\r");
    await_bytes(7);
    rest_ms(300);
    show_read(100);
    termios.c_lflag &= ~(tcflag_t)ECHOCTL;
    set(&termios);
    puts("\n-- without ECHOCTL");
    type("a\\x06\\tb\\x7f\\x04\\r");
    await_bytes(7);
    rest_ms(300);
    show_read(100);
    putchar('\n');
}

static void output(void) {
    struct termios termios = plain();
    puts("-- output");
    set(&termios);
    printf("ONLCR\n");
    termios.c_oflag = OPOST;
    set(&termios);
    printf("OPOST alone\n");
    termios.c_oflag = ONLCR;
    set(&termios);
    printf("ONLCR alone\n");
    termios.c_oflag = OPOST | ONLCR;
    set(&termios);
}

static void asking(void) {
    struct termios termios;
    struct termios other;
    struct winsize size = {30, 100, 3, 4};
    puts("-- asking");
    tcgetattr(0, &termios);
    termios.c_lflag ^= TOSTOP;
    termios.c_cc[VINTR] = 7;
    termios.c_cc[VTIME] = 9;
    set(&termios);
    memset(&other, 0xee, sizeof other);
    result("tcgetattr", tcgetattr(1, &other));
    printf("the same: %d %d %d\n", other.c_lflag == termios.c_lflag, other.c_cc[VINTR],
           other.c_cc[VTIME]);
    result("set the size", ioctl(0, TIOCSWINSZ, &size));
    memset(&size, 0xee, sizeof size);
    result("the size", ioctl(0, TIOCGWINSZ, &size));
    printf("%d %d %d %d\n", size.ws_row, size.ws_col, size.ws_xpixel, size.ws_ypixel);
    int waiting = -1;
    result("output that waits", ioctl(0, TIOCOUTQ, &waiting));
    printf("%d\n", waiting);
    result("drain", tcdrain(0));
    result("no such request", ioctl(0, 0x54ff, &waiting));
    result("to nowhere", ioctl(0, TCGETS, 8));
    result("from nowhere", ioctl(0, TCSETS, 8));
    result("size to nowhere", ioctl(0, TIOCGWINSZ, 8));
    result("size from nowhere", ioctl(0, TIOCSWINSZ, 8));
    result("number to nowhere", ioctl(0, FIONREAD, 8));
    result("read to nowhere", read(0, (void *)8, 0));
    printf("a terminal: %d", isatty(0));
    int file = open("/dev/null", O_RDWR);
    printf(", not one: %d\n", isatty(file));
    result("not one", tcgetattr(file, &termios));
    result("no file", tcgetattr(77, &termios));
}

int main(void) {
    nothing_to_wait_for();
    bytes_to_wait_for();
    time_to_wait();
    without_waiting();
    changing();
    too_much();
    input_as_it_is();
    output();
    asking();
    return 0;
}
