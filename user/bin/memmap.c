// SPDX-License-Identifier: MIT
// memmap: which frames of the machine's memory a process has, and which of them its child gets,
// before and after it has written to them. (`make memmap` draws all tasks, from outside.)
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <tine.h>
#include <unistd.h>

#include "tools.h"

enum { CODE, CONSTANT, DATA, HEAP, STACK, SHARED, AREAS };
enum { PAGE_BYTES = 4096 };

static const char *const names[AREAS] = {"code", "constant", "data", "heap", "stack", "shared"};

struct frames {
    long before[AREAS]; // the child has written
    long after[AREAS];
};

// A page of its own: a child writes to the library's variables before it looks.
static volatile char data[PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));

static void read_from(char *const addresses[AREAS]) {
    for (int i = 0; i < AREAS; i++) {
        (void)*(volatile char *)addresses[i];
    }
}

static void look(char *const addresses[AREAS], long frames[AREAS]) {
    for (int i = 0; i < AREAS; i++) {
        frames[i] = probe_frame_of(addresses[i]);
    }
}

static void write_to(char *const addresses[AREAS]) {
    for (int i = DATA; i < AREAS; i++) {
        *(volatile char *)addresses[i] = 2;
    }
}

static _Noreturn void be_child(char *const addresses[AREAS], int to) {
    struct frames frames;
    look(addresses, frames.before);
    write_to(addresses);
    look(addresses, frames.after);
    _exit(write(to, &frames, sizeof frames) != sizeof frames);
}

// What a child finds at the same addresses. False, and a message, if there can be none.
static bool ask_child(char *const addresses[AREAS], struct frames *frames) {
    int ends[2];
    if (pipe(ends) < 0) {
        perror("memmap: pipe");
        return false;
    }
    pid_t pid = fork();
    if (pid == 0) {
        be_child(addresses, ends[1]);
    }
    close(ends[1]);
    bool told = pid > 0 && read(ends[0], frames, sizeof *frames) == sizeof *frames;
    close(ends[0]);
    if (pid < 0) {
        fprintf(stderr, "memmap: no child: %s\n", strerror(errno));
    } else {
        waitpid(pid, NULL, 0);
    }
    return told;
}

static void print(char *const addresses[AREAS], const long own[AREAS], const struct frames *child) {
    printf("%-9s %14s %9s", "", "address", "frame");
    printf("%s\n", child != NULL ? "   in a child, which writes" : "");
    for (int i = 0; i < AREAS; i++) {
        printf("%-9s %#14lx %#9lx", names[i], (unsigned long)(uintptr_t)addresses[i],
               (unsigned long)own[i]);
        if (child != NULL) {
            printf(" %#9lx %#9lx  %s", (unsigned long)child->before[i],
                   (unsigned long)child->after[i],
                   child->before[i] != own[i]  ? "its own from the start"
                   : child->after[i] != own[i] ? "copied when written to"
                                               : "the same frame");
        }
        putchar('\n');
    }
}

int memmap_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    char on_stack = 1;
    char *heap = malloc(PAGE_BYTES);
    char *shared =
        mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (heap == NULL || shared == MAP_FAILED) {
        perror("memmap");
        free(heap);
        return 1;
    }
    char *const addresses[AREAS] = {(char *)(uintptr_t)memmap_main,
                                    (char *)(uintptr_t)names[0],
                                    (char *)(uintptr_t)data,
                                    heap,
                                    &on_stack,
                                    shared};
    long own[AREAS];
    struct frames child;
    read_from(addresses); // what nobody has touched may have no frame yet
    write_to(addresses);
    look(addresses, own);
    int status = 1;
    if (own[STACK] < 0) {
        fprintf(stderr, "memmap: this kernel does not tell (it needs a checking build of Tine)\n");
    } else {
        bool told = ask_child(addresses, &child);
        print(addresses, own, told ? &child : NULL);
        status = 0;
    }
    munmap(shared, PAGE_BYTES);
    free(heap);
    return status;
}
