// SPDX-License-Identifier: MIT
// One call of fork, two returns: 0 in the child, the child's pid in the parent.
#include <stdio.h>
#include <tine.h>
#include <unistd.h>

struct answer {
    pid_t returned;
    pid_t pid;
    pid_t parent;
};

int main(void) {
    int ends[2];
    struct answer answer;
    if (pipe(ends) < 0) {
        puts("pipe failed");
        return 1;
    }
    //: region twice
    pid_t self = getpid();
    pid_t returned = fork();
    if (getpid() != self) { // what fork returns is the question: so it does not decide here
        answer = (struct answer){returned, getpid(), getppid()};
        probe_mark(1, returned);
        write(ends[1], &answer, sizeof answer);
        _exit(0);
    }
    probe_mark(2, returned);
    if (read(ends[0], &answer, sizeof answer) != sizeof answer) {
        puts("the child told nothing");
        return 1;
    }
    //: endregion
    printf("the child got %d from fork\n", answer.returned);
    printf("the parent got %s\n", returned == answer.pid ? "the child's pid" : "another number");
    printf("the child's parent is %s\n",
           answer.parent == self ? "the process that forked" : "somebody else");
    return 0;
}
