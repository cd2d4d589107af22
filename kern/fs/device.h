// SPDX-License-Identifier: MIT
// The files in /dev: console and tty (one and the same), null, zero, full.
#pragma once

// Makes them. Returns 0 or -ENOMEM.
int devices_add(void);
