// SPDX-License-Identifier: MIT
// Kernel tests of files: rights, counts, and what is left after memory has run out.
#include "base/string.h"
#include "errno.h"
#include "fs/dir.h"
#include "fs/files.h"
#include "fs/fs.h"
#include "fs/path.h"
#include "fs/pipe.h"
#include "fs/uio.h"
#include "kernel.h"
#include "mm/frame.h"
#include "task/cred.h"
#include "task/task.h"
#include "witness/audit.h"
#include "witness/inject.h"
#include "witness/ktest.h"

// Runs what follows as user `id`; `end` as nobody again.
static bool begin_as(uint32_t id) {
    current->cred = cred_create(id);
    return current->cred != NULL;
}

static void end(void) {
    cred_put(current->cred);
    current->cred = NULL;
}

KTEST(fs_permissions) {
    KTEST_CHECK(begin_as(7));
    struct inode *file = inode_create(S_IFREG | 0640, current->cred);
    KTEST_CHECK(file != NULL);
    file->gid = 8;
    KTEST_CHECK(inode_may(file, MAY_READ | MAY_WRITE) == 0);
    KTEST_CHECK(inode_may(file, MAY_EXEC) == -EACCES);
    KTEST_CHECK(inode_permission(file, MAY_READ, 9, 8) == 0);
    KTEST_CHECK(inode_permission(file, MAY_WRITE, 9, 8) == -EACCES);
    KTEST_CHECK(inode_permission(file, MAY_READ, 9, 9) == -EACCES);
    KTEST_CHECK(inode_permission(file, 0, 9, 9) == 0);
    KTEST_CHECK(inode_permission(file, MAY_READ | MAY_WRITE, 0, 0) == 0);
    KTEST_CHECK(inode_permission(file, MAY_EXEC, 0, 0) == -EACCES);
    file->mode |= 0001;
    KTEST_CHECK(inode_permission(file, MAY_EXEC, 0, 0) == 0);
    file->mode = S_IFREG | 0077; // the first class that fits decides
    KTEST_CHECK(inode_may(file, MAY_READ) == -EACCES);
    inode_put(file);
    end();
}

// In a sticky directory only owners remove names.
KTEST(fs_sticky) {
    static const struct cred root;
    KTEST_CHECK(begin_as(7));
    struct inode *dir = inode_create(S_IFDIR | S_ISVTX | 0777, &root);
    struct inode *own = inode_create(S_IFREG | 0600, current->cred);
    struct inode *other = inode_create(S_IFREG | 0666, &root);
    KTEST_CHECK(dir != NULL && own != NULL && other != NULL);
    KTEST_CHECK(dir_may_remove(dir, own) == 0 && dir_may_remove(dir, other) == -EPERM);
    KTEST_CHECK(dir_may_add(dir) == -ENOENT); // it has no name
    dir->links = 2;
    KTEST_CHECK(dir_may_add(dir) == 0);
    dir->mode = S_IFDIR | 0755;
    KTEST_CHECK(dir_may_add(dir) == -EACCES && dir_may_remove(dir, own) == -EACCES);
    inode_put(dir);
    inode_put(own);
    inode_put(other);
    end();
}

static int walk(const char *path, enum walk how, struct place *place) {
    mutex_lock(&names_lock);
    int error = path_walk(place, fs_root, path, how);
    mutex_unlock(&names_lock);
    return error;
}

