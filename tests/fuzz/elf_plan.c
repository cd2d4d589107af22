// SPDX-License-Identifier: MIT
#include "elf_plan.h"

#include "abi/limits.h"
#include "abi/mman.h"
#include "arch/layout.h"

typedef unsigned __int128 wide; // nothing here overflows

static uint64_t first_page(const struct elf_segment *segment) {
    return segment->address / PAGE_SIZE;
}

static uint64_t last_page(const struct elf_segment *segment) {
    return (segment->address + segment->memory_bytes - 1) / PAGE_SIZE;
}

static const char *segment_complaint(const struct elf_segment *segment, uint64_t lowest,
                                     uint64_t file_bytes) {
    if (segment->memory_bytes == 0 || segment->file_bytes > segment->memory_bytes) {
        return "the sizes of a segment";
    }
    if (segment->address < lowest || (wide)segment->address + segment->memory_bytes > USER_TOP) {
        return "a segment outside the user half";
    }
    if (segment->file_bytes > 0 && (wide)segment->offset + segment->file_bytes > file_bytes) {
        return "a segment outside the file";
    }
    if (segment->file_bytes > 0 && segment->offset % PAGE_SIZE != segment->address % PAGE_SIZE) {
        return "a segment's offset";
    }
    return NULL;
}

// What the segments, taken together, let do with a page.
static unsigned page_prot(const struct elf_image *image, uint64_t page) {
    unsigned prot = 0;
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        if (first_page(segment) <= page && page <= last_page(segment)) {
            prot |= segment->prot;
        }
    }
    return prot;
}

static const char *pages_complaint(const struct elf_image *image, uint64_t page) {
    unsigned prot = page_prot(image, page);
    return (prot & PROT_WRITE) && (prot & PROT_EXEC) ? "a page to be written and executed" : NULL;
}

static bool is_code(const struct elf_image *image, uint64_t address) {
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        if (address >= segment->address &&
            address < (wide)segment->address + segment->memory_bytes) {
            return segment->prot & PROT_EXEC;
        }
    }
    return false;
}

const char *elf_plan_complaint(const struct elf_image *image, uint64_t file_bytes) {
    uint64_t lowest = image->position_independent ? 0 : PAGE_SIZE;
    if (image->segment_count == 0 || image->segment_count > ELF_SEGMENTS_MAX) {
        return "the number of segments";
    }
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        const char *complaint = segment_complaint(segment, lowest, file_bytes);
        complaint = complaint ? complaint : pages_complaint(image, first_page(segment));
        complaint = complaint ? complaint : pages_complaint(image, last_page(segment));
        if (complaint != NULL) {
            return complaint;
        }
        if (i > 0 && segment->address < (wide)segment[-1].address + segment[-1].memory_bytes) {
            return "two segments that overlap";
        }
    }
    if (image->interp_bytes > 0 &&
        (image->interp_bytes == 1 || image->interp_bytes > PATH_MAX ||
         (wide)image->interp_offset + image->interp_bytes > file_bytes)) {
        return "the interpreter";
    }
    if (image->alignment < PAGE_SIZE || image->alignment > USER_TOP ||
        __builtin_popcountll(image->alignment) != 1) {
        return "the alignment";
    }
    return is_code(image, image->entry) ? NULL : "the entry point";
}
