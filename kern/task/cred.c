// SPDX-License-Identifier: MIT
#include "task/cred.h"

#include <stddef.h>

#include "mm/heap.h"

struct cred *cred_create(uint32_t id) {
    struct cred *cred = kmalloc(sizeof *cred);
    if (cred != NULL) {
        refcount_init(&cred->count);
        cred->uid = cred->euid = cred->suid = id;
        cred->gid = cred->egid = cred->sgid = id;
    }
    return cred;
}

struct cred *cred_copy(const struct cred *from) {
    struct cred *cred = kmalloc(sizeof *cred);
    if (cred != NULL) {
        *cred = *from;
        refcount_init(&cred->count);
    }
    return cred;
}

bool cred_in_group(const struct cred *cred, uint32_t gid, uint32_t group) {
    bool found = gid == group;
    for (unsigned i = 0; i < cred->group_count && !found; i++) {
        found = cred->groups[i] == group;
    }
    return found;
}

struct cred *cred_get(struct cred *cred) {
    refcount_get(&cred->count);
    return cred;
}

void cred_put(struct cred *cred) {
    if (cred != NULL && refcount_put(&cred->count)) {
        kfree(cred);
    }
}
