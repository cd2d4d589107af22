// SPDX-License-Identifier: MIT
// Where clone stores the child's pid, and the word that is cleared when a task leaves memory that
// others use.
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <tine.h>
#include <unistd.h>

#include "errors.h"
#include "patience.h"

enum { UNSET = 4711, STACK_BYTES = 16384 };

static int ids[2];
static volatile unsigned word;
static volatile unsigned go_on;
static char stack[STACK_BYTES] __attribute__((aligned(16)));

static long clone_as(unsigned long flags) {
    ids[0] = ids[1] = UNSET;
    return syscall(SYS_clone, flags | SIGCHLD, NULL, &ids[0], &ids[1], 0);
}

static const char *what_is(int id, long pid) {
    return id == pid ? "pid" : id == UNSET ? "unset" : id == 0 ? "0" : "something";
}

static void try_clone(const char *what, unsigned long flags) {
    long pid = clone_as(flags);
    if (pid == 0) {
        printf("%s, child: %s %s\n", what, what_is(ids[0], getpid()), what_is(ids[1], getpid()));
        _exit(0);
    }
    waitpid((pid_t)pid, NULL, 0);
    printf("%s, parent: %s %s\n", what, what_is(ids[0], pid), what_is(ids[1], pid));
}

// As glibc's fork does.
static void like_fork(void) {
    int status = 0;
    long pid = clone_as(CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID);
    if (pid == 0) {
        _exit(ids[1] == getpid() && ids[0] == UNSET ? 7 : 8);
    }
    waitpid((pid_t)pid, &status, 0);
    printf("as fork: %d, %s\n", WEXITSTATUS(status), what_is(ids[1], pid));
}

static void wait_for_end(const char *what, int pid, const volatile unsigned *it) {
    int status = 0;
    waitpid(pid, &status, 0);
    printf("%s: %s\n", what, *it == 0 ? "cleared" : *it == 1 ? "kept" : "something else");
}

static void thread(void) {
    syscall(SYS_set_tid_address, &word);
    word = 1;
    comes_true(&go_on, 1);
    syscall(SYS_exit, 0);
}

static void thread_killed(void) {
    syscall(SYS_set_tid_address, &word);
    word = 1;
    for (;;) {
        sched_yield();
    }
}

static void thread_with_bad_address(void) {
    syscall(SYS_set_tid_address, 0xffff800000100000);
    word = 1;
    syscall(SYS_exit, 0);
}

static void thread_that_forgets(void) {
    syscall(SYS_set_tid_address, &word);
    word = 1;
    syscall(SYS_set_tid_address, NULL);
    syscall(SYS_exit, 0);
}

static void threads(void) {
    int pid = probe_thread(thread, stack + sizeof stack, 0);
    comes_true(&word, 1);
    printf("not before its end: %d\n", word == 1);
    go_on = 1;
    wait_for_end("a thread", pid, &word);
    word = 0;
    pid = probe_thread(thread_killed, stack + sizeof stack, 0);
    comes_true(&word, 1);
    kill(pid, SIGKILL);
    wait_for_end("one that is killed", pid, &word);
    pid = probe_thread(thread_with_bad_address, stack + sizeof stack, 0);
    wait_for_end("one with a bad address", pid, &word);
    pid = probe_thread(thread_that_forgets, stack + sizeof stack, 0);
    wait_for_end("one that has given another", pid, &word);
}

// It is alone in its memory, even if others can see the word in a page that they share.
static void alone(void) {
    volatile unsigned *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *shared = 1;
    pid_t pid = fork();
    if (pid == 0) {
        syscall(SYS_set_tid_address, shared);
        _exit(0);
    }
    wait_for_end("a process", pid, shared);
}

int main(void) {
    try_clone("nothing", 0);
    try_clone("parent", CLONE_PARENT_SETTID);
    try_clone("child", CLONE_CHILD_SETTID);
    try_clone("both", CLONE_PARENT_SETTID | CLONE_CHILD_SETTID);
    try_clone("clear", CLONE_CHILD_CLEARTID);
    like_fork();
    threads();
    alone();
    return 0;
}
