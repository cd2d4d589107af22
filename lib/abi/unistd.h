// SPDX-License-Identifier: MIT
// Where lseek counts from: Linux's numbers.
#pragma once

#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#define SEEK_DATA 3
#define SEEK_HOLE 4
