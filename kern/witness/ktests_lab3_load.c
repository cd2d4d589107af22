// SPDX-License-Identifier: MIT
// Kernel tests of lab 3b, elf_load: programs that nobody has checked and nobody runs, loaded from
// files whose bytes tell where they are, and compared byte by byte. None of them needs elf_check.
#include "abi/stat.h"
#include "errno.h"
#include "fs/inode.h"
#include "kernel.h"
#include "lab_number.h"
#include "labs.h"
#include "mm/frame.h"
#include "task/cred.h"
#include "witness/inject.h"
#include "witness/ktest.h"
#include "witness/ktest_mm.h"
#include "witness/trace.h"

#define START 0x400000UL // where programs are
#define PAGES(n) ((n)*PAGE_SIZE)
#define NO_OFFSET (1UL << 40 | 3) // of a segment without bytes of the file: any number at all
#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

enum { FILE_PAGES = 16, RX = PROT_READ | PROT_EXEC, R = PROT_READ, X = PROT_EXEC };

// What byte `offset` of a file is: never 0, except behind its end.
static uint8_t file_byte(const struct inode *file, uint64_t offset) {
    return offset < file->size ? (uint8_t)((offset * 0x9e3779b97f4a7c15) >> 56 | 1) : 0;
}

static struct inode *make_file(uint64_t bytes) {
    static const struct cred root;
    struct inode *file = inode_create(S_IFREG | 0755, &root);
    if (file == NULL) {
        return NULL;
    }
    mutex_lock(&file->mutex);
    inode_resize(file, bytes);
    for (uint64_t offset = 0; offset < bytes; offset += PAGE_SIZE) {
        uint8_t *memory = frame_memory(inode_page(file, offset / PAGE_SIZE, true));
        for (unsigned i = 0; i < PAGE_SIZE; i++) {
            memory[i] = file_byte(file, offset + i);
        }
    }
    mutex_unlock(&file->mutex);
    return file;
}

static bool is_file_intact(struct inode *file) {
    bool intact = true;
    mutex_lock(&file->mutex);
    for (uint64_t offset = 0; intact && offset < file->size; offset++) {
        const uint8_t *memory = frame_memory(inode_page(file, offset / PAGE_SIZE, false));
        intact = memory[offset % PAGE_SIZE] == file_byte(file, offset);
        if (!intact) {
            printk("elf_load: byte 0x%lx of the file has changed\n", offset);
        }
    }
    mutex_unlock(&file->mutex);
    return intact;
}

static int load(struct mm *mm, const struct program *program) {
    mutex_lock(&mm->lock);
    int error = LAB >= 3 ? elf_load(mm, program) : -ENOSYS;
    mutex_unlock(&mm->lock);
    return error;
}

// ---- What is in a page, and what it permits --------------------------------------------------

// True if the segment has a byte in the page.
static bool touches(const struct program *program, const struct elf_segment *segment,
                    uintptr_t page) {
    uintptr_t start = program->base + segment->address;
    return start < page + PAGE_SIZE && page < start + segment->memory_bytes;
}

// What is wrong with the byte at `va`, if it is `got`; NULL if nothing is. *wanted is what it
// should be.
static const char *wrong_with_byte(const struct program *program, uintptr_t va, uint8_t got,
                                   uint8_t *wanted) {
    unsigned touching = 0;
    bool has_zeros = false;
    bool allowed = got == 0;
    *wanted = 0;
    for (unsigned i = 0; i < program->image.segment_count; i++) {
        const struct elf_segment *segment = &program->image.segments[i];
        if (!touches(program, segment, va & ~(PAGE_SIZE - 1))) {
            continue;
        }
        uintptr_t start = program->base + segment->address;
        uint64_t distance = va - start; // huge if it begins later
        uint8_t of_file = file_byte(program->file, segment->offset + distance);
        if (distance < segment->file_bytes) {
            *wanted = of_file;
            return got == of_file ? NULL : "that is a byte of the file";
        }
        if (distance < segment->memory_bytes) {
            return got == 0 ? NULL : "that is a zero of the segment";
        }
        touching++;
        has_zeros = segment->memory_bytes > segment->file_bytes && va >= start;
        allowed = allowed || (segment->file_bytes > 0 && got == of_file);
    }
    if (touching == 1 && has_zeros && got != 0) {
        return "it lies behind a segment's zeros";
    }
    return allowed ? NULL : "it is no segment's, and not the file's either";
}

