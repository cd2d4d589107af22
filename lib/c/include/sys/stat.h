// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

mode_t umask(mode_t mask);
int mkdir(const char *path, mode_t mode);
