// SPDX-License-Identifier: MIT
// Another correct elf_load: first all pages of all segments, then their bytes. Only whole pages are
// mapped from the file; the others begin as zeros, and so what is no segment's there is zero. With
// debug printing.
#include <arch/layout.h>

#include "kernel.h"
#include "labs.h"
#include "mm/fill.h"
#include "mm/mm.h"

static uintptr_t down(uintptr_t address) {
    return address / PAGE_SIZE * PAGE_SIZE;
}

static uintptr_t up(uintptr_t address) {
    return down(address + PAGE_SIZE - 1);
}

// The pages that have only bytes of the file: [whole_start, whole_end); none if that is empty.
struct span {
    uintptr_t start, file_end, end;
    uintptr_t whole_start, whole_end;
};

static struct span span_of(const struct program *program, const struct elf_segment *segment) {
    struct span span = {.start = program->base + segment->address};
    span.file_end = span.start + segment->file_bytes;
    span.end = span.start + segment->memory_bytes;
    span.whole_start = up(span.start);
    span.whole_end = down(span.file_end);
    if (span.whole_end < span.whole_start) {
        span.whole_end = span.whole_start;
    }
    return span;
}

static int map_zeros(struct mm *mm, uintptr_t start, uintptr_t end, unsigned prot) {
    int error = 0;
    if (start < end && !mm_is_free(mm, start, start + PAGE_SIZE)) {
        const struct vma *vma = mm_find_vma(mm, start);
        error = mm_protect(mm, start, start + PAGE_SIZE, prot | (vma->flags & VMA_PROT));
        start += PAGE_SIZE;
    }
    return error == 0 && start < end ? mm_map(mm, start, end, prot) : error;
}

static int map_segment(struct mm *mm, const struct program *program,
                       const struct elf_segment *segment) {
    struct span span = span_of(program, segment);
    printk("DEBUG: segment at 0x%lx to 0x%lx\n", span.start, span.end);
    int error = map_zeros(mm, down(span.start), span.whole_start, segment->prot);
    if (error == 0 && span.whole_start < span.whole_end) {
        error = mm_map_file(mm, span.whole_start, span.whole_end, segment->prot, program->file,
                            segment->offset + (span.whole_start - span.start));
    }
    return error == 0 ? map_zeros(mm, span.whole_end, up(span.end), segment->prot) : error;
}

static int fill_segment(struct mm *mm, const struct program *program,
                        const struct elf_segment *segment) {
    struct span span = span_of(program, segment);
    uintptr_t head_end = span.file_end < span.whole_start ? span.file_end : span.whole_start;
    int error =
        mm_write_file(mm, span.start, program->file, segment->offset, head_end - span.start);
    if (error == 0 && span.file_end > span.whole_end) {
        error = mm_write_file(mm, span.whole_end, program->file,
                              segment->offset + (span.whole_end - span.start),
                              span.file_end - span.whole_end);
    }
    return error;
}

int elf_load(struct mm *mm, const struct program *program) {
    int error = 0;
    for (unsigned i = 0; i < program->image.segment_count && error == 0; i++) {
        error = map_segment(mm, program, &program->image.segments[i]);
    }
    for (unsigned i = 0; i < program->image.segment_count && error == 0; i++) {
        error = fill_segment(mm, program, &program->image.segments[i]);
    }
    return error;
}
