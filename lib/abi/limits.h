// SPDX-License-Identifier: MIT
// Linux's limits, in bytes.
#pragma once

#define NAME_MAX 255  // of a component of a path
#define PATH_MAX 4096 // of a path, with its NUL
#define PIPE_BUF 4096 // what is written to a pipe in one piece
