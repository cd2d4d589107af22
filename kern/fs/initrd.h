// SPDX-License-Identifier: MIT
// The initial file system: a cpio archive in the "new ASCII" format that the loader left in memory.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct initrd_file {
    const char *data; // borrowed: stays where the loader put it
    size_t bytes;
};

// Checks the archive from end to end. Ends the machine with a setup: line if there is none or if
// it is damaged.
void initrd_setup(void);

// Finds a regular file by its absolute path. Returns false if there is none.
bool initrd_find(const char *path, struct initrd_file *file);
