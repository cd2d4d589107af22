// SPDX-License-Identifier: MIT
// A process uses up all there is of something in the kernel, and then something else: each time
// there is an error, or it dies; and all of it comes back. For Tine alone: its limits are others
// than Linux's.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../given/errors.h"

#define PAGE 4096UL
#define MUCH (64UL << 30)
#define FAR_APART (2UL << 20) // a page table each

enum { FREE_RAM = 5, QUEUE = -1 };

static char block[16 * PAGE];
static volatile int *full; // shared: the process has used up everything

static void nap(void) {
    nanosleep(&(struct timespec){0, 1000000}, NULL);
}

static long free_pages(void) {
    long info[16];
    syscall(SYS_sysinfo, info);
    return info[FREE_RAM] / (long)PAGE;
}

// ---- What can be used up ---------------------------------------------------------------------

static void use_file(void) {
    int fd = open("file", O_WRONLY | O_CREAT, 0644);
    while (write(fd, block, sizeof block) > 0) {
    }
}

static void remove_file(void) {
    unlink("file");
}

static void use_folders(void) {
    while (mkdir("d", 0755) == 0 && chdir("d") == 0) {
    }
}

static void remove_folders(void) {
    while (chdir("d") == 0) {
    }
    do {
        chdir("..");
    } while (rmdir("d") == 0);
}

static void use_pipes(void) {
    int ends[2];
    while (pipe2(ends, O_NONBLOCK) == 0) {
        if (write(ends[1], block, sizeof block) < 0 && errno != EAGAIN) {
            return;
        }
    }
}

static void use_descriptors(void) {
    while (open("/dev/null", O_RDONLY) >= 0) {
    }
}

static void use_signals(void) {
    sigset_t all;
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_code = QUEUE;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    while (syscall(SYS_rt_sigqueueinfo, (long)getpid(), (long)SIGRTMIN, &info) == 0) {
    }
}

// Forks until that fails; the children do `work`.
static void fork_many(void work(void)) {
    for (;;) {
        pid_t pid = fork();
        if (pid < 0) {
            return;
        }
        if (pid == 0) {
            work();
            _exit(0);
        }
    }
}

static void nothing(void) {
}

static void stay(void) {
    for (;;) {
        pause();
    }
}

static void open_and_stay(void) {
    use_descriptors();
    stay();
}

static void use_zombies(void) {
    fork_many(nothing);
}

static void use_processes(void) {
    fork_many(stay);
}

static void use_open_files(void) {
    fork_many(open_and_stay);
}

static void touch(int flags, unsigned long step) {
    volatile char *memory = mmap(NULL, MUCH, PROT_READ | PROT_WRITE, flags, -1, 0);
    for (unsigned long i = 0; i < MUCH; i += step) {
        memory[i] = 1;
    }
}

static void use_memory(void) {
    touch(MAP_PRIVATE | MAP_ANONYMOUS, PAGE);
}

static void use_shared_memory(void) {
    touch(MAP_SHARED | MAP_ANONYMOUS, PAGE);
}

static void use_page_tables(void) {
    touch(MAP_PRIVATE | MAP_ANONYMOUS, FAR_APART);
}

static const struct way {
    const char *name;
    void (*use)(void);
    void (*clean)(void); // what is left when the process has ended
    bool others_go_on;   // the kernel keeps some of it for them
} ways[] = {
    {"zombies", use_zombies, nothing, false},
    {"processes", use_processes, nothing, false},
    {"open files", use_open_files, nothing, false},
    {"a file", use_file, remove_file, true},
    {"folders", use_folders, remove_folders, true},
    {"pipes", use_pipes, nothing, false},
    {"descriptors", use_descriptors, nothing, true},
    {"signals", use_signals, nothing, true},
    {"memory", use_memory, nothing, false},
    {"shared memory", use_shared_memory, nothing, false},
    {"page tables", use_page_tables, nothing, false},
};
enum { WAYS = sizeof ways / sizeof ways[0], WARM_UP = 3 };

// ---- Trying them -----------------------------------------------------------------------------

static void do_something(void) {
    char text[2] = "";
    int ends[2];
    bool good = pipe(ends) == 0 && write(ends[1], "x", 2) == 2 && read(ends[0], text, 2) == 2;
    _exit(good && open("/tmp/..", O_RDONLY) > 0 ? 0 : 1);
}

static void check_others(const char *what) {
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        do_something();
    }
    waitpid(pid, &status, 0);
    printf("%s: others go on: %d\n", what, pid > 0 && status == 0);
}

// Ends the process and all it has started.
static void end_all(pid_t group, int *status) {
    do {
        kill(-group, SIGKILL);
        int its_status;
        if (waitpid(-1, &its_status, 0) == group) {
            *status = its_status;
        }
    } while (waitpid(-1, NULL, WNOHANG) >= 0);
}

static void try(const struct way *way) {
    int status = 0;
    *full = 0;
    pid_t pid = fork();
    if (pid == 0) {
        setpgid(0, 0);
        way->use();
        printf("%s: %s\n", way->name, error_name(errno));
        *full = 1;
        stay();
    }
    siginfo_t info = {0};
    while (*full == 0 && waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == 0) {
        nap();
    }
    if (way->others_go_on) {
        check_others(way->name);
    }
    end_all(pid, &status);
    if (*full == 0) {
        printf("%s: signal %d\n", way->name, WTERMSIG(status));
    }
    way->clean();
    chdir("/tmp");
}

int main(void) {
    full = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    chdir("/tmp");
    for (int i = 0; i < WARM_UP; i++) { // the kernel keeps processes' stacks for later ones
        try(&ways[0]);
    }
    long before = free_pages();
    for (int i = 0; i < WAYS; i++) {
        try(&ways[i]);
        printf("%s: %ld pages are missing\n", ways[i].name, before - free_pages());
    }
    return 0;
}
