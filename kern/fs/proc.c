// SPDX-License-Identifier: MIT
// A task's directory is made when somebody looks for it, and removed when somebody looks after the
// task is gone: so there are never many more than there are tasks, and the end of a task need not
// know of it.
#include "fs/proc.h"

#include "base/format.h"
#include "base/string.h"
#include "errno.h"
#include "fs/dir.h"
#include "fs/fs.h"
#include "mm/heap.h"
#include "task/cred.h"
#include "task/pid.h"
#include "task/task.h"

enum { PID_BYTES = 12 };

// Which task a file is about: a pid comes again, the same pid and time do not. All zero: none.
struct subject {
    int pid;
    uint64_t started;
    struct cred owner; // only the effective ids matter
};

// Returns false if there is no such task.
static bool find(int pid, struct subject *subject) {
    spin_lock(&tree_lock);
    const struct task *task = task_find(pid);
    if (task != NULL) {
        *subject = (struct subject){.pid = pid, .started = task->started};
        subject->owner.euid = task->cred->euid;
        subject->owner.egid = task->cred->egid;
    }
    spin_unlock(&tree_lock);
    return task != NULL;
}

static bool find_of(const struct inode *inode, struct subject *subject) {
    return find(inode->pid, subject) && subject->started == inode->started;
}

// The entry of that name, made if need be. Returns its inode, borrowed, or NULL when out of memory.
static struct inode *add(struct inode *dir, const char *name, uint32_t mode,
                         const struct pseudo *pseudo, const struct subject *subject) {
    const struct entry *entry = dir_find(dir, name, strlen(name));
    if (entry != NULL) {
        entry->inode->uid = subject->owner.euid;
        entry->inode->gid = subject->owner.egid;
        return entry->inode;
    }
    struct inode *inode = inode_create(mode, &subject->owner);
    if (inode == NULL) {
        return NULL;
    }
    inode->pseudo = pseudo;
    inode->pid = subject->pid;
    inode->started = subject->started;
    int error = dir_add(dir, name, strlen(name), inode);
    inode_put(inode); // its name keeps it
    return error == 0 ? inode : NULL;
}

static int add_files(struct inode *dir, const struct proc_file *files,
                     const struct subject *subject) {
    for (; files->name != NULL; files++) {
        if (add(dir, files->name, S_IFREG | files->permissions, &files->pseudo, subject) == NULL) {
            return -ENOMEM;
        }
    }
    return 0;
}

static int fill_task(struct inode *dir, const char *name, size_t length) {
    (void)length;
    struct subject subject;
    if (!find_of(dir, &subject)) {
        return name == NULL ? -ENOENT : -ESRCH;
    }
    return add_files(dir, proc_task_files, &subject);
}

static void remove_all(struct inode *dir) {
    list_for_each_safe(link, &dir->entries) {
        dir_remove(dir, list_entry(link, struct entry, link));
    }
}

static void forget_ended(struct inode *dir) {
    list_for_each_safe(link, &dir->entries) {
        struct entry *entry = list_entry(link, struct entry, link);
        struct subject subject;
        if (entry->inode->pid != 0 && !find_of(entry->inode, &subject)) {
            remove_all(entry->inode);
            dir_remove(dir, entry);
        }
    }
}

// The only pid whose directory can have that name. Whether it has, the search of the entries will
// tell.
static int pid_in(const char *name, size_t length) {
    int pid = 0;
    for (size_t i = 0; i < length && name[i] >= '0' && name[i] <= '9' && pid <= PID_MAX; i++) {
        pid = pid * 10 + (name[i] - '0');
    }
    return pid;
}

static int add_task(struct inode *dir, int pid) {
    static const struct pseudo task_directory = {.fill = fill_task};
    char name[PID_BYTES];
    struct subject subject;
    if (!find(pid, &subject)) {
        return 0;
    }
    snprintf(name, sizeof name, "%d", pid);
    return add(dir, name, S_IFDIR | 0555, &task_directory, &subject) == NULL ? -ENOMEM : 0;
}

static struct inode *self; // a symbolic link to whoever follows it

static int fill_root(struct inode *dir, const char *name, size_t length) {
    self->size = (size_t)snprintf(self->target, PID_BYTES, "%d", current->pid);
    forget_ended(dir);
    if (name != NULL) {
        return add_task(dir, pid_in(name, length));
    }
    int error = 0;
    for (int pid = task_next(1); error == 0 && pid > 0; pid = task_next(pid + 1)) {
        error = add_task(dir, pid);
    }
    return error;
}

// What is always there. names_lock is held.
static int add_fixed(struct inode *proc) {
    static const struct pseudo root = {.fill = fill_root};
    static const struct pseudo fixed;
    static const struct subject none;
    proc->pseudo = &root;
    self = add(proc, "self", S_IFLNK | 0777, &fixed, &none);
    struct inode *sys = add(proc, "sys", S_IFDIR | 0555, &fixed, &none);
    struct inode *kernel = sys == NULL ? NULL : add(sys, "kernel", S_IFDIR | 0555, &fixed, &none);
    if (self == NULL || kernel == NULL) {
        return -ENOMEM;
    }
    self->target = kmalloc(PID_BYTES);
    int error = self->target == NULL ? -ENOMEM : add_files(proc, proc_system_files, &none);
    return error == 0 ? add_files(kernel, proc_kernel_files, &none) : error;
}

int proc_add(void) {
    struct inode *proc;
    int error = fs_add("proc", S_IFDIR | 0555, &proc);
    if (error == -EEXIST) {
        error = fs_find("/proc", &proc);
        inode_put(proc);
    }
    if (error == 0) {
        mutex_lock(&names_lock);
        error = add_fixed(proc);
        mutex_unlock(&names_lock);
    }
    return error;
}
