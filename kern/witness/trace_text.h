// SPDX-License-Identifier: MIT
// Events as text, in the words that trace patterns use.
#pragma once

#include <stddef.h>

#include "witness/trace.h"

struct trace_format {
    const char *name;
    const char *class;
    const char *arguments;
};

extern const struct trace_format trace_formats[];

// Writes `event` as `NAME pid=P cpu=C key=value ...`, cut to `bytes`.
void trace_text(const struct trace_event *event, char *to, size_t bytes);
