// SPDX-License-Identifier: MIT
// The functions that the labs provide: their contracts. The given kernel calls them,
// and has done by then what is the same for everybody: limits, locks, look-ups, publication.
#pragma once

#include <arch/pte.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct exec;
struct file;
struct files;
struct frame;
struct inode;
struct mm;
struct task;
struct vma;

// ---- Lab 1: fork by copying -------------------------------------------------------------------

// 1a. Gives `to`, a new and empty address space, the memory of `from`: the same vmas, the same
// break, and a page for each page of `from` that has a frame. Private pages are copied; those of a
// shared object (vma->shared) are mapped once more. Rights stay as they are.
//
// `from` is locked, and stays so; nobody else knows `to`. Returns 0 or -ENOMEM; after an error the
// caller destroys `to`, with whatever is in it by then.
int mm_copy(struct mm *to, struct mm *from);

// 1b. Makes `child`, which has a pid, a kernel stack and memory already, what fork promises: a copy
// of `parent`, the current task, that will return 0 from the same system call. Registers,
// floating-point state, thread-local storage, name, group, session, parent; its own descriptors,
// directory, umask and credentials; what is done about signals, the stack for handlers, and which
// are blocked, but not the pending ones. The caller sees to its terminal, and to the signal that
// tells of its end.
//
// Nothing is locked, and nobody else knows `child`. Returns 0 or -ENOMEM; after an error the caller
// releases whatever parts the child has by then.
int task_fork(struct task *child, struct task *parent);

// 1c. `task` has become a zombie (task->exited is set). Gives its children to init_task, and lets
// those know who wait for news: its parent, and init_task if one of the orphans is a zombie
// already.
//
// tree_lock is held.
void exit_notify(struct task *task);

// 1c. Looks for a child of `parent` that has ended and that `which` asks for, as waitpid does: -1
// any, 0 those in the parent's process group, below -1 those in group -which, else the one with
// that pid. Sets *any to whether there is any such child at all, ended or not. Returns the child,
// or NULL.
//
// tree_lock is held. The caller collects the child.
struct task *wait_select(struct task *parent, int which, bool *any);

// 1c. What wait4 stores for a task that has ended: task->exit_code in bits 8 to 15, or, if a signal
// ended it, task->killed_by in bits 0 to 6.
int wait_status(const struct task *task);

// ---- Lab 2: copy-on-write ---------------------------------------------------------------------

// 2a. One claim more, or one less, to a frame of private user memory. A frame comes from
// frame_alloc with one claim; whoever gives up the last one frees it, by frame_free. Each entry
// that maps the frame has one, and so has whoever else keeps it.
//
// Any CPU may do either at any time. Before lab 2 nobody has more than one claim: frame_put frees.
void frame_get(struct frame *frame);
void frame_put(struct frame *frame);

// 2b. As mm_copy, but for the price of page tables: private pages are not copied. Both sides map
// the same frame, with a claim each, and neither can write to it. Pages of a shared object are
// mapped once more, with the rights that they have.
//
// At the return, with an error too, no CPU remembers a right of `from` that its entries no longer
// give. `from` is locked, and stays so; nobody else knows `to`. Returns 0 or -ENOMEM; after an
// error the caller destroys `to`, and `from` goes on as if nothing had been.
int mm_share(struct mm *to, struct mm *from);

// 2c. Somebody writes to `va`, any byte of a page in `vma`, and the page has a frame: its entry,
// *entry, is present. Is this copy-on-write? (Memory of a shared object never is.) If so, sees to
// it that the write can be done, and nobody else notices.
//
// COW_HANDLED: the entry permits the write; it is done again. COW_NOT_MINE: this page may not be
// written to. COW_OOM: it may, but there is no frame for a copy; nothing has changed.
//
// The processor may have come here because of an entry that has changed since. `mm` is locked.
enum cow_result { COW_HANDLED, COW_NOT_MINE, COW_OOM };
enum cow_result cow_fault(struct mm *mm, const struct vma *vma, uintptr_t va, pte_t *entry);

// ---- Lab 3: execve ----------------------------------------------------------------------------

#define ELF_HEAD_BYTES 4096 // elf_check sees no more of a file than these
#define ELF_SEGMENTS_MAX 16

// Memory of a program: [address, address + memory_bytes). The first file_bytes of it, perhaps 0,
// are those of the file from `offset` on; the rest is zero. If there are any, address and offset
// have the same remainder modulo PAGE_SIZE.
struct elf_segment {
    uint64_t address;
    uint64_t memory_bytes; // more than 0
    uint64_t offset;
    uint64_t file_bytes;
    unsigned prot; // PROT_* bits
};

