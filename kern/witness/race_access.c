// SPDX-License-Identifier: MIT
// Makes every access to memory in the labs' code a point where the order of CPUs may matter.
//
// In a checking build the labs are compiled as for a thread sanitizer: the compiler puts a call
// before each read and write, and makes each atomic operation a call. What there is to call pauses
// now and then (race.h). So a count that is looked at in one step and changed in another is caught
// between the two, and caught again by the same seed. Linux's KCSAN came to races by the same door.
//
// The names are those of LLVM's and GCC's run-time interface (compiler-rt,
// tsan_interface_atomic.h). Nobody else calls them: hence no header.
#include <stdbool.h>
#include <stdint.h>

#include "witness/race.h"

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

void __tsan_init(void) {
}

#define ACCESS(name)                                 \
    void __tsan_##name(const volatile void *where) { \
        (void)where;                                 \
        race_point();                                \
    }

ACCESS(read1)
ACCESS(read2)
ACCESS(read4)
ACCESS(read8)
ACCESS(read16)
ACCESS(unaligned_read2)
ACCESS(unaligned_read4)
ACCESS(unaligned_read8)
ACCESS(unaligned_read16)
ACCESS(write1)
ACCESS(write2)
ACCESS(write4)
ACCESS(write8)
ACCESS(write16)
ACCESS(unaligned_write2)
ACCESS(unaligned_write4)
ACCESS(unaligned_write8)
ACCESS(unaligned_write16)

void __tsan_read_range(const volatile void *where, uintptr_t bytes) {
    (void)where;
    (void)bytes;
    race_point();
}

void __tsan_write_range(const volatile void *where, uintptr_t bytes) {
    (void)where;
    (void)bytes;
    race_point();
}

// The order asked for is not looked at: the strongest does for all.
#define MODIFICATION(bits, name)                                                  \
    uint##bits##_t __tsan_atomic##bits##_##name(volatile uint##bits##_t *where,   \
                                                uint##bits##_t with, int order) { \
        (void)order;                                                              \
        race_point();                                                             \
        return __atomic_##name(where, with, __ATOMIC_SEQ_CST);                    \
    }

// Compare-and-exchange: GCC calls the first two, which tell what was there through a pointer, LLVM
// the third.
#define EXCHANGE_IF(bits, strength)                                                               \
    bool __tsan_atomic##bits##_compare_exchange_##strength(                                       \
        volatile uint##bits##_t *where, uint##bits##_t *expected, uint##bits##_t with, int order, \
        int fail) {                                                                               \
        (void)order;                                                                              \
        (void)fail;                                                                               \
        race_point();                                                                             \
        return __atomic_compare_exchange_n(where, expected, with, false, __ATOMIC_SEQ_CST,        \
                                           __ATOMIC_SEQ_CST);                                     \
    }

#define ATOMICS(bits)                                                                            \
    uint##bits##_t __tsan_atomic##bits##_load(const volatile uint##bits##_t *where, int order) { \
        (void)order;                                                                             \
        race_point();                                                                            \
        return __atomic_load_n(where, __ATOMIC_SEQ_CST);                                         \
    }                                                                                            \
    void __tsan_atomic##bits##_store(volatile uint##bits##_t *where, uint##bits##_t with,        \
                                     int order) {                                                \
        (void)order;                                                                             \
        race_point();                                                                            \
        __atomic_store_n(where, with, __ATOMIC_SEQ_CST);                                         \
    }                                                                                            \
    uint##bits##_t __tsan_atomic##bits##_exchange(volatile uint##bits##_t *where,                \
                                                  uint##bits##_t with, int order) {              \
        (void)order;                                                                             \
        race_point();                                                                            \
        return __atomic_exchange_n(where, with, __ATOMIC_SEQ_CST);                               \
    }                                                                                            \
    uint##bits##_t __tsan_atomic##bits##_compare_exchange_val(                                   \
        volatile uint##bits##_t *where, uint##bits##_t expected, uint##bits##_t with, int order, \
        int fail) {                                                                              \
        __tsan_atomic##bits##_compare_exchange_strong(where, &expected, with, order, fail);      \
        return expected;                                                                         \
    }

#define WIDTH(bits)               \
    MODIFICATION(bits, fetch_add) \
    MODIFICATION(bits, fetch_sub) \
    MODIFICATION(bits, fetch_and) \
    MODIFICATION(bits, fetch_or)  \
    MODIFICATION(bits, fetch_xor) \
    EXCHANGE_IF(bits, strong)     \
    EXCHANGE_IF(bits, weak)       \
    ATOMICS(bits)

WIDTH(8)
WIDTH(16)
WIDTH(32)
WIDTH(64)

void __tsan_atomic_thread_fence(int order) {
    (void)order;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void __tsan_atomic_signal_fence(int order) {
    (void)order;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}
