// SPDX-License-Identifier: MIT
// Calls about the caller itself, and about the machine as a whole.
#include "abi/prctl.h"
#include "abi/random.h"
#include "abi/reboot.h"
#include "arch/machine.h"
#include "base/string.h"
#include "ending.h"
#include "errno.h"
#include "kernel.h"
#include "mm/usercopy.h"
#include "random.h"
#include "sys/syscall.h"
#include "task/cred.h"
#include "task/task.h"

int64_t sys_getpid(struct trapframe *tf) {
    (void)tf;
    return current->pid;
}

int64_t sys_getppid(struct trapframe *tf) {
    (void)tf;
    spin_lock(&tree_lock);
    int pid = current->parent == NULL ? 0 : current->parent->pid;
    spin_unlock(&tree_lock);
    return pid;
}

// exit and exit_group differ only where a process has several threads.
int64_t sys_exit(struct trapframe *tf) {
    task_exit((int)(trapframe_argument(tf, 0) & 0xff), 0);
}

// struct new_utsname of Linux.
enum { UTS_BYTES = 65 };
struct utsname {
    char sysname[UTS_BYTES];
    char nodename[UTS_BYTES];
    char release[UTS_BYTES];
    char version[UTS_BYTES];
    char machine[UTS_BYTES];
    char domainname[UTS_BYTES];
};

int64_t sys_uname(struct trapframe *tf) {
    // C libraries refuse to start on a release older than the Linux they were built for.
    static const struct utsname name = {
        .sysname = "Tine",
        .nodename = "tine",
        .release = "6.1.0-tine-" TINE_VERSION,
        .version = "lab kernel",
        .machine = ARCH_NAME,
        .domainname = "(none)",
    };
    return copy_to_user(trapframe_argument(tf, 0), &name, sizeof name);
}

int64_t sys_getrandom(struct trapframe *tf) {
    enum { PIECE_BYTES = 256 };
    uintptr_t to = trapframe_argument(tf, 0);
    uint64_t bytes = trapframe_argument(tf, 1);
    unsigned flags = (unsigned)trapframe_argument(tf, 2);
    const unsigned contrary = GRND_RANDOM | GRND_INSECURE;
    if ((flags & ~(GRND_NONBLOCK | contrary)) != 0 || (flags & contrary) == contrary) {
        return -EINVAL;
    }
    bytes = bytes < INT32_MAX ? bytes : INT32_MAX;
    uint64_t done = 0;
    while (done < bytes && (done == 0 || !signal_pending(current))) {
        char piece[PIECE_BYTES];
        size_t wanted = bytes - done < sizeof piece ? bytes - done : sizeof piece;
        random_fill(piece, wanted);
        size_t got = copy_to_user_partly(to + done, piece, wanted);
        done += got;
        if (got < wanted) {
            break;
        }
    }
    return done == 0 && bytes > 0 ? -EFAULT : (int64_t)done;
}

static int set_name(uintptr_t from) {
    char name[TASK_NAME_BYTES];
    size_t got = copy_from_user_partly(name, from, sizeof name - 1);
    if (strnlen(name, got) == got && got < sizeof name - 1) {
        return -EFAULT;
    }
    name[got] = '\0';
    spin_lock(&tree_lock);
    strlcpy(current->name, name, TASK_NAME_BYTES);
    spin_unlock(&tree_lock);
    return 0;
}

int64_t sys_prctl(struct trapframe *tf) {
    uintptr_t name = trapframe_argument(tf, 1);
    switch ((int)trapframe_argument(tf, 0)) {
    case PR_SET_NAME:
        return set_name(name);
    case PR_GET_NAME:
        return copy_to_user(name, current->name, TASK_NAME_BYTES);
    default:
        return -EINVAL;
    }
}

int64_t sys_arch_prctl(struct trapframe *tf) {
    uintptr_t address = trapframe_argument(tf, 1);
    if (trapframe_argument(tf, 0) == ARCH_SET_FS) {
        if (address >= USER_TOP) {
            return -EPERM;
        }
        tls_set(address);
        return 0;
    }
    if (trapframe_argument(tf, 0) == ARCH_GET_FS) {
        uintptr_t base = tls_get();
        return copy_to_user(address, &base, sizeof base);
    }
    return -EINVAL;
}

static bool reboot_magic_ok(uint32_t magic1, uint32_t magic2) {
    return magic1 == RB_MAGIC1 && (magic2 == RB_MAGIC2 || magic2 == 85072278 ||
                                   magic2 == 369367448 || magic2 == 537993216);
}

// Every kind of stop is a power-off: there is nothing to come back to.
int64_t sys_reboot(struct trapframe *tf) {
    uint32_t command = (uint32_t)trapframe_argument(tf, 2);
    if (current->cred->euid != 0) {
        return -EPERM;
    }
    if (!reboot_magic_ok((uint32_t)trapframe_argument(tf, 0),
                         (uint32_t)trapframe_argument(tf, 1))) {
        return -EINVAL;
    }
    if (command != RB_AUTOBOOT && command != RB_HALT_SYSTEM && command != RB_POWER_OFF) {
        return -EINVAL;
    }
    printk("power off\n");
    machine_finish(true);
}

// struct sysinfo of Linux.
struct sysinfo {
    int64_t uptime_s;
    uint64_t loads[3];
    uint64_t total_ram, free_ram, shared_ram, buffer_ram;
    uint64_t total_swap, free_swap;
    uint16_t processes;
    uint16_t padding[3];
    uint64_t total_high, free_high;
    uint32_t unit_bytes;
    uint32_t tail;
};
_Static_assert(sizeof(struct sysinfo) == 112, "Linux's struct sysinfo");

int64_t sys_sysinfo(struct trapframe *tf) {
    struct sysinfo info = {
        .uptime_s = (int64_t)((cycle_count() - boot_info.entry_cycles) / cycles_per_second()),
        .total_ram = memory_bytes - frame_total_of(FRAME_RESERVED) * PAGE_SIZE,
        .free_ram = frame_total_of(FRAME_FREE) * PAGE_SIZE,
        .unit_bytes = 1,
    };
    spin_lock(&tree_lock);
    list_for_each(link, &tasks) {
        info.processes++;
    }
    spin_unlock(&tree_lock);
    return copy_to_user(trapframe_argument(tf, 0), &info, sizeof info);
}
