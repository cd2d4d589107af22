// SPDX-License-Identifier: MIT
// Two tasks share memory, perhaps on two processors. When one of them takes a page away, or a
// right, the other must no longer be able to use what its processor remembers of it.
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <tine.h>
#include <unistd.h>

#include "patience.h"

#define PAGE 4096UL

enum { ROUNDS = 40, LOOKS = 200 };

static volatile unsigned *page;
static volatile unsigned seen;
static volatile int done;
static volatile int faults;
static volatile int may_go_on;
static char stack[16384] __attribute__((aligned(16)));

static void reader(void) {
    while (!done) {
        seen = *page;
        sched_yield();
    }
    _exit(0);
}

static void fault(int signal) {
    (void)signal;
    may_go_on = 0;
    faults = faults + 1;
    while (!may_go_on && !done) {
        sched_yield();
    }
}

static void writer(void) {
    while (!done) {
        *page = *page + 1;
        sched_yield();
    }
    _exit(0);
}

static unsigned *fresh_page(void) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | (page != NULL ? MAP_FIXED : 0);
    return mmap((void *)page, PAGE, PROT_READ | PROT_WRITE, flags, -1, 0);
}

// The page is replaced by another; the reader must see that one.
static void replace_pages(void) {
    int right = 0;
    probe_thread(reader, stack + sizeof stack, 0);
    for (unsigned i = 1; i <= ROUNDS; i++) {
        fresh_page();
        *page = i;
        right += comes_true(&seen, i);
    }
    done = 1;
    wait(NULL);
    printf("replaced %d times, seen %d times\n", ROUNDS, right);
}

// The right to write is taken away; nothing may be written after that.
static void take_rights(void) {
    int changed = 0;
    unsigned before = faults;
    done = 0;
    probe_thread(writer, stack + sizeof stack, 0);
    for (int i = 0; i < ROUNDS; i++) {
        unsigned now = *page;
        for (int k = 0; k < PATIENCE && *page == now; k++) {
            sched_yield(); // until it is at work
        }
        mprotect((void *)page, PAGE, PROT_READ);
        now = *page;
        for (int k = 0; k < LOOKS; k++) {
            sched_yield();
            changed += *page != now;
        }
        for (int k = 0; k < PATIENCE && faults == (int)before; k++) {
            sched_yield();
        }
        before = (unsigned)faults;
        mprotect((void *)page, PAGE, PROT_READ | PROT_WRITE);
        may_go_on = 1;
    }
    done = 1;
    wait(NULL);
    printf("%d times read-only: %d faults, %d changes\n", ROUNDS, faults, changed);
}

int main(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = fault;
    sigaction(SIGSEGV, &action, NULL);
    page = fresh_page();
    replace_pages();
    take_rights();
    return 0;
}
