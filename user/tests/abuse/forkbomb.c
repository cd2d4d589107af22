// SPDX-License-Identifier: MIT
// Every process forks for ever. When there is no room for more, the whole group is sent one signal,
// which nobody escapes, not even a child that is just being made; all are collected, and others can
// start processes again. For Tine alone: nobody wants that on his own machine.
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL

enum { FREE_RAM = 5, BOMBS = 6, REFUSALS = 20, QUIET_MS = 100 };

static atomic_int *refused; // shared

static void nap(void) {
    nanosleep(&(struct timespec){0, 1000000}, NULL);
}

static _Noreturn void bomb(void) {
    for (;;) {
        if (fork() < 0) {
            atomic_fetch_add(refused, errno == EAGAIN || errno == ENOMEM ? 1 : REFUSALS * 1000);
            sched_yield();
        }
    }
}

// Collects whoever ends, until nobody is left or nobody has ended for a while. Returns how many
// there were.
static int collect(void) {
    int count = 0;
    for (int quiet = 0; quiet < QUIET_MS;) {
        pid_t pid = waitpid(-1, NULL, WNOHANG);
        if (pid < 0) {
            break;
        }
        count += pid > 0;
        quiet = pid > 0 ? 0 : quiet + 1;
        if (pid == 0) {
            nap();
        }
    }
    return count;
}

static long free_pages(void) {
    long info[16];
    syscall(SYS_sysinfo, info);
    return info[FREE_RAM] / (long)PAGE;
}

static int others_go_on(void) {
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        _exit(0);
    }
    return waitpid(pid, &status, 0) == pid && status == 0;
}

int main(void) {
    refused = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    long before = 0;
    for (int i = 0; i < BOMBS; i++) {
        atomic_store(refused, 0);
        pid_t pid = fork();
        if (pid == 0) {
            setpgid(0, 0);
            bomb();
        }
        while (atomic_load(refused) < REFUSALS) {
            nap();
        }
        kill(-pid, i % 2 == 0 ? SIGKILL : SIGTERM);
        int count = collect();
        printf("once was enough: %d\n", kill(-pid, SIGKILL) < 0 && errno == ESRCH);
        collect();
        printf("refused as it should be: %d\n", atomic_load(refused) < REFUSALS * 1000);
        printf("there were many: %d\n", count > 20);
        printf("nobody is left: %d\n", kill(-1, 0) < 0 && errno == ESRCH);
        printf("others go on: %d\n", others_go_on());
        printf("pages missing: %ld\n", i == 0 ? 0 : before - free_pages());
        before = free_pages();
    }
    return 0;
}
