// SPDX-License-Identifier: MIT
// What /proc says about the caller, and about children that sleep, have ended and are gone.
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "errors.h"
#include "proc_text.h"

#define PAGE 4096UL
#define RW (PROT_READ | PROT_WRITE)

enum { FIELDS = 52, PAGES = 1000, SLACK = 300 };

static char *fields[FIELDS + 1];
static int in_data = 1;
static const char in_constants[] = "constant";

// Splits /proc/PID/stat into its fields: fields[1] to fields[52]. The name may contain anything, so
// the last parenthesis ends it. Returns how many there are.
static int read_stat(int pid) {
    if (slurp(pid, "stat") < 0) {
        return -1;
    }
    int count = 2;
    char *at = strchr(text, '(');
    fields[1] = text;
    at[-1] = '\0';
    fields[2] = at + 1;
    at = fields[2] + strlen(fields[2]);
    while (*at != ')') {
        at--;
    }
    *at++ = '\0';
    while (*at == ' ' && count < FIELDS) {
        *at++ = '\0';
        fields[++count] = at;
        at += strlen(at) < 1 ? 0 : 1;
        while (*at != ' ' && *at != '\n') {
            at++;
        }
    }
    count += *at == ' ';
    *at = '\0';
    return count;
}

static int field(int i) {
    return atoi(fields[i]);
}

static void show_stat(const char *what, int pid) {
    int count = read_stat(pid);
    if (count < 0) {
        result(what, -1);
        return;
    }
    printf("%s: %d fields, pid %d, name '%s', state %s, parent %d, group %d, session %d\n", what,
           count, field(1) == pid, fields[2], fields[3], field(4) == getpid(),
           field(5) == getpgrp(), field(6) == getsid(0));
}

static void set_name(const char *name) {
    syscall(SYS_prctl, (long)PR_SET_NAME, name, 0L, 0L, 0L, 0L);
}

static void names(void) {
    char name[16];
    set_name("a (b) c) d, which is too long");
    syscall(SYS_prctl, (long)PR_GET_NAME, name, 0L, 0L, 0L, 0L);
    printf("name: '%s'\n", name);
    show_stat("myself", getpid());
    slurp(getpid(), "comm");
    printf("comm: '%s'\n", text);
    set_name("line\nfeed\\");
    slurp(getpid(), "status");
    printf("%s\n", line("Name:"));
    result("a bad pointer", syscall(SYS_prctl, (long)PR_SET_NAME, 16L, 0L, 0L, 0L, 0L));
    result("no such option", syscall(SYS_prctl, 12345L, 0L, 0L, 0L, 0L, 0L));
}

// ---- A child: asleep, a zombie, gone ---------------------------------------------------------

static void leave(int signal) {
    _exit(signal);
}

static void handle(int signal, void (*handler)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigaction(signal, &action, NULL);
}

static void child(int ready) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, 40);
    sigprocmask(SIG_BLOCK, &set, NULL);
    handle(SIGHUP, SIG_IGN);
    handle(SIGUSR2, leave);
    raise(SIGUSR1);
    set_name("(a) child)");
    setsid();
    write(ready, "r", 1);
    for (;;) {
        pause();
    }
}

static void show_status(const char *what, int pid) {
    const unsigned long mine = 1UL << (SIGUSR1 - 1) | 1UL << (SIGHUP - 1) | 1UL << (SIGUSR2 - 1);
    const char *const keys[] = {"SigBlk:", "SigIgn:", "SigCgt:"};
    if (slurp(pid, "status") < 0) {
        result(what, -1);
        return;
    }
    printf("%s: %s\n", what, line("Name:"));
    printf("  %s\n", line("State:"));
    printf("  pid %d %d, parent %d, threads %ld\n", value_of("Pid:", 10) == pid,
           value_of("Tgid:", 10) == pid, value_of("PPid:", 10) == getpid(),
           value_of("Threads:", 10));
    printf("  %s\n", line("Uid:"));
    printf("  %s\n", line("Gid:"));
    printf("  memory %d\n", value_of("VmRSS:", 10) > 0);
    if (strncmp(line("State:"), "State:\tZ", 8) == 0) {
        return; // Linux keeps a zombie's signals
    }
    printf("  pending %lx", (value_of("SigPnd:", 16) | value_of("ShdPnd:", 16)) & mine);
    for (int i = 0; i < 3; i++) {
        printf(", %s %lx", keys[i], value_of(keys[i], 16) & mine);
    }
    printf("\n");
}

