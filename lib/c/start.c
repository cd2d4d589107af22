// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <unistd.h>

int errno;
char **environ;

int main(int argc, char **argv, char **envp);

// Called by _start with the stack pointer the kernel gave the program.
_Noreturn void libc_start(long *stack);

_Noreturn void libc_start(long *stack) {
    int argc = (int)stack[0];
    char **argv = (char **)(stack + 1);
    environ = argv + argc + 1;
    exit(main(argc, argv, environ));
}
