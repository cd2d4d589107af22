// SPDX-License-Identifier: MIT
// Another elf_check: a rule is a function that walks over the whole table, in 128 bits, where
// nothing overflows; the plan is made when all rules hold. Alignment is more than anybody asks for.
#include "abi/limits.h"
#include "abi/mman.h"
#include "arch/layout.h"
#include "base/elf.h"
#include "base/string.h"
#include "errno.h"
#include "kernel.h"
#include "labs.h"

typedef unsigned __int128 wide;

struct table {
    const struct elf64_ehdr *header;
    const struct elf64_phdr *first, *end;
    uint64_t file_bytes;
};

static const struct elf64_phdr *next_load(const struct table *t, const struct elf64_phdr *p) {
    while (p < t->end && (p->p_type != PT_LOAD || (p->p_filesz == 0 && p->p_memsz == 0))) {
        p++;
    }
    return p;
}

#define FOR_LOADS(p, t)                                                       \
    for (const struct elf64_phdr *p = next_load(t, (t)->first); p < (t)->end; \
         p = next_load(t, p + 1))

static bool sizes_hold(const struct table *t) {
    unsigned count = 0;
    FOR_LOADS(p, t) {
        wide from_file = (wide)p->p_offset + p->p_filesz;
        count++;
        if (p->p_filesz > p->p_memsz || (p->p_filesz > 0 && from_file > t->file_bytes)) {
            return false;
        }
    }
    return count >= 1 && count <= ELF_SEGMENTS_MAX;
}

static bool addresses_hold(const struct table *t) {
    wide lowest = t->header->e_type == ET_EXEC ? PAGE_SIZE : 0;
    FOR_LOADS(p, t) {
        wide end = (wide)p->p_vaddr + p->p_memsz;
        if (p->p_vaddr < lowest || end > USER_TOP || p->p_align > USER_TOP ||
            (p->p_align != 0 && (p->p_align & -p->p_align) != p->p_align) ||
            (p->p_filesz > 0 && p->p_vaddr % PAGE_SIZE != p->p_offset % PAGE_SIZE)) {
            return false;
        }
        lowest = end;
    }
    return true;
}

// What all segments together permit in the page of `address`.
static unsigned page_flags(const struct table *t, uint64_t address) {
    unsigned flags = 0;
    FOR_LOADS(p, t) {
        uint64_t last = p->p_vaddr + p->p_memsz - 1;
        if (p->p_vaddr / PAGE_SIZE <= address / PAGE_SIZE &&
            address / PAGE_SIZE <= last / PAGE_SIZE) {
            flags |= p->p_flags;
        }
    }
    return flags;
}

static bool rights_hold(const struct table *t) {
    bool entry = false;
    FOR_LOADS(p, t) {
        uint64_t last = p->p_vaddr + p->p_memsz - 1;
        unsigned first_page = page_flags(t, p->p_vaddr);
        unsigned last_page = page_flags(t, last);
        if (((first_page & PF_W) && (first_page & PF_X)) ||
            ((last_page & PF_W) && (last_page & PF_X))) {
            printk("debug: writable and executable\n");
            return false;
        }
        entry |=
            (p->p_flags & PF_X) && p->p_vaddr <= t->header->e_entry && t->header->e_entry <= last;
    }
    for (const struct elf64_phdr *p = t->first; p < t->end; p++) {
        entry = entry && !(p->p_type == PT_GNU_STACK && (p->p_flags & PF_X));
    }
    return entry;
}

static int find_interpreter(const struct table *t, const struct elf64_phdr **found) {
    *found = NULL;
    for (const struct elf64_phdr *p = t->first; p < t->end; p++) {
        if (p->p_type == PT_INTERP && *found != NULL) {
            return -EINVAL;
        }
        *found = p->p_type == PT_INTERP ? p : *found;
    }
    const struct elf64_phdr *p = *found;
    bool good = p == NULL || (p->p_filesz - 2 <= PATH_MAX - 2 &&
                              (wide)p->p_offset + p->p_filesz <= t->file_bytes);
    return good ? 0 : -ENOEXEC;
}

static void add_segment(struct elf_image *image, const struct elf64_phdr *p,
                        const struct table *t) {
    struct elf_segment *segment = &image->segments[image->segment_count];
    uint64_t phoff = t->header->e_phoff;
    uint64_t table_end = phoff + (uint64_t)t->header->e_phnum * sizeof(*p);
    segment->address = p->p_vaddr;
    segment->memory_bytes = p->p_memsz;
    segment->offset = p->p_offset;
    segment->file_bytes = p->p_filesz;
    segment->prot = 0;
    segment->prot |= (p->p_flags & PF_R) ? PROT_READ : 0;
    segment->prot |= (p->p_flags & PF_W) ? PROT_WRITE : 0;
    segment->prot |= (p->p_flags & PF_X) ? PROT_EXEC : 0;
    while (image->alignment < p->p_align) {
        image->alignment *= 2;
    }
    if (p->p_filesz > 0 && p->p_offset <= phoff && table_end <= p->p_offset + p->p_filesz) {
        image->phdrs = p->p_vaddr - p->p_offset + phoff;
    }
    image->segment_count++;
    printk("debug: %u segments, alignment 0x%lx\n", image->segment_count, image->alignment);
}

static bool header_holds(const struct elf64_ehdr *h, size_t bytes) {
    return bytes >= sizeof(*h) && memcmp(h->e_ident, "\177ELF\2\1\1", 7) == 0 &&
           (h->e_ident[EI_OSABI] == ELFOSABI_NONE || h->e_ident[EI_OSABI] == ELFOSABI_GNU) &&
           (h->e_type - ET_EXEC) / 2 == 0 && h->e_type >= ET_EXEC && h->e_machine == ELF_MACHINE &&
           h->e_version == EV_CURRENT && h->e_ehsize == sizeof(*h) &&
           h->e_phentsize == sizeof(struct elf64_phdr) && h->e_phoff >= sizeof(*h) &&
           h->e_phoff % _Alignof(struct elf64_phdr) == 0 &&
           (wide)h->e_phoff + h->e_phnum * sizeof(struct elf64_phdr) <= bytes;
}

int elf_check(const void *head, size_t bytes, uint64_t file_bytes, struct elf_image *image) {
    const struct elf64_ehdr *header = head;
    const struct elf64_phdr *interpreter;
    if (!header_holds(header, bytes)) {
        printk("debug: no ELF file\n");
        return -ENOEXEC;
    }
    const struct elf64_phdr *first =
        (const struct elf64_phdr *)((const char *)head + header->e_phoff);
    const struct table t = {header, first, first + header->e_phnum, file_bytes};
    int error = find_interpreter(&t, &interpreter);
    if (error < 0 || !sizes_hold(&t) || !addresses_hold(&t) || !rights_hold(&t)) {
        return error < 0 ? error : -ENOEXEC;
    }
    memset(image, 0, sizeof(*image));
    image->position_independent = header->e_type == ET_DYN;
    image->alignment = 16 * PAGE_SIZE;
    image->entry = header->e_entry;
    image->phdr_count = header->e_phnum;
    image->interp_offset = interpreter != NULL ? interpreter->p_offset : 0;
    image->interp_bytes = interpreter != NULL ? interpreter->p_filesz : 0;
    FOR_LOADS(p, &t) {
        add_segment(image, p, &t);
    }
    return 0;
}
