// SPDX-License-Identifier: MIT
// Kernel mappings that only kern/arch/x86_64 makes.
#pragma once

#include <stdint.h>

// Maps one page of device registers. Returns its address.
void *kernel_map_device(uint64_t physical);
