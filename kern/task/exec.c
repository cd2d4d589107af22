// SPDX-License-Identifier: MIT
// From a path to a struct exec: which file it is, whether it can be executed, who interprets it.
#include "task/exec.h"

#include "abi/fcntl.h"
#include "base/format.h"
#include "base/string.h"
#include "errno.h"
#include "fs/files.h"
#include "fs/path.h"
#include "kernel.h"
#include "lab_number.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "random.h"
#include "task/cred.h"
#include "witness/trace.h"

// Scripts whose interpreter is a script: as many as Linux allows.
enum { SCRIPTS_LIMIT = 5 };

_Static_assert(ELF_HEAD_BYTES <= PAGE_SIZE, "a frame has room for what elf_check looks at");

// Where what may be anywhere is put: as Linux does it when told not to choose at random.
#define PROGRAM_BASE 0x555555554000UL
#define INTERPRETER_BASE 0x7ffff0000000UL

// What execve is looking at.
struct candidate {
    struct inode *file;  // owned
    struct frame *frame; // owned; has `head`
    char *head;          // the file's beginning
    size_t head_bytes;
    uint64_t file_bytes;
};

static void candidate_end(struct candidate *candidate) {
    inode_put(candidate->file);
    if (candidate->frame != NULL) {
        frame_free(candidate->frame);
    }
    *candidate = (struct candidate){0};
}

// What forbids to execute what has been found. names_lock is held.
static int check_file(const struct inode *inode) {
    if (inode_type(inode) == S_IFLNK) {
        return -ELOOP;
    }
    if (inode_type(inode) != S_IFREG || inode->pseudo != NULL) {
        return -EACCES;
    }
    return inode_may(inode, MAY_EXEC);
}

// Opens the file and reads its beginning.
static int candidate_begin(struct candidate *candidate, int dirfd, const char *path,
                           unsigned flags) {
    struct inode *found;
    enum walk how = (flags & AT_SYMLINK_NOFOLLOW) ? WALK_NOFOLLOW : WALK_FOLLOW;
    int error = path_find(dirfd, path, how, check_file, &found);
    if (error < 0) {
        return error;
    }
    *candidate = (struct candidate){.file = found, .frame = frame_alloc(FRAME_KERNEL)};
    int64_t got = -ENOMEM;
    if (candidate->frame != NULL) {
        candidate->head = frame_memory(candidate->frame);
        candidate->file_bytes = found->size;
        got = inode_read_kernel(found, candidate->head, ELF_HEAD_BYTES, 0);
    }
    if (got < 0) {
        candidate_end(candidate);
        return (int)got;
    }
    candidate->head_bytes = (size_t)got;
    return 0;
}

// Makes `exec` the one that runs the script's interpreter, whose arguments begin with what the line
// says and `path`.
static int interpret_script(struct exec *exec, const struct script_line *line, const char *path) {
    struct strings *strings = strings_create(strlen(exec->path) + 1);
    if (strings == NULL) {
        return -ENOMEM;
    }
    int error = strings_add(strings, line->path, line->path_bytes);
    if (error == 0 && line->argument != NULL) {
        error = strings_add(strings, line->argument, line->argument_bytes);
    }
    if (error == 0) {
        error = strings_add(strings, path, strlen(path));
    }
    if (error == 0) {
        error = strings_add_rest(strings, exec->strings, 1);
    }
    if (error < 0) {
        strings_destroy(strings);
        return error;
    }
    strings_destroy(exec->strings);
    exec->strings = strings;
    return 0;
}

// Goes from a script to its interpreter, whose path it stores in `path`, a buffer of
// SCRIPT_LINE_BYTES, where that of the script may be.
static int follow_script(struct exec *exec, struct candidate *candidate, const char *script,
                         char *path) {
    size_t bytes =
        candidate->head_bytes < SCRIPT_LINE_BYTES ? candidate->head_bytes : SCRIPT_LINE_BYTES;
    struct script_line line;
    int error = LAB >= 3 ? script_parse(candidate->head, bytes, &line) : -ENOEXEC;
    if (error == 0) {
        // An interpreter could not open what closes before it begins.
        error = exec->path_closes ? -ENOENT : interpret_script(exec, &line, script);
    }
    if (error == 0) {
        ASSERT(line.path_bytes < SCRIPT_LINE_BYTES);
        memcpy(path, line.path, line.path_bytes);
        path[line.path_bytes] = '\0';
    }
    candidate_end(candidate);
    return error == 0 ? candidate_begin(candidate, AT_FDCWD, path, 0) : error;
}