static int listed(int pid) {
    char buffer[512];
    char name[16];
    int found = 0;
    int fd = open("/proc", O_RDONLY | O_DIRECTORY);
    snprintf(name, sizeof name, "%d", pid);
    for (long got = 1; got > 0;) {
        got = syscall(SYS_getdents64, (long)fd, buffer, sizeof buffer, 0L, 0L, 0L);
        for (long at = 0; at < got; at += *(unsigned short *)(buffer + at + 16)) {
            found += strcmp(buffer + at + 19, name) == 0;
        }
    }
    close(fd);
    return found;
}

static void asleep(int pid) {
    while (read_stat(pid) > 0 && fields[3][0] == 'R') {
    }
    show_stat("asleep", pid);
    printf("  terminal %d, its group %d, exit signal %d, started %d\n", field(7), field(8),
           field(38), field(22) >= 0);
    printf("  blocked %x, ignored %x, caught %x\n", field(32) & 1 << (SIGUSR1 - 1),
           field(33) & 1 << (SIGHUP - 1), field(34) & 1 << (SIGUSR2 - 1));
    show_status("status", pid);
    printf("listed: %d\n", listed(pid));
}

static void dead(int pid) {
    siginfo_t info;
    kill(pid, SIGUSR2);
    waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
    show_stat("zombie", pid);
    printf("  size %d, resident %d, status %d\n", field(23), field(24), field(52));
    show_status("status", pid);
    printf("maps: %ld, statm: %ld %s", slurp(pid, "maps"), slurp(pid, "statm"), text);
    printf("cmdline: %ld, listed: %d\n", slurp(pid, "cmdline"), listed(pid));
}

static void gone(int pid, int dir) {
    char buffer[512];
    waitpid(pid, NULL, 0);
    show_stat("gone", pid);
    printf("listed: %d\n", listed(pid));
    number("in its directory", openat(dir, "stat", O_RDONLY));
    number("its directory", syscall(SYS_getdents64, (long)dir, buffer, sizeof buffer, 0L, 0L, 0L));
    result("the current directory", (long)getcwd(buffer, sizeof buffer) == 0 ? -1 : 0);
    result("the one above it", chdir(".."));
    result("another", chdir("/tmp"));
}

static void life_and_death(void) {
    int ends[2];
    char path[32];
    pipe(ends);
    pid_t pid = fork();
    if (pid == 0) {
        child(ends[1]);
    }
    read(ends[0], path, 1);
    snprintf(path, sizeof path, "/proc/%d", pid);
    int dir = open(path, O_RDONLY | O_DIRECTORY);
    result("change directory", chdir(path));
    asleep(pid);
    dead(pid);
    gone(pid, dir);
    close(dir);
}

// ---- Memory ----------------------------------------------------------------------------------

// Finds the mapping of `address` in `text`: its rights, and its name.
static void show_mapping(const char *what, const void *address) {
    const char *at = text;
    while (at != NULL && *at != '\0') {
        char *behind;
        unsigned long start = (unsigned long)strtol(at, &behind, 16);
        unsigned long end = (unsigned long)strtol(behind + 1, &behind, 16);
        const char *newline = strchr(at, '\n');
        if ((uintptr_t)address >= start && (uintptr_t)address < end) {
            const char *name = newline;
            while (name[-1] != ' ') {
                name--;
            }
            printf("%s: %.4s %.*s\n", what, behind + 1, *name == '[' ? (int)(newline - name) : 0,
                   name);
            return;
        }
        at = newline + 1;
    }
    printf("%s: not mapped\n", what);
}

