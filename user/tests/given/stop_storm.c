// SPDX-License-Identifier: MIT
// A child is stopped and let go on while it reads, as fast as it goes: it never notices.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 300 };

static void read_all(int from) {
    char c;
    int bytes = 0;
    for (ssize_t got = 1; got > 0; bytes += got > 0) {
        got = read(from, &c, 1);
        if (got < 0) {
            printf("read: error %d\n", errno);
        }
    }
    printf("read %d bytes\n", bytes);
}

int main(void) {
    int ends[2];
    int status = 0;
    if (pipe(ends) < 0) {
        return 1;
    }
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        close(ends[1]);
        read_all(ends[0]);
        _exit(0);
    }
    setpgid(pid, pid);
    for (int i = 0; i < ROUNDS; i++) {
        kill(pid, i % 2 == 0 ? SIGTSTP : SIGSTOP);
        kill(pid, SIGCONT);
        if (write(ends[1], "x", 1) != 1) {
            return 1;
        }
    }
    close(ends[1]);
    pid_t got = waitpid(pid, &status, WUNTRACED);
    printf("the child %d, status %x\n", got == pid, (unsigned)status);
    return 0;
}
