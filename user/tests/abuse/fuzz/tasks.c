// SPDX-License-Identifier: MIT
// Calls about processes, their families, and themselves.
#include <asm/prctl.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"

enum { DEPTH_LIMIT = 2, STACK_PAGES = 3000, CHILD_CALLS = 40 };

static struct slot *first_slot_of_family(void) {
    return state->slots + (self - state->slots) / SLOTS_EACH * SLOTS_EACH;
}

int some_child(void) {
    struct slot *family = first_slot_of_family();
    for (unsigned i = below(SLOTS_EACH), tries = 0; tries < SLOTS_EACH; tries++, i++) {
        struct slot *slot = &family[i % SLOTS_EACH];
        if (slot->pid > 0 && slot->depth == self->depth + 1) {
            return slot->pid;
        }
    }
    return 0;
}

static struct slot *claim_slot(void) {
    struct slot *family = first_slot_of_family();
    for (int i = 1; i < SLOTS_EACH; i++) {
        int nobody = 0;
        if (atomic_compare_exchange_strong(&family[i].pid, &nobody, CLAIMED)) {
            return &family[i];
        }
    }
    return NULL;
}

static _Noreturn void run_child(struct slot *slot, void (*work)(void)) {
    slot->pid = getpid();
    if (work == NULL) {
        go_on(slot);
    }
    self = slot;
    work();
    slot->pid = 0;
    _exit((int)below(256));
}

long fork_by(long call, long flags, long stack, void (*work)(void)) {
    struct slot *slot = self->depth < DEPTH_LIMIT ? claim_slot() : NULL;
    if (slot == NULL) {
        while (TRY(SYS_wait4, -1, NULL, WNOHANG) > 0) { // there are descendants enough
        }
        return -EAGAIN;
    }
    slot->random = random_bits() | 1;
    slot->left = 1 + (long)below(CHILD_CALLS);
    slot->depth = self->depth + 1;
    slot->rounds_asleep = 0;
    long *ids = (long *)((uintptr_t)good(16) & ~7UL);
    long pid = TRY(call, flags, stack, chance(90) ? (char *)ids : wild(),
                   chance(90) ? (char *)(ids + 1) : wild());
    if (pid == 0) {
        run_child(slot, work);
    }
    int claimed = CLAIMED; // the child may have been here already, and even have gone again
    atomic_compare_exchange_strong(&slot->pid, &claimed, pid > 0 ? (int)pid : 0);
    return pid;
}

// ---- Making and ending processes -------------------------------------------------------------

static void nothing(void) {
}

// The process itself touches what it must not, or much of its stack.
static void misbehave(void) {
    volatile char *at = chance(50) ? wild() : arena();
    for (int i = 0, pages = chance(50) ? 0 : (int)below(STACK_PAGES); i < pages; i++) {
        *((volatile char *)&at - i * PAGE) = 1;
    }
    *at = 1;
}

static long do_fork(void) {
    return fork_by(SYS_fork, 0, 0, chance(15) ? misbehave : NULL);
}

static long do_vfork(void) {
    return fork_by(SYS_vfork, 0, 0, nothing);
}

// CLONE_PARENT_SETTID, CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID, and some that make no sense.
static long do_clone(void) {
    static const long odd[] = {0x00000400, 0x00010000, 0x00000800, 0x100000000};
    long flags = (long)(random_bits() & 0x01300000);
    flags |= chance(80) ? SIGCHLD : (int)below(70);
    if (chance(10)) {
        return TRY(SYS_clone, flags | ONE_OF(odd), wild());
    }
    return fork_by(SYS_clone, flags, 0, NULL);
}

static void exit_now(void) {
    self->pid = 0;
    TRY(SYS_exit, random_bits());
}

static void exit_group_now(void) {
    self->pid = 0;
    TRY(SYS_exit_group, random_bits());
}

static long do_exit(void) {
    return fork_by(SYS_fork, 0, 0, exit_now);
}

static long do_exit_group(void) {
    return fork_by(SYS_fork, 0, 0, exit_group_now);
}

