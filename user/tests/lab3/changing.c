// SPDX-License-Identifier: MIT
// While a program is being executed, a thread on another processor changes the strings that it is
// given, and the array of their addresses. Whatever comes of those, what is not changed comes as it
// is, and in its place.
#include <sys/mman.h>
#include <tine.h>

#include "again.h"

enum { ROUNDS = 12, STACK_BYTES = 16384, BYTES = 8000, LEAST = 5000, STEP = 7 };

static char stack[STACK_BYTES] __attribute__((aligned(16)));
static volatile int *flags; // [0]: it changes, [1]: it shall end
static volatile char changing[BYTES];
static const volatile char *volatile words[] = {"name", "first", changing, "last", NULL};

// Makes the string longer, up to the next page, and then short again, and lets its address lead to
// another one.
static void change(void) {
    static const char another[] = "another";
    while (!flags[1]) {
        for (int end = LEAST; end < BYTES - 1; end += STEP) {
            changing[end] = '\0';
            __builtin_ia32_pause(); // the other processor's turn, where there is one at a time
            changing[end] = 'c';
            words[2] = end % 4 == 0 ? another : changing;
            flags[0] = 1;
        }
    }
    _exit(0);
}

static int be_started(int argc, char **argv) {
    return argc == 4 && strcmp(argv[1], "first") == 0 && strcmp(argv[3], "last") == 0 &&
                   argv[2][strspn(argv[2], "canother")] == '\0' && argv[4] == NULL &&
                   strcmp(argv[5], "E=F") == 0 && argv[6] == NULL
               ? 7
               : 8;
}

static int one_round(void) {
    flags[0] = flags[1] = 0;
    pid_t pid = fork();
    if (pid == 0) {
        probe_thread(change, stack + sizeof stack, 0);
        while (!flags[0]) {
            __builtin_ia32_pause();
        }
        execve(ITSELF("changing"), (char *const *)words, WORDS("E=F"));
        _exit(EXEC_FAILED + errno);
    }
    int how = outcome(pid);
    flags[1] = 1;
    wait(NULL); // an orphan, and this is process 1
    if (how != 7) {
        printf("the program ended with %d\n", how);
    }
    return how == 7;
}

int main(int argc, char **argv) {
    int right = 0;
    if (getpid() != 1) {
        return be_started(argc, argv);
    }
    memset((char *)changing, 'c', BYTES - 1);
    flags = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < ROUNDS; i++) {
        right += one_round();
    }
    printf("%d programs have found what they should\n", right);
    return 0;
}