static bool is_script(const struct candidate *candidate) {
    return candidate->head_bytes >= 2 && memcmp(candidate->head, "#!", 2) == 0;
}

// Takes a program over from `candidate`.
static int accept(struct candidate *candidate, struct program *program, uintptr_t base) {
    int error = -ENOEXEC;
    if (LAB >= 3) {
        error = elf_check(candidate->head, candidate->head_bytes, candidate->file_bytes,
                          &program->image);
    }
    if (error == 0) {
        program->file = inode_get(candidate->file);
        if (program->image.position_independent) {
            uint64_t mask = program->image.alignment - 1;
            program->base = (base + mask) & ~mask;
        }
    }
    return error;
}

static uintptr_t program_start(const struct program *program) {
    return program->base + program->image.segments[0].address;
}

static uintptr_t program_end(const struct program *program) {
    const struct elf_segment *last = &program->image.segments[program->image.segment_count - 1];
    return program->base + last->address + last->memory_bytes;
}

// True if the program fits where it is to be, without wrapping around or reaching beyond the user
// half.
static bool fits(const struct program *program) {
    uintptr_t end = program_end(program);
    return end <= USER_TOP && end > program->base;
}

static bool page_ranges_meet(const struct program *a, const struct program *b) {
    uintptr_t mask = PAGE_SIZE - 1;
    return (program_start(a) & ~mask) < program_end(b) + mask &&
           (program_start(b) & ~mask) < program_end(a) + mask;
}

// Finds the program that `exec->program` names as the one that is to start it.
static int find_interpreter(struct exec *exec) {
    const struct elf_image *image = &exec->program.image;
    char *path = kmalloc(image->interp_bytes);
    if (path == NULL) {
        return -ENOMEM;
    }
    struct candidate candidate = {0};
    int64_t error =
        inode_read_kernel(exec->program.file, path, image->interp_bytes, image->interp_offset);
    if (error >= 0) {
        bool ended = (uint64_t)error == image->interp_bytes && path[error - 1] == '\0';
        error = ended ? candidate_begin(&candidate, AT_FDCWD, path, 0) : -ENOEXEC;
    }
    kfree(path);
    if (error < 0) {
        return (int)error;
    }
    error = accept(&candidate, &exec->interpreter, INTERPRETER_BASE);
    candidate_end(&candidate);
    if (error < 0) {
        return error == -ENOEXEC || error == -EINVAL ? -ELIBBAD : (int)error;
    }
    bool good = fits(&exec->interpreter) && !page_ranges_meet(&exec->program, &exec->interpreter);
    return good ? 0 : -ENOMEM;
}

// Whose rights the program has: the task's own, or, if the file says so, those of its owner or
// group. What it may become again is what it is now. That a script says so does not matter: its
// interpreter does not know.
static int find_cred(struct exec *exec) {
    const struct inode *file = exec->program.file;
    const struct cred *own = current->cred;
    mutex_lock(&names_lock);
    bool set_gid = (file->mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP);
    uint32_t euid = (file->mode & S_ISUID) ? file->uid : own->euid;
    uint32_t egid = set_gid ? file->gid : own->egid;
    mutex_unlock(&names_lock);
    if (euid == own->euid && euid == own->suid && egid == own->egid && egid == own->sgid) {
        exec->cred = cred_get(current->cred);
        return 0;
    }
    struct cred *cred = cred_copy(own);
    if (cred == NULL) {
        return -ENOMEM;
    }
    cred->euid = euid;
    cred->egid = egid;
    cred->suid = cred->euid;
    cred->sgid = cred->egid;
    exec->cred = cred;
    return 0;
}

// Fills in what the candidate says, or, if that is a script, the program that it leads to, whose
// strings are others. After an error the candidate may be another one, or none.
static int find_program(struct exec *exec, struct candidate *candidate) {
    char interpreter[SCRIPT_LINE_BYTES];
    int error = 0;
    for (int scripts = 0; error == 0 && is_script(candidate); scripts++) {
        if (scripts == SCRIPTS_LIMIT) {
            return -ELOOP;
        }
        error =
            follow_script(exec, candidate, scripts == 0 ? exec->path : interpreter, interpreter);
    }
    if (error == 0) {
        error = accept(candidate, &exec->program, PROGRAM_BASE);
    }
    if (error == 0 && !fits(&exec->program)) {
        error = -ENOMEM;
    }
    if (error == 0 && exec->program.image.interp_bytes > 0) {
        error = find_interpreter(exec);
    }
    return error == 0 ? find_cred(exec) : error;
}