static bool is_page_right(struct mm *mm, const struct program *program, uintptr_t page) {
    const uint8_t *bytes = bytes_touched(mm, page);
    if (bytes == NULL) {
        printk("elf_load: page 0x%lx %s\n", page,
               mm_find_vma(mm, page) != NULL ? "cannot be touched" : "is missing");
        return false;
    }
    for (unsigned i = 0; i < PAGE_SIZE; i++) {
        uint8_t wanted;
        const char *wrong = wrong_with_byte(program, page + i, bytes[i], &wanted);
        if (wrong != NULL) {
            printk("elf_load: byte 0x%lx is 0x%x, and should be 0x%x: %s\n", page + i, bytes[i],
                   wanted, wrong);
            return false;
        }
    }
    return true;
}

static bool are_entry_rights_right(struct mm *mm, uintptr_t page, unsigned prot) {
    bool touched = prot == 0 || bytes_touched(mm, page) != NULL;
    const pte_t *entry = pte_find(&mm->pt, page);
    bool executable = prot != 0 && touched && pte_executable(*entry);
    bool written = mm_fault(mm, page, ACCESS_WRITE) == FAULT_HANDLED;
    bool right =
        touched && executable == ((prot & X) != 0) && written == ((prot & PROT_WRITE) != 0);
    if (!right) {
        printk("elf_load: page 0x%lx has an entry that permits something else than its vma\n",
               page);
    }
    return right;
}

// Compares what a page permits with what all segments do that touch it. `wanted` is -1 if none
// does.
static bool are_rights_right(struct mm *mm, uintptr_t page, int wanted) {
    static const char *const names[] = {"---", "r--", "-w-", "rw-", "--x", "r-x", "-wx", "rwx"};
    const struct vma *vma = mm_find_vma(mm, page);
    if (vma == NULL || wanted < 0) {
        bool right = vma == NULL && wanted < 0;
        if (!right) {
            printk("elf_load: page 0x%lx %s\n", page,
                   vma == NULL ? "is missing" : "is mapped, and no segment touches it");
        }
        return right;
    }
    unsigned prot = vma->flags & VMA_PROT;
    if (prot != (unsigned)wanted) {
        printk("elf_load: page 0x%lx permits %s, and should permit %s\n", page, names[prot],
               names[wanted]);
        return false;
    }
    return are_entry_rights_right(mm, page, prot);
}

enum judged { BYTES, RIGHTS };

// Looks at each page from the one below the program's first to the one above its last.
static bool is_right(struct mm *mm, const struct program *program, enum judged what) {
    const struct elf_image *image = &program->image;
    const struct elf_segment *last = &image->segments[image->segment_count - 1];
    uintptr_t page = ((program->base + image->segments[0].address) & ~(PAGE_SIZE - 1)) - PAGE_SIZE;
    uintptr_t end = program->base + last->address + last->memory_bytes + PAGE_SIZE;
    for (bool right = true; page < end; page += PAGE_SIZE) {
        int prot = -1;
        for (unsigned i = 0; i < image->segment_count; i++) {
            if (touches(program, &image->segments[i], page)) {
                prot = (prot < 0 ? 0 : prot) | (int)image->segments[i].prot;
            }
        }
        if (what == RIGHTS) {
            right = are_rights_right(mm, page, prot);
        } else if (prot > 0) {
            right = is_page_right(mm, program, page);
        }
        if (!right) {
            return false;
        }
    }
    return true;
}

// ---- Programs --------------------------------------------------------------------------------

static struct program make_program(struct inode *file, const struct elf_segment *segments,
                                   unsigned count, uintptr_t base) {
    struct program program = {.file = file, .base = base};
    program.image.position_independent = base != 0;
    program.image.alignment = PAGE_SIZE;
    program.image.entry = segments[0].address;
    program.image.segment_count = count;
    for (unsigned i = 0; i < count; i++) {
        program.image.segments[i] = segments[i];
    }
    return program;
}

// The frames that are taken next have something in them.
static void soil_frames(void) {
    enum { FRAMES = 64 };
    struct list taken = LIST_INIT(taken);
    for (unsigned i = 0; i < FRAMES; i++) {
        struct frame *frame = frame_alloc(FRAME_KERNEL);
        if (frame != NULL) {
            list_push_back(&taken, &frame->link);
        }
    }
    give_back_all(&taken);
}

