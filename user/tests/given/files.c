// SPDX-License-Identifier: MIT
// Regular files: open and its flags, reading and writing, offsets, holes, sizes.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "errors.h"

static char buffer[20000];

static void opening(void) {
    result("open what is not there", open("f", O_RDONLY));
    result("create", open("f", O_RDWR | O_CREAT, 0666));
    result("create exclusively", open("f", O_RDWR | O_CREAT | O_EXCL, 0666));
    result("open it again", close(open("f", O_RDONLY)));
    result("open an empty path", open("", O_RDONLY));
    result("open a file as a directory", open("f", O_RDONLY | O_DIRECTORY));
    result("open with a slash behind", open("f/", O_RDONLY));
    result("create with a slash behind", open("g/", O_RDWR | O_CREAT, 0666));
    result("open below a file", open("f/x", O_RDONLY));
    result("create below what is not there", open("none/x", O_RDWR | O_CREAT, 0666));
    result("open . for writing", open(".", O_RDWR));
    result("create .", open(".", O_RDWR | O_CREAT, 0666));
    result("create . exclusively", open(".", O_RDWR | O_CREAT | O_EXCL, 0666));
    result("create ..", open("..", O_RDONLY | O_CREAT, 0666));
    result("truncate .", open(".", O_RDONLY | O_TRUNC));
    result("close it", close(3));
    result("close it again", close(3));
    result("close a negative one", close(-1));
}

static void writing(void) {
    int fd = open("f", O_RDWR | O_TRUNC);
    number("write", write(fd, "hello, world", 12));
    number("offset", lseek(fd, 0, SEEK_CUR));
    number("read at the end", read(fd, buffer, 10));
    number("back", lseek(fd, -5, SEEK_END));
    number("read", read(fd, buffer, 100));
    printf("read: %.5s\n", buffer);
    number("pread", pread(fd, buffer, 5, 0));
    printf("read: %.5s\n", buffer);
    number("pread beyond", pread(fd, buffer, 5, 1000));
    result("pread before", pread(fd, buffer, 5, -1));
    number("pwrite", pwrite(fd, "HELLO", 5, 0));
    result("pwrite before", pwrite(fd, "HELLO", 5, -1));
    number("the offset is as it was", lseek(fd, 0, SEEK_CUR));
    result("seek before the start", lseek(fd, -1, SEEK_SET));
    result("seek in an unknown way", lseek(fd, 0, 99));
    number("seek beyond the end", lseek(fd, 5, SEEK_END));
    number("read there", read(fd, buffer, 5));
    number("write there", write(fd, "x", 1));
    number("read all", pread(fd, buffer, 100, 0));
    printf("read: %.12s, then %d %d %d %d %d, then %c\n", buffer, buffer[12], buffer[13],
           buffer[14], buffer[15], buffer[16], buffer[17]);
    number("write nothing", write(fd, buffer, 0));
    result("close", close(fd));
    result("read what is closed", read(fd, buffer, 1));
    result("write what is closed", write(fd, buffer, 1));
    result("seek what is closed", lseek(fd, 0, SEEK_SET));
}

static void modes(void) {
    int fd = open("f", O_RDONLY);
    result("write what is open for reading", write(fd, "x", 1));
    result("truncate it", ftruncate(fd, 0));
    close(fd);
    fd = open("f", O_WRONLY);
    result("read what is open for writing", read(fd, buffer, 1));
    close(fd);
    fd = open("f", O_WRONLY | O_APPEND);
    number("offset before appending", lseek(fd, 0, SEEK_CUR));
    number("append", write(fd, "yz", 2));
    number("offset", lseek(fd, 0, SEEK_CUR));
    number("pwrite appends too", pwrite(fd, "!", 1, 0));
    number("size", lseek(fd, 0, SEEK_END));
    close(fd);
    fd = open("f", O_WRONLY | O_TRUNC);
    number("truncated", lseek(fd, 0, SEEK_END));
    close(fd);
    fd = open(".", O_RDONLY);
    result("read a directory", read(fd, buffer, 1));
    result("write a directory", write(fd, buffer, 1));
    close(fd);
}

// Pages, some of them never written: what is not there reads as zeros.
static void pages(void) {
    int fd = open("big", O_RDWR | O_CREAT, 0600);
    for (int i = 0; i < 20000; i++) {
        buffer[i] = (char)(i % 251);
    }
    number("write five pages", write(fd, buffer, 20000));
    number("write far away", pwrite(fd, "end", 3, 40L << 20));
    memset(buffer, 0, sizeof buffer);
    number("read them", pread(fd, buffer, 20000, 0));
    int wrong = 0;
    for (int i = 0; i < 20000; i++) {
        wrong += buffer[i] != (char)(i % 251);
    }
    number("wrong bytes", wrong);
    number("read across the end", pread(fd, buffer, 100, 20000 - 10));
    number("the last byte", buffer[9]);
    number("behind it", buffer[10]);
    number("read at the end", pread(fd, buffer, 100, 40L << 20));
    printf("read: %.3s\n", buffer);
    result("shrink", ftruncate(fd, 5000));
    result("grow", ftruncate(fd, 6000));
    number("size", lseek(fd, 0, SEEK_END));
    number("read what was cut off", pread(fd, buffer, 2000, 4999));
    printf("%d, then %d\n", buffer[0], buffer[1]);
    result("size below zero", ftruncate(fd, -1));
    result("size below zero, by name", truncate("big", -1));
    result("by name", truncate("big", 3));
    number("size", lseek(fd, 0, SEEK_END));
    result("a directory", truncate(".", 3));
    result("what is not there", truncate("none", 3));
    close(fd);
    unlink("big");
}

static void vectors(void) {
    int fd = open("f", O_RDWR | O_TRUNC);
    char one[] = "one ";
    char two[] = "two";
    struct iovec parts[3] = {{one, 4}, {one, 0}, {two, 3}};
    number("writev", writev(fd, parts, 3));
    lseek(fd, 0, SEEK_SET);
    char a[2], b[20];
    struct iovec into[2] = {{a, 2}, {b, 20}};
    number("readv", readv(fd, into, 2));
    printf("read: %.2s|%.5s\n", a, b);
    number("no parts", writev(fd, parts, 0));
    result("too many", writev(fd, parts, 1025));
    result("fewer than none", writev(fd, parts, -1));
    parts[2].iov_len = (size_t)-1;
    result("a length below zero", writev(fd, parts, 3));
    close(fd);
    result("a closed file", writev(fd, parts, 3));
}

static void removed(void) {
    struct stat status;
    int fd = open("f", O_RDWR | O_TRUNC);
    write(fd, "still", 5);
    result("remove an open file", unlink("f"));
    result("its name is gone", open("f", O_RDONLY));
    number("read it", pread(fd, buffer, 10, 0));
    fstat(fd, &status);
    printf("links %d, size %d\n", (int)status.st_nlink, (int)status.st_size);
    result("close it", close(fd));
    result("remove what is not there", unlink("f"));
}

int main(void) {
    opening();
    writing();
    modes();
    pages();
    vectors();
    removed();
    return 0;
}
