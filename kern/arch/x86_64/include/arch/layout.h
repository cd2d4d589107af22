// SPDX-License-Identifier: MIT
// Where things are in a virtual address space of the x86-64.
//
//     0000000000000000  user half: 128 TiB, one page table for each mm
//     00007ffffffff000  USER_TOP; the last page stays empty, so that a `syscall` at the very end
//                       cannot return to an address that is not canonical
//     ffff800000000000  DIRECT_MAP: all physical memory, mapped with large pages
//     ffffc00000000000  KSTACK_AREA: kernel stacks, each with an unmapped guard page below it
//     ffffd00000000000  DEVICE_AREA: registers of devices, by physical address, never cached
//     ffffffff80000000  KERNEL_BASE: the kernel's image (code model "kernel": the top 2 GiB)
//
// The kernel half is the same in every page table: its top-level entries are filled in at boot
// and never change afterwards.
#pragma once

#define PAGE_SHIFT 12
#define PAGE_SIZE 4096UL
#define LARGE_PAGE_SIZE (2UL << 20)

#define USER_TOP 0x00007ffffffff000UL
#define DIRECT_MAP 0xffff800000000000UL
#define KSTACK_AREA 0xffffc00000000000UL
#define ARCH_NAME "x86_64"
#define ELF_MACHINE EM_X86_64 // base/elf.h

#define DEVICE_AREA 0xffffd00000000000UL
#define KERNEL_BASE 0xffffffff80000000UL
