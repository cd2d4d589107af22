// SPDX-License-Identifier: MIT
// What was made for the files about tasks goes when the tasks have gone, even if nobody lists
// /proc. For Tine alone: Linux's free memory changes for many reasons.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WARM = 20, CHILDREN = 300, LIMIT_KIB = 8 };

static long free_kib(void) {
    char text[512];
    int fd = open("/proc/meminfo", O_RDONLY);
    text[read(fd, text, sizeof text - 1)] = '\0';
    close(fd);
    return atoi(strchr(strchr(text, '\n'), ':') + 1);
}

static void children(int count) {
    for (int i = 0; i < count; i++) {
        if (fork() == 0) {
            char byte;
            _exit(read(open("/proc/self/status", O_RDONLY), &byte, 1) != 1);
        }
        wait(NULL);
    }
}

int main(void) {
    children(WARM);
    long before = free_kib();
    children(CHILDREN);
    long lost = before - free_kib();
    printf("forgotten: %s\n", lost < LIMIT_KIB ? "yes" : "no");
    return 0;
}
