// SPDX-License-Identifier: MIT
// Another elf_check: sums that say when they overflow, byte by byte copies of the headers, and a
// plan that is made first and judged afterwards, with debug printing throughout.
#include "abi/limits.h"
#include "abi/mman.h"
#include "arch/layout.h"
#include "base/elf.h"
#include "base/string.h"
#include "errno.h"
#include "kernel.h"
#include "labs.h"

static bool sum_exceeds(uint64_t a, uint64_t b, uint64_t limit) {
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) || sum > limit;
}

static bool no(const char *why) {
    printk("debug: refused: %s\n", why);
    return false;
}

static bool identify(const struct elf64_ehdr *h) {
    const unsigned char *id = h->e_ident;
    if (id[0] != 0x7f || id[1] != 'E' || id[2] != 'L' || id[3] != 'F') {
        return no("magic");
    }
    if (id[EI_CLASS] != ELFCLASS64 || id[EI_DATA] != ELFDATA2LSB || id[EI_VERSION] != EV_CURRENT) {
        return no("class, data, version");
    }
    switch (id[EI_OSABI]) {
    case ELFOSABI_NONE:
    case ELFOSABI_GNU:
        break;
    default:
        return no("abi");
    }
    if (h->e_type != ET_EXEC && h->e_type != ET_DYN) {
        return no("type");
    }
    if (h->e_machine != ELF_MACHINE || h->e_version != EV_CURRENT) {
        return no("machine");
    }
    return (h->e_ehsize == 64 && h->e_phentsize == 56) || no("sizes");
}

// Takes what PT_LOADs say as it stands; the largest alignment goes with it, and so does any
// nonsense.
static bool collect(struct elf_image *image, const struct elf64_phdr *p) {
    static const unsigned translate[8] = {0,
                                          PROT_EXEC,
                                          PROT_WRITE,
                                          PROT_WRITE | PROT_EXEC,
                                          PROT_READ,
                                          PROT_READ | PROT_EXEC,
                                          PROT_READ | PROT_WRITE,
                                          PROT_READ | PROT_WRITE | PROT_EXEC};
    if ((p->p_memsz | p->p_filesz) == 0) {
        return true;
    }
    if (image->segment_count >= ELF_SEGMENTS_MAX) {
        return no("too many segments");
    }
    if ((p->p_align & (p->p_align - 1)) != 0) {
        return no("alignment");
    }
    if (p->p_align > USER_TOP) {
        return no("alignment too large");
    }
    struct elf_segment *s = &image->segments[image->segment_count++];
    s->address = p->p_vaddr;
    s->memory_bytes = p->p_memsz;
    s->offset = p->p_filesz > 0 ? p->p_offset : 0;
    s->file_bytes = p->p_filesz;
    s->prot = translate[p->p_flags & 7];
    image->alignment = p->p_align > image->alignment ? p->p_align : image->alignment;
    printk("debug: segment 0x%lx, %lu bytes, prot %u\n", s->address, s->memory_bytes, s->prot);
    return true;
}

static bool is_possible(const struct elf_segment *s, uint64_t file_bytes) {
    if (s->memory_bytes < s->file_bytes || sum_exceeds(s->address, s->memory_bytes, USER_TOP)) {
        return no("memory");
    }
    if (s->file_bytes == 0) {
        return true;
    }
    return (!sum_exceeds(s->offset, s->file_bytes, file_bytes) &&
            s->offset % PAGE_SIZE == s->address % PAGE_SIZE) ||
           no("file");
}

// Runs over the segments with what the page it has reached permits so far.
static bool judge(const struct elf_image *image, uint64_t file_bytes) {
    uint64_t next_free = image->position_independent ? 0 : PAGE_SIZE;
    uint64_t last_page = UINT64_MAX;
    unsigned permits = 0;
    bool entry_found = false;
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *s = &image->segments[i];
        if (!is_possible(s, file_bytes)) {
            return false;
        }
        if (s->address < next_free) {
            return no("order, or page 0");
        }
        next_free = s->address + s->memory_bytes;
        permits = s->address / PAGE_SIZE == last_page ? permits | s->prot : s->prot;
        if ((permits & PROT_WRITE) && (permits & PROT_EXEC)) {
            return no("writable and executable");
        }
        uint64_t end_page = (next_free - 1) / PAGE_SIZE;
        permits = end_page == s->address / PAGE_SIZE ? permits : s->prot;
        last_page = end_page;
        entry_found = entry_found || ((s->prot & PROT_EXEC) && image->entry >= s->address &&
                                      image->entry < next_free);
    }
    return entry_found || no("entry");
}

static uint64_t phdrs_address(const struct elf_image *image, uint64_t phoff, uint64_t length) {
    for (unsigned i = image->segment_count; i-- > 0;) {
        const struct elf_segment *s = &image->segments[i];
        if (s->file_bytes > 0 && phoff >= s->offset &&
            phoff + length <= s->offset + s->file_bytes) {
            return s->address + (phoff - s->offset);
        }
    }
    return 0;
}

int elf_check(const void *head, size_t bytes, uint64_t file_bytes, struct elf_image *image) {
    struct elf64_ehdr header;
    printk("debug: elf_check of %lu bytes\n", file_bytes);
    memset(image, 0, sizeof(*image));
    if (bytes < sizeof(header)) {
        return -ENOEXEC;
    }
    memcpy(&header, head, sizeof(header));
    uint64_t length = 56UL * header.e_phnum;
    if (!identify(&header) || header.e_phoff < 64 || (header.e_phoff & 7) != 0 ||
        sum_exceeds(header.e_phoff, length, bytes)) {
        return -ENOEXEC;
    }
    image->position_independent = header.e_type == ET_DYN;
    image->alignment = PAGE_SIZE;
    image->entry = header.e_entry;
    image->phdr_count = header.e_phnum;
    for (uint64_t at = header.e_phoff; at < header.e_phoff + length; at += 56) {
        struct elf64_phdr p;
        memcpy(&p, (const char *)head + at, sizeof(p));
        if (p.p_type == PT_LOAD && !collect(image, &p)) {
            return -ENOEXEC;
        }
        if (p.p_type == PT_GNU_STACK && (p.p_flags & PF_X)) {
            return -ENOEXEC;
        }
        if (p.p_type == PT_INTERP && image->interp_bytes > 0) {
            return -EINVAL;
        }
        if (p.p_type == PT_INTERP) {
            image->interp_offset = p.p_offset;
            image->interp_bytes = p.p_filesz;
            if (p.p_filesz <= 1 || p.p_filesz > PATH_MAX ||
                sum_exceeds(p.p_offset, p.p_filesz, file_bytes)) {
                return -ENOEXEC;
            }
        }
    }
    if (!judge(image, file_bytes)) {
        return -ENOEXEC;
    }
    image->phdrs = phdrs_address(image, header.e_phoff, length);
    return 0;
}
