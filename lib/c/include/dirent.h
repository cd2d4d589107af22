// SPDX-License-Identifier: MIT
// Reading directories (POSIX); an entry is as Linux lays it out.
#pragma once

#include <sys/types.h>

struct dirent {
    ino_t d_ino;
    off_t d_off;
    unsigned short d_reclen;
    unsigned char d_type;
    char d_name[256];
};

#define DT_UNKNOWN 0
#define DT_FIFO 1
#define DT_CHR 2
#define DT_DIR 4
#define DT_REG 8
#define DT_LNK 10

typedef struct DIR DIR;

DIR *opendir(const char *path);
struct dirent *readdir(DIR *directory); // the next call overwrites the entry
void rewinddir(DIR *directory);
int dirfd(DIR *directory);
int closedir(DIR *directory);
