// SPDX-License-Identifier: MIT
// Stands in for kern/kernel.h where a part of the kernel is tried on the host.
#pragma once

#include <stdint.h>
#include <stdlib.h>

#define ASSERT(condition) ((condition) ? (void)0 : abort())
