// SPDX-License-Identifier: MIT
// Setting the times of files: utimensat(2).
#include "abi/time.h"
#include "errno.h"
#include "fs/files.h"
#include "fs/path.h"
#include "mm/usercopy.h"
#include "sys/syscall.h"
#include "sys/time.h"
#include "task/task.h"

static bool is_valid(const struct timespec *time) {
    return (time->nanoseconds >= 0 && time->nanoseconds < NANOSECONDS_PER_SECOND) ||
           time->nanoseconds == UTIME_NOW || time->nanoseconds == UTIME_OMIT;
}

// Changes *ns. What is too far away becomes the nearest that can be kept.
static void set_time(int64_t *ns, const struct timespec *time) {
    const int64_t limit = INT64_MAX / NANOSECONDS_PER_SECOND - 1;
    if (time->nanoseconds == UTIME_NOW) {
        *ns = inode_time();
    } else if (time->nanoseconds != UTIME_OMIT) {
        int64_t seconds = time->seconds < -limit  ? -limit
                          : time->seconds > limit ? limit
                                                  : time->seconds;
        *ns = seconds * NANOSECONDS_PER_SECOND + time->nanoseconds;
    }
}

// Who may write to a file may make it look new; other times are its owner's business. names_lock is
// held.
static int set_times(struct inode *inode, const struct timespec times[2]) {
    bool now = times[0].nanoseconds == UTIME_NOW && times[1].nanoseconds == UTIME_NOW;
    if (!is_valid(&times[0]) || !is_valid(&times[1])) {
        return -EINVAL;
    }
    if (inode->pseudo != NULL) {
        return -EROFS;
    }
    if (!inode_is_owner(inode)) {
        int error = now ? inode_may(inode, MAY_WRITE) : -EPERM;
        if (error < 0) {
            return error;
        }
    }
    mutex_lock(&inode->mutex);
    set_time(&inode->accessed_ns, &times[0]);
    set_time(&inode->modified_ns, &times[1]);
    mutex_unlock(&inode->mutex);
    inode->changed_ns = inode_time();
    return 0;
}

static int set_times_of_fd(int fd, const struct timespec times[2], unsigned flags) {
    if (flags != 0) {
        return -EINVAL;
    }
    struct file *file = fd_get(current->files, fd);
    if (file == NULL) {
        return -EBADF;
    }
    mutex_lock(&names_lock);
    int error = set_times(file->inode, times);
    mutex_unlock(&names_lock);
    file_put(file);
    return error;
}

int64_t sys_utimensat(struct trapframe *tf) {
    int dirfd = (int)trapframe_argument(tf, 0);
    uintptr_t path = trapframe_argument(tf, 1);
    uintptr_t from = trapframe_argument(tf, 2);
    unsigned flags = (unsigned)trapframe_argument(tf, 3);
    struct timespec times[] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    if (from != 0 && copy_from_user(times, from, sizeof times) < 0) {
        return -EFAULT;
    }
    if (times[0].nanoseconds == UTIME_OMIT && times[1].nanoseconds == UTIME_OMIT) {
        return 0; // the file is not even looked for
    }
    if (path == 0 && dirfd != AT_FDCWD) {
        return set_times_of_fd(dirfd, times, flags);
    }
    if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) != 0) {
        return -EINVAL;
    }
    struct lookup lookup;
    int error = lookup_at(&lookup, dirfd, path, flags);
    if (error == 0) {
        error = set_times(lookup.place.inode, times);
        lookup_end(&lookup);
    }
    return error;
}
