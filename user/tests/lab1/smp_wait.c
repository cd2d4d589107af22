// SPDX-License-Identifier: MIT
// On two processors children end while their parent looks for them: it may find them, or sleep and be woken,
// but never miss one, and never find one twice. Some have children of their own, which become init's.
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 40, CHILDREN = 3 };

// Ends at once; every third one leaves a child behind, which ends when it does.
static void be_a_child(int i) {
    if (i % CHILDREN == 0 && fork() == 0) {
        _exit(0);
    }
    _exit(i);
}

static int one_round(void) {
    int sum = 0;
    int orphans = 0;
    for (int i = 0; i < CHILDREN; i++) {
        if (fork() == 0) {
            be_a_child(i);
        }
    }
    for (int i = 0; i < CHILDREN + 1; i++) { // this is init: the orphan comes here as well
        int status = 0;
        if (wait(&status) <= 0) {
            return -1;
        }
        sum += WEXITSTATUS(status);
        orphans += status == 0;
    }
    return sum == 0 + 1 + 2 && orphans == 2 && wait(NULL) < 0;
}

int main(void) {
    int right = 0;
    for (int i = 0; i < ROUNDS; i++) {
        right += one_round() == 1;
    }
    printf("%d rounds, in each every child was found once\n", right);
    return 0;
}
