// SPDX-License-Identifier: MIT
// At the first instruction the stack pointer, which is where argc lies, is a multiple of 16,
// however many strings there are: an instruction that wants it so is tried there.
#include <stdint.h>

#include "again.h"

enum { MANY = 1000, FEW = 17, ENVIRONMENTS = 4 };

// Started with `argc` arguments: 0 if all is well.
static int be_started(int argc, char **argv) {
    uint64_t *sp = (uint64_t *)argv - 1;
    if (*sp != (uint64_t)argc) {
        return 2;
    }
    __asm__ volatile("movaps (%0), %%xmm0" : : "r"(sp) : "xmm0", "memory");
    return argv[argc] == NULL && strcmp(argv[argc - 1], "x") == 0 ? 0 : 3;
}

static int start(int argc, int envc) {
    static char *argv[MANY + 1];
    static char *envp[ENVIRONMENTS + 1];
    static char word[] = "x";
    for (int i = 0; i <= argc; i++) {
        argv[i] = i < argc ? word : NULL;
    }
    for (int i = 0; i <= envc; i++) {
        envp[i] = i < envc ? word : NULL;
    }
    int how = execute(ITSELF("alignment"), argv, envp);
    if (how != 0) {
        printf("with %d arguments and %d in the environment it ended with %d\n", argc, envc, how);
    }
    return how == 0;
}

int main(int argc, char **argv) {
    static const int many[] = {100, 255, 256, 999, MANY};
    int right = 0;
    if (getpid() != 1) {
        return be_started(argc, argv);
    }
    for (int i = 1; i <= FEW; i++) {
        for (int envc = 0; envc <= ENVIRONMENTS; envc++) {
            right += start(i, envc);
        }
    }
    for (unsigned i = 0; i < sizeof many / sizeof many[0]; i++) {
        right += start(many[i], 0) + start(many[i], 1);
    }
    printf("%d numbers of strings, the stack aligned for each\n", right);
    return 0;
}
