// SPDX-License-Identifier: MIT
// Checks the numbers in entry.inc; has no code.
#include <arch/cpu.h>
#include <arch/trapframe.h>

#include "arch/pagetable.h"

_Static_assert(offsetof(struct cpu, user_sp) == 8, "CPU_USER_SP");
_Static_assert(offsetof(struct cpu, kernel_sp) == 16, "CPU_KERNEL_SP");
_Static_assert(offsetof(struct cpu, task) == 24, "cpu_current()");
_Static_assert(offsetof(struct cpu, gdt) == 32, "CPU_GDT");

_Static_assert(offsetof(struct pagetable, root) == 0, "ap_kernel_start");

_Static_assert(offsetof(struct trapframe, rcx) == 88, "TF_RCX");
_Static_assert(offsetof(struct trapframe, vector) == 120, "TF_VECTOR");
_Static_assert(offsetof(struct trapframe, rip) == 136, "TF_RIP");
_Static_assert(offsetof(struct trapframe, cs) == 144, "TF_CS");
_Static_assert(offsetof(struct trapframe, rflags) == 152, "TF_RFLAGS");
_Static_assert(offsetof(struct trapframe, rsp) == 160, "TF_RSP");
_Static_assert(sizeof(struct trapframe) == 176, "TF_BYTES");
_Static_assert(sizeof(struct trapframe) % 16 == 0, "the stack stays aligned for C");

_Static_assert(SEL_USER_DATA == 0x1b && SEL_USER_CODE == 0x23, "entry.inc's selectors");
_Static_assert(TRAP_SYSCALL == 256, "entry.inc's TRAP_SYSCALL");
