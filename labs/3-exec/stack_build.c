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

int stack_build(struct mm *mm, const struct exec *exec, uintptr_t *sp) {
    (void)mm;
    (void)exec;
    (void)sp;
    lab_missing("stack_build", __FILE__);
}
