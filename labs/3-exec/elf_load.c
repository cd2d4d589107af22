// SPDX-License-Identifier: MIT
// Lab 3b: a program's segments, in its memory.
//
// Handout: handouts/3-exec.md#elf-load. Contract: kern/labs.h. You need of the kernel that is
// given:
//
//     struct program, elf_image, elf_segment          what elf_check has found       labs.h
//     mm_map, mm_map_file, mm_protect, mm_find_vma    vmas, and what they permit     mm/mm.h
//     mm_write_file, mm_write_zeros                   bytes that no page of the file
//                                                     can show, within vmas          mm/fill.h
#include <arch/layout.h>

#include "kernel.h"
#include "labs.h"
#include "mm/fill.h"
#include "mm/mm.h"

int elf_load(struct mm *mm, const struct program *program) {
    (void)mm;
    (void)program;
    lab_missing("elf_load", __FILE__);
}
