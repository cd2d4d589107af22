// SPDX-License-Identifier: MIT
// The root: where a reader outside the machine (grader, GDB) starts. It tells where things are and
// how structures are laid out, so that the reader needs no debug information and does not depend
// on a compiler. `version` changes when the meaning of anything here does.
#include <arch/cpu.h>
#include <stddef.h>

#include "arch/machine.h"
#include "kernel.h"
#include "mm/frame.h"
#include "mm/mm.h"
#include "task/task.h"
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

enum { FIELDS = 19 };

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
            FIELD("mm.root", struct mm, pt.root),
            FIELD("mm.vmas", struct mm, vmas),
            FIELD("vma.link", struct vma, link),
            FIELD("vma.start", struct vma, start),
            FIELD("vma.end", struct vma, end),
            FIELD("vma.flags", struct vma, flags),
            STRUCTURE("cpu", struct cpu),
            FIELD("cpu.current", struct cpu, task),
            FIELD("cpu.id", struct cpu, id),
        },
};

void root_setup(void) {
    tine_root.trace = CHECKS ? (uint64_t)&trace_ring : 0;
    tine_root.kernel_pt = kernel_pt.root;
    tine_root.memory_bytes = memory_bytes;
    tine_root.frames = (uint64_t)frames;
    tine_root.frame_total = memory_bytes >> PAGE_SHIFT;
}