KTEST(fs_search_permission) {
    struct place place;
    struct inode *dir;
    struct inode *file;
    KTEST_CHECK(fs_add("tmp/closed", S_IFDIR | 0600, &dir) == 0);
    KTEST_CHECK(fs_add("tmp/closed/x", S_IFREG | 0666, &file) == 0);
    KTEST_CHECK(begin_as(7));
    KTEST_CHECK(walk("/tmp/closed", WALK_FOLLOW, &place) == 0 && place.inode == dir);
    KTEST_CHECK(walk("/tmp/closed/x", WALK_FOLLOW, &place) == -EACCES);
    KTEST_CHECK(walk("/tmp/closed/", WALK_FOLLOW, &place) == 0 && place.slash);
    KTEST_CHECK(walk("/tmp/closed/..", WALK_FOLLOW, &place) == -EACCES);
    KTEST_CHECK(walk("/tmp/none/x", WALK_FOLLOW, &place) == -ENOENT);
    KTEST_CHECK(walk("/tmp/none", WALK_PARENT, &place) == 0 && place.inode == NULL);
    end();
    mutex_lock(&names_lock);
    dir_remove(dir, dir_find(dir, "x", 1));
    dir_remove(dir->parent, dir_find(dir->parent, "closed", 6));
    mutex_unlock(&names_lock);
}

// A thousand directories, each keeping the one above it, go with the last claim to the lowest.
KTEST(fs_removed_directories) {
    enum { DEPTH = 1000 };
    static const struct cred root;
    struct inode *top = inode_create(S_IFDIR | 0755, &root);
    struct inode *lowest = inode_get(top);
    KTEST_CHECK(top != NULL);
    mutex_lock(&names_lock);
    for (int i = 0; i < DEPTH; i++) {
        struct inode *next = inode_create(S_IFDIR | 0755, &root);
        KTEST_CHECK(next != NULL && dir_add(lowest, "d", 1, next) == 0);
        inode_put(lowest);
        lowest = next;
    }
    for (struct inode *dir = lowest; dir != top; dir = dir->parent) {
        dir_remove(dir->parent, dir_find(dir->parent, "d", 1));
    }
    mutex_unlock(&names_lock);
    inode_put(top);
    inode_put(lowest);
    KTEST_CHECK(audit_run() == 0);
}

// A file stays while somebody uses it, whoever closes it; a descriptor that is being opened is
// busy.
KTEST(fd_races) {
    static const struct cred root;
    struct files *files = files_create();
    struct inode *inode = inode_create(S_IFREG | 0600, &root);
    struct file *file = inode == NULL ? NULL : file_create(inode, O_RDWR);
    KTEST_CHECK(files != NULL && file != NULL);
    KTEST_CHECK(fd_reserve(files, 0) == 0 && fd_get(files, 0) == NULL);
    KTEST_CHECK(fd_close(files, 0) == -EBADF);
    KTEST_CHECK(fd_replace(files, 0, file, 0) == -EBUSY);
    fd_install(files, 0, file, 0);
    KTEST_CHECK(fd_get(files, 0) == file && fd_close(files, 0) == 0);
    KTEST_CHECK(refcount_is_one(&file->count) && file->inode == inode); // the user's own claim
    KTEST_CHECK(fd_reserve(files, 0) == 0);
    fd_unreserve(files, 0);
    KTEST_CHECK(fd_replace(files, 900, file, 0) == 900 && fd_reserve(files, 900) == 901);
    struct files *copy = files_copy(files);
    KTEST_CHECK(copy != NULL && fd_close(copy, 901) == -EBADF && fd_close(copy, 900) == 0);
    files_put(copy);
    files_put(files);
    KTEST_CHECK(refcount_is_one(&file->count));
    file_put(file);
    inode_put(inode);
}

// Each of these is done with the first allocation failing, then the second, and so on until nothing
// fails. They return whether they got what they wanted, and leave nothing behind.

static bool write_far_away(void) {
    static const struct cred root;
    struct inode *inode = inode_create(S_IFREG | 0600, &root);
    struct file *file = inode == NULL ? NULL : file_create(inode, O_RDWR);
    bool done = file != NULL;
    for (uint64_t offset = 0; done && offset < 1UL << 42; offset = offset * 512 + 4095) {
        char text[] = "ab"; // across two pages
        struct uio uio;
        uint64_t at = offset;
        uio_kernel(&uio, text, 2);
        int64_t result = file_write(file, &uio, &at);
        done = result == 2;
        ASSERT(done || result == 1 || result == -ENOMEM);
    }
    file_put(file);
    inode_put(inode);
    return done;
}

