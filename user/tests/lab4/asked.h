// SPDX-License-Identifier: MIT
// What a call has asked for, and what the program has found. Before the call all strings are
// written to a file; the program compares them with its own.
#pragma once

#include "family.h"

enum { ASKED_BYTES = 65536 };

struct strings {
    char text[ASKED_BYTES]; // all of them, each with its NUL: argv, then the environment
    size_t bytes;
    size_t words;
    size_t variables;
};

static inline void add_string(struct strings *strings, const char *text) {
    size_t bytes = strlen(text) + 1;
    if (strings->bytes + bytes > sizeof strings->text) {
        puts("the test has no room for so many strings");
        _exit(1);
    }
    memcpy(strings->text + strings->bytes, text, bytes);
    strings->bytes += bytes;
}

static inline void gather(struct strings *strings, char *const argv[], char *const envp[]) {
    memset(strings, 0, sizeof *strings);
    for (; argv[strings->words] != NULL; strings->words++) {
        add_string(strings, argv[strings->words]);
    }
    for (; envp != NULL && envp[strings->variables] != NULL; strings->variables++) {
        add_string(strings, envp[strings->variables]);
    }
}

// Writes down what the program is to find. Linux, and Tine, give a program without any argument an
// empty one.
static inline void ask(char *const argv[], char *const envp[]) {
    static struct strings asked;
    gather(&asked, argv[0] != NULL ? argv : WORDS(""), envp);
    int file = open("asked", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (write(file, &asked, sizeof asked) != sizeof asked || close(file) < 0) {
        puts("the test could not be set up");
        _exit(1);
    }
}

// In the program: whether it has found what was asked for. If not, it says what is different.
static inline int compare(char **argv) {
    static struct strings asked;
    static struct strings found;
    int file = open("asked", O_RDONLY);
    read(file, &asked, sizeof asked);
    gather(&found, argv, environ);
    if (memcmp(&asked, &found, sizeof found) == 0) {
        return STARTED;
    }
    const char *wanted = asked.text;
    const char *got = found.text;
    size_t number = 0;
    while (number < asked.words + asked.variables && strcmp(wanted, got) == 0) {
        wanted += strlen(wanted) + 1;
        got += strlen(got) + 1;
        number++;
    }
    printf("%zu words, should be %zu; %zu variables, should be %zu; %s %zu is <%.40s>, should be "
           "<%.40s>\n",
           found.words, asked.words, found.variables, asked.variables,
           number < asked.words ? "word" : "variable",
           number < asked.words ? number : number - asked.words, got, wanted);
    return 1;
}
