// SPDX-License-Identifier: MIT
// POSIX functions that are system calls, nearly.
#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "call.h"

long syscall(long number, ...) {
    long a[6];
    va_list arguments;
    va_start(arguments, number);
    for (int i = 0; i < 6; i++) {
        a[i] = va_arg(arguments, long);
    }
    va_end(arguments);
    return CALL(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

ssize_t read(int fd, void *to, size_t bytes) {
    return CALL(SYS_read, fd, to, bytes);
}

ssize_t write(int fd, const void *from, size_t bytes) {
    return CALL(SYS_write, fd, from, bytes);
}

// The kernel answers where the break is, not whether it could be moved.
int brk(void *end) {
    if (raw_syscall(SYS_brk, (long)end, 0, 0, 0, 0, 0) != (long)end) {
        errno = ENOMEM;
        return -1;
    }
    return 0;
}

void *sbrk(intptr_t bytes) {
    long old = raw_syscall(SYS_brk, 0, 0, 0, 0, 0, 0);
    return bytes != 0 && brk((void *)(old + bytes)) < 0 ? (void *)-1 : (void *)old;
}

void *mmap(void *hint, size_t bytes, int prot, int flags, int fd, off_t offset) {
    return (void *)CALL(SYS_mmap, hint, bytes, prot, flags, fd, offset);
}

int munmap(void *start, size_t bytes) {
    return (int)CALL(SYS_munmap, start, bytes);
}

int mprotect(void *start, size_t bytes, int prot) {
    return (int)CALL(SYS_mprotect, start, bytes, prot);
}

int msync(void *start, size_t bytes, int flags) {
    return (int)CALL(SYS_msync, start, bytes, flags);
}

int uname(struct utsname *name) {
    return (int)CALL(SYS_uname, name);
}

int reboot(int command) {
    return (int)CALL(SYS_reboot, RB_MAGIC1, RB_MAGIC2, command);
}

_Noreturn void _exit(int status) {
    for (;;) {
        raw_syscall(SYS_exit_group, status, 0, 0, 0, 0, 0);
    }
}

int prctl(int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    long first = va_arg(arguments, long);
    va_end(arguments);
    return (int)CALL(SYS_prctl, command, first);
}

int sysinfo(struct sysinfo *info) {
    return (int)CALL(SYS_sysinfo, info);
}