// What is to be done with a program's file. If it is position_independent, all addresses are
// distances from a base, a multiple of `alignment`, that whoever loads it chooses.
struct elf_image {
    bool position_independent;
    uint64_t alignment; // a power of two, at least PAGE_SIZE
    uint64_t entry;     // address of the first instruction
    uint64_t phdrs;     // address of the program headers; 0: no segment has all of them
    unsigned phdr_count;
    uint64_t interp_offset; // the interpreter's path in the file; nobody has read it yet
    uint64_t interp_bytes;  // with its NUL; 0: there is no interpreter
    unsigned segment_count;
    struct elf_segment segments[ELF_SEGMENTS_MAX]; // by address; they do not overlap
};

// A program in a file, or the one that helps it to start, and where it is to be.
struct program {
    struct inode *file; // owned; NULL: none
    struct elf_image image;
    uintptr_t base; // what to add to the image's addresses
};

// The first line of a script; both parts begin within what was looked at.
enum { SCRIPT_LINE_BYTES = 256 };
struct script_line {
    const char *path; // not ended by a NUL
    size_t path_bytes;
    const char *argument; // NULL: none
    size_t argument_bytes;
};

// 3a. Is this a program that can be loaded, and how? `head` is the beginning of a file of
// `file_bytes` bytes: all of it or the first ELF_HEAD_BYTES, whichever is less, which is `bytes`;
// its address is a multiple of 8. It may hold anything: nobody has looked at it.
//
// A program has
// - an ELF header (base/elf.h) for 64 bits, little-endian, for ELF_MACHINE, of type ET_EXEC or
//   ET_DYN, with EV_CURRENT in both places, ELFOSABI_NONE or ELFOSABI_GNU, and the true sizes of
//   itself and of a program header;
// - after it, at a multiple of 8, a table of program headers that is wholly within `head`;
// - 1 to ELF_SEGMENTS_MAX segments, in the order of their addresses, that do not overlap. (A
//   PT_LOAD of no bytes, neither in the file nor in memory, is none.) Each is within the user half
//   and, if the type is ET_EXEC, not in page 0; has no more bytes in the file than in memory; those
//   that it has in the file are there, at an offset with the same remainder modulo PAGE_SIZE as its
//   address; and its p_align is 0 or a power of two within the user half;
// - no memory that can be both written to and executed: no such segment, no page that is such
//   because of several segments in it, no such stack (PT_GNU_STACK: a stack can be written to);
// - an entry point in a segment that can be executed;
// - at most one PT_INTERP; its path is in the file, and has 2 to PATH_MAX bytes.
// Whatever else is in a file does not matter.
//
// Returns 0 and fills in *image; or -ENOEXEC, or -EINVAL for a second PT_INTERP; then *image may
// hold anything.
int elf_check(const void *head, size_t bytes, uint64_t file_bytes, struct elf_image *image);

// 3b. Gives `mm`, which nobody uses yet, the segments of `program`: for each, a vma that permits
// what the segment does, over the pages it touches, whose bytes are those of the file and, behind
// these, zeros. All addresses are program->base more than program->image says. Pages with nothing
// but bytes of the file are mapped from it (mm_map_file); nothing is read before it is needed. A
// page in which a segment begins and others end has the bytes of all, and permits what any of them
// does. What is in such a page but in no segment may be the file's, or zero. In other pages, what
// lies behind a segment's last byte is zero if the segment has zeros; if not, it may be the file's.
//
// Nothing is mapped there yet. Returns 0, -ENOMEM, or an error of reading the file; after an error
// the caller destroys `mm`, with whatever is in it by then.
int elf_load(struct mm *mm, const struct program *program);

// 3c. Gives `mm` a stack, and puts there what a program finds when it starts (System V ABI, AMD64
// supplement, section 3.4.1): from *sp on, argc; the addresses of the arguments and NULL; those of
// the environment and NULL; the auxiliary vector; and, above all these, what the addresses lead to.
// *sp is a multiple of 16.
//
// The strings are exec->strings, as they are, and in their order. The vector ends with AT_NULL, and
// has AT_PHDR, AT_PHENT, AT_PHNUM, AT_ENTRY (of exec->program, at its base; without AT_PHDR if no
// segment has the program headers), AT_BASE (of exec->interpreter; 0 if there is none), AT_PAGESZ,
// AT_CLKTCK (100: times(2) counts in hundredths of a second), AT_UID, AT_EUID, AT_GID, AT_EGID (of
// exec->cred), AT_SECURE (1 if an effective id there is not the real one, else 0), AT_RANDOM (the
// address of exec->random's 16 bytes), AT_EXECFN (that of exec->path).
//
// Returns 0, -ENOMEM, or -E2BIG if a stack cannot be that large; after an error the caller destroys
// `mm`.
int stack_build(struct mm *mm, const struct exec *exec, uintptr_t *sp);

