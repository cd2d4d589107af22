// SPDX-License-Identifier: MIT
// The root: where a reader outside the machine (grader, GDB) starts. It tells where things are and
// how structures are laid out, so that the reader needs no debug information and does not depend
// on a compiler. `version` changes when the meaning of anything here does.
#include <arch/cpu.h>
#include <stddef.h>

#include "arch/machine.h"
#include "fs/dir.h"
#include "fs/files.h"
#include "fs/fs.h"
#include "kernel.h"
#include "mm/frame.h"
#include "mm/mm.h"
#include "task/task.h"
#include "witness/lockorder.h"
#include "witness/root.h"
#include "witness/trace.h"

enum { FIELD_NAME_BYTES = 24 };

struct root_field {
    char name[FIELD_NAME_BYTES];
    uint32_t offset; // bytes from the start of the structure
    uint32_t bytes;
};

#define STRUCTURE(name, type) \
    { name, 0, sizeof(type) }
#define FIELD(name, type, member) \
    { name, offsetof(type, member), sizeof(((type *)0)->member) }

enum { FIELDS = 72 };

struct tine_root {
    char magic[8];
    uint32_t version;
    uint32_t bytes;
    uint64_t kernel_base;  // virtual minus physical address of the kernel's image
    uint64_t direct_map;   // virtual address of physical address 0
    uint64_t kernel_pt;    // physical address of the kernel's own top-level table
    uint64_t memory_bytes; // frames cover physical addresses below this
    uint64_t frames;       // array of struct frame; 0 until it is set up
    uint64_t frame_total;
    uint64_t tasks; // list head
    uint64_t trace; // struct trace_ring; 0 if nothing is recorded
    uint64_t cpus;  // array of struct cpu
    uint32_t cpu_count;
    uint32_t field_count;
    struct root_field fields[FIELDS];
} tine_root = {
    .magic = "TINEROOT",
    .version = 1,
    .bytes = sizeof(struct tine_root),
    .kernel_base = KERNEL_BASE,
    .direct_map = DIRECT_MAP,
    .tasks = (uint64_t)&tasks,
    .cpus = (uint64_t)cpus,
    .cpu_count = MAX_CPUS, // those that do not run have no task
    .field_count = FIELDS,
    .fields =
        {
            STRUCTURE("frame", struct frame),
            FIELD("frame.count", struct frame, count),
            FIELD("frame.kind", struct frame, kind),
            STRUCTURE("task", struct task),
            FIELD("task.link", struct task, link),
            FIELD("task.pid", struct task, pid),
            FIELD("task.mm", struct task, mm),
            FIELD("task.name", struct task, name),
            FIELD("task.state", struct task, state),
            FIELD("task.trapframe", struct task, trapframe),
            FIELD("task.parent", struct task, parent),
            FIELD("task.pgid", struct task, pgid),
            FIELD("task.sid", struct task, sid),
            FIELD("task.exited", struct task, exited),
            FIELD("task.exit_code", struct task, exit_code),
            FIELD("task.killed_by", struct task, killed_by),
            FIELD("task.interruptible", struct task, interruptible),
            FIELD("task.pending", struct task, signals.pending),
            FIELD("task.blocked", struct task, signals.blocked),
            FIELD("task.cpu", struct task, cpu),
            FIELD("task.kstack_top", struct task, kstack_top),
            FIELD("task.sp", struct task, context.sp),
            FIELD("task.files", struct task, files),
            FIELD("task.fs", struct task, fs),
            STRUCTURE("trapframe", struct trapframe),
            FIELD("mm.owners", struct mm, owners),
            FIELD("mm.lock", struct mm, lock),
            FIELD("mm.root", struct mm, pt.root),
            FIELD("mm.vmas", struct mm, vmas),
            FIELD("mm.brk", struct mm, brk),
            FIELD("vma.link", struct vma, link),
            FIELD("vma.start", struct vma, start),
            FIELD("vma.end", struct vma, end),
            FIELD("vma.flags", struct vma, flags),
            FIELD("vma.inode", struct vma, inode),
            FIELD("vma.offset", struct vma, offset),
            FIELD("files.count", struct files, count),
            FIELD("files.chunks", struct files, chunks),
            FIELD("files.end", struct files, end),
            FIELD("files.close_on_exec", struct files, close_on_exec),
            {"files.chunk", 0, FDS_IN_CHUNK * sizeof(struct file *)}, // an array of its own
            FIELD("file.count", struct file, count),
            FIELD("file.inode", struct file, inode),
            FIELD("file.readable", struct file, readable),
            FIELD("file.writable", struct file, writable),
            FIELD("file.flags", struct file, flags),
            FIELD("file.offset", struct file, offset),
            FIELD("fs.cwd", struct fs, cwd),
            FIELD("inode.number", struct inode, number),
            FIELD("inode.mode", struct inode, mode),
            FIELD("inode.device", struct inode, device),
            FIELD("inode.parent", struct inode, parent),
            FIELD("inode.entries", struct inode, entries),
            FIELD("inode.mutex", struct inode, mutex),
            FIELD("inode.cache", struct inode, cache),
            FIELD("entry.link", struct entry, link),
            FIELD("entry.inode", struct entry, inode),
            FIELD("entry.length", struct entry, length),
            {"entry.name", offsetof(struct entry, name), 0}, // entry.length bytes
            FIELD("mutex.holder", struct mutex, holder),
            FIELD("mutex.waiters", struct mutex, waiters),
            FIELD("mutex.name", struct mutex, lock.name),
            FIELD("spinlock.name", struct spinlock, name),
            FIELD("spinlock.holder", struct spinlock, holder),
            STRUCTURE("cpu", struct cpu),
            FIELD("cpu.current", struct cpu, task),
            FIELD("cpu.id", struct cpu, id),
            FIELD("cpu.lock_depth", struct cpu, lock_depth),
            FIELD("cpu.wanted_lock", struct cpu, wanted_lock),
            STRUCTURE("held", struct held_locks),
            FIELD("held.locks", struct held_locks, locks),
            FIELD("held.count", struct held_locks, count),
        },
};

void root_setup(void) {
    tine_root.trace = CHECKS ? (uint64_t)&trace_ring : 0;
    tine_root.kernel_pt = kernel_pt.root;
    tine_root.memory_bytes = memory_bytes;
    tine_root.frames = (uint64_t)frames;
    tine_root.frame_total = memory_bytes >> PAGE_SHIFT;
}
