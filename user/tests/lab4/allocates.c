// SPDX-License-Identifier: MIT
// None of the family allocates memory: a child may call them whose parent was interrupted, by fork
// in a signal handler, while it held what malloc needs. Here malloc is the test's own, and counts.
#define _GNU_SOURCE // execvpe
#include <sys/stat.h>
#include <tine.h>

#include "family.h"

#include "counted.h"

enum { HEAP_BYTES = 1 << 20, UNIT = 16, ROUNDS = 100, STARTS = 1, ENDS = 2 };

static char heap[HEAP_BYTES] __attribute__((aligned(UNIT)));
static size_t used;
static int allocations;

// What is allocated stays; its size is in front of it.
void *malloc(size_t bytes) {
    size_t whole = (bytes + 2 * UNIT - 1) / UNIT * UNIT;
    allocations++;
    if (whole > HEAP_BYTES - used) {
        errno = ENOMEM;
        return NULL;
    }
    char *memory = heap + used + UNIT;
    used += whole;
    *(size_t *)(void *)(memory - UNIT) = bytes;
    return memory;
}

void free(void *memory) {
    (void)memory;
}

void *calloc(size_t count, size_t bytes) {
    return malloc(count * bytes); // nothing is used twice
}

void *realloc(void *memory, size_t bytes) {
    void *another = malloc(bytes);
    if (another != NULL && memory != NULL) {
        size_t old = *(size_t *)(void *)((char *)memory - UNIT);
        memcpy(another, memory, old < bytes ? old : bytes);
    }
    return another;
}

static int call_execlp(int count, char **w) {
    WITH_COUNT(count, execlp, "missing", (char *)NULL)
    return 0;
}

static int call_execl(int count, char **w) {
    WITH_COUNT(count, execl, "missing", (char *)NULL)
    return 0;
}

static int call_execle(int count, char **w) {
    WITH_COUNT(count, execle, "missing", (char *)NULL, environ)
    return 0;
}

static int call_all(int round) {
    char **words = some_words(MOST);
    int count = round % MOST + 1;
    return execv("missing", words) + call_execl(count, words) + call_execle(count, words) +
           call_execlp(count, words) + execvp("missing", words) +
           execvpe("missing", words, environ) + fexecve(round, words, environ);
}

int main(int argc, char **argv) {
    (void)argc;
    if (getpid() != 1) {
        return tell_place(argv);
    }
    mkdir("first", 0755);
    make_script("first/text", "exit 7\n", 0755);
    setenv("PATH", "missing:first:", 1);
    int before = allocations;
    int failed = 0;
    probe_mark(STARTS, 0);
    for (int round = 0; round < ROUNDS; round++) {
        failed -= call_all(round + ROUNDS);
    }
    probe_mark(ENDS, 0);
    int allocated = allocations - before;
    void *volatile memory = malloc(1); // the one that counts is this one
    free(memory);
    printf("%d calls have failed, and %d allocations were made\n", failed, allocated);
    printf("malloc counts: %d\n", allocations - before - allocated);
    printf("by the shell: %s\n", outcome_name(IN_CHILD(execvp("text", some_words(MOST)))));
    return 0;
}
