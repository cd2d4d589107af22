// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>
#include <time.h>

#include "abi/stat.h"

#define S_ISFIFO(mode) (((mode)&S_IFMT) == S_IFIFO)
#define S_ISCHR(mode) (((mode)&S_IFMT) == S_IFCHR)
#define S_ISDIR(mode) (((mode)&S_IFMT) == S_IFDIR)
#define S_ISREG(mode) (((mode)&S_IFMT) == S_IFREG)
#define S_ISLNK(mode) (((mode)&S_IFMT) == S_IFLNK)

// As Linux lays it out on the x86-64.
struct stat {
    dev_t st_dev;
    ino_t st_ino;
    nlink_t st_nlink;
    mode_t st_mode;
    uid_t st_uid;
    gid_t st_gid;
    int padding;
    dev_t st_rdev;
    off_t st_size;
    long st_blksize;
    long st_blocks; // of 512 bytes
    struct timespec st_atim;
    struct timespec st_mtim;
    struct timespec st_ctim;
    long unused[3];
};

mode_t umask(mode_t mask);
int mkdir(const char *path, mode_t mode);
int stat(const char *path, struct stat *status);
int lstat(const char *path, struct stat *status);
int fstat(int fd, struct stat *status);
int fstatat(int directory, const char *path, struct stat *status, int flags);
int chmod(const char *path, mode_t mode);
int fchmod(int fd, mode_t mode);
int mkdirat(int directory, const char *path, mode_t mode);
int fchmodat(int directory, const char *path, mode_t mode, int flags);

// times[0]: of the last access, times[1]: of the last change; NULL: now.
int utimensat(int directory, const char *path, const struct timespec times[2], int flags);
int futimens(int fd, const struct timespec times[2]);
