// SPDX-License-Identifier: MIT
// Calls on paths. All processes work in the same few folders: names come and go under their hands.
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "fuzz.h"

// A folder, two files, and links: to a folder, to itself, to nothing.
void scratch_setup(void) {
    TRY(SYS_mkdir, SCRATCH, 0777);
    TRY(SYS_chdir, SCRATCH);
    TRY(SYS_mkdir, "b", 0777);
    TRY(SYS_chmod, ".", 0777); // not only for the superuser
    TRY(SYS_chmod, "b", 0777);
    TRY(SYS_close, TRY(SYS_open, "a", O_WRONLY | O_CREAT, 0644));
    TRY(SYS_close, TRY(SYS_open, "b/a", O_WRONLY | O_CREAT, 0644));
    TRY(SYS_symlink, "b", "d");
    TRY(SYS_symlink, "e", "e");
    TRY(SYS_symlink, "nothing", "f");
}

static long do_stat(void) {
    return TRY(SYS_stat, path(), buffer(144));
}

static long do_lstat(void) {
    return TRY(SYS_lstat, path(), buffer(144));
}

static long do_access(void) {
    return TRY(SYS_access, path(), chance(95) ? (int)below(8) : (int)random_bits());
}

static long do_chdir(void) {
    return TRY(SYS_chdir, chance(40) ? SCRATCH : chance(60) ? SCRATCH "/b" : scratch_path());
}

static long do_getcwd(void) {
    static const size_t sizes[] = {0, 1, 5, 9, 10, 100, 100, 4096, 4096, ~0UL};
    size_t bytes = ONE_OF(sizes);
    return TRY(SYS_getcwd, buffer(bytes), bytes);
}

static long do_mkdir(void) {
    return TRY(SYS_mkdir, path_to(NOBODY), 0700 | below(512));
}

static long do_rename(void) {
    const char *from = path_to(chance(50) ? S_IFREG : S_IFDIR);
    return TRY(SYS_rename, from, chance(70) ? path_to(NOBODY) : scratch_path());
}

static long do_rmdir(void) {
    if (chance(50)) { // others soon put something into those that are there
        const char *fresh = path_to(NOBODY);
        TRY(SYS_mkdir, fresh, 0755);
        return TRY(SYS_rmdir, fresh);
    }
    return TRY(SYS_rmdir, path_to(S_IFDIR));
}

static long do_link(void) {
    const char *from = path_to(S_IFREG);
    return TRY(SYS_link, from, path_to(NOBODY));
}

static long do_unlink(void) {
    return TRY(SYS_unlink, path_to(chance(60) ? S_IFREG : S_IFLNK));
}

static long do_symlink(void) {
    const char *target = scratch_path();
    return TRY(SYS_symlink, target, path_to(NOBODY));
}

static long do_readlink(void) {
    static const int sizes[] = {1, 5, 64, 4096, 0, -1, INT_MAX};
    int bytes = ONE_OF(sizes);
    return TRY(SYS_readlink, path_to(S_IFLNK), buffer(64), bytes);
}

static long do_chmod(void) {
    return TRY(SYS_chmod, path_to(S_IFREG), random_bits() & 07777);
}

unsigned owner(void) {
    if (state->alone) {
        return chance(50) ? 0 : UINT_MAX; // a private namespace may have no other users
    }
    return chance(60) ? below(3) : chance(50) ? UINT_MAX : (unsigned)random_bits();
}

static long do_chown(void) {
    return TRY(SYS_chown, path_to(S_IFREG), owner(), owner());
}

static long do_lchown(void) {
    return TRY(SYS_lchown, path_to(S_IFLNK), owner(), owner());
}

// For calls with two of them.
static int likely_start_fd(void) {
    return chance(60) ? AT_FDCWD : start_fd();
}

static long do_mkdirat(void) {
    return TRY(SYS_mkdirat, start_fd(), path_to(NOBODY), 0700 | below(512));
}

static long do_renameat(void) {
    const char *from = path_to(chance(50) ? S_IFREG : S_IFDIR);
    int start = likely_start_fd();
    const char *to = chance(70) ? path_to(NOBODY) : scratch_path();
    return TRY(SYS_renameat, likely_start_fd(), from, start, to);
}

static long do_linkat(void) {
    static const int flags[] = {0, 0, 0, 0, 0x400, 0x400, 1};
    const char *from = path_to(chance(70) ? S_IFREG : S_IFLNK);
    int start = likely_start_fd();
    const char *to = path_to(NOBODY);
    return TRY(SYS_linkat, likely_start_fd(), from, start, to,
               chance(5) && !state->alone ? 0x1000 : ONE_OF(flags));
}

