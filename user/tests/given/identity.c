// SPDX-License-Identifier: MIT
// Who am I, and where is my thread-local storage?
#include <asm/prctl.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

static uint64_t block[2] = {0x1122334455667788, 0x99};

static long prctl_fs(long code, uintptr_t address) {
    return syscall(SYS_arch_prctl, code, address, 0L, 0L, 0L, 0L);
}

int main(void) {
    struct utsname name;
    uint64_t old = 0;
    uint64_t base = 0;
    uint64_t word = 0;
    printf("pid %d, parent %d\n", (int)getpid(), (int)getppid());
    printf("uname: %d, %s\n", uname(&name), name.machine);
    prctl_fs(ARCH_GET_FS, (uintptr_t)&old);
    long set = prctl_fs(ARCH_SET_FS, (uintptr_t)block);
    __asm__ volatile("mov %%fs:8, %0" : "=r"(word));
    long get = prctl_fs(ARCH_GET_FS, (uintptr_t)&base);
    prctl_fs(ARCH_SET_FS, old); // a C library wants its own back before anything else
    printf("set: %ld, get: %ld, the same: %d, through it: 0x%lx\n", set, get,
           base == (uintptr_t)block, word);
    long beyond = prctl_fs(ARCH_SET_FS, 0x0000800000000000);
    printf("beyond user memory: %s\n", beyond == -1 && errno == EPERM ? "EPERM" : "?");
    long unknown = prctl_fs(0x9999, 0);
    printf("unknown code: %s\n", unknown == -1 && errno == EINVAL ? "EINVAL" : "?");
    return 0;
}
