// SPDX-License-Identifier: MIT
// On whose behalf a task acts. Never changed once others can see it: a task that becomes somebody
// else gets another one.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "refcount.h"

enum { GROUPS_MAX = 32 };

struct cred {
    struct refcount count;
    uint32_t uid, gid;   // who started the program: access(2) asks these
    uint32_t euid, egid; // whose rights it has
    uint32_t suid, sgid; // what it may become again
    unsigned group_count;
    uint32_t groups[GROUPS_MAX]; // those it belongs to besides
};

// True if `group` is `gid`, which is one of cred's, or one of those it belongs to besides.
bool cred_in_group(const struct cred *cred, uint32_t gid, uint32_t group);

// A new one, all of whose ids are `id`; 0 is the superuser. NULL when out of memory.
struct cred *cred_create(uint32_t id);

// A copy of its own, for the caller to change. NULL when out of memory.
struct cred *cred_copy(const struct cred *from);

struct cred *cred_get(struct cred *cred);
void cred_put(struct cred *cred); // NULL is allowed
