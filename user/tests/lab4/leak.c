// SPDX-License-Identifier: MIT
// What happens to descriptors that nobody has thought of: a pipe does not end, and a stranger reads
// a secret. And what becomes of both with one flag.
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include "itself.h"

enum { LOOKED_AT = 16, READY = 20, NOBODY = 65534 };

// A program that has been given its standard streams and READY, and knows of nothing else. It looks
// what there is, says so, and then lives until its input ends.
static int stranger(void) {
    char text[32] = "";
    int found = 0;
    for (int fd = STDERR_FILENO + 1; fd < LOOKED_AT; fd++) {
        if (fcntl(fd, F_GETFL) >= 0) {
            found++;
            if (pread(fd, text, sizeof text - 1, 0) > 0) { // a file, not a pipe
                printf("  a stranger reads: %s\n", text);
            }
        }
    }
    printf("  a stranger has %d descriptors that nobody meant to give it\n", found);
    write(READY, "r", 1);
    while (read(STDIN_FILENO, text, 1) > 0) {
    }
    return 7;
}

// Starts it, with the reading end of `control` as its standard input; it writes to `ready` when it
// has looked.
static pid_t start_stranger(const int control[2], int ready) {
    pid_t pid = fork();
    if (pid == 0) {
        dup2(control[0], STDIN_FILENO);
        close(control[1]); // or it would wait for itself
        dup2(ready, READY);
        if (setuid(NOBODY) == 0) {
            execve(ITSELF("leak"), WORDS("leak", "stranger"), NO_WORDS);
        }
        _exit(EXEC_FAILED + errno);
    }
    return pid;
}

// Has the last writer of the pipe gone?
static const char *at_its_end(int reader) {
    struct pollfd pipe = {.fd = reader, .events = POLLIN};
    return poll(&pipe, 1, 0) == 1 && (pipe.revents & POLLHUP) ? "yes" : "no";
}

static void try(int flag) {
    int work[2];    // from this process to itself: the reader could be any other
    int control[2]; // to the stranger's standard input
    int ready[2];   // from the stranger
    char byte;
    printf("%s\n", flag == 0 ? "without the flag" : "with O_CLOEXEC");
    int secret = open("secret", O_RDONLY | flag);
    if (secret < 0 || pipe2(work, flag) < 0 || pipe2(control, O_CLOEXEC) < 0 ||
        pipe2(ready, O_CLOEXEC) < 0) {
        puts("the test could not be set up");
        exit(1);
    }
    pid_t pid = start_stranger(control, ready[1]);
    close(control[0]);
    close(ready[1]);
    read(ready[0], &byte, 1); // it has looked
    close(work[1]);           // this was the last writer, or so we think
    printf("  the pipe is at its end: %s\n", at_its_end(work[0]));
    close(control[1]);
    int how = outcome(pid);
    printf("  the stranger has ended with %d; the pipe is at its end: %s\n", how,
           at_its_end(work[0]));
    close(work[0]);
    close(ready[0]);
    close(secret);
}

int main(int argc, char **argv) {
    if (argc > 1) {
        return strcmp(argv[1], "stranger") == 0 ? stranger() : 1;
    }
    int file = open("secret", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    write(file, "the password", 12);
    close(file);
    try(0);
    try(O_CLOEXEC);
    return 0;
}
