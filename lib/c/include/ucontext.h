// SPDX-License-Identifier: MIT
// What a handler's third argument points to: the interrupted program's state, as Linux stores it.
#pragma once

#include <signal.h>
#include <stdint.h>

typedef long long greg_t;

// Places in `gregs`.
enum {
    REG_R8,
    REG_R9,
    REG_R10,
    REG_R11,
    REG_R12,
    REG_R13,
    REG_R14,
    REG_R15,
    REG_RDI,
    REG_RSI,
    REG_RBP,
    REG_RBX,
    REG_RDX,
    REG_RAX,
    REG_RCX,
    REG_RSP,
    REG_RIP,
    REG_EFL,
    REG_CSGSFS,
    REG_ERR,
    REG_TRAPNO,
    REG_OLDMASK,
    REG_CR2,
};

// The image of `fxsave`: Intel SDM volume 1, section 10.5.1.
struct _libc_fpstate {
    uint16_t cwd;
    uint16_t swd;
    uint16_t ftw;
    uint16_t fop;
    uint64_t rip;
    uint64_t rdp;
    uint32_t mxcsr;
    uint32_t mxcr_mask;
    uint32_t _st[8][4];
    struct {
        uint32_t element[4];
    } _xmm[16];
    uint32_t padding[24];
};

typedef struct {
    greg_t gregs[23];
    struct _libc_fpstate *fpregs;
    unsigned long long reserved[8];
} mcontext_t;

typedef struct ucontext_t {
    unsigned long uc_flags;
    struct ucontext_t *uc_link;
    stack_t uc_stack;
    mcontext_t uc_mcontext;
    sigset_t uc_sigmask;
} ucontext_t;