// Is a program of these segments as it should be, when it is loaded?
static bool loads(const struct elf_segment *segments, unsigned count, uintptr_t base,
                  enum judged what) {
    struct inode *file = make_file(PAGES(FILE_PAGES) - 0x80);
    struct mm *mm = mm_create();
    if (file == NULL || mm == NULL) {
        return false;
    }
    struct program program = make_program(file, segments, count, base);
    soil_frames();
    int error = load(mm, &program);
    if (error < 0) {
        printk("elf_load: answers %d\n", error);
    }
    bool right = error == 0 && is_right(mm, &program, what);
    mm_put(mm);
    inode_put(file);
    return right;
}

// In all tables of segments: address, bytes in memory, offset, bytes in the file, rights.

static const struct elf_segment whole_pages[] = {
    {START, PAGES(3), 0, PAGES(3), RX},
    {START + PAGES(4), PAGES(2), PAGES(7), PAGES(2), R},
    {START + PAGES(9), PAGES(1), PAGES(4), PAGES(1), RW},
};

KTEST(lab3_load_bytes) {
    if (LAB >= 3) {
        KTEST_CHECK(loads(whole_pages, LENGTH(whole_pages), 0, BYTES));
    }
}

// Segments that begin and end within pages.
KTEST(lab3_load_offset) {
    static const struct elf_segment segments[] = {
        {START + 0x234, PAGES(2), 0x234, PAGES(2), RX}, // three pages
        {START + PAGES(4) + 0xff0, 0x20, PAGES(3) + 0xff0, 0x20, R},
        {START + PAGES(8) + 0x7fb, 0x1900, PAGES(5) + 0x7fb, 0x1900, RW},
        {START + PAGES(12) + 0x100, 5, 0x100, 5, RW},
        {START + PAGES(14), 0xf80, PAGES(FILE_PAGES - 1), 0xf80, R}, // the file's last byte
    };
    if (LAB >= 3) {
        KTEST_CHECK(loads(segments, LENGTH(segments), 0, BYTES));
    }
}

// Each segment's rights for all of its pages, and nothing between them.
KTEST(lab3_load_rights) {
    static const struct elf_segment segments[] = {
        {START, PAGES(2), 0, PAGES(2), RX},
        {START + PAGES(3), PAGES(2), PAGES(3), 0x1234, R},
        {START + PAGES(5), PAGES(5), PAGES(2), 0x1234, RW}, // with pages that are only zeros
        {START + PAGES(11), PAGES(4), PAGES(2), 0x1234, R},
        {START + PAGES(15), PAGES(3), PAGES(2), PAGES(1), RX},
        {START + PAGES(19), PAGES(1), PAGES(1), PAGES(1), X},
        {START + PAGES(20), PAGES(1), PAGES(1), PAGES(1), PROT_NONE},
    };
    if (LAB >= 3) {
        KTEST_CHECK(loads(segments, LENGTH(segments), 0, RIGHTS));
    }
}

// Zeros: behind the file's bytes in their last page; in pages of their own; up to the end of a
// page; from the middle of one; without a byte of the file.
KTEST(lab3_load_zeros) {
    static const struct elf_segment segments[] = {
        {START, PAGES(3), 0, 0x2345, RW},
        {START + PAGES(4), PAGES(3), PAGES(3), PAGES(1), RW},
        {START + PAGES(8) + 0x800, 0x100, NO_OFFSET, 0, RW},
        {START + PAGES(10) + 0xff0, PAGES(20), PAGES(2) + 0xff0, 0x10, RW},
        {START + PAGES(32) + 0x10, 0x20, PAGES(5) + 0x10, 0x10, RW},
        {START + PAGES(34), 0x1800, PAGES(5), 0x800, R},
        {START + PAGES(37), PAGES(2), NO_OFFSET, 0, RW},
    };
    if (LAB >= 3) {
        KTEST_CHECK(loads(segments, LENGTH(segments), 0, BYTES));
    }
}

