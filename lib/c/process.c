// SPDX-License-Identifier: MIT
// Making processes, waiting for them, and what they belong to.
#include <sched.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call.h"

pid_t fork(void) {
    return (pid_t)CALL(SYS_fork);
}

// In an ordinary function the child would return from a stack frame that its parent still needs.
// POSIX lets vfork do what fork does.
pid_t vfork(void) {
    return fork();
}

pid_t wait4(pid_t which, int *status, int options, struct rusage *usage) {
    return (pid_t)CALL(SYS_wait4, which, status, options, usage);
}

pid_t waitpid(pid_t which, int *status, int options) {
    return wait4(which, status, options, NULL);
}

pid_t wait(int *status) {
    return waitpid(-1, status, 0);
}

int waitid(idtype_t type, id_t id, siginfo_t *info, int options) {
    return (int)CALL(SYS_waitid, type, id, info, options);
}

pid_t getpid(void) {
    return (pid_t)CALL(SYS_getpid);
}

pid_t getppid(void) {
    return (pid_t)CALL(SYS_getppid);
}

pid_t getpgid(pid_t pid) {
    return (pid_t)CALL(SYS_getpgid, pid);
}

pid_t getpgrp(void) {
    return getpgid(0);
}

int setpgid(pid_t pid, pid_t group) {
    return (int)CALL(SYS_setpgid, pid, group);
}

pid_t getsid(pid_t pid) {
    return (pid_t)CALL(SYS_getsid, pid);
}

pid_t setsid(void) {
    return (pid_t)CALL(SYS_setsid);
}

pid_t gettid(void) {
    return (pid_t)CALL(SYS_gettid);
}

int execve(const char *path, char *const argv[], char *const envp[]) {
    return (int)CALL(SYS_execve, path, argv, envp);
}

uid_t getuid(void) {
    return (uid_t)CALL(SYS_getuid);
}

gid_t getgid(void) {
    return (gid_t)CALL(SYS_getgid);
}

uid_t geteuid(void) {
    return (uid_t)CALL(SYS_geteuid);
}

gid_t getegid(void) {
    return (gid_t)CALL(SYS_getegid);
}

int setuid(uid_t user) {
    return (int)CALL(SYS_setuid, user);
}

int setgid(gid_t group) {
    return (int)CALL(SYS_setgid, group);
}

int getresuid(uid_t *real, uid_t *effective, uid_t *saved) {
    return (int)CALL(SYS_getresuid, real, effective, saved);
}

int getresgid(gid_t *real, gid_t *effective, gid_t *saved) {
    return (int)CALL(SYS_getresgid, real, effective, saved);
}

int setresuid(uid_t real, uid_t effective, uid_t saved) {
    return (int)CALL(SYS_setresuid, real, effective, saved);
}

int setresgid(gid_t real, gid_t effective, gid_t saved) {
    return (int)CALL(SYS_setresgid, real, effective, saved);
}

int getgroups(int room, gid_t *groups) {
    return (int)CALL(SYS_getgroups, room, groups);
}

int getrlimit(int resource, struct rlimit *limit) {
    return (int)CALL(SYS_getrlimit, resource, limit);
}

int setrlimit(int resource, const struct rlimit *limit) {
    return (int)CALL(SYS_setrlimit, resource, limit);
}

int getrusage(int who, struct rusage *usage) {
    return (int)CALL(SYS_getrusage, who, usage);
}

clock_t times(struct tms *times) {
    return CALL(SYS_times, times);
}

int sched_yield(void) {
    return (int)CALL(SYS_sched_yield);
}