// 3d. Makes the current task run another program: exec->program, or exec->interpreter if it has one
// (which AT_ENTRY tells where to go on). First what may fail: a new address space with both of them
// and a stack, and descriptors and handlers that nobody else shares. Then, from the point of no
// return on, what cannot: the task leaves its old memory, which is freed unless others use it, for
// the new one, whose heap begins at the page behind the program's last segment. Signals that had a
// handler have their default action again; those ignored stay so, as do those blocked and those
// pending; flags and mask of each action, and the alternate stack, are gone. Of the descriptors,
// those close that files_close_on_exec closes (before lab 4 it is given, and closes none). All
// registers, the floating-point state and thread-local storage are those of a fresh program. The
// name is exec->name, and the task acts as exec->cred says. What else makes the task itself stays:
// pid, parent, group, alarms, working directory; but its end is told by SIGCHLD.
//
// Nothing is locked. Returns 0, and the task goes on in the new program when the system call
// returns; or -ENOMEM or an error of elf_load or stack_build, and then nothing has changed.
int task_exec(const struct exec *exec);

// 3e. Extended: the first line of a script. `head` is the beginning of a file, `bytes` of it:
// SCRIPT_LINE_BYTES, or all that there are. If it begins with "#!", then the interpreter's path
// follows, and perhaps one argument: all up to the end of the line. Blanks (spaces, tabs) may stand
// before and behind each, and are no part of it. A newline, a NUL or the end of the file ends the
// line. If none of these comes within `head`, the argument is cut before head's last byte, where
// Linux keeps a NUL; a path is not cut. All this is as in Linux (fs/binfmt_script.c of Linux 6),
// but that it leaves an argument the blanks before a NUL or the end of the file. Returns 0; or
// -ENOEXEC: no script, no path, or perhaps not all of it.
int script_parse(const char *head, size_t bytes, struct script_line *line);

// ---- Lab 4: close-on-exec, and the exec family ------------------------------------------------

// The flag FD_CLOEXEC belongs to a descriptor, not to the open file behind it: another descriptor
// of the same file has one of its own. It is bit fd % 64 of files->close_on_exec[fd / 64]. Nobody
// else writes there; all bits of a new table are 0.

// 4a. The descriptor `fd` of `files` names another file from now on than before, or none at all:
// it was opened, made by pipe or dup, replaced by dup2 or dup3, or closed. Its flag is set if
// O_CLOEXEC is among `flags`, and not otherwise, whatever it was before.
//
// files->lock is held: nobody sees the descriptor before its flag is right.
void fd_flags_reset(struct files *files, int fd, unsigned flags);

// 4a. `to`, a table that nobody else knows, has got the descriptors of `from`, with the same
// numbers. Gives them the same flags.
//
// from->lock is held.
void fd_flags_copy(struct files *to, const struct files *from);

// 4a. What fcntl(2) does about a descriptor, `fd`, which names `file`; the caller has a claim to
// that, which stays the caller's. `command` is one of these:
//
// F_GETFD           returns FD_CLOEXEC if the flag is set, else 0
// F_SETFD           sets the flag if FD_CLOEXEC is among the bits of `argument`, else clears it;
//                   other bits do not matter. Returns 0
// F_DUPFD           makes the lowest free descriptor from `argument` on another name for `file`,
//                   with no flag, and returns it; or -EINVAL if `argument` is not below
//                   files->limit; -EMFILE if none is free; -ENOMEM
// F_DUPFD_CLOEXEC   the same, with the flag: nobody ever sees the descriptor without it
//
// Nothing is locked; other threads may use the same table at any time.
int64_t fd_control(struct files *files, int fd, struct file *file, unsigned command,
                   uint64_t argument);

// 4b. Closes all descriptors whose flag is set, and no others: the task is becoming another
// program. What that does to the files is what close does.
//
// Nothing is locked. `files` is the task's alone.
void files_close_on_exec(struct files *files);

// 4c and 4d are functions of the C library: their contracts are in lib/c/include/unistd.h.
