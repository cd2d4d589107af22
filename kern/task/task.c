// SPDX-License-Identifier: MIT
#include "task/task.h"

#include "arch/machine.h"
#include "base/number.h"
#include "base/string.h"
#include "ending.h"
#include "errno.h"
#include "fs/tty.h"
#include "kernel.h"
#include "lab_number.h"
#include "mm/heap.h"
#include "mm/kstack.h"
#include "mm/usercopy.h"
#include "options.h"
#include "task/cred.h"
#include "task/exec.h"
#include "task/flat.h"
#include "task/parts.h"
#include "task/pid.h"
#include "task/sched.h"
#include "witness/inject.h"
#include "witness/rehearse.h"
#include "witness/trace.h"

struct spinlock tree_lock = SPINLOCK_INIT("task tree");
struct list tasks = LIST_INIT(tasks);
struct task *init_task;

// So many frames of memory for each task that there may be. Kernel stacks are kept for later tasks:
// all of them take an eighth of memory at most.
enum { FRAMES_PER_TASK = 8 * KSTACK_BYTES / PAGE_SIZE };

// Guarded by tree_lock.
static struct task *by_pid[PID_MAX + 1];
static uint64_t total; // created and not destroyed

void task_name_from(char name[TASK_NAME_BYTES], const char *path) {
    const char *base = path;
    for (; *path != '\0'; path++) {
        if (*path == '/') {
            base = path + 1;
        }
    }
    strlcpy(name, base, TASK_NAME_BYTES);
}

// Takes a pid, unless there are too many tasks.
static int take_pid(void) {
    spin_lock(&tree_lock);
    int pid = -EAGAIN;
    if (total < (memory_bytes >> PAGE_SHIFT) / FRAMES_PER_TASK) {
        pid = pid_take();
    }
    if (pid > 0) {
        total++;
    }
    spin_unlock(&tree_lock);
    return pid;
}

static void give_back_pid(int pid) {
    spin_lock(&tree_lock);
    pid_put(pid);
    total--;
    spin_unlock(&tree_lock);
}

struct task *task_create(int *error) {
    int pid = take_pid();
    if (pid < 0) {
        *error = pid;
        return NULL;
    }
    struct task *task = kmalloc(sizeof *task);
    uintptr_t kstack_top = task == NULL ? 0 : kstack_alloc();
    if (kstack_top == 0) {
        kfree(task);
        give_back_pid(pid);
        *error = -ENOMEM;
        return NULL;
    }
    task->pid = pid;
    task->started = cycle_count();
    task->cpu = this_cpu();
    task->kstack_top = kstack_top;
    task->trapframe = (struct trapframe *)kstack_top - 1;
    context_init(&task->context);
    list_init(&task->children);
    list_init(&task->sibling);
    list_init(&task->run_link);
    list_init(&task->timed_link);
    list_init(&task->stopped_link);
    wait_queue_init(&task->child_changed);
    wait_queue_init(&task->continued);
    signal_init(&task->signals);
    alarm_init(&task->alarm);
    return task;
}

void task_destroy(struct task *task) {
    cred_put(task->cred);
    kstack_free(task->kstack_top);
    give_back_pid(task->pid);
    kfree(task);
}

uint64_t task_total(void) {
    return total;
}

bool task_publish(struct task *task) {
    spin_lock(&tree_lock);
    if (task->parent != NULL && signal_is_fatal()) {
        spin_unlock(&tree_lock);
        return false;
    }
    trace(TRACE_TASK_NEW, (uint64_t)task->pid, 0, 0, 0, 0);
    pid_get(task->pgid);
    pid_get(task->sid);
    by_pid[task->pid] = task;
    list_push_back(&tasks, &task->link);
    if (task->parent != NULL) {
        list_push_back(&task->parent->children, &task->sibling);
        task->tty = task->parent->tty;
    }
    spin_unlock(&tree_lock);
    sched_start(task);
    return true;
}

void task_unlink(struct task *task) {
    ASSERT(spin_held(&tree_lock));
    by_pid[task->pid] = NULL;
    list_remove(&task->link);
    list_remove(&task->sibling);
    pid_put(task->pgid);
    pid_put(task->sid);
}

struct task *task_find(int pid) {
    ASSERT(spin_held(&tree_lock));
    return pid > 0 && pid <= PID_MAX ? by_pid[pid] : NULL;
}

int task_next(int pid) {
    spin_lock(&tree_lock);
    while (pid <= PID_MAX && by_pid[pid] == NULL) {
        pid++;
    }
    spin_unlock(&tree_lock);
    return pid <= PID_MAX ? pid : 0;
}

void task_entered(void) {
    struct task *task = current;
    if (task->set_child_tid != 0) {
        copy_to_user(task->set_child_tid, &task->pid, sizeof task->pid); // a bad address: its loss
    }
    trace(TRACE_USER_ENTER, trapframe_pc(task->trapframe), trapframe_sp(task->trapframe), 0, 0, 0);
}

// Waking those who wait for the word to be cleared comes with threads.
void task_leave_memory(struct task *task) {
    static const int ended = 0;
    uintptr_t address = task->clear_child_tid;
    task->clear_child_tid = 0;
    task->robust_list = 0;
    if (address != 0 && !refcount_is_one(&task->mm->owners)) {
        copy_to_user(address, &ended, sizeof ended); // a bad address: its loss
    }
}

// Option fail=: counts from the first program's start.
static void arm_failure(void) {
    enum inject_class class = INJECT_NONE;
    uint64_t n = 0;
    if (strncmp(options.fail, "fork:", 5) == 0 && parse_number(options.fail + 5, &rehearsals)) {
        return;
    }
    if (!inject_parse(options.fail, &class, &n)) {
        setup_failed("option 'fail=%s': neither fork:N nor CLASS:N with a class of any, "
                     "user, page-table, kernel, heap",
                     options.fail);
    }
    inject_arm(class, n);
}

// What pid 1 does first if its program is not a flat image.
static void exec_init(void *path) {
    int error = exec_first(path, options.arguments);
    if (error < 0) { // the file is there: who is to judge it is the lab's code
        printk("exit: pid 1 never began: execve of %s answers %d\n", (const char *)path, error);
        machine_finish(false);
    }
    current->kthread_function = NULL;
}

void task_start_init(const char *path) {
    int error = 0;
    struct task *task = task_create(&error);
    struct mm *mm = mm_create();
    if (task == NULL || mm == NULL) {
        setup_failed("too little memory for the first task");
    }
    task->mm = mm;
    task->pgid = task->pid;
    task->sid = task->pid;
    task_name_from(task->name, path);
    if (parts_create(task) < 0) {
        setup_failed("too little memory for the first task's parts");
    }
    struct flat_start start = {0};
    error = flat_load(mm, path, options.arguments, &start);
    if (error == -ENOEXEC && LAB >= 3) {
        task->kthread_function = exec_init; // its memory is still empty
        task->kthread_argument = (void *)path;
    } else if (error < 0) {
        setup_failed("cannot start init=%s: %s", path, flat_error(error));
    }
    trapframe_start(task->trapframe, start.pc, start.sp);
    init_task = task;
    spin_lock(&tree_lock);
    tty_give(task);
    spin_unlock(&tree_lock);
    if (options.fail != NULL) {
        arm_failure();
    }
    printk("starting %s after %lu cycles\n", path, cycle_count() - boot_info.entry_cycles);
    task_publish(task);
}