static long do_symlinkat(void) {
    const char *target = scratch_path();
    return TRY(SYS_symlinkat, target, start_fd(), path_to(NOBODY));
}

static long do_readlinkat(void) {
    static const int sizes[] = {1, 64, 64, 4096, 4096, 0, -1};
    int bytes = ONE_OF(sizes);
    return TRY(SYS_readlinkat, start_fd(), path_to(S_IFLNK), buffer(64), bytes);
}

static long do_fchmodat(void) {
    return TRY(SYS_fchmodat, start_fd(), path_to(S_IFREG), random_bits() & 07777);
}

static const int path_flags[] = {0, 0, 0x100, 0x1000, 0x1100, 1, -1};

static long do_fchownat(void) {
    int how = ONE_OF(path_flags);
    return TRY(SYS_fchownat, start_fd(), path_to(S_IFREG), owner(), owner(), how);
}

static long do_faccessat(void) {
    return TRY(SYS_faccessat, start_fd(), path(), chance(95) ? (int)below(8) : (int)random_bits());
}

static long do_faccessat2(void) {
    int how = ONE_OF(path_flags) | (chance(30) ? 0x200 : 0);
    return TRY(SYS_faccessat2, start_fd(), path(), below(8), how);
}

// Seconds and nanoseconds, twice; UTIME_NOW and UTIME_OMIT among them.
static long do_utimensat(void) {
    static const long parts[] = {0, 999999999, 0x3fffffff, 0x3ffffffe, 1000000000, -1};
    long *times = (long *)((uintptr_t)good(32) & ~7UL);
    for (int i = 0; i < 4; i += 2) {
        times[i] = chance(90) ? (long)below(2000000000) : (long)random_bits();
        times[i + 1] = chance(70) ? (long)below(1000000000) : ONE_OF(parts);
    }
    times = chance(70) ? times : chance(80) ? NULL : (long *)wild();
    int how = chance(70) ? 0 : ONE_OF(path_flags);
    if (chance(15) && !state->alone) {
        return TRY(SYS_utimensat, any_fd(), NULL, times, how);
    }
    return TRY(SYS_utimensat, start_fd(), path_to(S_IFREG), times, how);
}

static long do_statfs(void) {
    return TRY(SYS_statfs, path(), buffer(120));
}

static long do_umask(void) {
    return TRY(SYS_umask, chance(50) ? 022 : random_bits());
}

static long do_truncate(void) {
    return TRY(SYS_truncate, path(), offset());
}

const struct call name_calls[] = {
    {"stat", do_stat, 12, ALONE, NULL},
    {"lstat", do_lstat, 10, ALONE, NULL},
    {"access", do_access, 8, ALONE, NULL},
    {"chdir", do_chdir, 10, ALONE, NULL},
    {"getcwd", do_getcwd, 6, ALONE, NULL},
    {"mkdir", do_mkdir, 18, ALONE, NULL},
    {"rename", do_rename, 25, ALONE, NULL},
    {"rmdir", do_rmdir, 8, ALONE, NULL},
    {"link", do_link, 15, ALONE, NULL},
    {"unlink", do_unlink, 18, ALONE, NULL},
    {"symlink", do_symlink, 12, ALONE, NULL},
    {"readlink", do_readlink, 10, ALONE, NULL},
    {"chmod", do_chmod, 6, ALONE, NULL},
    {"chown", do_chown, 6, ALONE, NULL},
    {"lchown", do_lchown, 6, ALONE, NULL},
    {"umask", do_umask, 3, ALONE, NULL},
    {"truncate", do_truncate, 12, ALONE, NULL},
    {"mkdirat", do_mkdirat, 6, ALONE, NULL},
    {"renameat", do_renameat, 8, ALONE, NULL},
    {"linkat", do_linkat, 6, ALONE, NULL},
    {"symlinkat", do_symlinkat, 5, ALONE, NULL},
    {"readlinkat", do_readlinkat, 5, ALONE, NULL},
    {"fchmodat", do_fchmodat, 4, ALONE, NULL},
    {"fchownat", do_fchownat, 4, ALONE, NULL},
    {"faccessat", do_faccessat, 4, ALONE, NULL},
    {"faccessat2", do_faccessat2, 4, ALONE, NULL},
    {"utimensat", do_utimensat, 6, ALONE, NULL},
    {"statfs", do_statfs, 4, ALONE, NULL},
    {0},
};
