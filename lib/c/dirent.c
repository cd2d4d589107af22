// SPDX-License-Identifier: MIT
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "call.h"

enum { BUFFER_BYTES = 2048 };

struct DIR {
    int fd;
    size_t next; // [next, end) of the buffer are entries that have not been handed out
    size_t end;
    char buffer[BUFFER_BYTES] __attribute__((aligned(8)));
};

DIR *opendir(const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = fd < 0 ? NULL : malloc(sizeof *directory);
    if (directory != NULL) {
        directory->fd = fd;
        directory->next = directory->end = 0;
    } else if (fd >= 0) {
        close(fd);
    }
    return directory;
}

struct dirent *readdir(DIR *directory) {
    if (directory->next == directory->end) {
        long got = CALL(SYS_getdents64, directory->fd, directory->buffer, BUFFER_BYTES);
        if (got <= 0) {
            return NULL;
        }
        directory->next = 0;
        directory->end = (size_t)got;
    }
    struct dirent *entry = (struct dirent *)(directory->buffer + directory->next);
    directory->next += entry->d_reclen;
    return entry;
}

void rewinddir(DIR *directory) {
    lseek(directory->fd, 0, SEEK_SET);
    directory->next = directory->end = 0;
}

int dirfd(DIR *directory) {
    return directory->fd;
}

int closedir(DIR *directory) {
    int fd = directory->fd;
    free(directory);
    return close(fd);
}
