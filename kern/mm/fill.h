// SPDX-License-Identifier: MIT
// Putting bytes into an address space that nobody uses yet, whatever its vmas permit: for programs
// that are being loaded. Each page that is written to gets a frame of its own, with what it would
// show otherwise. `mm` is locked. All return 0 or -ENOMEM; or -EIO if a file that is mapped there,
// or read, has become too short.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct inode;
struct mm;

// Stores at [va, va + bytes), all of it in private vmas: what is at `from` in kernel memory; zeros;
// what is in the regular file `inode` from byte `offset` on.
int mm_write(struct mm *mm, uintptr_t va, const void *from, size_t bytes);
int mm_write_zeros(struct mm *mm, uintptr_t va, size_t bytes);
int mm_write_file(struct mm *mm, uintptr_t va, struct inode *inode, uint64_t offset, size_t bytes);

// Adds a stack that ends at USER_TOP and has room for `bytes` at once. Returns 0, -ENOMEM (also if
// something else is there), or -E2BIG: no stack may be that large.
int mm_map_stack(struct mm *mm, size_t bytes);
