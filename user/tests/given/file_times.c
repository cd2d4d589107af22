// SPDX-License-Identifier: MIT
// Whether a file's time of modification tells of what is written to its pages: after msync or
// munmap at the latest, and only then. For Tine alone: on Linux it depends on the file system, and
// is earlier.
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096L

static int fd;

// Says whether the file has been modified since the last time.
static void look(const char *when) {
    static struct timespec last;
    const struct timespec pause = {0, 1000000};
    struct stat status;
    nanosleep(&pause, NULL);
    fstat(fd, &status);
    int same = status.st_mtim.tv_sec == last.tv_sec && status.st_mtim.tv_nsec == last.tv_nsec;
    printf("%s: %s\n", when, same ? "the same" : "modified");
    last = status.st_mtim;
}

static char *map(int prot, int flags) {
    return mmap(NULL, 2 * PAGE, prot, flags, fd, 0);
}

int main(void) {
    fd = open("/tmp/times", O_RDWR | O_CREAT | O_TRUNC, 0600);
    ftruncate(fd, 2 * PAGE);
    look("made");
    char *page = map(PROT_READ | PROT_WRITE, MAP_SHARED);
    printf("it has %d\n", *(volatile char *)page);
    msync(page, 2 * PAGE, MS_SYNC);
    look("read");
    char *other = map(PROT_READ | PROT_WRITE, MAP_SHARED);
    printf("%d is read elsewhere\n", *(volatile char *)other);
    munmap(other, 2 * PAGE);
    look("unmapped there");
    page[PAGE] = 1;
    msync(page, PAGE, MS_SYNC);
    look("written to, another page synced");
    msync(page + PAGE, PAGE, MS_ASYNC);
    look("synced");
    msync(page, 2 * PAGE, MS_SYNC);
    look("synced again");
    page[PAGE] = 2;
    msync(page, 2 * PAGE, MS_SYNC);
    look("written to again, and synced");
    page[0] = 3;
    mprotect(page, PAGE, PROT_READ);
    look("written to, then read-only");
    page[PAGE] = 4;
    munmap(page, 2 * PAGE);
    look("written to, then unmapped");
    page = map(PROT_READ | PROT_WRITE, MAP_PRIVATE);
    page[0] = page[PAGE] = 5;
    mprotect(page, PAGE, PROT_READ);
    msync(page, 2 * PAGE, MS_SYNC);
    munmap(page, 2 * PAGE);
    look("a private mapping written to");
    if (fork() == 0) {
        *map(PROT_READ | PROT_WRITE, MAP_SHARED) = 6;
        _exit(0);
    }
    wait(NULL);
    look("written to by a child that has ended");
    return 0;
}
