// SPDX-License-Identifier: MIT
// Every call about files that takes a pointer, with pointers that are wrong in every way. After an
// error all descriptors, offsets, sizes and bytes on their way are what they were.
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include "pointers.h"

// Below these, descriptors are free.
enum { A_FILE = 10, A_DIRECTORY, READ_END, WRITE_END, DEV_NULL, DEV_ZERO, LAST };
enum { FIRST = 3, SIZE = 9 };

static const char bytes8[8] = "abcdefgh";
static const struct iovec good_part[] = {{spare, 8}};
static const struct timespec no_time = {0, 0};
static const struct timespec good_times[2];
static const unsigned long good_set[] = {0};
static const unsigned long good_mask[] = {0, 8};
static const struct pollfd good_poll[] = {{READ_END, POLLIN, 0}};

static char info[120];

static const struct call calls[] = {
    {"read", SYS_read, {A_FILE, BAD, 8}, COUNTS, RESULT(8)},
    {"read from a pipe", SYS_read, {READ_END, BAD, 8}, COUNTS, RESULT(8)},
    {"read zeros", SYS_read, {DEV_ZERO, BAD, 8}, COUNTS | PARTLY, RESULT(8)},
    {"read no bytes", SYS_read, {A_FILE, BAD, 0}, COUNTS | DOUBTFUL, RESULT(8)},
    {"read, not open for it", SYS_read, {WRITE_END, BAD, 8}, 0, RESULT(8)},
    {"write", SYS_write, {A_FILE, BAD, 8}, COUNTS | PARTLY, GOOD(bytes8)},
    {"write to a pipe", SYS_write, {WRITE_END, BAD, 8}, COUNTS, GOOD(bytes8)},
    {"write to /dev/null", SYS_write, {DEV_NULL, BAD, 8}, COUNTS | DOUBTFUL, GOOD(bytes8)},
    {"write no bytes", SYS_write, {A_FILE, BAD, 0}, COUNTS | DOUBTFUL, GOOD(bytes8)},
    {"write, not open", SYS_write, {77, BAD, 8}, 0, GOOD(bytes8)},
    {"pread64", SYS_pread64, {A_FILE, BAD, 8, 1}, COUNTS, RESULT(8)},
    {"pread64 at the end", SYS_pread64, {A_FILE, BAD, 8, SIZE}, COUNTS | DOUBTFUL, RESULT(8)},
    {"pread64 from a pipe", SYS_pread64, {READ_END, BAD, 8, 0}, 0, RESULT(8)},
    {"pwrite64 at the end", SYS_pwrite64, {A_FILE, BAD, 8, SIZE}, COUNTS | PARTLY, GOOD(bytes8)},
    {"readv", SYS_readv, {A_FILE, BAD, 1}, 0, GOOD(good_part)},
    {"readv, only buffer", SYS_readv, {A_FILE, ONE, 1}, COUNTS, RESULT(8)},
    {"readv, second buffer", SYS_readv, {A_FILE, TWO, 2}, COUNTS | DOUBTFUL, RESULT(8)},
    {"readv from a pipe", SYS_readv, {READ_END, TWO, 2}, COUNTS | DOUBTFUL, RESULT(8)},
    {"writev", SYS_writev, {A_FILE, BAD, 1}, 0, GOOD(good_part)},
    {"writev, only buffer", SYS_writev, {A_FILE, ONE, 1}, COUNTS | PARTLY, GOOD(bytes8)},
    {"writev, second buffer",
     SYS_writev,
     {A_FILE, TWO, 2},
     COUNTS | PARTLY | DOUBTFUL,
     GOOD(bytes8)},
    {"writev to a pipe", SYS_writev, {WRITE_END, TWO, 2}, COUNTS | DOUBTFUL, GOOD(bytes8)},
    {"poll", SYS_poll, {BAD, 1, 0}, 0, GOOD(good_poll)},
    {"pselect6", SYS_pselect6, {8, BAD, 0, 0, (long)&no_time, 0}, 0, GOOD(good_set)},
    {"pselect6", SYS_pselect6, {8, 0, BAD, 0, (long)&no_time, 0}, 0, GOOD(good_set)},
    {"pselect6", SYS_pselect6, {8, 0, 0, BAD, (long)&no_time, 0}, 0, GOOD(good_set)},
    {"pselect6", SYS_pselect6, {-1, 0, 0, 0, BAD, 0}, 0, sizeof no_time, &no_time},
    {"pselect6", SYS_pselect6, {8, 0, 0, 0, (long)&no_time, BAD}, 0, GOOD(good_mask)},
    {"ioctl", SYS_ioctl, {A_FILE, 0x5401, BAD}, 0, RESULT(36)},
    {"pipe", SYS_pipe, {BAD}, 0, RESULT(8)},
    {"pipe2", SYS_pipe2, {BAD, O_NONBLOCK}, 0, RESULT(8)},
    {"getdents64", SYS_getdents64, {A_DIRECTORY, BAD, 24}, 0, RESULT(24)},
    {"open", SYS_open, {BAD, O_RDONLY}, 0, GOOD("f")},
    {"openat", SYS_openat, {AT_FDCWD, BAD, O_RDONLY}, 0, GOOD("f")},
    {"creat", SYS_creat, {BAD, 0644}, 0, GOOD("made")},
    {"stat", SYS_stat, {BAD, (long)spare}, 0, GOOD("none")},
    {"stat", SYS_stat, {(long)"f", BAD}, 0, RESULT(144)},
    {"lstat", SYS_lstat, {BAD, (long)spare}, 0, GOOD("none")},
    {"lstat", SYS_lstat, {(long)"f", BAD}, 0, RESULT(144)},
    {"fstat", SYS_fstat, {A_FILE, BAD}, 0, RESULT(144)},
    {"newfstatat", SYS_newfstatat, {AT_FDCWD, BAD, (long)spare, 0}, 0, GOOD("none")},
    {"newfstatat", SYS_newfstatat, {AT_FDCWD, (long)"f", BAD, 0}, 0, RESULT(144)},
    {"access", SYS_access, {BAD, R_OK}, 0, GOOD("f")},
    {"truncate", SYS_truncate, {BAD, SIZE}, 0, GOOD("f")},
    {"chdir", SYS_chdir, {BAD}, 0, GOOD(".")},
    {"mkdir", SYS_mkdir, {BAD, 0777}, 0, GOOD("f")},
    {"rmdir", SYS_rmdir, {BAD}, 0, GOOD("f")},
    {"unlink", SYS_unlink, {BAD}, 0, GOOD(".")},
    {"unlinkat", SYS_unlinkat, {AT_FDCWD, BAD, 0}, 0, GOOD(".")},
    {"rename", SYS_rename, {BAD, (long)"f"}, 0, GOOD("f")},
    {"rename", SYS_rename, {(long)"f", BAD}, 0, GOOD("f")},
    {"rename nothing", SYS_rename, {(long)"none", BAD}, 0, GOOD("f")},
    {"rename below nothing", SYS_rename, {(long)"none/x", BAD}, 0, GOOD("f")},
    {"link", SYS_link, {BAD, (long)"f"}, 0, GOOD("f")},
    {"link", SYS_link, {(long)"f", BAD}, 0, GOOD("f")},
    {"symlink", SYS_symlink, {BAD, (long)"f"}, 0, GOOD("f")},
    {"symlink", SYS_symlink, {(long)"f", BAD}, 0, GOOD("f")},
    {"readlink", SYS_readlink, {BAD, (long)spare, 8}, 0, GOOD("link")},
    {"readlink", SYS_readlink, {(long)"link", BAD, 100}, 0, RESULT(10)},
    {"chmod", SYS_chmod, {BAD, 0644}, 0, GOOD("f")},
    {"chown", SYS_chown, {BAD, -1, -1}, 0, GOOD("f")},
    {"lchown", SYS_lchown, {BAD, -1, -1}, 0, GOOD("f")},
    {"fchownat", SYS_fchownat, {AT_FDCWD, BAD, -1, -1, 0}, 0, GOOD("f")},
    {"fchmodat", SYS_fchmodat, {AT_FDCWD, BAD, 0644}, 0, GOOD("f")},
    {"faccessat", SYS_faccessat, {AT_FDCWD, BAD, R_OK}, 0, GOOD("f")},
    {"faccessat2", SYS_faccessat2, {AT_FDCWD, BAD, R_OK, 0}, 0, GOOD("f")},
    {"mkdirat", SYS_mkdirat, {AT_FDCWD, BAD, 0777}, 0, GOOD("f")},
    {"renameat", SYS_renameat, {AT_FDCWD, BAD, AT_FDCWD, (long)"f"}, 0, GOOD("f")},
    {"renameat", SYS_renameat, {AT_FDCWD, (long)"f", AT_FDCWD, BAD}, 0, GOOD("f")},
    {"renameat of nothing", SYS_renameat, {77, (long)"f", AT_FDCWD, BAD}, 0, GOOD("f")},
    {"linkat", SYS_linkat, {AT_FDCWD, BAD, AT_FDCWD, (long)"f", 0}, 0, GOOD("f")},
    {"linkat", SYS_linkat, {AT_FDCWD, (long)"f", AT_FDCWD, BAD, 0}, 0, GOOD("f")},
    {"symlinkat", SYS_symlinkat, {BAD, AT_FDCWD, (long)"f"}, 0, GOOD("f")},
    {"symlinkat", SYS_symlinkat, {(long)"f", AT_FDCWD, BAD}, 0, GOOD("f")},
    {"readlinkat", SYS_readlinkat, {AT_FDCWD, BAD, (long)spare, 8}, 0, GOOD("link")},
    {"readlinkat", SYS_readlinkat, {AT_FDCWD, (long)"link", BAD, 100}, 0, RESULT(10)},
    {"utimensat", SYS_utimensat, {AT_FDCWD, BAD, 0, 0}, 0, GOOD("f")},
    {"utimensat", SYS_utimensat, {A_FILE, 0, BAD, 0}, 0, GOOD(good_times)},
    {"statfs", SYS_statfs, {BAD, (long)info}, 0, GOOD("f")},
    {"statfs", SYS_statfs, {(long)"f", BAD}, 0, RESULT(120)},
    {"fstatfs", SYS_fstatfs, {A_FILE, BAD}, 0, RESULT(120)},
};

