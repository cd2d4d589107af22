// SPDX-License-Identifier: MIT
#include <tine.h>
#include <unistd.h>

enum { SYS_PROBE = 0x1000, SYS_PAGES_PRESENT = 0x1001 };
enum {
    PROBE_MARK = 1,
    PROBE_FRAME_OF = 2,
    PROBE_AUDIT = 3,
    PROBE_STOP = 4,
    PROBE_FAIL = 5,
    PROBE_THREAD = 6,
};

long pages_present(void) {
    return syscall(SYS_PAGES_PRESENT);
}

void probe_mark(int id, long value) {
    syscall(SYS_PROBE, PROBE_MARK, (long)id, value);
}

void probe_stop(int id) {
    syscall(SYS_PROBE, PROBE_STOP, (long)id);
}

long probe_audit(void) {
    return syscall(SYS_PROBE, PROBE_AUDIT);
}

long probe_fail(int class, long n) {
    return syscall(SYS_PROBE, PROBE_FAIL, (long)class, n);
}

long probe_frame_of(const void *address) {
    return syscall(SYS_PROBE, PROBE_FRAME_OF, address);
}

int probe_thread(void (*function)(void), void *stack_top, int files) {
    void **top = stack_top;
    *--top = 0; // a function begins with a return address above a multiple of 16
    return (int)syscall(SYS_PROBE, PROBE_THREAD, function, top, (long)files);
}
