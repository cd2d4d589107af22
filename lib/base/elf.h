// SPDX-License-Identifier: MIT
// Executable files: the part of the ELF format for 64 bits that matters to whoever loads a program.
// Names and numbers are those of the System V ABI: gABI, chapters 4 (the header) and 5 (program
// headers), and the AMD64 supplement, section 4.1. Sections are the linker's and debugger's affair.
#pragma once

#include <stdint.h>

// The indices of the header's first bytes (gABI 4, "ELF Identification"), and what may be there.
#define EI_CLASS 4
#define EI_DATA 5
#define EI_VERSION 6
#define EI_OSABI 7
#define EI_NIDENT 16

#define ELF_MAGIC "\177ELF"
#define ELFCLASS64 2
#define ELFDATA2LSB 1   // little-endian
#define ELFOSABI_NONE 0 // System V's, or not said
#define ELFOSABI_GNU 3  // for Linux, with extensions such as indirect functions

#define EV_CURRENT 1 // the only version there is: e_ident[EI_VERSION] and e_version

// e_type (gABI 4, "ELF Header")
#define ET_EXEC 2 // belongs at the addresses it names
#define ET_DYN \
    3 // may be anywhere: its addresses are distances from a base (shared objects, and PIE)

// e_machine
#define EM_X86_64 62
#define EM_AARCH64 183

// At the beginning of the file.
struct elf64_ehdr {
    unsigned char e_ident[EI_NIDENT];
    uint16_t e_type;
    uint16_t e_machine;
    uint32_t e_version;
    uint64_t e_entry; // address of the first instruction
    uint64_t e_phoff; // where in the file the table of program headers begins
    uint64_t e_shoff;
    uint32_t e_flags;     // the x86-64 has none
    uint16_t e_ehsize;    // of this structure, in bytes
    uint16_t e_phentsize; // of a program header
    uint16_t e_phnum;     // how many there are
    uint16_t e_shentsize;
    uint16_t e_shnum;
    uint16_t e_shstrndx;
};

// p_type (gABI 5, "Program Header"; PT_GNU_STACK: Linux Standard Base, Core, "Program Header")
#define PT_LOAD 1                // a segment: bytes that belong into memory
#define PT_INTERP 3              // the path of the program that starts this one, with its NUL
#define PT_GNU_STACK 0x6474e551U // p_flags say what the stack is to permit

// p_flags; other bits mean nothing to a loader
#define PF_X 1
#define PF_W 2
#define PF_R 4

// An entry of the table of program headers.
struct elf64_phdr {
    uint32_t p_type;
    uint32_t p_flags;
    uint64_t p_offset; // where in the file
    uint64_t p_vaddr;  // where in memory
    uint64_t p_paddr;  // means nothing here
    uint64_t p_filesz; // how many bytes of the file
    uint64_t p_memsz;  // how many bytes of memory; those that the file does not have are zero
    uint64_t p_align;  // 0, or a power of two: p_vaddr and p_offset have the same remainder
};

_Static_assert(sizeof(struct elf64_ehdr) == 64 && sizeof(struct elf64_phdr) == 56, "the ABI's");
