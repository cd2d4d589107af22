// SPDX-License-Identifier: MIT
// The part of the audit that is about files.
#include "fs/dir.h"
#include "fs/files.h"
#include "fs/fs.h"
#include "task/task.h"
#include "witness/audit_internal.h"

static void clear(void) {
    list_for_each(link, &open_files) {
        list_entry(link, struct file, link)->recount = 0;
    }
    list_for_each(link, &inodes) {
        list_entry(link, struct inode, link)->recount = 0;
    }
    list_for_each(link, &tasks) {
        const struct task *task = list_entry(link, struct task, link);
        if (task->files != NULL) {
            task->files->recounted = false;
        }
        if (task->fs != NULL) {
            task->fs->recounted = false;
        }
    }
}

static void count_task(const struct task *task) {
    struct files *files = task->files;
    for (int fd = 0; files != NULL && !files->recounted && fd < FD_LIMIT; fd++) {
        struct file *file = fd_peek(files, fd);
        if (file != NULL) {
            file->recount++;
        }
    }
    if (files != NULL) {
        files->recounted = true;
    }
    if (task->fs != NULL && !task->fs->recounted) {
        task->fs->recounted = true;
        task->fs->cwd->recount++;
    }
}

static void check_links(const struct inode *inode, uint32_t links) {
    if (inode->links != links) {
        audit_finding("links", NULL, inode->links, links);
        REPORT("inode %lu has %u links, but should have %u\n", inode->number, inode->links, links);
    }
}

// A directory has a link for its name, its "." and each ".."; one that has been removed has none.
static void count_names(const struct inode *dir) {
    uint32_t directories = 0;
    list_for_each(link, &dir->entries) {
        struct inode *inode = list_entry(link, struct entry, link)->inode;
        inode->recount++;
        directories += inode_is_dir(inode);
        if (inode->links == 0) {
            check_links(inode, 1);
        }
    }
    if (inode_is_dir(dir) && (dir->links > 0 || !list_empty(&dir->entries))) {
        check_links(dir, 2 + directories);
    }
    if (dir->parent != NULL && dir->parent != dir) {
        dir->parent->recount++;
    }
}

static void compare(const char *what, uint64_t number, const struct refcount *count, int recount,
                    bool exact) {
    int owners = atomic_load(&count->owners);
    if (owners < recount || (exact && owners != recount)) {
        audit_finding(what, NULL, (uint64_t)owners, (uint64_t)recount);
        REPORT("%s %lu has count %d, but %d owners\n", what, number, owners, recount);
    }
}

void audit_files(bool all_ended) {
    clear();
    list_for_each(link, &tasks) {
        count_task(list_entry(link, struct task, link));
    }
    list_for_each(link, &open_files) {
        struct file *file = list_entry(link, struct file, link);
        file->inode->recount++;
        compare("open file of inode", file->inode->number, &file->count, file->recount, all_ended);
    }
    if (fs_root != NULL) {
        fs_root->recount++; // its own parent
    }
    list_for_each(link, &inodes) {
        count_names(list_entry(link, struct inode, link));
    }
    list_for_each(link, &inodes) {
        const struct inode *inode = list_entry(link, struct inode, link);
        compare("inode", inode->number, &inode->count, inode->recount, all_ended);
    }
}
