// SPDX-License-Identifier: MIT
// Calls that begin at a directory, and the times of files.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "errors.h"

static char buffer[100];
static int d;       // a directory
static int a_file;  // none
static int nothing; // not open

static void show(const char *path) {
    struct stat status;
    if (fstatat(d, path, &status, AT_SYMLINK_NOFOLLOW) < 0) {
        printf("  %s: %s\n", path, error_name(errno));
        return;
    }
    printf("  %s: %o, links %d\n", path, status.st_mode,
           S_ISDIR(status.st_mode) ? 0 : (int)status.st_nlink);
}

static void making(void) {
    result("mkdirat", mkdirat(d, "dir", 0751));
    show("dir");
    result("mkdirat again", mkdirat(d, "dir", 0777));
    result("mkdirat below a file", mkdirat(a_file, "x", 0777));
    result("mkdirat at nothing", mkdirat(nothing, "x", 0777));
    result("mkdirat, an absolute path", mkdirat(nothing, "/", 0777));
    result("symlinkat", symlinkat("dir", d, "link"));
    show("link");
    result("symlinkat again", symlinkat("dir", d, "link"));
    result("symlinkat at nothing", symlinkat("dir", nothing, "link"));
    number("readlinkat", readlinkat(d, "link", buffer, sizeof buffer));
    printf("  %.3s\n", buffer);
    result("readlinkat of a directory", readlinkat(d, "dir", buffer, sizeof buffer));
    result("readlinkat without a path", readlinkat(d, "", buffer, sizeof buffer));
    result("readlinkat at a file", readlinkat(a_file, "x", buffer, sizeof buffer));
}

static void moving(void) {
    int dir = openat(d, "dir", O_RDONLY | O_DIRECTORY);
    close(openat(d, "f", O_WRONLY | O_CREAT, 0640));
    result("linkat", linkat(d, "f", dir, "g", 0));
    show("dir/g");
    result("linkat over what is there", linkat(d, "f", dir, "g", 0));
    symlinkat("f", d, "to_f");
    result("linkat of a link", linkat(d, "to_f", d, "to_f2", 0));
    show("to_f2");
    result("linkat of what a link points to", linkat(d, "to_f", d, "f2", AT_SYMLINK_FOLLOW));
    show("f2");
    result("linkat, unknown flag", linkat(d, "f", d, "f3", 1));
    result("linkat from nothing", linkat(nothing, "f", d, "f3", 0));
    result("linkat to nothing", linkat(d, "f", nothing, "f3", 0));
    result("renameat", renameat(d, "f2", dir, "h"));
    show("f2");
    show("dir/h");
    result("renameat into itself", renameat(d, "dir", dir, "x"));
    result("renameat of nothing", renameat(d, "none", d, "x"));
    result("renameat from a file", renameat(a_file, "f", d, "x"));
    result("renameat to a file", renameat(d, "f", a_file, "x"));
    result("renameat from nothing", renameat(nothing, "f", d, "x"));
    result("renameat to nothing", renameat(d, "f", nothing, "x"));
    result("renameat, both wrong", renameat(d, "none/x", nothing, "x"));
    close(dir);
}

static void rights(void) {
    int fd = openat(d, "f", O_RDONLY);
    result("fchmodat", fchmodat(d, "to_f", 0604, 0));
    show("f");
    result("fchmodat at nothing", fchmodat(nothing, "f", 0600, 0));
    result("faccessat", faccessat(d, "f", R_OK | W_OK, 0));
    result("faccessat: execute", faccessat(d, "f", X_OK, 0));
    result("faccessat: what", faccessat(d, "f", 9, 0));
    result("faccessat at a file", faccessat(a_file, "f", R_OK, 0));
    result("faccessat, effective", faccessat(d, "f", R_OK, AT_EACCESS));
    symlinkat("none", d, "dangling");
    result("faccessat, following", faccessat(d, "dangling", F_OK, 0));
    result("faccessat, not following", faccessat(d, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
    result("fchownat", fchownat(d, "f", 0, 0, 0));
    result("fchownat of a link", fchownat(d, "dangling", 0, 0, AT_SYMLINK_NOFOLLOW));
    result("fchownat, following", fchownat(d, "dangling", 0, 0, 0));
    result("fchownat of the directory", fchownat(d, "", 0, 0, AT_EMPTY_PATH));
    result("fchownat of a file itself", fchownat(fd, "", 0, 0, AT_EMPTY_PATH));
    result("fchownat without a path", fchownat(d, "", 0, 0, 0));
    result("fchownat, unknown flag", fchownat(d, "f", 0, 0, 1));
    result("fchown", fchown(fd, (uid_t)-1, (gid_t)-1));
    result("fchown of nothing", fchown(nothing, 0, 0));
    close(fd);
}

static void show_times(const char *path) {
    struct stat status;
    fstatat(d, path, &status, AT_SYMLINK_NOFOLLOW);
    printf("  %ld.%09ld %ld.%09ld\n", (long)status.st_atim.tv_sec, status.st_atim.tv_nsec,
           (long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

static void times_of(void) {
    struct stat before, now;
    const struct timespec both[2] = {{1000000000, 123456789}, {-5, 999999999}};
    const struct timespec second[2] = {{0, UTIME_OMIT}, {1500000000, 0}};
    const struct timespec first[2] = {{7, 8}, {0, UTIME_OMIT}};
    const struct timespec none[2] = {{0, UTIME_OMIT}, {0, UTIME_OMIT}};
    const struct timespec too_many[2] = {{0, 0}, {0, 1000000000}};
    const struct timespec negative[2] = {{0, -1}, {0, 0}};
    fstatat(d, "f", &before, 0);
    result("utimensat", utimensat(d, "f", both, 0));
    show_times("f");
    result("the second", utimensat(d, "f", second, 0));
    show_times("f");
    result("the first, through a link", utimensat(d, "to_f", first, 0));
    show_times("f");
    result("a link's own", utimensat(d, "dangling", first, AT_SYMLINK_NOFOLLOW));
    result("neither, of what is not there", utimensat(d, "none", none, 0));
    result("of what is not there", utimensat(d, "none", both, 0));
    result("too many nanoseconds", utimensat(d, "f", too_many, 0));
    result("negative nanoseconds", utimensat(d, "f", negative, 0));
    result("unknown flag", utimensat(d, "f", both, 1));
    result("now", utimensat(d, "f", NULL, 0));
    fstatat(d, "f", &now, 0);
    printf("  not before: %d %d, in step: %d\n", now.st_mtim.tv_sec >= before.st_mtim.tv_sec,
           now.st_atim.tv_sec >= before.st_mtim.tv_sec,
           now.st_mtim.tv_sec - before.st_mtim.tv_sec < 60);
    result("an open file's", futimens(a_file, both));
    result("of nothing", futimens(nothing, both));
    printf("the clock is the files': %d\n",
           time(NULL) >= now.st_mtim.tv_sec && time(NULL) < now.st_mtim.tv_sec + 60);
}

int main(void) {
    umask(022);
    mkdir("at", 0777);
    d = open("at", O_RDONLY | O_DIRECTORY);
    a_file = open("file", O_RDWR | O_CREAT, 0644);
    nothing = 77;
    making();
    moving();
    rights();
    times_of();
    return 0;
}