static bool write_to_pipe(void) {
    static char text[PIPE_BUF];
    struct file *ends[2];
    if (pipe_create(ends, O_NONBLOCK) < 0) {
        return false;
    }
    struct uio uio;
    bool done = true;
    for (int i = 0; i < 2 && done; i++) { // 3000 bytes each: the second needs another page
        uio_kernel(&uio, text, 3000);
        int64_t result = file_write(ends[1], &uio, NULL);
        done = result == 3000;
        ASSERT(done || result == -ENOMEM);
        uio_kernel(&uio, text, PIPE_BUF);
        int64_t arrived = done && i == 0 ? 0 : file_read(ends[0], &uio, NULL);
        ASSERT(arrived == 0 || arrived == -EAGAIN || arrived % 3000 == 0 || arrived == PIPE_BUF);
    }
    file_put(ends[0]);
    file_put(ends[1]);
    return done;
}

static bool copy_descriptors(void) {
    static const struct cred root;
    struct files *files = files_create();
    struct inode *inode = inode_create(S_IFREG | 0600, &root);
    struct file *file = inode == NULL ? NULL : file_create(inode, O_RDWR);
    bool done = files != NULL && file != NULL;
    for (int fd = 0; done && fd < FD_LIMIT; fd += 200) {
        done = fd_replace(files, fd, file, 0) == fd;
    }
    struct files *copy = done ? files_copy(files) : NULL;
    struct fs *fs = copy != NULL ? fs_create() : NULL;
    struct fs *fs_too = fs != NULL ? fs_copy(fs) : NULL;
    done = fs_too != NULL;
    fs_put(fs_too);
    fs_put(fs);
    files_put(copy);
    files_put(files);
    ASSERT(file == NULL || refcount_is_one(&file->count));
    file_put(file);
    inode_put(inode);
    return done;
}

static bool make_name(void) {
    struct inode *inode;
    if (fs_add("/tmp/a-name-that-takes-some-room-in-memory", S_IFREG | 0600, &inode) < 0) {
        return false;
    }
    struct inode *dir;
    if (fs_find("/tmp", &dir) < 0) {
        return false;
    }
    mutex_lock(&names_lock);
    struct entry *entry = list_entry(dir->entries.prev, struct entry, link);
    dir_remove(dir, entry);
    mutex_unlock(&names_lock);
    inode_put(dir);
    return true;
}

static bool make_task_parts(void) {
    struct cred *cred = cred_create(3);
    struct cred *copy = cred == NULL ? NULL : cred_copy(cred);
    bool done = copy != NULL;
    cred_put(cred);
    cred_put(copy);
    return done;
}

KTEST(fs_out_of_memory) {
    static bool (*const attempts[])(void) = {write_far_away, write_to_pipe, copy_descriptors,
                                             make_name, make_task_parts};
    KTEST_CHECK(begin_as(0));
    for (unsigned i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        uint64_t free_before = frame_total_of(FRAME_FREE);
        bool failed = true;
        for (uint64_t n = 1; failed; n++) {
            inject_arm(INJECT_HEAP, n);
            bool done = attempts[i]();
            failed = inject_arm(INJECT_NONE, 0) == 0;
            KTEST_CHECK(done == !failed && n < 100);
            KTEST_CHECK(frame_total_of(FRAME_FREE) == free_before && audit_run() == 0);
        }
        for (uint64_t n = 1, failing = 1; failing; n++) {
            inject_arm(INJECT_KERNEL, n);
            attempts[i]();
            failing = inject_arm(INJECT_NONE, 0) == 0;
            KTEST_CHECK(frame_total_of(FRAME_FREE) == free_before && n < 100);
        }
    }
    end();
}
