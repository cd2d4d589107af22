// SPDX-License-Identifier: MIT
// An architecture that consists of headers: `make check-portable` compiles everything neutral
// against it, with a compiler for another processor, and links nothing. It shows what a port must
// provide, and that nobody has reached around it. The numbers resemble AArch64 with a 4 KiB
// granule.
#pragma once

#define PAGE_SHIFT 12
#define PAGE_SIZE 4096UL
#define LARGE_PAGE_SIZE (2UL << 20)

#define USER_TOP 0x0000fffffffff000UL
#define DIRECT_MAP 0xffff000000000000UL
#define KSTACK_AREA 0xffff800000000000UL
#define KERNEL_BASE 0xffffff8000000000UL

#define ARCH_NAME "portable"
#define ELF_MACHINE EM_AARCH64 // base/elf.h
