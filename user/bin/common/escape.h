// SPDX-License-Identifier: MIT
// Backslashes in what echo and printf print (XCU, echo and printf).
#pragma once

#include <stdbool.h>

// Prints the character that begins at *at, which is behind a backslash, and steps over it.
// `octal_zero`: octal numbers begin with a 0 that does not count (echo, %b). False for \c: nothing
// more is to be printed.
bool escape_print(const char **at, bool octal_zero);
