// SPDX-License-Identifier: MIT
// Flat images: the simplest form of a program that is still loaded with the right permissions.
// The file is memory as it shall be from `base` on: a header, code, constants, data; uninitialised
// data follows. user/flat.ld lays it out, and the linker fills in the header.
#pragma once

#include <stdint.h>

#include "mm/mm.h"

#define FLAT_MAGIC "TINEFLAT"

struct flat_header {
    char magic[8];
    uint64_t base;         // where the file's first byte belongs; page-aligned
    uint64_t entry;        // first instruction, in the code
    uint64_t rodata_start; // code is [base, rodata_start): readable and executable
    uint64_t data_start;   // constants are [rodata_start, data_start): readable
    uint64_t data_end;     // data is [data_start, data_end): readable and writable
    uint64_t bss_end;      // [data_end, bss_end) is zero, readable and writable
};

struct flat_start {
    uintptr_t pc;
    uintptr_t sp;
};

// Loads the program at `path` into the empty address space `mm`, with a stack that holds argc,
// argv, and empty envp and auxiliary vector (System V ABI, x86-64 supplement, section 3.4.1). argv
// is the path and the words of `arguments`; if that is NULL, argc is 0. Returns 0, -ENOEXEC,
// -EACCES (not a regular file), -E2BIG, -ENOMEM or an error of the path; after an error the caller
// destroys `mm`.
int flat_load(struct mm *mm, const char *path, const char *arguments, struct flat_start *start);

// What an error of flat_load means, in words.
const char *flat_error(int error);
