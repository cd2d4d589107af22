// SPDX-License-Identifier: MIT
// The contract is the one of kern/arch/x86_64/include/arch/pte.h.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "mm/frame.h"

typedef struct {
    uint64_t descriptor;
} pte_t;

bool pte_none(pte_t pte);
bool pte_present(pte_t pte);
bool pte_user(pte_t pte);
bool pte_writable(pte_t pte);
bool pte_executable(pte_t pte);
uint64_t pte_address(pte_t pte);
struct frame *pte_frame(pte_t pte);
pte_t pte_empty(void);
void pte_put(pte_t *entry, pte_t pte);
pte_t pte_write_protect(pte_t pte);
pte_t pte_make(struct frame *frame, unsigned prot);
pte_t pte_from_bits(uint64_t bits);
bool pte_dirty(pte_t pte);
pte_t pte_clean(pte_t pte);
bool pte_grants_beyond(pte_t a, pte_t b);
void pte_letters(pte_t pte, char letters[5]);
