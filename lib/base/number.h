// SPDX-License-Identifier: MIT
// Reading numbers from text.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Reads the whole of `text` (up to its NUL) as a number: decimal, or hexadecimal after "0x".
// Returns false, and leaves *value alone, when there is no digit, something else than a digit, or
// more than 64 bits.
bool parse_number(const char *text, uint64_t *value);

// Reads exactly `digits` hexadecimal digits, as in the headers of a cpio archive.
bool parse_hex(const char *text, unsigned digits, uint64_t *value);
