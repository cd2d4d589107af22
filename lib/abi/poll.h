// SPDX-License-Identifier: MIT
// What poll tells of a file: Linux's numbers.
#pragma once

#define POLLIN 1
#define POLLOUT 4
#define POLLERR 8
#define POLLHUP 16
#define POLLNVAL 32
