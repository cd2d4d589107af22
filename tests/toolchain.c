// SPDX-License-Identifier: MIT
// What a C library needs of a kernel to start and to do the usual things. Compiled by other tool
// chains, for Linux; prints the same there and on Tine.
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static _Thread_local int counter = 41;
static int constructed;
static char zeros[100000];
static volatile sig_atomic_t caught;

__attribute__((constructor)) static void construct(void) {
    constructed = 1;
}

static void handler(int signal) {
    caught = signal;
}

static void say_goodbye(void) {
    puts("goodbye");
}

static void say_memory(void) {
    char *small = malloc(10);
    char *large = malloc(10000000);
    memset(large, 1, 10000000);
    char *mapped = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("memory %d %d %d %d\n", small != NULL, large[9999999], mapped[8191],
           zeros[sizeof zeros - 1]);
    free(large);
    free(small);
}

static void say_child(void) {
    int status = 0;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        counter++;
        _exit(counter);
    }
    waitpid(pid, &status, 0);
    printf("child %d, here %d\n", WEXITSTATUS(status), counter);
}

int main(int argc, char **argv) {
    atexit(say_goodbye);
    for (int i = 1; i < argc; i++) {
        printf("argument %d: %s\n", i, argv[i]);
    }
    printf("NULL behind the last one: %d, started: %d\n", argv[argc] == NULL, constructed);
    printf("page size %lu, random %d, secure %lu\n", getauxval(AT_PAGESZ),
           getauxval(AT_RANDOM) != 0, getauxval(AT_SECURE));
    printf("sqrt(2) %.6f\n", sqrt(argc + 1.0 - argc + 1.0));
    counter++;
    signal(SIGUSR1, handler);
    raise(SIGUSR1);
    printf("caught %d\n", caught == SIGUSR1);
    say_memory();
    say_child();
    errno = 0;
    printf("open: %d", open("/no/such/file", O_RDONLY));
    printf(" %s\n", strerror(errno));
    struct timespec now;
    printf("time: %d\n", time(NULL) >= 0 && clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return 7;
}
