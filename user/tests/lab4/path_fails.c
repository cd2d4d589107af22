// SPDX-License-Identifier: MIT
// A search that finds nothing costs its caller nothing, a thousand times over: neither memory nor
// descriptors, nor what the search has read.
#define _GNU_SOURCE // execvpe
#include <stdint.h>
#include <sys/stat.h>
#include <tine.h>

#include "family.h"

#include "counted.h"

enum { ROUNDS = 1000, WARM = 50 };

#define PROGRAM ITSELF("path_fails")
#define PATH "first:missing::file:second"
#define END ((char *)NULL)

static int call_execlp(int count, char **w) {
    WITH_COUNT(count, execlp, "missing", END)
    return 0;
}

static int fails(int answer, int error) {
    return answer == -1 && errno == error;
}

static int try_round(int round) {
    char **words = some_words(MOST);
    char *copy[MOST + 1];
    memcpy(copy, words, sizeof copy);
    int failed = fails(call_execlp(round % MOST + 1, words), ENOENT);
    failed += fails(execvp("missing", words), ENOENT);
    failed += fails(execvp("first/denied", words), EACCES);
    failed += fails(execvpe("missing", words, WORDS("PATH=second")), ENOENT);
    failed += fails(execvpe("./missing", words, NO_WORDS), ENOENT);
    return failed + (memcmp(copy, words, sizeof copy) == 0);
}

static int descriptor(void) {
    int fd = dup(1);
    close(fd);
    return fd;
}

int main(int argc, char **argv) {
    (void)argc;
    if (getpid() != 1) {
        return tell_place(argv);
    }
    mkdir("first", 0755);
    mkdir("second", 0755);
    make_script("file", "", 0644);
    make_script("first/denied", "", 0644);
    put_program("second/program", PROGRAM, SECOND);
    setenv("PATH", PATH, 1);
    char **environment = environ;
    char *variable = getenv("PATH");
    int fd = descriptor();
    uintptr_t heap = 0;
    long pages = pages_present(); // which may need some itself
    int good = 0;
    for (int i = 0; i < ROUNDS; i++) {
        if (i == WARM) { // the stack has its pages by now
            heap = (uintptr_t)sbrk(0);
            pages = pages_present();
        }
        good += try_round(i) == 6;
    }
    long more = pages_present() - pages;
    printf("%d times all have failed as they should, and the words were as before\n", good);
    printf("PATH: %s\n", environ == environment && getenv("PATH") == variable ? variable : "lost");
    printf("a descriptor more: %d\n", descriptor() - fd);
    printf("the heap: %s\n", (uintptr_t)sbrk(0) == heap ? "as before" : "changed");
    printf("pages more: %ld\n", more);
    printf("and in the end: %s\n", outcome_name(IN_CHILD(execvp("program", WORDS("p")))));
    return 0;
}