static void maps(void) {
    int on_stack = 0;
    char *heap = sbrk(PAGE);
    char *none = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *shared = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *hole = mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(hole, PAGE);
    slurp(getpid(), "maps");
    show_mapping("data", &in_data);
    show_mapping("constants", in_constants);
    show_mapping("code", (const void *)(uintptr_t)maps);
    show_mapping("stack", &on_stack);
    show_mapping("heap", heap);
    show_mapping("nothing allowed", none);
    show_mapping("shared", shared);
    show_mapping("a hole", hole);
    sbrk(-(intptr_t)PAGE);
}

static long distance(long difference) {
    return difference < 0 ? -difference : difference;
}

// total, resident, shared; checked against each other.
static void read_statm(long sizes[3]) {
    char *at = text;
    slurp(getpid(), "statm");
    for (int i = 0; i < 3; i++) {
        sizes[i] = strtol(at, &at, 10);
    }
    read_stat(getpid());
    long bytes = strtol(fields[23], NULL, 10);
    long resident = strtol(fields[24], NULL, 10);
    slurp(getpid(), "status");
    if (bytes != sizes[0] * (long)PAGE || value_of("VmSize:", 10) != sizes[0] * 4 ||
        distance(resident - sizes[1]) > SLACK ||
        distance(value_of("VmRSS:", 10) - 4 * sizes[1]) > 4 * SLACK) {
        puts("the files do not agree");
    }
}

static void grow(const char *what, int flags) {
    long before[3], mapped[3], touched[3], after[3];
    read_statm(before);
    char *memory = mmap(NULL, PAGES * PAGE, RW, flags | MAP_ANONYMOUS, -1, 0);
    read_statm(mapped);
    for (unsigned long i = 0; i < PAGES; i++) {
        memory[i * PAGE] = 1;
    }
    read_statm(touched);
    munmap(memory, PAGES * PAGE);
    read_statm(after);
    printf("%s: %ld %d, %ld %d %d, %ld %d\n", what, mapped[0] - before[0],
           mapped[1] - before[1] < SLACK, touched[0] - before[0],
           distance(touched[1] - before[1] - PAGES) < SLACK,
           distance(touched[2] - before[2] - PAGES) < SLACK, after[0] - before[0],
           distance(after[1] - before[1]) < SLACK);
}

// Everything there is about everybody, while they come and go. Returns how often something was
// wrong.
static int read_all(void) {
    static const char *const files[] = {"stat", "status", "statm", "maps", "comm", "cmdline"};
    static char buffer[4096];
    int wrong = 0;
    int fd = open("/proc", O_RDONLY | O_DIRECTORY);
    long got = syscall(SYS_getdents64, (long)fd, buffer, sizeof buffer, 0L, 0L, 0L);
    for (long at = 0; at < got; at += *(unsigned short *)(buffer + at + 16)) {
        int pid = atoi(buffer + at + 19);
        for (int i = 0; pid != 0 && i < 6; i++) {
            long length = slurp(pid, files[i]);
            wrong += length < 0 && errno != ENOENT && errno != ESRCH;
            wrong += length > 0 && text[length - 1] != '\n' && i < 5; // cmdline has no lines
        }
    }
    close(fd);
    return wrong + (got <= 0);
}

static void coming_and_going(void) {
    int wrong = 0;
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 5; i++) {
            pid_t pid = fork();
            if (pid == 0) {
                _exit(read_all());
            }
        }
        wrong += read_all();
        for (int i = 0; i < 5; i++) {
            int status = 0;
            wait(&status);
            wrong += status != 0;
        }
    }
    printf("coming and going: %d wrong\n", wrong);
}

int main(void) {
    setsid();
    names();
    set_name("parent");
    life_and_death();
    maps();
    grow("private", MAP_PRIVATE);
    grow("shared", MAP_SHARED);
    coming_and_going();
    return 0;
}
