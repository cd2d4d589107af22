// SPDX-License-Identifier: MIT
#include "task/parts.h"

#include <stddef.h>

#include "arch/pagetable.h"
#include "errno.h"
#include "fs/files.h"
#include "fs/fs.h"
#include "task/cred.h"
#include "task/task.h"

enum { STANDARD_FDS = 3 };

// Gives descriptors 0, 1 and 2 to one open console.
static int open_console(struct files *files) {
    struct inode *inode;
    int error = fs_find("/dev/console", &inode);
    if (error < 0) {
        return error;
    }
    struct file *file = file_create(inode, O_RDWR | O_LARGEFILE);
    inode_put(inode);
    if (file == NULL) {
        return -ENOMEM;
    }
    for (int fd = 0; fd < STANDARD_FDS && error >= 0; fd++) {
        error = fd_replace(files, fd, file, 0);
    }
    file_put(file);
    return error < 0 ? error : 0;
}

int parts_create(struct task *task) {
    task->files = files_create();
    task->fs = fs_create();
    task->cred = cred_create(0);
    task->sighand = sighand_create();
    if (task->files == NULL || task->fs == NULL || task->cred == NULL || task->sighand == NULL) {
        return -ENOMEM;
    }
    return open_console(task->files);
}

void parts_release(struct task *task) {
    signal_exit(task);
    spin_lock(&tree_lock);
    struct mm *mm = task->mm;
    struct files *files = task->files;
    struct fs *fs = task->fs;
    task->mm = NULL; // from here on nobody else can find them
    task->files = NULL;
    task->fs = NULL;
    spin_unlock(&tree_lock);
    if (task == current) {
        pagetable_activate(&kernel_pt);
    }
    files_put(files);
    fs_put(fs);
    if (mm != NULL) {
        mm_put(mm);
    }
}