// One ends and the next one begins in the same page, but elsewhere in the file.
KTEST(lab3_load_shared) {
    static const struct elf_segment segments[] = {
        {START, PAGES(1) + 0x300, 0, PAGES(1) + 0x300, R},
        {START + PAGES(1) + 0x400, PAGES(2), PAGES(3) + 0x400, PAGES(2), RW},
        {START + PAGES(8) + 0xc, 0x500, PAGES(3) + 0xc, 0x500, RX},
        {START + PAGES(8) + 0x50c, PAGES(1), PAGES(5) + 0x50c, PAGES(1), R},
    };
    if (LAB >= 3) {
        KTEST_CHECK(loads(segments, LENGTH(segments), 0, BYTES));
        KTEST_CHECK(loads(segments, LENGTH(segments), 0, RIGHTS));
    }
}

// More than two, with zeros, and segments that are wholly within a page that they share.
static const struct elf_segment crowded[] = {
    {START, PAGES(1) + 0x400, 0, PAGES(1) + 0x100, R},
    {START + PAGES(1) + 0x400, 0x300, PAGES(2) + 0x400, 0x200, RW},
    {START + PAGES(1) + 0x700, 0x80, NO_OFFSET, 0, R},
    {START + PAGES(1) + 0x800, 0x1900, PAGES(5) + 0x800, 0x1000, R},
    {START + PAGES(3) + 0x200, PAGES(2), PAGES(6) + 0x200, 0x10, RW},
    {START + PAGES(8), 0x100, PAGES(1), 0x100, R},
    {START + PAGES(8) + 0x200, PAGES(3), NO_OFFSET, 0, RW},
};

KTEST(lab3_load_crowded) {
    if (LAB >= 3) {
        KTEST_CHECK(loads(crowded, LENGTH(crowded), 0, BYTES));
        KTEST_CHECK(loads(crowded, LENGTH(crowded), 0, RIGHTS));
    }
}

// Addresses are distances from a base.
KTEST(lab3_load_base) {
    static const struct elf_segment segments[] = {
        {0, PAGES(1) + 0x80, 0, PAGES(1) + 0x80, R},
        {PAGES(1) + 0x100, PAGES(2), PAGES(2) + 0x100, PAGES(1), RW},
        {PAGES(6), PAGES(2), PAGES(5), 0x123, RW},
    };
    if (LAB >= 3) {
        KTEST_CHECK(loads(segments, LENGTH(segments), 0x555555554000, BYTES));
        KTEST_CHECK(loads(segments, LENGTH(segments), 0x7ffff0000000, RIGHTS));
    }
}

// ---- The file --------------------------------------------------------------------------------

// As programs usually are: constants, data in the same page, more data with zeros.
static const struct elf_segment usual[] = {
    {START, PAGES(1) + 0x234, 0, PAGES(1) + 0x234, R},
    {START + PAGES(1) + 0x300, PAGES(2), PAGES(1) + 0x300, PAGES(2), RW},
    {START + PAGES(4), PAGES(3), PAGES(3), 0x1234, RW},
};

// Overwrites all pages that may be written to.
static void overwrite(struct mm *mm) {
    list_for_each(link, &mm->vmas) {
        const struct vma *vma = list_entry(link, struct vma, link);
        for (uintptr_t page = vma->start; (vma->flags & VMA_WRITE) && page < vma->end;
             page += PAGE_SIZE) {
            fill_page(mm, page, ACCESS_WRITE);
        }
    }
}

// What a program does to its data concerns neither the file nor another process that runs it.
KTEST(lab3_load_private) {
    if (LAB < 3) {
        return;
    }
    struct inode *file = make_file(PAGES(FILE_PAGES));
    struct mm *one = mm_create();
    struct mm *two = mm_create();
    KTEST_CHECK(file != NULL && one != NULL && two != NULL);
    struct program program = make_program(file, usual, LENGTH(usual), 0);
    KTEST_CHECK(load(one, &program) == 0 && load(two, &program) == 0);
    KTEST_CHECK(is_file_intact(file));
    overwrite(one);
    KTEST_CHECK(is_file_intact(file));
    KTEST_CHECK(is_right(two, &program, BYTES));
    mm_put(one);
    mm_put(two);
    inode_put(file);
}

static bool shows_file(struct mm *mm, uintptr_t va) {
    bool shown =
        bytes_touched(mm, va) != NULL && pte_frame(*pte_find(&mm->pt, va))->kind == FRAME_FILE;
    if (!shown) {
        printk("elf_load: page 0x%lx is a copy of the file's\n", va);
    }
    return shown;
}