enum { EXEC_FAILED = 100 };

// What execve or execveat answers to a child; 0 if that has become a program, which has ended.
static long execute(long call, long a, long b, long c, long d, long e) {
    int status = 0;
    long pid = TRY(SYS_fork);
    if (pid == 0) {
        _exit(EXEC_FAILED - (int)TRY(call, a, b, c, d, e));
    }
    while (pid > 0) {
        long ended = TRY(SYS_wait4, pid, &status, 0);
        if (ended != -EINTR) {
            pid = ended == pid ? 0 : ended;
        } else {
            TRY(SYS_kill, pid, SIGKILL); // it may have been stopped
        }
    }
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : EXEC_FAILED + EINTR;
    return pid < 0 ? pid : code >= EXEC_FAILED ? EXEC_FAILED - code : 0;
}

static const char *const programs[] = {"/bin/true", "/bin/false", "/bin/hello"};

void run_programs(void) {
    for (unsigned i = 0; i < sizeof programs / sizeof programs[0]; i++) {
        static const char *const nothing[] = {NULL};
        execute(SYS_execve, (long)programs[i], (long)nothing, 0, 0, 0);
    }
}

static const char *program(void) {
    return chance(70) ? ONE_OF(programs) : chance(50) ? path_to(S_IFREG) : path();
}

// Most are arrays of words; in others most words are not where they should be.
static long words(void) {
    static const char *some[4];
    some[0] = chance(95) ? "word" : wild();
    some[1] = chance(90) ? "another" : buffer(1);
    some[2] = chance(50) ? NULL : path();
    return chance(90) ? (long)some : chance(50) ? 0 : (long)wild();
}

static long do_execve(void) {
    const char *path = program();
    long argv = words();
    return execute(SYS_execve, (long)path, argv, chance(70) ? 0 : words(), 0, 0);
}

static long do_execveat(void) {
    static const long flags[] = {0, 0, 0, 0, AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW, 1};
    int from = start_fd();
    const char *path = program();
    long argv = words();
    return execute(SYS_execveat, from, (long)path, argv, 0, ONE_OF(flags));
}

static int *status_place(void) {
    return (int *)(chance(40) ? NULL : buffer(4));
}

// Most have somebody to wait for.
static void want_child(void) {
    if (some_child() == 0 && chance(70)) {
        fork_by(SYS_fork, 0, 0, nothing);
    }
}

static long do_wait4(void) {
    static const int odd[] = {0, 99999, -99999, INT_MIN, INT_MAX};
    want_child();
    int which = chance(60) ? -1 : chance(60) ? some_child() : ONE_OF(odd);
    int options = chance(75) ? WNOHANG : chance(90) ? 0 : (int)random_bits();
    options |= chance(10) ? WUNTRACED | WCONTINUED : 0;
    return TRY(SYS_wait4, which, status_place(), options, chance(85) ? NULL : buffer(144));
}

static long do_waitid(void) {
    want_child();
    int type = chance(95) ? (int)below(3) : (int)random_bits();
    int id = chance(80) ? some_child() : chance(70) ? 0 : (int)random_bits();
    int options = WEXITED | (chance(75) ? WNOHANG : 0) | (chance(20) ? WNOWAIT : 0);
    options = chance(95) ? options : (int)random_bits();
    return TRY(SYS_waitid, type, id, chance(20) ? NULL : buffer(128), options, 0);
}

// ---- Families --------------------------------------------------------------------------------

static int relative(void) {
    static const int odd[] = {1, -1, 99999, INT_MAX, INT_MIN};
    return chance(40) ? 0 : chance(40) ? getpid() : chance(75) ? some_child() : ONE_OF(odd);
}

static long do_setpgid(void) {
    return TRY(SYS_setpgid, relative(), chance(70) ? relative() : getpgrp());
}

static long do_getpgid(void) {
    return TRY(SYS_getpgid, relative());
}

static long do_getsid(void) {
    return TRY(SYS_getsid, relative());
}

// Who leads a group cannot found a session; a child can, until it has done so.
static void found_session(void) {
    TRY(SYS_setsid);
}

