// SPDX-License-Identifier: MIT
// POSIX, as far as Tine's kernel goes; `syscall` is Linux's.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

ssize_t read(int fd, void *to, size_t bytes);
ssize_t write(int fd, const void *from, size_t bytes);
pid_t getpid(void);
pid_t getppid(void);
int brk(void *end);
void *sbrk(intptr_t bytes);
_Noreturn void _exit(int status);
long syscall(long number, ...);
