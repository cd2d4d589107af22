// SPDX-License-Identifier: MIT
// Every system call that takes a pointer, with pointers that are wrong in every way. The answer is
// EFAULT, and the program goes on.
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096UL
#define ARCH_GET_FS 0x1003

static const struct {
    const char *what;
    uintptr_t address;
} pointers[] = {
    {"NULL", 0},
    {"the first page", 8},
    {"nothing mapped", 0x300000000},
    {"read-only memory", 0x310000000},
    {"the last bytes before a hole", 0x320000000 + PAGE - 4},
    {"the end of user memory", 0x00007ffffffff000 - 4},
    {"just beyond it", 0x0000800000000000},
    {"not canonical", 0x0123456789abcdef},
    {"kernel memory", 0xffff800000100000},
    {"kernel code", 0xffffffff80106000},
    {"the very end", 0xfffffffffffffff8},
};
enum { POINTERS = sizeof pointers / sizeof pointers[0] };

static const char *answer(long value) {
    if (value >= 0) {
        return "ok";
    }
    return errno == EFAULT ? "EFAULT" : "another error";
}

int main(void) {
    char *read_only =
        mmap((void *)0x310000000, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    char *page = mmap((void *)0x320000000, PAGE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (read_only == MAP_FAILED || page == MAP_FAILED) {
        puts("mmap failed");
        return 1;
    }
    page[0] = 'x';
    for (int i = 0; i < POINTERS; i++) {
        long at = (long)pointers[i].address;
        printf("%s\n", pointers[i].what);
        printf("  uname: %s\n", answer(syscall(SYS_uname, at, 0L, 0L, 0L, 0L, 0L)));
        printf("  arch_prctl: %s\n",
               answer(syscall(SYS_arch_prctl, (long)ARCH_GET_FS, at, 0L, 0L, 0L, 0L)));
        if (pointers[i].address != 0x310000000 && pointers[i].address % PAGE != PAGE - 4) {
            printf("  write: %s\n", answer(syscall(SYS_write, 1L, at, 8L, 0L, 0L, 0L)));
        }
        if (pointers[i].address < 0x00007fffffff0000) { // beyond, Linux's versions differ
            printf("  write no bytes: %s\n", answer(syscall(SYS_write, 1L, at, 0L, 0L, 0L, 0L)));
        }
    }
    printf("a file that is not open: %s\n",
           write(77, page, 1) < 0 && errno == EBADF ? "EBADF" : "?");
    return 0;
}
