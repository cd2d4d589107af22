// SPDX-License-Identifier: MIT
// Patterns: XCU 2.13. In a pattern a backslash takes the meaning from the character behind it; that
// is how what was quoted gets here.
#pragma once

#include <stdbool.h>

// Whether the whole text fits. In a path's pattern a dot at the beginning fits nothing but a dot.
bool pattern_fits(const char *pattern, const char *text);

// The pattern as text: without its backslashes, in place.
void pattern_to_text(char *pattern);

struct fields;

// Adds the paths that fit, sorted, to the fields. False, and nothing is added, if there are none.
bool pattern_add_paths(const char *pattern, struct fields *fields);
