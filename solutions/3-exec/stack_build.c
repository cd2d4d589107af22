// SPDX-License-Identifier: MIT
// Lab 3c: what a program finds on its stack when it starts.
//
// Handout: handouts/3-exec.md#stack-build. Contract: kern/labs.h. You need of the kernel that is
// given:
//
//     struct exec                  what there is to tell  task/exec.h
//     strings_argc, strings_envc, strings_bytes,
//     string_bytes, strings_write  the arguments          task/strings.h
//     mm_map_stack, mm_write       the stack              mm/fill.h
//     AT_*, struct elf64_phdr      what programs ask for  abi/auxv.h, base/elf.h
//     struct cred                  on whose behalf        task/cred.h
//     USER_TOP, PAGE_SIZE          the processor's        arch/layout.h
#include "abi/auxv.h"
#include "base/elf.h"
#include "base/string.h"
#include "kernel.h"
#include "labs.h"
#include "mm/fill.h"
#include "mm/mm.h"
#include "task/cred.h"
#include "task/exec.h"

//: solution
enum { TICKS_PER_SECOND = 100 }; // what times(2) counts in
enum { WORD = sizeof(uint64_t) };

// The words that come next, and where.
struct writer {
    struct mm *mm;
    uintptr_t at;
    int error; // of the first write that has failed
};

static void put(struct writer *writer, const void *from, size_t bytes) {
    if (writer->error == 0) {
        writer->error = mm_write(writer->mm, writer->at, from, bytes);
    }
    writer->at += bytes;
}

static void put_word(struct writer *writer, uint64_t word) {
    put(writer, &word, sizeof word);
}

// The addresses of strings number `first` to first + count, and NULL. Returns where the next string
// is.
static uintptr_t put_addresses(struct writer *writer, const struct strings *strings, unsigned first,
                               unsigned count, uintptr_t address) {
    for (unsigned i = first; i < first + count; i++) {
        put_word(writer, address);
        address += string_bytes(strings, i);
    }
    put_word(writer, 0);
    return address;
}

//: end
int stack_build(struct mm *mm, const struct exec *exec, uintptr_t *sp) {
    //: solution
    const struct program *program = &exec->program;
    const struct elf_image *image = &program->image;
    const struct strings *strings = exec->strings;
    const struct cred *cred = exec->cred;
    size_t path_bytes = strlen(exec->path) + 1;

    // From the top down.
    uintptr_t path = USER_TOP - path_bytes;
    uintptr_t text = path - strings_bytes(strings);
    uintptr_t random = text - sizeof exec->random;

    const uint64_t vector[][2] = {
        {AT_PAGESZ, PAGE_SIZE},
        {AT_CLKTCK, TICKS_PER_SECOND},
        {AT_PHENT, sizeof(struct elf64_phdr)},
        {AT_PHNUM, image->phdr_count},
        {AT_BASE, exec->interpreter.base},
        {AT_ENTRY, program->base + image->entry},
        {AT_UID, cred->uid},
        {AT_EUID, cred->euid},
        {AT_GID, cred->gid},
        {AT_EGID, cred->egid},
        {AT_SECURE, cred->uid != cred->euid || cred->gid != cred->egid},
        {AT_RANDOM, random},
        {AT_EXECFN, path},
        {image->phdrs != 0 ? AT_PHDR : AT_NULL, program->base + image->phdrs},
        {AT_NULL, 0},
    };
    size_t addresses = 1 + strings_argc(strings) + 1 + strings_envc(strings) + 1;
    *sp = (random - addresses * WORD - sizeof vector) & ~15UL;

    int error = mm_map_stack(mm, USER_TOP - *sp);
    if (error < 0) {
        return error;
    }
    struct writer writer = {.mm = mm, .at = *sp};
    put_word(&writer, strings_argc(strings));
    uintptr_t envp = put_addresses(&writer, strings, 0, strings_argc(strings), text);
    put_addresses(&writer, strings, strings_argc(strings), strings_envc(strings), envp);
    put(&writer, vector, sizeof vector);
    writer.at = random;
    put(&writer, exec->random, sizeof exec->random);
    writer.at = path;
    put(&writer, exec->path, path_bytes);
    return writer.error == 0 ? strings_write(strings, mm, text) : writer.error;
    //: skeleton
    //| (void)mm;
    //| (void)exec;
    //| (void)sp;
    //| lab_missing("stack_build", __FILE__);
    //: end
}
