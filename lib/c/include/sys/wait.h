// SPDX-License-Identifier: MIT
// Waiting for children (POSIX).
#pragma once

#include <signal.h>
#include <sys/types.h>

#include "abi/wait.h"

// What a status means. Bits 0-6: the signal that ended the child, 0 if it ended itself; then bits
// 8-15 are its exit status. 0x7f in bits 0-7: it has stopped, and bits 8-15 say by which signal.
#define WTERMSIG(status) ((status)&0x7f)
#define WIFEXITED(status) (WTERMSIG(status) == 0)
#define WEXITSTATUS(status) ((status) >> 8 & 0xff)
#define WIFSIGNALED(status) (WTERMSIG(status) != 0 && WTERMSIG(status) != 0x7f)
#define WCOREDUMP(status) ((status)&0x80)
#define WIFSTOPPED(status) (((status)&0xff) == 0x7f)
#define WSTOPSIG(status) WEXITSTATUS(status)
#define WIFCONTINUED(status) ((status) == 0xffff)

struct rusage;

pid_t wait(int *status);
pid_t waitpid(pid_t which, int *status, int options);
pid_t wait4(pid_t which, int *status, int options, struct rusage *usage);
int waitid(idtype_t type, id_t id, siginfo_t *info, int options);
