// SPDX-License-Identifier: MIT
// Stands in for kern/mm/heap.h.
#pragma once

#include <stdlib.h>

#define kmalloc(bytes) calloc(1, bytes)
#define kfree(memory) free(memory)
