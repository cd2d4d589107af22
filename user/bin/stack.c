// SPDX-License-Identifier: MIT
// stack [argument ...]: the bytes that this program found on its stack when it started, and what
// they mean (lab 3).
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "abi/auxv.h"
#include "tools.h"

extern char **environ;

enum { WORD = sizeof(uint64_t), LINE = 2 * WORD };

static const char *const entry_names[AT_EXECFN + 1] = {
    [AT_NULL] = "AT_NULL",     [AT_PHDR] = "AT_PHDR",     [AT_PHENT] = "AT_PHENT",
    [AT_PHNUM] = "AT_PHNUM",   [AT_PAGESZ] = "AT_PAGESZ", [AT_BASE] = "AT_BASE",
    [AT_ENTRY] = "AT_ENTRY",   [AT_UID] = "AT_UID",       [AT_EUID] = "AT_EUID",
    [AT_GID] = "AT_GID",       [AT_EGID] = "AT_EGID",     [AT_CLKTCK] = "AT_CLKTCK",
    [AT_SECURE] = "AT_SECURE", [AT_RANDOM] = "AT_RANDOM", [AT_EXECFN] = "AT_EXECFN",
};

static void show_bytes(const void *from, int bytes) {
    const unsigned char *at = from;
    printf("%p ", from);
    for (int i = 0; i < LINE; i++) {
        if (i < bytes) {
            printf(" %02x", at[i]);
        } else {
            printf("   ");
        }
    }
    printf("  ");
}

// An array of addresses, up to its NULL. Returns what is behind it.
static uint64_t *show_addresses(uint64_t *at, const char *name) {
    for (int i = 0;; i++, at++) {
        show_bytes(at, WORD);
        if (*at == 0) {
            printf("%s[%d]: NULL\n", name, i);
            return at + 1;
        }
        printf("%s[%d]: \"%s\"\n", name, i, (const char *)(uintptr_t)*at);
    }
}

// The auxiliary vector. Returns what is behind it; *path is where the highest of the strings is.
static uint64_t *show_vector(uint64_t *at, const char **path) {
    for (;; at += 2) {
        const char *name = at[0] <= AT_EXECFN ? entry_names[at[0]] : NULL;
        show_bytes(at, LINE);
        if (name != NULL) {
            printf("%s\n", name);
        } else {
            printf("AT number %lu\n", at[0]);
        }
        if (at[0] == AT_EXECFN) {
            *path = (const char *)(uintptr_t)at[1];
        }
        if (at[0] == AT_NULL) {
            return at + 2;
        }
    }
}

static void show_text(const char *from, const char *end) {
    while (from < end) {
        int bytes = end - from < LINE ? (int)(end - from) : LINE;
        show_bytes(from, bytes);
        for (int i = 0; i < bytes; i++) {
            putchar(from[i] >= ' ' && from[i] <= '~' ? from[i] : '.');
        }
        putchar('\n');
        from += bytes;
    }
}

int stack_main(int argc, char **argv) {
    uint64_t *at = (uint64_t *)argv - 1; // as it was pushed there: nobody has moved it
    if (*at != (uint64_t)argc || environ != argv + argc + 1) {
        fprintf(stderr, "stack: this program was not started by execve\n");
        return 1;
    }
    const char *path = NULL;
    show_bytes(at, WORD);
    printf("argc\n");
    at = show_addresses(at + 1, "argv");
    at = show_addresses(at, "envp");
    at = show_vector(at, &path);
    if (path != NULL) {
        show_text((const char *)at, path + strlen(path) + 1);
    }
    return 0;
}
