// SPDX-License-Identifier: MIT
// fork when memory runs out at every point where it may: the caller is told, goes on as before, and
// nothing is lost. The nth allocation fails, for n = 1, 2, 3, ... until fork succeeds.
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <tine.h>
#include <unistd.h>

enum { LIMIT = 500 };

static char heap[5 * 4096];

int main(void) {
    char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    shared[0] = 's';
    for (unsigned i = 0; i < sizeof heap; i += 4096) {
        heap[i] = 'h';
    }
    long findings = 0;
    int wrong = 0;
    int points = 0;
    for (; points < LIMIT; points++) {
        probe_fail(INJECT_ANY, points + 1);
        pid_t pid = fork();
        int error = errno;
        if (pid == 0) {
            _exit(7);
        }
        long unused = probe_fail(INJECT_NONE, 0);
        if (pid > 0) {
            int status = 0;
            wrong += wait(&status) != pid || status != 7 << 8;
            wrong += unused == 0; // an allocation has failed, and fork did not notice
            break;
        }
        wrong += error != ENOMEM && error != EAGAIN;
        wrong += heap[0] != 'h' || shared[0] != 's';
        findings += probe_audit();
    }
    probe_mark(1, points);
    probe_mark(2, findings);
    printf("wrong answers: %d\n", wrong);
    printf("fork succeeded in the end: %s\n", points < LIMIT ? "yes" : "no");
    return 0;
}
