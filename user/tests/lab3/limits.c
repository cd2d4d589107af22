// SPDX-License-Identifier: MIT
// How much a program can be given: a string of 128 KiB, its NUL included; and a quarter of a stack
// for all strings, the program's path, and eight bytes for each string's address. A byte more is an
// error.
#include <stdint.h>
#include <sys/mman.h>

#include "again.h"

enum { STRING = 128 << 10, ALL = 2 << 20, WORD = sizeof(char *), MANY = 300000 };

static const char path[] = ITSELF("limits");
static char longest[STRING + 1];
static char name[] = "x";

// Says what the program has been given: all bytes of its strings.
static int be_started(int argc, char **argv) {
    size_t bytes = 0;
    for (int i = 0; i < argc; i++) {
        bytes += strlen(argv[i]) + 1;
    }
    printf("%zu bytes in %d strings have come\n", bytes, argc);
    return 0;
}

static void start(const char *what, char *const argv[]) {
    int how = execute(path, argv, NO_WORDS);
    if (how != 0) {
        printf("%s: %s\n", what, how == -E2BIG ? "E2BIG" : "it failed, but not with E2BIG");
    }
}

// As much as there may be, and `more` bytes; of strings as long as may be, and one that fills up.
static void start_with_all(const char *what, int more) {
    enum { LONGEST = ALL / (STRING + WORD) };
    static char *argv[LONGEST + 3];
    size_t left = ALL + (size_t)more - sizeof path;
    argv[0] = name;
    left -= 2 + WORD;
    int argc = 1;
    for (; left > STRING + WORD; left -= STRING + WORD) {
        argv[argc++] = longest + 1;
    }
    argv[argc] = longest + STRING + 1 - (left - WORD);
    start(what, argv);
}

static void start_with_many(const char *what, unsigned many) {
    size_t bytes = (many + 1) * sizeof(char *);
    char **array = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (unsigned i = 0; i < many; i++) {
        array[i] = longest + STRING; // an empty string
    }
    array[0] = name;
    start(what, array);
    munmap(array, bytes);
}

int main(int argc, char **argv) {
    if (getpid() != 1) {
        return be_started(argc, argv);
    }
    memset(longest, 'l', STRING);
    start("the longest string", WORDS(name, longest + 1));
    start("one byte longer", WORDS(name, longest));
    start("the same for argv[0]", WORDS(longest));
    start_with_all("as much as there may be", 0);
    start_with_all("one byte more", 1);
    start_with_many("the most strings", (unsigned)(ALL - sizeof path - 1) / (WORD + 1));
    start_with_many("one more", (unsigned)(ALL - sizeof path - 1) / (WORD + 1) + 1);
    start_with_many("many more", MANY);
    return 0;
}
