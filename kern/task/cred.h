// SPDX-License-Identifier: MIT
// On whose behalf a task acts. Never changed once others can see it: a task that becomes somebody
// else gets another one.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "refcount.h"

struct cred {
    struct refcount count;
    uint32_t uid, gid;   // who started the program: access(2) asks these
    uint32_t euid, egid; // whose rights it has
    uint32_t suid, sgid; // what it may become again
};

// A new one, all of whose ids are `id`; 0 is the superuser. NULL when out of memory.
struct cred *cred_create(uint32_t id);

// A copy of its own, for the caller to change. NULL when out of memory.
struct cred *cred_copy(const struct cred *from);

struct cred *cred_get(struct cred *cred);
void cred_put(struct cred *cred); // NULL is allowed
