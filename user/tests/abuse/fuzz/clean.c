// SPDX-License-Identifier: MIT
// Removing what random calls have left in the file system.
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

static char entries[1024];

void look_through(const char *folder) {
    int fd = open(folder, O_RDONLY);
    while (TRY(SYS_getdents64, fd, entries, sizeof entries) > 0) {
    }
    close(fd);
}

// Removes what is in the current folder.
static void empty_folder(void) {
    for (;;) {
        int fd = open(".", O_RDONLY);
        long bytes = TRY(SYS_getdents64, fd, entries, sizeof entries);
        close(fd);
        const char *name = NULL;
        for (long at = 0; at < bytes && name == NULL;
             at += *(unsigned short *)(entries + at + 16)) {
            const char *here = entries + at + 19;
            name = strcmp(here, ".") == 0 || strcmp(here, "..") == 0 ? NULL : here;
        }
        if (name == NULL) {
            return;
        }
        if (unlink(name) < 0) {
            char folder[256];
            snprintf(folder, sizeof folder, "%s", name);
            if (chdir(folder) < 0) {
                give_up("a file cannot be removed");
            }
            empty_folder();
            if (chdir("..") < 0 || rmdir(folder) < 0) {
                give_up("a folder cannot be removed");
            }
        }
    }
}

static void remove_name(const char *folder, const char *name) {
    chdir(folder);
    if (unlink(name) < 0 && chdir(name) == 0) {
        empty_folder();
        chdir("..");
        rmdir(name);
    }
}

// Paths with ".." and descriptors may have led out of the scratch folder.
void clean_up(void) {
    static const char *const folders[] = {"/", "/dev"};
    char long_name[NAME_MAX + 1];
    memset(long_name, 'n', NAME_MAX);
    long_name[NAME_MAX] = '\0';
    chdir("/tmp");
    empty_folder();
    for (unsigned i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        for (char name[] = "a"; name[0] <= 'h'; name[0]++) {
            remove_name(folders[i], name);
        }
        remove_name(folders[i], "...");
        remove_name(folders[i], long_name);
    }
    look_through("/proc"); // which forgets those who have ended when somebody looks
    chdir("/");
}
