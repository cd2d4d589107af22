// SPDX-License-Identifier: MIT
// Another correct stack_build: the strings first, and above all others; the vector in another
// order, with more entries than anybody needs; unused bytes in between. With debug printing.
#include "abi/auxv.h"
#include "base/elf.h"
#include "base/string.h"
#include "kernel.h"
#include "labs.h"
#include "mm/fill.h"
#include "mm/mm.h"
#include "task/cred.h"
#include "task/exec.h"

#define AT_FLAGS 8
#define AT_PLATFORM 15
#define AT_HWCAP 16

enum { UNUSED_BYTES = 200 };

static int write_words(struct mm *mm, uintptr_t *at, const uint64_t *words, unsigned count) {
    int error = mm_write(mm, *at, words, count * sizeof *words);
    *at += count * sizeof *words;
    return error;
}

// One array, backwards: `past` is the address behind its last string.
static int write_array(struct mm *mm, uintptr_t array, const struct strings *strings,
                       unsigned first, unsigned count, uintptr_t past) {
    const uint64_t null = 0;
    int error = mm_write(mm, array + count * sizeof past, &null, sizeof null);
    for (unsigned i = count; i > 0 && error == 0; i--) {
        past -= string_bytes(strings, first + i - 1);
        error = mm_write(mm, array + (i - 1) * sizeof past, &past, sizeof past);
    }
    return error;
}

static int write_vector(struct mm *mm, const struct exec *exec, uintptr_t at, uintptr_t random,
                        uintptr_t path, uintptr_t platform) {
    const struct elf_image *image = &exec->program.image;
    const struct cred *cred = exec->cred;
    const uint64_t entries[][2] = {
        {AT_RANDOM, random},
        {AT_FLAGS, 0},
        {AT_HWCAP, 0x1234},
        {AT_PLATFORM, platform},
        {AT_EXECFN, path},
        {AT_SECURE, cred->egid != cred->gid || cred->euid != cred->uid},
        {AT_EGID, cred->egid},
        {AT_GID, cred->gid},
        {AT_EUID, cred->euid},
        {AT_UID, cred->uid},
        {AT_ENTRY, exec->program.base + image->entry},
        {AT_BASE, exec->interpreter.file == NULL ? 0 : exec->interpreter.base},
        {AT_CLKTCK, 100},
        {AT_PAGESZ, PAGE_SIZE},
        {AT_PHENT, sizeof(struct elf64_phdr)},
        {AT_PHNUM, image->phdr_count},
    };
    const uint64_t phdr[2] = {AT_PHDR, exec->program.base + image->phdrs};
    const uint64_t end[2] = {AT_NULL, 0};
    int error = 0;
    if (image->phdrs != 0) {
        error = write_words(mm, &at, phdr, 2);
    }
    for (unsigned i = 0; i < sizeof entries / sizeof entries[0] && error == 0; i++) {
        error = write_words(mm, &at, entries[i], 2);
    }
    return error == 0 ? write_words(mm, &at, end, 2) : error;
}

int stack_build(struct mm *mm, const struct exec *exec, uintptr_t *sp) {
    static const char platform_name[] = "x86_64";
    const struct strings *strings = exec->strings;
    unsigned argc = strings_argc(strings);
    unsigned envc = strings_envc(strings);
    size_t path_bytes = strlen(exec->path) + 1;
    uintptr_t past = USER_TOP - UNUSED_BYTES;
    uintptr_t text = past - strings_bytes(strings);
    uintptr_t path = text - path_bytes;
    uintptr_t platform = path - UNUSED_BYTES - sizeof platform_name;
    uintptr_t random = (platform - sizeof exec->random) & ~63UL;
    uintptr_t vector = (random - UNUSED_BYTES - 18 * 16) & ~15UL;
    uintptr_t argv = vector - (argc + 1 + envc + 1) * sizeof(uint64_t);
    while ((argv - sizeof(uint64_t)) % 16 != 0) {
        vector -= sizeof(uint64_t);
        argv -= sizeof(uint64_t);
    }
    uintptr_t envp = argv + (argc + 1) * sizeof(uint64_t);
    *sp = argv - sizeof(uint64_t);
    printk("DEBUG: argc at 0x%lx, vector at 0x%lx\n", *sp, vector);

    int error = mm_map_stack(mm, USER_TOP - *sp);
    if (error == 0) {
        error = strings_write(strings, mm, text);
    }
    if (error == 0) {
        error = write_array(mm, envp, strings, argc, envc, past);
    }
    for (unsigned i = 0; i < envc; i++) {
        past -= string_bytes(strings, argc + i);
    }
    const uint64_t count = argc;
    if (error == 0) {
        error = write_array(mm, argv, strings, 0, argc, past);
    }
    if (error == 0) {
        error = mm_write(mm, *sp, &count, sizeof count);
    }
    if (error == 0) {
        error = mm_write(mm, path, exec->path, path_bytes);
    }
    if (error == 0) {
        error = mm_write(mm, platform, platform_name, sizeof platform_name);
    }
    if (error == 0) {
        error = mm_write(mm, random, exec->random, sizeof exec->random);
    }
    return error == 0 ? write_vector(mm, exec, vector, random, path, platform) : error;
}
