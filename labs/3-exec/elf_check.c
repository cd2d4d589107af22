// SPDX-License-Identifier: MIT
// Lab 3a: is this file a program, and what is to be done with it?
//
// Handout: handouts/3-exec.md#elf-check. Contract: kern/labs.h. You need of what is given:
//
//     struct elf64_ehdr, elf64_phdr, ET_*, PT_*, PF_*   what is in the file           base/elf.h
//     ELF_MACHINE, USER_TOP, PAGE_SIZE                  the processor's numbers       arch/layout.h
//     PROT_READ, PROT_WRITE, PROT_EXEC                  what memory permits           abi/mman.h
//     PATH_MAX                                          the longest path, with NUL    abi/limits.h
#include "abi/limits.h"
#include "abi/mman.h"
#include "arch/layout.h"
#include "base/elf.h"
#include "base/string.h"
#include "errno.h"
#include "kernel.h"
#include "labs.h"

int elf_check(const void *head, size_t bytes, uint64_t file_bytes, struct elf_image *image) {
    (void)head;
    (void)bytes;
    (void)file_bytes;
    (void)image;
    lab_missing("elf_check", __FILE__);
}
