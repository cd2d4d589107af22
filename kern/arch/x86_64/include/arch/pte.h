// SPDX-License-Identifier: MIT
// The format of a page-table entry (Intel SDM volume 3A, section 4.5, table 4-20).
//
// An entry that names a frame is *present* in the sense of this kernel. There are two kinds:
// the processor may use it (bit P), or it belongs to a page with PROT_NONE: P is clear, so that
// every access faults, and bit 8 says that the frame is still there. The processor ignores
// bit 8 where P is clear.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi/mman.h"
#include "mm/frame.h"

typedef struct {
    uint64_t bits;
} pte_t;

#define PTE_P (1UL << 0)         // present
#define PTE_W (1UL << 1)         // writable
#define PTE_U (1UL << 2)         // user mode may use it
#define PTE_PCD (1UL << 4)       // not cached: for device registers
#define PTE_A (1UL << 5)         // accessed, set by the processor
#define PTE_D (1UL << 6)         // dirty, set by the processor
#define PTE_PS (1UL << 7)        // large page, in a directory entry
#define PTE_PROT_NONE (1UL << 8) // with P clear: a frame that nobody may touch
#define PTE_NX (1UL << 63)       // not executable
#define PTE_ADDRESS 0x000ffffffffff000UL

static inline bool pte_none(pte_t pte) {
    return pte.bits == 0;
}

// True if the entry names a frame, even one that the page's protection keeps from being touched.
static inline bool pte_present(pte_t pte) {
    return (pte.bits & (PTE_P | PTE_PROT_NONE)) != 0;
}

// True if user mode can reach the frame at all, by a read, a write or a fetch.
static inline bool pte_user(pte_t pte) {
    return (pte.bits & (PTE_P | PTE_U)) == (PTE_P | PTE_U);
}

static inline bool pte_writable(pte_t pte) {
    return (pte.bits & (PTE_P | PTE_W)) == (PTE_P | PTE_W);
}

static inline bool pte_executable(pte_t pte) {
    return (pte.bits & (PTE_P | PTE_NX)) == PTE_P;
}

// The physical address in a present entry.
static inline uint64_t pte_address(pte_t pte) {
    return pte.bits & PTE_ADDRESS;
}

// The frame that a present entry names.
static inline struct frame *pte_frame(pte_t pte) {
    return frame_at(pte_address(pte));
}

// An entry from its representation, as the trace stores it.
static inline pte_t pte_from_bits(uint64_t bits) {
    return (pte_t){bits};
}

// The empty entry.
static inline pte_t pte_empty(void) {
    return (pte_t){0};
}

// An entry that lets user mode use `frame` as `prot` (PROT_* bits) says.
static inline pte_t pte_make(struct frame *frame, unsigned prot) {
    enum { USER = PTE_P | PTE_U };
    static const uint64_t rights[] = {
        [PROT_NONE] = PTE_NX | PTE_PROT_NONE,
        [PROT_READ] = PTE_NX | USER,
        [PROT_WRITE] = PTE_NX | USER | PTE_W,
        [PROT_READ | PROT_WRITE] = PTE_NX | USER | PTE_W,
        [PROT_EXEC] = USER,
        [PROT_READ | PROT_EXEC] = USER,
        [PROT_WRITE | PROT_EXEC] = USER | PTE_W,
        [PROT_READ | PROT_WRITE | PROT_EXEC] = USER | PTE_W,
    };
    return (pte_t){frame_address(frame) | rights[prot]};
}

// Only for pte_store: one store, because the processor may be looking.
static inline void pte_put(pte_t *entry, pte_t pte) {
    *(volatile uint64_t *)&entry->bits = pte.bits;
}

// The same entry, but nobody may write through it.
static inline pte_t pte_write_protect(pte_t pte) {
    return (pte_t){pte.bits & ~PTE_W};
}

// True if somebody has written through the entry since it was stored.
static inline bool pte_dirty(pte_t pte) {
    return (pte.bits & (PTE_P | PTE_D)) == (PTE_P | PTE_D);
}

// The same entry, as if nobody had.
static inline pte_t pte_clean(pte_t pte) {
    return (pte_t){pte.bits & ~PTE_D};
}

// True if `a` lets anybody do something that `b` does not, or names another frame: then a
// processor that still remembers `a` must be told to forget it.
static inline bool pte_grants_beyond(pte_t a, pte_t b) {
    if ((a.bits & PTE_P) == 0) {
        return false; // the processor does not remember entries that are not present
    }
    return (b.bits & PTE_P) == 0 || pte_address(a) != pte_address(b) ||
           (pte_writable(a) && !pte_writable(b)) || (pte_executable(a) && !pte_executable(b)) ||
           (pte_user(a) && !pte_user(b));
}

// For people: what the entry lets user mode do, as `rwxu`; a dash for what it does not.
static inline void pte_letters(pte_t pte, char letters[5]) {
    letters[0] = pte_present(pte) && (pte.bits & PTE_P) ? 'r' : '-';
    letters[1] = pte_writable(pte) ? 'w' : '-';
    letters[2] = pte_executable(pte) ? 'x' : '-';
    letters[3] = pte_user(pte) ? 'u' : '-';
    letters[4] = '\0';
}
