// SPDX-License-Identifier: MIT
// Files, descriptors and paths.
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "call.h"

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return (int)CALL(SYS_open, path, flags, mode);
}

int creat(const char *path, mode_t mode) {
    return (int)CALL(SYS_creat, path, mode);
}

int fcntl(int fd, int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    long argument = va_arg(arguments, long); // whatever it is: the kernel knows
    va_end(arguments);
    return (int)CALL(SYS_fcntl, fd, command, argument);
}

int close(int fd) {
    return (int)CALL(SYS_close, fd);
}

off_t lseek(int fd, off_t offset, int whence) {
    return CALL(SYS_lseek, fd, offset, whence);
}

int pipe(int ends[2]) {
    return (int)CALL(SYS_pipe, ends);
}

int pipe2(int ends[2], int flags) {
    return (int)CALL(SYS_pipe2, ends, flags);
}

int dup(int fd) {
    return (int)CALL(SYS_dup, fd);
}

int dup2(int fd, int wanted) {
    return (int)CALL(SYS_dup2, fd, wanted);
}

int unlink(const char *path) {
    return (int)CALL(SYS_unlink, path);
}

int chdir(const char *path) {
    return (int)CALL(SYS_chdir, path);
}

char *getcwd(char *to, size_t bytes) {
    return CALL(SYS_getcwd, to, bytes) < 0 ? NULL : to;
}

int mkdir(const char *path, mode_t mode) {
    return (int)CALL(SYS_mkdir, path, mode);
}

mode_t umask(mode_t mask) {
    return (mode_t)CALL(SYS_umask, mask);
}

int rmdir(const char *path) {
    return (int)CALL(SYS_rmdir, path);
}

int unlinkat(int directory, const char *path, int flags) {
    return (int)CALL(SYS_unlinkat, directory, path, flags);
}

int rename(const char *from, const char *to) {
    return (int)CALL(SYS_rename, from, to);
}

int link(const char *from, const char *to) {
    return (int)CALL(SYS_link, from, to);
}

int symlink(const char *target, const char *path) {
    return (int)CALL(SYS_symlink, target, path);
}

ssize_t readlink(const char *path, char *to, size_t bytes) {
    return CALL(SYS_readlink, path, to, bytes);
}

int mkdirat(int directory, const char *path, mode_t mode) {
    return (int)CALL(SYS_mkdirat, directory, path, mode);
}

int renameat(int from_directory, const char *from, int directory, const char *to) {
    return (int)CALL(SYS_renameat, from_directory, from, directory, to);
}

int linkat(int from_directory, const char *from, int directory, const char *to, int flags) {
    return (int)CALL(SYS_linkat, from_directory, from, directory, to, flags);
}

int symlinkat(const char *target, int directory, const char *path) {
    return (int)CALL(SYS_symlinkat, target, directory, path);
}

ssize_t readlinkat(int directory, const char *path, char *to, size_t bytes) {
    return CALL(SYS_readlinkat, directory, path, to, bytes);
}

int openat(int directory, const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return (int)CALL(SYS_openat, directory, path, flags, mode);
}

int fchdir(int fd) {
    return (int)CALL(SYS_fchdir, fd);
}

int dup3(int fd, int wanted, int flags) {
    return (int)CALL(SYS_dup3, fd, wanted, flags);
}

ssize_t pread(int fd, void *to, size_t bytes, off_t offset) {
    return CALL(SYS_pread64, fd, to, bytes, offset);
}

ssize_t pwrite(int fd, const void *from, size_t bytes, off_t offset) {
    return CALL(SYS_pwrite64, fd, from, bytes, offset);
}

ssize_t readv(int fd, const struct iovec *parts, int count) {
    return CALL(SYS_readv, fd, parts, count);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    return CALL(SYS_writev, fd, parts, count);
}

int truncate(const char *path, off_t bytes) {
    return (int)CALL(SYS_truncate, path, bytes);
}

int ftruncate(int fd, off_t bytes) {
    return (int)CALL(SYS_ftruncate, fd, bytes);
}

int stat(const char *path, struct stat *status) {
    return (int)CALL(SYS_stat, path, status);
}

int lstat(const char *path, struct stat *status) {
    return (int)CALL(SYS_lstat, path, status);
}

int fstat(int fd, struct stat *status) {
    return (int)CALL(SYS_fstat, fd, status);
}

int fstatat(int directory, const char *path, struct stat *status, int flags) {
    return (int)CALL(SYS_newfstatat, directory, path, status, flags);
}

int access(const char *path, int wanted) {
    return (int)CALL(SYS_access, path, wanted);
}

int chmod(const char *path, mode_t mode) {
    return (int)CALL(SYS_chmod, path, mode);
}

// The kernel's older call has no flags.
int faccessat(int directory, const char *path, int wanted, int flags) {
    return (int)(flags == 0 ? CALL(SYS_faccessat, directory, path, wanted)
                            : CALL(SYS_faccessat2, directory, path, wanted, flags));
}

int fchmodat(int directory, const char *path, mode_t mode, int flags) {
    return (int)(flags == 0 ? CALL(SYS_fchmodat, directory, path, mode)
                            : CALL(SYS_fchmodat2, directory, path, mode, flags));
}

int fchownat(int directory, const char *path, uid_t owner, gid_t group, int flags) {
    return (int)CALL(SYS_fchownat, directory, path, owner, group, flags);
}

int fchown(int fd, uid_t owner, gid_t group) {
    return (int)CALL(SYS_fchown, fd, owner, group);
}

int utimensat(int directory, const char *path, const struct timespec times[2], int flags) {
    return (int)CALL(SYS_utimensat, directory, path, times, flags);
}

int futimens(int fd, const struct timespec times[2]) {
    return utimensat(fd, NULL, times, 0);
}

int lchown(const char *path, uid_t owner, gid_t group) {
    return (int)CALL(SYS_lchown, path, owner, group);
}

int fchmod(int fd, mode_t mode) {
    return (int)CALL(SYS_fchmod, fd, mode);
}

int chown(const char *path, uid_t owner, gid_t group) {
    return (int)CALL(SYS_chown, path, owner, group);
}

int poll(struct pollfd *files, nfds_t count, int timeout_ms) {
    return (int)CALL(SYS_poll, files, count, timeout_ms);
}

// The kernel leaves in *left the time that was left.
static int select_until(int count, fd_set *in, fd_set *out, fd_set *except, struct timespec *left,
                        const sigset_t *mask) {
    const struct {
        const sigset_t *set;
        size_t bytes;
    } blocked = {mask, sizeof(uint64_t)};
    return (int)CALL(SYS_pselect6, count, in, out, except, left, &blocked);
}

int pselect(int count, fd_set *in, fd_set *out, fd_set *except, const struct timespec *timeout,
            const sigset_t *mask) {
    struct timespec left = timeout != NULL ? *timeout : (struct timespec){0};
    return select_until(count, in, out, except, timeout != NULL ? &left : NULL, mask);
}

int select(int count, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout) {
    if (timeout == NULL) {
        return pselect(count, in, out, except, NULL, NULL);
    }
    struct timespec left = {timeout->tv_sec, timeout->tv_usec * 1000};
    int ready = select_until(count, in, out, except, &left, NULL);
    *timeout = (struct timeval){left.tv_sec, left.tv_nsec / 1000};
    return ready;
}

int ioctl(int fd, unsigned long request, ...) {
    va_list arguments;
    va_start(arguments, request);
    long argument = va_arg(arguments, long);
    va_end(arguments);
    return (int)CALL(SYS_ioctl, fd, request, argument);
}
