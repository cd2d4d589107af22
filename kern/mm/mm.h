// SPDX-License-Identifier: MIT
// An address space: what a program may touch (its vmas), and what it has touched so far (its page
// table). A page gets its frame at the first access, in mm_fault.
//
// More may be mapped than there is memory: only what is touched counts. When the frames are used
// up, whoever needs the next one dies of SIGKILL, and the console says so: at once if it was in
// user mode; after a system call, whose copy has ended with -EFAULT, on the way back to it. Pid 1
// has a reserve (frame.h). If even that is used up it dies too, in user mode; in a system call it
// goes on with -EFAULT.
//
// mm->lock guards the vmas and the page table, except where a task looks at its own while nobody
// shares it. It is not held across user copies, which fault and take it themselves. Functions below
// say "locked" where the caller holds it.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "abi/mman.h"
#include "arch/pagetable.h"
#include "base/list.h"
#include "refcount.h"
#include "task/mutex.h"

struct inode;
struct shared;

// A virtual memory area: pages in a row that may be used in the same way.
struct vma {
    struct list link;      // in mm->vmas
    uintptr_t start;       // page-aligned
    uintptr_t end;         // page-aligned, exclusive
    unsigned flags;        // VMA_*
    struct shared *shared; // VMA_SHARED: the object it shows, with one claim; else NULL
    struct inode *inode;   // the file that it shows, with one claim; else NULL
    uint64_t offset;       // where in the object or the file `start` is, in bytes
};

enum {
    VMA_READ = PROT_READ, // the lowest three bits are PROT_* bits
    VMA_WRITE = PROT_WRITE,
    VMA_EXEC = PROT_EXEC,
    VMA_SHARED = 8,  // MAP_SHARED
    VMA_STACK = 16,  // grows downwards when the space below it is touched
    VMA_HEAP = 32,   // grows and shrinks by brk
    VMA_SEALED = 64, // MAP_SHARED of a file that is open for reading alone: never VMA_WRITE
};

// A stack is this large at first, and at most (Linux's default of RLIMIT_STACK). It does not grow
// closer than STACK_GUARD_BYTES to a mapping below that a program could destroy by overrunning it.
#define STACK_FIRST_BYTES (132UL << 10)
#define STACK_LIMIT_BYTES (8UL << 20)
#define STACK_GUARD_BYTES (1UL << 20)

#define VMA_PROT (VMA_READ | VMA_WRITE | VMA_EXEC)

struct mm {
    struct refcount owners; // tasks
    struct list link;       // in the list of all
    struct mutex lock;
    struct pagetable pt;
    struct list vmas;    // by address; they never overlap
    uintptr_t brk_start; // the heap lies between these two; brk need not be page-aligned
    uintptr_t brk;
};

// A new, empty address space. NULL when out of memory.
struct mm *mm_create(void);

// One owner more, or less. The last one ends the address space, which no CPU uses any more: frames,
// page tables, vmas.
struct mm *mm_get(struct mm *mm);
void mm_put(struct mm *mm);

// The memory of a child: a copy of `from`, as lab LAB makes it. Locks `from`. Returns NULL when out
// of memory, and then nothing is left behind.
struct mm *mm_dup(struct mm *from);

// How much there is of it, in pages, as Linux's /proc/PID/statm counts. Nothing keeps these
// numbers: they are counted when somebody asks. Locks `mm`.
struct mm_sizes {
    uint64_t total;    // in vmas
    uint64_t resident; // of these, with a frame
    uint64_t shared;   // of the resident ones, in a shared object
    uint64_t text;     // in vmas with code
    uint64_t data;     // in private vmas that may be written, stacks included
};
struct mm_sizes mm_sizes(struct mm *mm);

// The vma that contains `va`, or NULL.
struct vma *mm_find_vma(const struct mm *mm, uintptr_t va);

// True if no vma touches [start, end).
bool mm_is_free(const struct mm *mm, uintptr_t start, uintptr_t end);

// The same, and if a stack comes next above, it is at least STACK_GUARD_BYTES away.
bool mm_is_clear(const struct mm *mm, uintptr_t start, uintptr_t end);

// The highest start of `bytes` free bytes below all that the stack may grow into, and its guard; 0
// if there is no such gap.
uintptr_t mm_find_gap(const struct mm *mm, uintptr_t bytes);

// Adds to `mm`, which has nothing there, a vma like `vma` of another address space: the same
// addresses, flags, shared object and file. No page is mapped by it. Returns 0 or -ENOMEM. Locked.
int mm_map_like(struct mm *mm, const struct vma *vma);

// Adds a vma over [start, end), which must be free, page-aligned and within the user half. May
// merge it with a neighbour of the same flags. With VMA_SHARED it shows a new object. Returns 0 or
// -ENOMEM. Locked, as are the next ones, but for mm_cut_file.
int mm_map(struct mm *mm, uintptr_t start, uintptr_t end, unsigned flags);

// The same for pages of `inode`, a regular file, from byte `offset` (page-aligned) on: with
// VMA_SHARED the file's own, else copies, made at the first write at the latest.
int mm_map_file(struct mm *mm, uintptr_t start, uintptr_t end, unsigned flags, struct inode *inode,
                uint64_t offset);

// Takes the pages of `inode` from byte `offset` (page-aligned) on, and private copies of them, away
// from all address spaces; locks them one after the other. The file must have been cut there
// already.
void mm_cut_file(const struct inode *inode, uint64_t offset);

// How many are at it: each may own an address space that no task has any more. For the audit.
extern atomic_uint mm_borrowers;

// Removes whatever is mapped in [start, end), page-aligned. Returns 0, or -ENOMEM (a vma had to be
// split) and then nothing is changed.
int mm_unmap(struct mm *mm, uintptr_t start, uintptr_t end);

// Gives [start, end) the protection `prot`. Returns 0, -EACCES (VMA_SEALED forbids it) or -ENOMEM
// (a hole in the range, or no memory to split a vma), and then nothing is changed.
int mm_protect(struct mm *mm, uintptr_t start, uintptr_t end, unsigned prot);

// Files that were written to in [start, end) through MAP_SHARED have been modified now, if that has
// not been noticed yet. Returns 0, or -ENOMEM if there is a hole in the range.
int mm_sync(struct mm *mm, uintptr_t start, uintptr_t end);

// The stack that comes next above `va`, which no vma contains; NULL: something else does, or
// nothing.
struct vma *mm_stack_above(const struct mm *mm, uintptr_t va);

// Makes that stack grow down to `va`. Returns it, or NULL if there is none, if `va` is below its
// limit, or if something is in the way. Locked.
struct vma *mm_grow_stack(struct mm *mm, uintptr_t va);

// Moves the end of the heap to `brk` if that is possible. Returns where it is now.
uintptr_t mm_set_brk(struct mm *mm, uintptr_t brk);
