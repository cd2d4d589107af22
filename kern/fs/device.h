// SPDX-License-Identifier: MIT
// The files in /dev: the terminal by three names, null, zero, full.
#pragma once

// Makes them. Returns 0 or -ENOMEM.
int devices_add(void);
