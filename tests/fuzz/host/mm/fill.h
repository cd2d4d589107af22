// SPDX-License-Identifier: MIT
// Stands in for kern/mm/fill.h.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct mm;

int mm_write(struct mm *mm, uintptr_t va, const void *from, size_t bytes);
