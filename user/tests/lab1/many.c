// SPDX-License-Identifier: MIT
// 500 children, one after the other, every tenth of which crashes. What each of them had comes
// back: as many frames are in use afterwards as before. The first two are not counted: what the
// kernel keeps for later it takes then.
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <tine.h>
#include <unistd.h>

static volatile char *volatile nowhere; // NULL

enum { CHILDREN = 500, BYTES = 64 * 1024 };

static char *memory;

static int one(int i) {
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        memory[i] = (char)i;
        if (i % 10 == 1) {
            *nowhere = 1;
        }
        _exit(3);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid &&
           (i % 10 == 1 ? WIFSIGNALED(status) : WEXITSTATUS(status) == 3);
}

int main(void) {
    int ended = 0;
    memory = malloc(BYTES);
    for (int i = 0; memory != NULL && i < BYTES; i += 1024) {
        memory[i] = 1;
    }
    one(0);
    one(1);
    puts("500 children, one after the other");
    probe_stop(1);
    for (int i = 0; i < CHILDREN; i++) {
        ended += one(i);
    }
    probe_stop(2);
    printf("%d ended as they should\n", ended);
    return 0;
}
