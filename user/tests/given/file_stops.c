// SPDX-License-Identifier: MIT
// Pages of a file on their way: one read and one written through a private mapping, one through a
// shared one; then in a child, which writes to all of them; then when the child has ended, and the
// parent writes. For Tine alone: others look at the page tables meanwhile.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <tine.h>
#include <unistd.h>

#define PAGE 4096L

static char text[3 * PAGE];

static char *map(int fd, int flags, long pages, long first) {
    char *at = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, flags, fd, first * PAGE);
    if (at == MAP_FAILED) {
        exit(1);
    }
    return at;
}

static void write_all(char *private, char *shared, char letter) {
    private[0] = private[PAGE] = shared[0] = letter;
}

int main(void) {
    int fd = open("/tmp/file", O_RDWR | O_CREAT | O_TRUNC, 0600);
    memset(text, 'f', sizeof text);
    if (write(fd, text, sizeof text) != (long)sizeof text) {
        return 1;
    }
    char *private = map(fd, MAP_PRIVATE, 2, 0);
    char *shared = map(fd, MAP_SHARED, 1, 2);
    char seen = *(volatile char *)private;
    private[PAGE] = shared[0] = 'p';
    printf("%c%c%c\n", seen, private[PAGE], shared[0]);
    fflush(stdout);
    probe_stop(1);
    if (fork() == 0) {
        write_all(private, shared, 'c');
        probe_stop(2);
        _exit(0);
    }
    wait(NULL);
    printf("%c%c%c\n", private[0], private[PAGE], shared[0]);
    write_all(private, shared, 'P');
    probe_stop(3);
    for (int i = 0; i < 3; i++) {
        printf("%c", pread(fd, text, 1, i * PAGE) == 1 ? text[0] : '-');
    }
    puts("");
    return 0;
}
