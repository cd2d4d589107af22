// SPDX-License-Identifier: MIT
// What wait tells about a child that ended by itself: which one it was, and the lowest eight bits
// of its exit status, in the right place.
#include <stdio.h>
#include <sys/wait.h>
#include <tine.h>
#include <unistd.h>

int main(void) {
    static const int codes[] = {0, 1, 77, 128, 255, 256 + 3, -1};
    for (int i = 0; i < 7; i++) {
        int status = -1;
        pid_t pid = fork();
        if (pid == 0) {
            _exit(codes[i]);
        }
        pid_t got = wait(&status);
        probe_mark(1, status);
        printf("exit(%d): %s, status 0x%x, %s %d\n", codes[i],
               got == pid ? "the child's pid" : "another pid", (unsigned)status,
               WIFEXITED(status) ? "exited with" : "did not exit by itself:", WEXITSTATUS(status));
    }
    return 0;
}
