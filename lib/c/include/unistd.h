// SPDX-License-Identifier: MIT
// POSIX, as far as Tine's kernel goes; `syscall` is Linux's.
#pragma once

#include <getopt.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "abi/unistd.h"

#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2

#define F_OK 0
#define X_OK 1
#define W_OK 2
#define R_OK 4

extern char **environ;

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
int fchdir(int fd);
char *getcwd(char *to, size_t bytes);
int dup3(int fd, int wanted, int flags);
ssize_t pread(int fd, void *to, size_t bytes, off_t offset);
ssize_t pwrite(int fd, const void *from, size_t bytes, off_t offset);
int truncate(const char *path, off_t bytes);
int ftruncate(int fd, off_t bytes);
int rmdir(const char *path);
int unlinkat(int directory, const char *path, int flags);
int link(const char *from, const char *to);
int symlink(const char *target, const char *path);
int linkat(int from_directory, const char *from, int directory, const char *to, int flags);
int symlinkat(const char *target, int directory, const char *path);
ssize_t readlinkat(int directory, const char *path, char *to, size_t bytes);
int faccessat(int directory, const char *path, int wanted, int flags);
int fchown(int fd, uid_t owner, gid_t group);
int fchownat(int directory, const char *path, uid_t owner, gid_t group, int flags);
ssize_t readlink(const char *path, char *to, size_t bytes);
int access(const char *path, int wanted);
int isatty(int fd);
int chown(const char *path, uid_t owner, gid_t group);
int lchown(const char *path, uid_t owner, gid_t group);

// Processes
pid_t fork(void);
pid_t vfork(void);

// Running another program in this process. All of them return only if that has failed: -1 and
// errno, and then nothing has changed. Arrays end with NULL; the program finds them as its argv
// and environment, word for word. execve is the kernel's (lab 3); the others call it, and are lab
// 4's. Threads may call them at the same time.
// POSIX, `exec`; execvpe is glibc's. They allocate nothing: a child may use them whose parent was
// interrupted in malloc.
int execve(const char *path, char *const argv[], char *const envp[]);

// 4c. The environment is `environ`, as it is at that moment.
int execv(const char *path, char *const argv[]);

// 4c. The arguments one by one, up to a NULL pointer; there may be none. With execle the
// environment follows behind that, a char *const[]. execlp looks for the program as execvp does.
int execl(const char *path, const char *argument, ...);
int execle(const char *path, const char *argument, ...);
int execlp(const char *file, const char *argument, ...);

// 4c. The program is the file that `fd`, not negative, has open. EBADF: it has none.
int fexecve(int fd, char *const argv[], char *const envp[]);

// 4d. If there is a slash in `file`, it is a path. If not, the program is looked for in the
// directories that $PATH names (that of this process, not of envp), between colons and in this
// order; an empty one is the working directory; without $PATH these are /bin and /usr/bin. A
// directory of PATH_MAX bytes or more is left out; one that is too long only with the name may be.
// The search goes on if execve says ENOENT, ENOTDIR or EACCES; any other error is the answer at
// once. At the end: EACCES if any execve has said so; otherwise what the last one said, or ENOENT
// if nothing was tried.
//
// What execve does not know how to execute (ENOEXEC) is a script for the shell: /bin/sh, whose
// arguments are argv[0] (any word, if there is none), the path, and what follows argv[0].
//
// A name is neither empty (ENOENT) nor longer than NAME_MAX (ENAMETOOLONG).
int execvp(const char *file, char *const argv[]);
int execvpe(const char *file, char *const argv[], char *const envp[]);

_Noreturn void _exit(int status);
pid_t getpid(void);
pid_t getppid(void);
pid_t gettid(void);
pid_t getpgid(pid_t pid);
pid_t getpgrp(void);
int setpgid(pid_t pid, pid_t group);
pid_t getsid(pid_t pid);
pid_t setsid(void);
pid_t tcgetpgrp(int fd);
int tcsetpgrp(int fd, pid_t group);
uid_t getuid(void);
uid_t geteuid(void);
gid_t getgid(void);
gid_t getegid(void);
int setuid(uid_t user);
int setgid(gid_t group);
int getresuid(uid_t *real, uid_t *effective, uid_t *saved);
int getresgid(gid_t *real, gid_t *effective, gid_t *saved);
int setresuid(uid_t real, uid_t effective, uid_t saved);
int setresgid(gid_t real, gid_t effective, gid_t saved);
int getgroups(int room, gid_t *groups);

// Time
unsigned sleep(unsigned seconds);
int usleep(useconds_t microseconds);
unsigned alarm(unsigned seconds);
int pause(void);

// Memory
int brk(void *end);
void *sbrk(intptr_t bytes);

long syscall(long number, ...);
