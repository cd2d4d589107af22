// SPDX-License-Identifier: MIT
#pragma once

typedef long ssize_t;
typedef long off_t;
typedef int pid_t;
