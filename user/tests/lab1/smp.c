// SPDX-License-Identifier: MIT
// On two processors things happen while somebody looks whether they have: he may find them, or
// sleep and be woken, but never miss one, and never find one twice. And a child may begin the
// moment it can be found: it must be complete by then.
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TURNS = 400, ROUNDS = 60, CHILDREN = 3, USES = 4, INCOMPLETE = 64 };

static int shared_pipe[2];

// Looks whether this child has what it should have.
static int is_complete(pid_t parent) {
    sigset_t mask;
    char byte = 'x';
    sigprocmask(SIG_BLOCK, NULL, &mask);
    return getppid() == parent && getpid() != parent && sigismember(&mask, SIGUSR2) == 1 &&
           write(shared_pipe[1], &byte, 1) == 1;
}

// Takes one more claim to an open file that all have, and gives it up.
static void use_file(void) {
    for (int i = 0; i < USES; i++) {
        close(dup(shared_pipe[1]));
    }
}

// Parent and child pass a byte to and fro: each looks for it just when the other sends it.
static int pass_to_and_fro(void) {
    int there[2];
    int back[2];
    int turns = 0;
    char byte = 0;
    if (pipe(there) < 0 || pipe(back) < 0) {
        return -1;
    }
    if (fork() == 0) {
        close(there[1]);
        while (read(there[0], &byte, 1) == 1 && write(back[1], &byte, 1) == 1) {
        }
        _exit(0);
    }
    for (; turns < TURNS; turns++) {
        if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1) {
            break;
        }
    }
    close(there[1]);
    return wait(NULL) > 0 ? turns : -1;
}

// Ends at once; every third one leaves a child behind, which ends when it does.
static void be_a_child(int i, pid_t parent) {
    if (!is_complete(parent)) {
        _exit(INCOMPLETE);
    }
    use_file();
    if (i % CHILDREN == 0 && fork() == 0) {
        _exit(0);
    }
    _exit(i);
}

static int one_round(void) {
    int sum = 0;
    int orphans = 0;
    pid_t parent = getpid();
    for (int i = 0; i < CHILDREN; i++) {
        if (fork() == 0) {
            be_a_child(i, parent);
        }
        use_file();
    }
    for (int i = 0; i < CHILDREN + 1; i++) { // this is init: the orphan comes here as well
        int status = 0;
        if (wait(&status) <= 0) {
            return -1;
        }
        if (status == INCOMPLETE << 8) {
            puts("a child began before it was complete");
        }
        sum += WEXITSTATUS(status);
        orphans += status == 0;
    }
    return sum == 0 + 1 + 2 && orphans == 2 && wait(NULL) < 0;
}

int main(void) {
    char bytes[ROUNDS * CHILDREN + 1];
    int right = 0;
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    if (pipe(shared_pipe) < 0) {
        return 1;
    }
    printf("a byte went to and fro %d times\n", pass_to_and_fro());
    for (int i = 0; i < ROUNDS; i++) {
        right += one_round() == 1;
    }
    printf("%d rounds, in each every child was found once\n", right);
    close(shared_pipe[1]);
    printf("%d bytes came through the pipe, ", (int)read(shared_pipe[0], bytes, sizeof bytes));
    printf("and then its end: %d\n", (int)read(shared_pipe[0], bytes, sizeof bytes));
    return 0;
}
