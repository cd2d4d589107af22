// SPDX-License-Identifier: MIT
// For programs on the host that try elf_check.
#pragma once

#include "labs.h"

// What is wrong with a plan that elf_check has made, or NULL: the promises of kern/labs.h, each
// looked at in another way than elf_check does.
const char *elf_plan_complaint(const struct elf_image *image, uint64_t file_bytes);
