// SPDX-License-Identifier: MIT
// The files in /dev: the terminal by three names, null, zero, full.
#pragma once

// Linux's numbers (Documentation/admin-guide/devices.txt there).
#define DEVICE(major, minor) ((major) << 8 | (minor))
#define DEVICE_TTY DEVICE(4, 64)

// Makes them. Returns 0 or -ENOMEM.
int devices_add(void);
