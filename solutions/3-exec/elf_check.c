// SPDX-License-Identifier: MIT
// Lab 3a: is this file a program, and what is to be done with it?
//
// Handout: handouts/3-exec.md#elf-check. Contract: kern/labs.h. You need of what is given:
//
//     struct elf64_ehdr, elf64_phdr, ET_*, PT_*, PF_*   what is in the file           base/elf.h
//     ELF_MACHINE, USER_TOP, PAGE_SIZE                  the processor's numbers       arch/layout.h
//     PROT_READ, PROT_WRITE, PROT_EXEC                  what memory permits           abi/mman.h
//     PATH_MAX                                          the longest path, with NUL    abi/limits.h
#include "abi/limits.h"
#include "abi/mman.h"
#include "arch/layout.h"
#include "base/elf.h"
#include "base/string.h"
#include "errno.h"
#include "kernel.h"
#include "labs.h"

//: solution
// Is [start, start + length) within [0, limit)? The sum of the two may be anything.
static bool fits(uint64_t start, uint64_t length, uint64_t limit) {
    return length <= limit && start <= limit - length;
}

static bool is_header_good(const struct elf64_ehdr *header, size_t bytes) {
    static const char ident[] = {0177, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT};
    unsigned char abi = header->e_ident[EI_OSABI];
    uint64_t table_bytes = header->e_phnum * sizeof(struct elf64_phdr);
    return memcmp(header->e_ident, ident, sizeof(ident)) == 0 &&
           (abi == ELFOSABI_NONE || abi == ELFOSABI_GNU) &&
           (header->e_type == ET_EXEC || header->e_type == ET_DYN) &&
           header->e_machine == ELF_MACHINE && header->e_version == EV_CURRENT &&
           header->e_ehsize == sizeof(*header) &&
           header->e_phentsize == sizeof(struct elf64_phdr) && header->e_phoff >= sizeof(*header) &&
           header->e_phoff % 8 == 0 && fits(header->e_phoff, table_bytes, bytes);
}

static unsigned segment_prot(const struct elf64_phdr *ph) {
    return (ph->p_flags & PF_R ? PROT_READ : 0) | (ph->p_flags & PF_W ? PROT_WRITE : 0) |
           (ph->p_flags & PF_X ? PROT_EXEC : 0);
}

// Are the numbers of a PT_LOAD possible, whatever else there is?
static bool is_segment_good(const struct elf64_phdr *ph, uint64_t lowest, uint64_t file_bytes) {
    if (ph->p_filesz > 0 && (!fits(ph->p_offset, ph->p_filesz, file_bytes) ||
                             (ph->p_vaddr - ph->p_offset) % PAGE_SIZE != 0)) {
        return false;
    }
    return ph->p_filesz <= ph->p_memsz && ph->p_vaddr >= lowest &&
           fits(ph->p_vaddr, ph->p_memsz, USER_TOP) && (ph->p_align & (ph->p_align - 1)) == 0 &&
           ph->p_align <= USER_TOP;
}

// May a segment at `address` come after those there are? Several may end in the page it begins in;
// what they permit together, the page does.
static bool can_follow(const struct elf_image *image, uint64_t address, unsigned prot) {
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *earlier = &image->segments[i];
        uint64_t end = earlier->address + earlier->memory_bytes;
        if (address < end) {
            return false;
        }
        if ((end - 1) / PAGE_SIZE == address / PAGE_SIZE) {
            prot |= earlier->prot;
        }
    }
    return !(prot & PROT_WRITE) || !(prot & PROT_EXEC);
}

static int add_segment(struct elf_image *image, const struct elf64_phdr *ph, uint64_t file_bytes) {
    if (ph->p_memsz == 0 && ph->p_filesz == 0) {
        return 0;
    }
    uint64_t lowest = image->position_independent ? 0 : PAGE_SIZE;
    unsigned prot = segment_prot(ph);
    if (image->segment_count == ELF_SEGMENTS_MAX || !is_segment_good(ph, lowest, file_bytes) ||
        !can_follow(image, ph->p_vaddr, prot)) {
        return -ENOEXEC;
    }
    image->segments[image->segment_count++] = (struct elf_segment){
        .address = ph->p_vaddr,
        .memory_bytes = ph->p_memsz,
        .offset = ph->p_offset,
        .file_bytes = ph->p_filesz,
        .prot = prot,
    };
    if (image->alignment < ph->p_align) {
        image->alignment = ph->p_align;
    }
    return 0;
}

static int set_interpreter(struct elf_image *image, const struct elf64_phdr *ph,
                           uint64_t file_bytes) {
    if (image->interp_bytes > 0) {
        return -EINVAL;
    }
    if (ph->p_filesz < 2 || ph->p_filesz > PATH_MAX ||
        !fits(ph->p_offset, ph->p_filesz, file_bytes)) {
        return -ENOEXEC;
    }
    image->interp_offset = ph->p_offset;
    image->interp_bytes = ph->p_filesz;
    return 0;
}

static int read_program_header(struct elf_image *image, const struct elf64_phdr *ph,
                               uint64_t file_bytes) {
    switch (ph->p_type) {
    case PT_LOAD:
        return add_segment(image, ph, file_bytes);
    case PT_INTERP:
        return set_interpreter(image, ph, file_bytes);
    case PT_GNU_STACK: // a stack is always written to
        return ph->p_flags & PF_X ? -ENOEXEC : 0;
    default:
        return 0;
    }
}

// Where the program headers will be: the segment with the file's bytes from `offset` on.
static uint64_t find_phdrs(const struct elf_image *image, uint64_t offset, uint64_t bytes) {
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        if (offset >= segment->offset &&
            fits(offset - segment->offset, bytes, segment->file_bytes)) {
            return segment->address + offset - segment->offset;
        }
    }
    return 0;
}

static bool can_execute(const struct elf_image *image, uint64_t address) {
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        uint64_t distance = address - segment->address; // below the segment: more than it can have
        if ((segment->prot & PROT_EXEC) && distance < segment->memory_bytes) {
            return true;
        }
    }
    return false;
}

//: end
int elf_check(const void *head, size_t bytes, uint64_t file_bytes, struct elf_image *image) {
    //: solution
    const struct elf64_ehdr *header = head;
    if (bytes < sizeof(*header) || !is_header_good(header, bytes)) {
        return -ENOEXEC;
    }
    *image = (struct elf_image){
        .position_independent = header->e_type == ET_DYN,
        .alignment = PAGE_SIZE,
        .entry = header->e_entry,
        .phdr_count = header->e_phnum,
    };
    const struct elf64_phdr *table =
        (const struct elf64_phdr *)((const char *)head + header->e_phoff);
    for (unsigned i = 0; i < header->e_phnum; i++) {
        int error = read_program_header(image, &table[i], file_bytes);
        if (error < 0) {
            return error;
        }
    }
    image->phdrs = find_phdrs(image, header->e_phoff, header->e_phnum * sizeof(*table));
    return can_execute(image, header->e_entry) ? 0 : -ENOEXEC;
    //: skeleton
    //| (void)head;
    //| (void)bytes;
    //| (void)file_bytes;
    //| (void)image;
    //| lab_missing("elf_check", __FILE__);
    //: end
}