// A large program costs little until it is touched, and then its pages are the file's own.
KTEST(lab3_load_lazy) {
    enum { FRAMES_LIMIT = 16 };
    static const struct elf_segment large[] = {
        {START, MIB, 0, MIB, RX},
        {START + 2 * MIB, MIB + 0x100, 0, MIB, RW},
    };
    if (LAB < 3) {
        return;
    }
    struct inode *file = make_file(MIB);
    struct mm *one = mm_create();
    struct mm *two = mm_create();
    KTEST_CHECK(file != NULL && one != NULL && two != NULL);
    struct program program = make_program(file, large, LENGTH(large), 0);
    uint64_t before = trace_total(TRACE_FRAME_ALLOC);
    KTEST_CHECK(load(one, &program) == 0);
    uint64_t taken = trace_total(TRACE_FRAME_ALLOC) - before;
    if (taken > FRAMES_LIMIT) {
        printk("elf_load: took %lu frames, and no page was touched yet\n", taken);
    }
    KTEST_CHECK(taken <= FRAMES_LIMIT && load(two, &program) == 0);
    KTEST_CHECK(shows_file(one, START) && shows_file(two, START));
    KTEST_CHECK(shows_file(one, START + 3 * MIB - PAGE_SIZE)); // until it is written to
    KTEST_CHECK(bytes_at(one, START) == bytes_at(two, START));
    mm_put(one);
    mm_put(two);
    inode_put(file);
}

// ---- What goes wrong -------------------------------------------------------------------------

// Loads with the nth allocation failing. False if the answer is wrong; *happened: it has failed.
static bool load_without(struct mm *mm, const struct program *program, uint64_t n, bool *happened) {
    inject_arm(INJECT_ANY, n);
    int error = load(mm, program);
    *happened = inject_arm(INJECT_NONE, 0) == 0;
    if (error != 0 && !(*happened && error == -ENOMEM)) {
        printk("elf_load: answers %d when allocation %lu fails\n", error, n);
        return false;
    }
    bool complete = error != 0 || (is_right(mm, program, BYTES) && is_right(mm, program, RIGHTS));
    if (!complete) {
        printk("elf_load: answers 0, though allocation %lu has failed\n", n);
    }
    return complete;
}

// Out of memory at each allocation in turn.
KTEST(lab3_load_memory) {
    if (LAB < 3) {
        return;
    }
    struct inode *file = make_file(PAGES(FILE_PAGES));
    KTEST_CHECK(file != NULL);
    struct program program = make_program(file, usual, LENGTH(usual), 0);
    bool happened = true;
    for (uint64_t n = 1; happened; n++) {
        uint64_t frames_before = frame_total_of(FRAME_USER) + frame_total_of(FRAME_PAGETABLE);
        struct mm *mm = mm_create();
        KTEST_CHECK(mm != NULL && load_without(mm, &program, n, &happened));
        mm_put(mm);
        KTEST_CHECK(frame_total_of(FRAME_USER) + frame_total_of(FRAME_PAGETABLE) == frames_before);
    }
    KTEST_CHECK(is_file_intact(file));
    inode_put(file);
}

// The file has become shorter than it was when it was checked. Either that is said at once, or
// whoever touches what is not there is told.
static bool notices_cut(const struct elf_segment *segments, unsigned count) {
    struct inode *file = make_file(PAGES(3) + 0x10);
    struct mm *mm = mm_create();
    if (file == NULL || mm == NULL) {
        return false;
    }
    struct program program = make_program(file, segments, count, 0);
    const struct elf_segment *last = &segments[count - 1];
    bool noticed =
        load(mm, &program) < 0 || bytes_touched(mm, last->address + last->file_bytes - 1) == NULL;
    mm_put(mm);
    inode_put(file);
    return noticed;
}

KTEST(lab3_load_truncated) {
    static const struct elf_segment pages[] = {{START, PAGES(6), 0, PAGES(6), RX}};
    static const struct elf_segment zeros[] = {{START, PAGES(7), 0, PAGES(5) + 0x10, RW}};
    static const struct elf_segment shared[] = {
        {START, 0x100, 0, 0x100, R},
        {START + 0x200, 0x100, PAGES(5) + 0x200, 0x100, RW},
    };
    if (LAB >= 3) {
        KTEST_CHECK(notices_cut(pages, LENGTH(pages)));
        KTEST_CHECK(notices_cut(zeros, LENGTH(zeros)));
        KTEST_CHECK(notices_cut(shared, LENGTH(shared)));
    }
}
