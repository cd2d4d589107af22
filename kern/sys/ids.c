// SPDX-License-Identifier: MIT
// On whose behalf a task acts: getuid(2), setresuid(2), setgroups(2) and their like.
#include "errno.h"
#include "mm/usercopy.h"
#include "sys/syscall.h"
#include "task/cred.h"
#include "task/task.h"

#define KEEP UINT32_MAX

enum kind { USER, GROUP };
enum { REAL, EFFECTIVE, SAVED, IDS };

static uint32_t *id_of(struct cred *cred, enum kind kind, unsigned which) {
    uint32_t *const ids[][IDS] = {{&cred->uid, &cred->euid, &cred->suid},
                                  {&cred->gid, &cred->egid, &cred->sgid}};
    return ids[kind][which];
}

static uint32_t own_id(enum kind kind, unsigned which) {
    return *id_of(current->cred, kind, which);
}

int64_t sys_getuid(struct trapframe *tf) {
    (void)tf;
    return own_id(USER, REAL);
}

int64_t sys_getgid(struct trapframe *tf) {
    (void)tf;
    return own_id(GROUP, REAL);
}

int64_t sys_geteuid(struct trapframe *tf) {
    (void)tf;
    return own_id(USER, EFFECTIVE);
}

int64_t sys_getegid(struct trapframe *tf) {
    (void)tf;
    return own_id(GROUP, EFFECTIVE);
}

static int64_t tell_ids(const struct trapframe *tf, enum kind kind) {
    int error = 0;
    for (unsigned i = 0; i < IDS && error == 0; i++) {
        uint32_t id = own_id(kind, i);
        error = copy_to_user(trapframe_argument(tf, i), &id, sizeof id);
    }
    return error;
}

int64_t sys_getresuid(struct trapframe *tf) {
    return tell_ids(tf, USER);
}

int64_t sys_getresgid(struct trapframe *tf) {
    return tell_ids(tf, GROUP);
}

// The task acts as `cred` says from now on, and takes it over.
static void become(struct cred *cred) {
    spin_lock(&tree_lock);
    struct cred *old = current->cred;
    current->cred = cred;
    spin_unlock(&tree_lock);
    cred_put(old);
}

static bool is_own_id(enum kind kind, uint32_t id) {
    return id == own_id(kind, REAL) || id == own_id(kind, EFFECTIVE) || id == own_id(kind, SAVED);
}

// Only the superuser becomes somebody that he is not already, in one way or another.
static int64_t set_ids(enum kind kind, const uint32_t wanted[IDS]) {
    bool superuser = current->cred->euid == 0;
    struct cred *cred = cred_copy(current->cred);
    if (cred == NULL) {
        return -ENOMEM;
    }
    for (unsigned i = 0; i < IDS; i++) {
        if (wanted[i] != KEEP && !superuser && !is_own_id(kind, wanted[i])) {
            cred_put(cred);
            return -EPERM;
        }
        *id_of(cred, kind, i) = wanted[i] != KEEP ? wanted[i] : own_id(kind, i);
    }
    become(cred);
    return 0;
}

static int64_t set_three(const struct trapframe *tf, enum kind kind) {
    const uint32_t wanted[IDS] = {(uint32_t)trapframe_argument(tf, REAL),
                                  (uint32_t)trapframe_argument(tf, EFFECTIVE),
                                  (uint32_t)trapframe_argument(tf, SAVED)};
    return set_ids(kind, wanted);
}

int64_t sys_setresuid(struct trapframe *tf) {
    return set_three(tf, USER);
}

int64_t sys_setresgid(struct trapframe *tf) {
    return set_three(tf, GROUP);
}

// The superuser changes all three, for ever; others only on whose rights they act.
static int64_t set_one(uint32_t id, enum kind kind) {
    bool superuser = current->cred->euid == 0;
    if (id == KEEP) {
        return -EINVAL;
    }
    if (!superuser && id != own_id(kind, REAL) && id != own_id(kind, SAVED)) {
        return -EPERM;
    }
    uint32_t others = superuser ? id : KEEP;
    return set_ids(kind, (const uint32_t[IDS]){others, id, others});
}

int64_t sys_setuid(struct trapframe *tf) {
    return set_one((uint32_t)trapframe_argument(tf, 0), USER);
}

int64_t sys_setgid(struct trapframe *tf) {
    return set_one((uint32_t)trapframe_argument(tf, 0), GROUP);
}

int64_t sys_getgroups(struct trapframe *tf) {
    const struct cred *cred = current->cred;
    int room = (int)trapframe_argument(tf, 0);
    int count = (int)cred->group_count;
    if (room < 0 || (room > 0 && room < count)) {
        return -EINVAL;
    }
    size_t bytes = room > 0 ? cred->group_count * sizeof cred->groups[0] : 0;
    return copy_to_user(trapframe_argument(tf, 1), cred->groups, bytes) < 0 ? -EFAULT : count;
}

int64_t sys_setgroups(struct trapframe *tf) {
    unsigned count = (unsigned)trapframe_argument(tf, 0);
    if (current->cred->euid != 0) {
        return -EPERM;
    }
    if (count > GROUPS_MAX) {
        return -EINVAL;
    }
    struct cred *cred = cred_copy(current->cred);
    if (cred == NULL) {
        return -ENOMEM;
    }
    cred->group_count = count;
    if (copy_from_user(cred->groups, trapframe_argument(tf, 1), count * sizeof cred->groups[0]) <
        0) {
        cred_put(cred);
        return -EFAULT;
    }
    become(cred);
    return 0;
}
