// SPDX-License-Identifier: MIT
// Two tables of descriptors, but one open file: what one of the two closes stays open in the other,
// and the place in the file is common to both. The pipes keep all their ends: closing is what is
// being tested.
#include <fcntl.h>
#include <stdio.h>
#include <tine.h>
#include <unistd.h>

static int file;
static int up[2];
static int down[2];

static const char *open_or_closed(int fd) {
    return lseek(fd, 0, SEEK_CUR) >= 0 ? "open" : "closed";
}

static void read_and_close(void) {
    char bytes[2];
    long got = read(file, bytes, sizeof bytes);
    close(file);
    probe_mark(1, got);
    write(up[1], "!", 1);
    _exit(0);
}

static void read_after_go(void) {
    char answer[3] = "??";
    char go;
    read(down[0], &go, 1);
    probe_mark(2, read(file, answer, 2));
    write(up[1], answer, sizeof answer);
    _exit(0);
}

int main(void) {
    char text[3];
    file = open("scratch", O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || write(file, "abcdef", 6) != 6 || lseek(file, 0, SEEK_SET) != 0 ||
        pipe(up) < 0 || pipe(down) < 0) {
        puts("the test could not be set up");
        return 1;
    }
    if (fork() == 0) {
        read_and_close();
    }
    read(up[0], text, 1);
    long offset = lseek(file, 0, SEEK_CUR);
    printf("the child closed the file: in the parent it is %s\n", open_or_closed(file));
    printf("the child read 2 bytes: the parent's offset is %ld\n", offset);
    if (fork() == 0) {
        read_after_go();
    }
    close(file);
    write(down[1], "!", 1);
    read(up[0], text, sizeof text);
    printf("the parent closed the file: the child went on reading %s\n", text);
    return 0;
}
