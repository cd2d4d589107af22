// SPDX-License-Identifier: MIT
// Lab 3b: a program's segments, in its memory.
//
// Handout: handouts/3-exec.md#elf-load. Contract: kern/labs.h. You need of the kernel that is
// given:
//
//     struct program, elf_image, elf_segment          what elf_check has found       labs.h
//     mm_map, mm_map_file, mm_protect, mm_find_vma    vmas, and what they permit     mm/mm.h
//     mm_write_file, mm_write_zeros                   bytes that no page of the file
//                                                     can show, within vmas          mm/fill.h
#include <arch/layout.h>

#include "kernel.h"
#include "labs.h"
#include "mm/fill.h"
#include "mm/mm.h"

//: solution
static uintptr_t page_down(uintptr_t address) {
    return address & ~(PAGE_SIZE - 1);
}

static uintptr_t page_up(uintptr_t address) {
    return page_down(address + PAGE_SIZE - 1);
}

static uintptr_t smaller(uintptr_t a, uintptr_t b) {
    return a < b ? a : b;
}

// The segment's part of a page that exists already, because another segment ends there.
static int load_shared_page(struct mm *mm, struct inode *file, const struct elf_segment *segment,
                            uintptr_t start) {
    uintptr_t page = page_down(start);
    uintptr_t end = smaller(start + segment->memory_bytes, page + PAGE_SIZE);
    uintptr_t file_end = smaller(start + segment->file_bytes, end);
    unsigned prot = (mm_find_vma(mm, page)->flags & VMA_PROT) | segment->prot;
    int error = mm_protect(mm, page, page + PAGE_SIZE, prot);
    if (error == 0) {
        error = mm_write_file(mm, start, file, segment->offset, file_end - start);
    }
    return error == 0 ? mm_write_zeros(mm, file_end, end - file_end) : error;
}

// What comes from `page` on, the first page that is the segment's alone.
static int load_own_pages(struct mm *mm, struct inode *file, const struct elf_segment *segment,
                          uintptr_t start, uintptr_t page) {
    uintptr_t end = start + segment->memory_bytes;
    uintptr_t file_end = start + segment->file_bytes;
    uintptr_t file_pages_end =
        segment->file_bytes > 0 && file_end > page ? page_up(file_end) : page;
    int error = 0;
    if (file_pages_end > page) {
        uint64_t offset = segment->offset + page - start;
        error = mm_map_file(mm, page, file_pages_end, segment->prot, file, offset);
        if (error == 0 && end > file_end) {
            error = mm_write_zeros(mm, file_end, file_pages_end - file_end);
        }
    }
    if (error == 0 && page_up(end) > file_pages_end) {
        error = mm_map(mm, file_pages_end, page_up(end), segment->prot);
    }
    return error;
}

//: end
int elf_load(struct mm *mm, const struct program *program) {
    //: solution
    uintptr_t mapped_end = 0;
    for (unsigned i = 0; i < program->image.segment_count; i++) {
        const struct elf_segment *segment = &program->image.segments[i];
        uintptr_t start = program->base + segment->address;
        uintptr_t page = page_down(start);
        int error = 0;
        if (page < mapped_end) {
            error = load_shared_page(mm, program->file, segment, start);
            page += PAGE_SIZE;
        }
        if (error == 0) {
            error = load_own_pages(mm, program->file, segment, start, page);
        }
        if (error < 0) {
            return error;
        }
        mapped_end = page_up(start + segment->memory_bytes);
    }
    return 0;
    //: skeleton
    //| (void)mm;
    //| (void)program;
    //| lab_missing("elf_load", __FILE__);
    //: end
}
