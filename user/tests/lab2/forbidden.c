// SPDX-License-Identifier: MIT
// After a fork all pages are read-only in the page table, but not all for the same reason: who
// writes to what is not his to write still dies of SIGSEGV. And the parent keeps it as it was.
#include <signal.h>
#include <stdint.h>
#include <tine.h>

#include "pages.h"

static const char constant[PAGE] = "constant";
static char *volatile nowhere; // NULL
static char *read_only;
static char *nobodys;
static char *shared;

static void write_at(const void *address) {
    *(volatile char *)(uintptr_t)address = 'X';
}

static void to_code(void) {
    write_at((const void *)(uintptr_t)to_code);
}

static void to_constant(void) {
    write_at(constant + 100);
}

static void to_null(void) {
    write_at(nowhere);
}

static void below_stack(void) {
    char here;
    write_at((const void *)((uintptr_t)&here - (64UL << 20)));
}

static void to_read_only(void) {
    write_at(read_only);
}

static void to_none(void) {
    write_at(nobodys);
}

static void to_shared(void) {
    write_at(shared);
}

static void attempt(const char *what, void (*store)(void)) {
    pid_t pid = fork();
    if (pid == 0) {
        store();
        _exit(0);
    }
    int how = ended(pid);
    probe_mark(1, how);
    printf("%s: %s\n", what, how == 1000 + SIGSEGV ? "SIGSEGV" : how == 0 ? "written" : "?");
}

int main(void) {
    read_only = map_pages(3, MAP_PRIVATE);
    nobodys = read_only + PAGE;
    shared = map_pages(1, MAP_SHARED);
    fill_pages(read_only, 2, 'p');
    fill_pages(shared, 1, 's');
    mprotect(read_only, PAGE, PROT_READ);
    mprotect(nobodys, PAGE, PROT_NONE);
    mprotect(shared, PAGE, PROT_READ);
    attempt("to code", to_code);
    attempt("to a constant", to_constant);
    attempt("to NULL", to_null);
    attempt("far below the stack", below_stack);
    attempt("to a read-only mapping", to_read_only);
    attempt("to a mapping with PROT_NONE", to_none);
    attempt("to a read-only shared mapping", to_shared);
    printf("in the parent: %s, %c, %c\n", constant, read_only[0], shared[0]);
    return 0;
}
