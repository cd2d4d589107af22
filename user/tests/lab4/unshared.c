// SPDX-License-Identifier: MIT
// Threads that share descriptors share the flags: what one sets, the other sees. When one of them
// becomes another program, the descriptors with the flag are closed for that program alone.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <tine.h>

#include "itself.h"

enum { STACK_BYTES = 16384, FLAGGED = 30, PLAIN = 31, LATE = 32 };

static char stack[STACK_BYTES] __attribute__((aligned(16)));
static volatile int seen;

// The program: which of the three are there?
static int be_started(void) {
    return (fcntl(FLAGGED, F_GETFD) >= 0) * 1 + (fcntl(PLAIN, F_GETFD) >= 0) * 2 +
           (fcntl(LATE, F_GETFD) >= 0) * 4;
}

static void set_and_see(void) {
    seen = fcntl(FLAGGED, F_GETFD) * 10 + fcntl(PLAIN, F_GETFD);
    fcntl(LATE, F_SETFD, FD_CLOEXEC);
    dup3(FLAGGED, LATE + 1, O_CLOEXEC);
    _exit(0);
}

static void become_another(void) {
    fcntl(LATE, F_SETFD, FD_CLOEXEC);
    execve(ITSELF("unshared"), WORDS("unshared", "find"), NO_WORDS);
    _exit(EXEC_FAILED + errno);
}

static void show(const char *what) {
    printf("%s: %d %d %d\n", what, fcntl(FLAGGED, F_GETFD), fcntl(PLAIN, F_GETFD),
           fcntl(LATE, F_GETFD));
}

static int reads(int fd) {
    char byte = 0;
    return pread(fd, &byte, 1, 0) == 1 && byte == 'x';
}

int main(int argc, char **argv) {
    if (argc > 1 && argv[1][0] == 'f') {
        return be_started();
    }
    int file = open("file", O_RDWR | O_CREAT, 0600);
    write(file, "x", 1);
    dup3(file, FLAGGED, O_CLOEXEC);
    dup3(file, PLAIN, 0);
    dup3(file, LATE, 0);
    outcome(probe_thread(set_and_see, stack + sizeof stack, 1));
    printf("a thread sees %d\n", seen);
    show("what it has set is seen");
    printf("and what it has made: %d\n", fcntl(LATE + 1, F_GETFD));
    fcntl(LATE, F_SETFD, 0);
    for (int shared = 1; shared >= 0; shared--) {
        int how = outcome(probe_thread(become_another, stack + sizeof stack, shared));
        printf("a thread with %s descriptors becomes another program, which has %d\n",
               shared ? "shared" : "its own", how);
        show("here they are open, with their flags");
        printf("and can be used: %d %d %d\n", reads(FLAGGED), reads(PLAIN), reads(LATE));
        fcntl(LATE, F_SETFD, 0);
    }
    return 0;
}
