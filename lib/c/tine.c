// SPDX-License-Identifier: MIT
#include <errno.h>
#include <sys/syscall.h>
#include <tine.h>
#include <unistd.h>

long pages_present(void) {
    return syscall(SYS_pages_present);
}

void probe_mark(int id, long value) {
    syscall(SYS_probe, PROBE_MARK, (long)id, value);
}

void probe_stop(int id) {
    syscall(SYS_probe, PROBE_STOP, (long)id);
}

long probe_audit(void) {
    return syscall(SYS_probe, PROBE_AUDIT);
}

long probe_fail(enum inject_class class, long n) {
    return syscall(SYS_probe, PROBE_FAIL, (long)class, n);
}

long probe_frame_of(const void *address) {
    return syscall(SYS_probe, PROBE_FRAME_OF, address);
}

int probe_thread(void (*function)(void), void *stack_top, int files) {
    void **top = stack_top;
    *--top = 0; // a function begins with a return address above a multiple of 16
    return (int)syscall(SYS_probe, PROBE_THREAD, function, top, (long)files);
}

int lab_unwritten(const char *function, const char *file) {
    syscall(SYS_probe, PROBE_UNWRITTEN, function, file);
    errno = ENOSYS;
    return -1;
}
