// SPDX-License-Identifier: MIT
// The strings that a program is started with, in kernel memory: first those of argv, then those of envp.
// They are fetched from user memory once: what another thread does to them afterwards does not matter.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct mm;

// As Linux has it: all strings with their NULs, and 8 bytes for each one's address, are at most ARG_BYTES_MAX,
// a quarter of a stack; one string is at most STRING_BYTES_MAX, its NUL included.
#define ARG_BYTES_MAX (2UL << 20)
#define STRING_BYTES_MAX (128UL << 10)

struct strings;

// How many there are of each, and how many bytes all of them have, with their NULs.
unsigned strings_argc(const struct strings *strings);
unsigned strings_envc(const struct strings *strings);
size_t strings_bytes(const struct strings *strings);

// How many bytes string number `index` has, with its NUL: 0 is argv's first; argc is envp's first.
size_t string_bytes(const struct strings *strings, unsigned index);

// Stores all of them, one behind the other, at `to` in `mm`, which has a vma there (mm_write). Returns 0 or -ENOMEM.
int strings_write(const struct strings *strings, struct mm *mm, uintptr_t to);
