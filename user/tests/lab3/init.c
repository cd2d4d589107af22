// SPDX-License-Identifier: MIT
// An ELF file is the first program: process 1, which has children like any other, and collects
// orphans.
#include "again.h"

int main(int argc, char **argv) {
    if (argc > 1) {
        printf("its child is another program, which has %d words: %s\n", argc, argv[1]);
        return 7;
    }
    printf("an ELF file is process %d, with %d word%s\n", getpid(), argc,
           argv[0][0] == '/' ? ": its path" : "");
    int how = execute(ITSELF("init"), WORDS("init", "executed"), NO_WORDS);
    printf("the child ended with %d\n", how);
    if (fork() == 0) {
        if (fork() == 0) {
            _exit(9);
        }
        _exit(0);
    }
    int status = 0;
    int sum = 0;
    while (wait(&status) > 0) {
        sum += WEXITSTATUS(status);
    }
    printf("an orphan has come home: %s\n", sum == 9 ? "yes" : "no");
    return 0;
}