static void exec_end(struct exec *exec) {
    inode_put(exec->program.file);
    inode_put(exec->interpreter.file);
    cred_put(exec->cred);
    strings_destroy(exec->strings);
    kfree(exec->path);
    kfree(exec);
}

// An exec for a program that is called `path`, which it takes over. NULL when out of memory.
static struct exec *exec_begin(char *path) {
    struct exec *exec = kmalloc(sizeof *exec);
    if (exec == NULL) {
        kfree(path);
        return NULL;
    }
    exec->path = path;
    exec->strings = strings_create(strlen(path) + 1);
    if (exec->strings == NULL) {
        exec_end(exec);
        return NULL;
    }
    task_name_from(exec->name, path);
    random_fill(exec->random, sizeof exec->random);
    return exec;
}

// What is left to do: the strings that are the user's are added to those that there are.
static int exec_go(struct exec *exec, int dirfd, const char *path, unsigned flags, uintptr_t argv,
                   uintptr_t envp) {
    struct candidate candidate = {0};
    int error = candidate_begin(&candidate, dirfd, path, flags);
    if (error == 0) {
        error = strings_add_user(exec->strings, argv, envp);
    }
    if (error == 0) {
        error = find_program(exec, &candidate);
    }
    candidate_end(&candidate);
    if (error == 0) {
        error = LAB >= 3 ? task_exec(exec) : -ENOSYS;
    }
    if (error == 0) {
        const struct trapframe *tf = current->trapframe;
        trace(TRACE_EXEC, trapframe_pc(tf), trapframe_sp(tf), 0, 0, 0);
    }
    return error;
}

// What the file at `path` from directory `dirfd` is called: that, or, if it is not from the working
// directory, a path by way of the descriptor. NULL when out of memory.
static char *path_for_program(int dirfd, const char *path) {
    size_t bytes = strlen(path) + 1;
    bool by_descriptor = dirfd != AT_FDCWD && path[0] != '/';
    enum { DIRECTORY_BYTES = 32 };
    char *name = kmalloc(bytes + (by_descriptor ? DIRECTORY_BYTES : 0));
    if (name != NULL && by_descriptor) {
        snprintf(name, bytes + DIRECTORY_BYTES, "/dev/fd/%d%s%s", dirfd, bytes > 1 ? "/" : "",
                 path);
    } else if (name != NULL) {
        memcpy(name, path, bytes);
    }
    return name;
}

static bool closes_on_exec(int fd) {
    struct file *file = LAB >= 4 ? fd_get(current->files, fd) : NULL;
    bool closes = file != NULL && fd_control(current->files, fd, file, F_GETFD, 0) == FD_CLOEXEC;
    file_put(file);
    return closes;
}

int do_execve(int dirfd, uintptr_t user_path, uintptr_t argv, uintptr_t envp, unsigned flags) {
    char *path;
    int error = path_copy(&path, user_path);
    if (error < 0 && !(error == -ENOENT && (flags & AT_EMPTY_PATH))) {
        kfree(path);
        return error;
    }
    char *name = path_for_program(dirfd, path);
    struct exec *exec = name == NULL ? NULL : exec_begin(name);
    error = -ENOMEM;
    if (exec != NULL) {
        exec->path_closes = dirfd != AT_FDCWD && path[0] != '/' && closes_on_exec(dirfd);
        error = exec_go(exec, dirfd, path, flags, argv, envp);
        exec_end(exec);
    }
    kfree(path);
    return error;
}

// Adds `text`, word by word.
static int add_words(struct strings *strings, const char *text) {
    int error = 0;
    while (error == 0 && *text != '\0') {
        size_t length = 0;
        while (text[length] != '\0' && text[length] != ' ') {
            length++;
        }
        error = length == 0 ? 0 : strings_add(strings, text, length);
        text += length + (text[length] == ' ');
    }
    return error;
}

int exec_first(const char *path, const char *arguments) {
    char *copy = path_for_program(AT_FDCWD, path);
    struct exec *exec = copy == NULL ? NULL : exec_begin(copy);
    if (exec == NULL) {
        return -ENOMEM;
    }
    int error = strings_add(exec->strings, path, strlen(path));
    if (error == 0 && arguments != NULL) {
        error = add_words(exec->strings, arguments);
    }
    error = error == 0 ? exec_go(exec, AT_FDCWD, path, 0, 0, 0) : error;
    exec_end(exec);
    return error;
}
