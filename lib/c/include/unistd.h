// SPDX-License-Identifier: MIT
// POSIX, as far as Tine's kernel goes; `syscall` is Linux's.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2

#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2

// Files
ssize_t read(int fd, void *to, size_t bytes);
ssize_t write(int fd, const void *from, size_t bytes);
int close(int fd);
off_t lseek(int fd, off_t offset, int whence);
int pipe(int ends[2]);
int pipe2(int ends[2], int flags);
int dup(int fd);
int dup2(int fd, int wanted);
int unlink(const char *path);
int chdir(const char *path);
char *getcwd(char *to, size_t bytes);

// Processes
pid_t fork(void);
pid_t vfork(void);
_Noreturn void _exit(int status);
pid_t getpid(void);
pid_t getppid(void);
pid_t getpgid(pid_t pid);
pid_t getpgrp(void);
int setpgid(pid_t pid, pid_t group);
pid_t getsid(pid_t pid);
pid_t setsid(void);
uid_t getuid(void);
gid_t getgid(void);

// Time
unsigned sleep(unsigned seconds);
unsigned alarm(unsigned seconds);
int pause(void);

// Memory
int brk(void *end);
void *sbrk(intptr_t bytes);

long syscall(long number, ...);