// How many entries the directory still has to tell of.
static long entries(void) {
    static char list[1000];
    long count = 0;
    long bytes;
    while ((bytes = syscall(SYS_getdents64, (long)A_DIRECTORY, list, sizeof list)) > 0) {
        for (long at = 0; at < bytes; count++) {
            at += *(unsigned short *)(list + at + 16); // d_reclen
        }
    }
    return count;
}

// Says what has changed after an error, and brings all back to where it was.
static void restore(const char *place, long value) {
    char drained[100];
    struct stat status;
    int last;
    long unused = 0; // set aside for ever is used, too
    while ((last = fcntl(0, F_DUPFD, FIRST)) >= FIRST && last < A_FILE) {
        unused++;
    }
    close(last);
    for (int fd = FIRST; fd < A_FILE; fd++) {
        close(fd);
    }
    long in_pipe = read(READ_END, drained, sizeof drained);
    write(WRITE_END, bytes8, sizeof bytes8);
    long offset = lseek(A_FILE, 0, SEEK_CUR);
    lseek(A_FILE, 0, SEEK_SET);
    long entries_left = entries();
    lseek(A_DIRECTORY, 0, SEEK_SET);
    long missing = entries() - entries_left;
    lseek(A_DIRECTORY, 0, SEEK_SET);
    fstat(A_FILE, &status);
    long size = status.st_size;
    ftruncate(A_FILE, SIZE);
    if (value < 0 && (unused != A_FILE - FIRST || in_pipe != sizeof bytes8 ||
                      memcmp(drained, bytes8, sizeof bytes8) != 0 || offset != 0 || missing != 0 ||
                      size != SIZE)) {
        printf("  %s: %ld descriptors unused, %ld bytes in the pipe, offset %ld, size %ld, "
               "%ld entries missing\n",
               place, unused, in_pipe, offset, size, missing);
    }
}

static void keep(int fd, int as) {
    dup2(fd, as);
    close(fd);
}

int main(void) {
    int ends[2];
    map_places();
    keep(open("f", O_RDWR | O_CREAT, 0644), A_FILE);
    write(A_FILE, "some text", SIZE);
    symlink("text of it", "link");
    keep(open(".", O_RDONLY), A_DIRECTORY);
    pipe(ends);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    keep(ends[0], READ_END);
    keep(ends[1], WRITE_END);
    keep(open("/dev/null", O_RDWR), DEV_NULL);
    keep(open("/dev/zero", O_RDWR), DEV_ZERO);
    restore("", 0);
    TRY_ALL(calls, nothing_before, restore);
    return 0;
}
