// SPDX-License-Identifier: MIT
// The strings that a program is started with, in kernel memory: first those of argv, then those of
// envp. They are fetched from user memory once: what another thread does to them afterwards does
// not matter.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct mm;
struct strings;

// As Linux has it: all strings with their NULs, with the program's path, and 8 bytes for the
// address of each, are at most ARG_BYTES_MAX, a quarter of a stack; one string has at most
// STRING_BYTES_MAX, its NUL included.
#define ARG_BYTES_MAX (2UL << 20)
#define STRING_BYTES_MAX (128UL << 10)

// ---- For those who build a stack -------------------------------------------------------------

// How many there are of each, and how many bytes all of them have, with their NULs.
unsigned strings_argc(const struct strings *strings);
unsigned strings_envc(const struct strings *strings);
size_t strings_bytes(const struct strings *strings);

// How many bytes string number `index` has, with its NUL: 0 is argv's first; argc is envp's first.
size_t string_bytes(const struct strings *strings, unsigned index);

// Stores all of them, one behind the other, at `to` in `mm`, which is locked and has a vma there.
// Returns 0 or -ENOMEM.
int strings_write(const struct strings *strings, struct mm *mm, uintptr_t to);

// ---- For those who collect them --------------------------------------------------------------

// None yet; `taken` bytes of the limit are used otherwise. NULL when out of memory.
struct strings *strings_create(size_t taken);

void strings_destroy(struct strings *strings); // NULL is allowed

// Adds one for argv. Environments come last. Returns 0, -E2BIG or -ENOMEM.
int strings_add(struct strings *strings, const char *text, size_t length);

// Adds those that the user's array `argv`, then those that `envp` leads to; an array at address 0
// is an empty one. Without any for argv, an empty one is added: programs expect argv[0]. Returns 0,
// -EFAULT, -E2BIG or -ENOMEM.
int strings_add_user(struct strings *strings, uintptr_t argv, uintptr_t envp);

// Adds those of `from` but for the first `skipped` of its argv. Returns 0, -E2BIG or -ENOMEM.
int strings_add_rest(struct strings *strings, const struct strings *from, unsigned skipped);
