// SPDX-License-Identifier: MIT
// The kernel writes to a program's memory too: read from a file and a pipe, the status that wait
// stores, the frame of a signal. Each is made to straddle two pages that parent and child share.
#include <fcntl.h>
#include <signal.h>
#include <tine.h>

#include "pages.h"

enum { AREA = 8, BYTES = 100, STACK_BYTES = 4 * 4096 };

static char *area;     // this is what both share
static int file;       // 100 times 'f'
static int through[2]; // a pipe

static char *straddling(size_t bytes) {
    return area + PAGE - bytes / 2;
}

static void refill(void) {
    fill_pages(area, AREA, 'p');
}

// How many bytes differ from what refill() has left.
static int changed(void) {
    int count = 0;
    for (size_t i = 0; i < AREA * PAGE; i++) {
        count += area[i] != 'p';
    }
    return count;
}

static long from_file(void) {
    long got = pread(file, straddling(BYTES), BYTES, 0);
    return got == BYTES && *straddling(BYTES) == 'f' ? changed() : -1;
}

static long from_pipe(void) {
    char bytes[BYTES];
    memset(bytes, 'g', sizeof bytes);
    long put = write(through[1], bytes, sizeof bytes);
    long got = read(through[0], straddling(BYTES), BYTES);
    return put == BYTES && got == BYTES && *straddling(BYTES) == 'g' ? changed() : -1;
}

static long status_of_child(void) {
    int *status = (int *)(void *)straddling(sizeof *status);
    pid_t pid = fork();
    if (pid == 0) {
        _exit(0x22);
    }
    int value = 0;
    long got = waitpid(pid, status, 0);
    memcpy(&value, status, sizeof value);
    return got == pid && value == 0x2200 ? changed() : -1;
}

static volatile int caught;

static void handler(int signal) {
    caught += signal == SIGUSR1;
}

static long signal_frame(void) {
    struct sigaction action;
    stack_t stack;
    memset(&stack, 0, sizeof stack);
    stack.ss_sp = area;
    stack.ss_size = STACK_BYTES + 64; // the frame begins in one page, and ends in the one below
    caught = 0;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = SA_ONSTACK;
    if (sigaltstack(&stack, NULL) < 0 || sigaction(SIGUSR1, &action, NULL) < 0 ||
        raise(SIGUSR1) != 0) {
        return -1;
    }
    stack.ss_flags = SS_DISABLE;
    sigaltstack(&stack, NULL);
    return caught == 1 && changed() > 64 ? BYTES : -1;
}

static long (*deed)(void);

static void work(int from_parent, int to_parent) {
    (void)from_parent;
    long found = deed();
    tell(to_parent, &found, sizeof found);
}

static void watch(int from_parent, int to_parent) {
    await(from_parent);
    long found = changed();
    tell(to_parent, &found, sizeof found);
}

// First a child lets the kernel write, then its parent while a child looks.
static void attempt(const char *what, long (*function)(void)) {
    long childs = -1;
    deed = function;
    refill();
    struct child child = child_start(work);
    child_finish(&child, &childs, sizeof childs);
    wait(NULL);
    printf("%s, by the child: %ld; changed in the parent: %d\n", what, childs, changed());
    refill();
    child = child_start(watch);
    long own = function();
    go_on(child.to);
    child_finish(&child, &childs, sizeof childs);
    wait(NULL);
    probe_mark(1, own);
    printf("%s, by the parent: %ld; changed in the child: %ld\n", what, own, childs);
}

int main(void) {
    char bytes[BYTES];
    area = map_pages(AREA, MAP_PRIVATE);
    file = open("scratch", O_RDWR | O_CREAT | O_TRUNC, 0600);
    memset(bytes, 'f', sizeof bytes);
    if (file < 0 || write(file, bytes, sizeof bytes) != BYTES || pipe(through) < 0) {
        puts("the test could not be set up");
        return 1;
    }
    attempt("read from a file", from_file);
    attempt("read from a pipe", from_pipe);
    attempt("a child's status", status_of_child);
    attempt("a signal's frame", signal_frame);
    return 0;
}