static long do_setsid(void) {
    return chance(25) ? TRY(SYS_setsid) : fork_by(SYS_fork, 0, 0, found_session);
}

// ---- Itself ----------------------------------------------------------------------------------

#define PLAIN(name)               \
    static long do_##name(void) { \
        return TRY(SYS_##name);   \
    }
PLAIN(getpid)
PLAIN(getppid)
PLAIN(getpgrp)
PLAIN(gettid)
PLAIN(getuid)
PLAIN(geteuid)
PLAIN(getgid)
PLAIN(getegid)
PLAIN(sched_yield)

static long do_uname(void) {
    return TRY(SYS_uname, buffer(390));
}

static long do_sysinfo(void) {
    return TRY(SYS_sysinfo, buffer(112));
}

static long do_set_tid_address(void) {
    return TRY(SYS_set_tid_address, chance(50) ? good(4) : wild());
}

// A C library keeps its own things there: only what was there may be set.
static long do_arch_prctl(void) {
    static const uintptr_t refused[] = {0x800000000000, 0xffffffff80000000, ~0UL};
    unsigned choice = below(100);
    if (choice < 50) {
        return TRY(SYS_arch_prctl, ARCH_GET_FS, buffer(8));
    }
    if (choice < 80) {
        long base;
        TRY(SYS_arch_prctl, ARCH_GET_FS, &base);
        return TRY(SYS_arch_prctl, ARCH_SET_FS, base);
    }
    return choice < 90 ? TRY(SYS_arch_prctl, ARCH_SET_FS, ONE_OF(refused))
                       : TRY(SYS_arch_prctl, below(0x1000), buffer(8));
}

static long do_prctl(void) {
    static const int commands[] = {PR_SET_NAME, PR_GET_NAME, PR_SET_NAME, PR_GET_NAME, 0, -1};
    return TRY(SYS_prctl, ONE_OF(commands), buffer(16));
}

// Never with both magic numbers right.
static long do_reboot(void) {
    return TRY(SYS_reboot, 0xfee1dead, below(1000), 0x4321fedc);
}

static long do_pages_present(void) {
    return TRY(SYS_pages_present);
}

const struct call task_calls[] = {
    {"fork", do_fork, 3, 0, NULL},
    {"vfork", do_vfork, 1, 0, NULL},
    {"clone", do_clone, 3, 0, NULL},
    {"exit", do_exit, 1, 0, NULL},
    {"exit_group", do_exit_group, 1, 0, NULL},
    {"execve", do_execve, 4, 0, NULL},
    {"execveat", do_execveat, 2, 0, NULL},
    {"wait4", do_wait4, 8, 0, NULL},
    {"waitid", do_waitid, 5, 0, NULL},
    {"setpgid", do_setpgid, 4, 0, NULL},
    {"getpgid", do_getpgid, 3, 0, NULL},
    {"getsid", do_getsid, 3, 0, NULL},
    {"setsid", do_setsid, 3, 0, NULL},
    {"getpid", do_getpid, 2, 0, NULL},
    {"getppid", do_getppid, 2, 0, NULL},
    {"getpgrp", do_getpgrp, 2, 0, NULL},
    {"gettid", do_gettid, 2, 0, NULL},
    {"getuid", do_getuid, 1, ALONE, NULL},
    {"geteuid", do_geteuid, 1, ALONE, NULL},
    {"getgid", do_getgid, 1, ALONE, NULL},
    {"getegid", do_getegid, 1, ALONE, NULL},
    {"sched_yield", do_sched_yield, 3, ALONE, NULL},
    {"uname", do_uname, 3, ALONE, NULL},
    {"sysinfo", do_sysinfo, 3, ALONE, NULL},
    {"set_tid_address", do_set_tid_address, 2, 0, NULL},
    {"arch_prctl", do_arch_prctl, 4, ALONE, NULL},
    {"prctl", do_prctl, 4, 0, NULL},
    {"reboot", do_reboot, 1, 0, "it would end the machine"},
    {"pages_present", do_pages_present, 2, 0, NULL},
    {0},
};
