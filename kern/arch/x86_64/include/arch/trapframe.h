// SPDX-License-Identifier: MIT
// The registers of an interrupted program, in the order in which entry.asm stores them.
//
// A system call, an exception and an interrupt all leave the same picture at the top of the
// task's kernel stack:
//
//     high  +--------------------+ <- top of the kernel stack
//           | ss  rsp  rflags    |
//           | cs  rip            |  stored by the processor, or by syscall_entry in its place
//           | error              |  0 where the processor gives none; a system call's number
//           | vector             |  which exception or interrupt; TRAP_SYSCALL for a system call
//           | rdi ... r15        |  stored by entry.asm
//     low   +--------------------+ <- struct trapframe *
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trapframe {
    uint64_t r15, r14, r13, r12, rbp, rbx;
    uint64_t r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    uint64_t vector;
    uint64_t error;
    uint64_t rip, cs, rflags, rsp, ss;
};

enum {
    TRAP_SYSCALL = 256, // behind the processor's 0..255
    TRAP_RETURN = 257,  // no trap: every register here is to be loaded as it is
};

static inline bool trapframe_from_user(const struct trapframe *tf) {
    return (tf->cs & 3) == 3;
}

static inline uintptr_t trapframe_pc(const struct trapframe *tf) {
    return tf->rip;
}

static inline uintptr_t trapframe_sp(const struct trapframe *tf) {
    return tf->rsp;
}

// The system call's number, as the program gave it.
static inline uint64_t trapframe_syscall(const struct trapframe *tf) {
    return tf->rax;
}

// The system call's arguments: System V ABI, x86-64 supplement, appendix A.2.1.
static inline uint64_t trapframe_argument(const struct trapframe *tf, unsigned index) {
    const uint64_t arguments[] = {tf->rdi, tf->rsi, tf->rdx, tf->r10, tf->r8, tf->r9};
    return arguments[index];
}

// What the system call will have answered once the program goes on.
static inline void trapframe_set_return(struct trapframe *tf, int64_t value) {
    tf->rax = (uint64_t)value;
}

static inline int64_t trapframe_return(const struct trapframe *tf) {
    return (int64_t)tf->rax;
}

// True on the way out of a system call, unless its registers have been replaced.
static inline bool trapframe_in_syscall(const struct trapframe *tf) {
    return tf->vector == TRAP_SYSCALL;
}

// Makes the program make the same system call again: back to its instruction, which has two bytes.
static inline void trapframe_restart(struct trapframe *tf) {
    tf->rax = tf->error;
    tf->rip -= 2;
}

static inline void trapframe_set_sp(struct trapframe *tf, uintptr_t sp) {
    tf->rsp = sp;
}

static inline void trapframe_set_pc(struct trapframe *tf, uintptr_t pc) {
    tf->rip = pc;
}

// Fills in a program's first registers: it starts at `pc` with stack pointer `sp`, everything
// else zero.
void trapframe_start(struct trapframe *tf, uintptr_t pc, uintptr_t sp);
