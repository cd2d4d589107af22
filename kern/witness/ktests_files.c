// SPDX-License-Identifier: MIT
// Kernel tests of mapped files: whose page is whose, who is told of a write, and what is cut off.
#include "base/string.h"
#include "fs/inode.h"
#include "fs/uio.h"
#include "kernel.h"
#include "lab_number.h"
#include "labs.h"
#include "mm/frame.h"
#include "task/cred.h"
#include "witness/ktest.h"
#include "witness/ktest_mm.h"
#include "witness/stale.h"

enum { FILE_PAGES = 3 };

// Where tests map files: the first and the second mapping, or address space.
#define HERE (2 * MIB)
#define THERE (3 * MIB)

static int64_t write_at(struct inode *file, uint64_t offset, const void *bytes, size_t count) {
    struct uio uio;
    uio_kernel(&uio, (void *)bytes, count);
    mutex_lock(&file->mutex);
    int64_t written = inode_write(file, &uio, offset);
    mutex_unlock(&file->mutex);
    return written;
}

static bool resize(struct inode *file, uint64_t size) {
    mutex_lock(&file->mutex);
    bool done = inode_resize(file, size) == 0;
    mutex_unlock(&file->mutex);
    return done;
}

static char byte_at(struct inode *file, uint64_t offset) {
    char byte = '?';
    return inode_read_kernel(file, &byte, 1, offset) == 1 ? byte : '-';
}

// A file without a name: a page of 'a', one of 'b', one of 'c'.
static struct inode *make_file(void) {
    static const struct cred root;
    static char page[PAGE_SIZE];
    struct inode *file = inode_create(S_IFREG | 0600, &root);
    for (unsigned i = 0; file != NULL && i < FILE_PAGES; i++) {
        memset(page, 'a' + (int)i, sizeof page);
        if (write_at(file, i * PAGE_SIZE, page, sizeof page) != PAGE_SIZE) {
            return NULL;
        }
    }
    return file;
}

// An address space with that file, from its page `first` on, at `start`.
static bool map(struct mm *mm, struct inode *file, uintptr_t start, unsigned flags,
                unsigned first) {
    uintptr_t end = start + (FILE_PAGES - first) * PAGE_SIZE;
    return mm != NULL && file != NULL &&
           mm_map_file(mm, start, end, flags, file, first * PAGE_SIZE) == 0;
}

static struct mm *map_new(struct inode *file, unsigned flags) {
    struct mm *mm = mm_create();
    return map(mm, file, HERE, flags, 0) ? mm : NULL;
}

static bool touch(struct mm *mm, uintptr_t va, enum access access) {
    return mm_fault(mm, va, access) == FAULT_HANDLED;
}

static pte_t entry_for(const struct mm *mm, uintptr_t va) {
    const pte_t *entry = pte_find(&mm->pt, va);
    return entry != NULL ? *entry : pte_empty();
}

// The page at `va` is the file's page `index`, which so many claim; or a copy that is mm's alone.
static bool is_files(const struct mm *mm, uintptr_t va, struct inode *file, unsigned index,
                     int claims) {
    const struct frame *frame = inode_page(file, index, false);
    return pte_frame(entry_for(mm, va)) == frame && frame->kind == FRAME_FILE &&
           frame->count == claims;
}

static bool is_copy(const struct mm *mm, uintptr_t va, struct inode *file, unsigned index) {
    const struct frame *frame = pte_frame(entry_for(mm, va));
    return frame != inode_page(file, index, false) && frame->kind == FRAME_USER &&
           frame->count == 1;
}

static int claims_to(struct inode *file, unsigned index) {
    return inode_page(file, index, false)->count;
}

// Nobody but the test has the file any more.
static bool only_ours(struct inode *file) {
    for (unsigned i = 0; i << PAGE_SHIFT < file->size; i++) {
        if (claims_to(file, i) != 1) {
            return false;
        }
    }
    return refcount_is_one(&file->count);
}

// ---- Private mappings ------------------------------------------------------------------------

// Code is in memory once, however many run it. Before lab 2 each has a copy.
KTEST(file_text) {
    struct inode *file = make_file();
    struct mm *one = map_new(file, VMA_READ | VMA_EXEC);
    struct mm *two = map_new(file, VMA_READ | VMA_EXEC);
    KTEST_CHECK(one != NULL && two != NULL);
    KTEST_CHECK(touch(one, HERE, ACCESS_EXEC) && touch(two, HERE, ACCESS_READ));
    if (LAB >= 2) {
        KTEST_CHECK(is_files(one, HERE, file, 0, 3) && is_files(two, HERE, file, 0, 3));
    } else {
        KTEST_CHECK(is_copy(one, HERE, file, 0) && is_copy(two, HERE, file, 0));
    }
    KTEST_CHECK(pte_executable(entry_for(two, HERE)) && !pte_writable(entry_for(two, HERE)));
    KTEST_CHECK(mm_fault(one, HERE, ACCESS_WRITE) == FAULT_SEGV);
    KTEST_CHECK(*bytes_at(one, HERE) == 'a' && *bytes_at(two, HERE) == 'a');
    mm_put(one);
    KTEST_CHECK(LAB < 2 || is_files(two, HERE, file, 0, 2));
    mm_put(two);
    KTEST_CHECK(only_ours(file));
    inode_put(file);
}

// Who writes to a private page gets a copy, be he the only one who maps it, and whether or not he
// has read it before.
KTEST(file_private_write) {
    struct inode *file = make_file();
    struct mm *mm = map_new(file, RW);
    KTEST_CHECK(mm != NULL && touch(mm, HERE, ACCESS_READ));
    if (LAB >= 2) {
        KTEST_CHECK(is_files(mm, HERE, file, 0, 2) && !pte_writable(entry_for(mm, HERE)));
    }
    for (unsigned i = 0; i < 2; i++) {
        uintptr_t va = HERE + i * PAGE_SIZE;
        KTEST_CHECK(touch(mm, va, ACCESS_WRITE) && is_copy(mm, va, file, i));
        KTEST_CHECK(pte_writable(entry_for(mm, va)) && *bytes_at(mm, va + 7) == 'a' + (int)i);
        *bytes_at(mm, va) = 'W';
        KTEST_CHECK(byte_at(file, i * PAGE_SIZE) == 'a' + (int)i && claims_to(file, i) == 1);
    }
    mm_put(mm);
    KTEST_CHECK(only_ours(file));
    inode_put(file);
}

// The right to write, given later, is a right to a copy.
KTEST(file_private_protect) {
    struct inode *file = make_file();
    struct mm *mm = map_new(file, VMA_READ);
    KTEST_CHECK(mm != NULL && touch(mm, HERE, ACCESS_READ));
    KTEST_CHECK(mm_protect(mm, HERE, HERE + PAGE_SIZE, RW) == 0);
    KTEST_CHECK(LAB < 2 || !pte_writable(entry_for(mm, HERE)));
    KTEST_CHECK(touch(mm, HERE, ACCESS_WRITE) && is_copy(mm, HERE, file, 0));
    KTEST_CHECK(touch(mm, HERE + PAGE_SIZE, ACCESS_READ));
    KTEST_CHECK(mm_fault(mm, HERE + PAGE_SIZE, ACCESS_WRITE) == FAULT_SEGV);
    mm_put(mm);
    KTEST_CHECK(only_ours(file));
    inode_put(file);
}

// ---- Shared mappings -------------------------------------------------------------------------

// What one writes, another finds, by a mapping or by read; and the other way round.
KTEST(file_shared) {
    struct inode *file = make_file();
    struct mm *one = map_new(file, RW | VMA_SHARED);
    struct mm *two = mm_create();
    KTEST_CHECK(one != NULL && map(two, file, THERE, VMA_READ | VMA_SHARED, 1));
    KTEST_CHECK(touch(one, HERE + PAGE_SIZE, ACCESS_WRITE) && touch(two, THERE, ACCESS_READ));
    KTEST_CHECK(is_files(one, HERE + PAGE_SIZE, file, 1, 3) && is_files(two, THERE, file, 1, 3));
    *bytes_at(one, HERE + PAGE_SIZE + 5) = 'S';
    KTEST_CHECK(*bytes_at(two, THERE + 5) == 'S' && byte_at(file, PAGE_SIZE + 5) == 'S');
    KTEST_CHECK(write_at(file, PAGE_SIZE + 6, "T", 1) == 1);
    KTEST_CHECK(*bytes_at(one, HERE + PAGE_SIZE + 6) == 'T' && *bytes_at(two, THERE + 6) == 'T');
    KTEST_CHECK(mm_fault(two, THERE, ACCESS_WRITE) == FAULT_SEGV);
    mm_put(one);
    mm_put(two);
    KTEST_CHECK(byte_at(file, PAGE_SIZE + 5) == 'S' && only_ours(file));
    inode_put(file);
}

// A hole gets its page when somebody looks at it, so that a later write by another is seen.
KTEST(file_hole) {
    struct inode *file = make_file();
    KTEST_CHECK(file != NULL && resize(file, 0) && resize(file, FILE_PAGES * PAGE_SIZE));
    struct mm *one = map_new(file, VMA_READ);
    struct mm *two = map_new(file, RW | VMA_SHARED);
    KTEST_CHECK(one != NULL && two != NULL && touch(one, HERE, ACCESS_READ));
    KTEST_CHECK(*bytes_at(one, HERE) == 0 && file->page_count == 1);
    KTEST_CHECK(write_at(file, 0, "x", 1) == 1 && touch(two, HERE, ACCESS_WRITE));
    KTEST_CHECK(*bytes_at(two, HERE) == 'x' && (LAB < 2 || *bytes_at(one, HERE) == 'x'));
    mm_put(one);
    mm_put(two);
    inode_put(file);
}

// Bytes behind the end, in the last page, are nobody's: a longer file has zeros there.
KTEST(file_tail) {
    struct inode *file = make_file();
    struct mm *mm = map_new(file, RW | VMA_SHARED);
    KTEST_CHECK(mm != NULL && resize(file, PAGE_SIZE + 10) && touch(mm, HERE, ACCESS_WRITE));
    KTEST_CHECK(touch(mm, HERE + PAGE_SIZE, ACCESS_WRITE));
    uint8_t *tail = bytes_at(mm, HERE + PAGE_SIZE + 10);
    KTEST_CHECK(tail[-1] == 'b' && tail[0] == 0); // what was cut off
    *tail = 'X';
    KTEST_CHECK(resize(file, 2 * PAGE_SIZE) && *tail == 0 && tail[-1] == 'b');
    KTEST_CHECK(resize(file, PAGE_SIZE + 10));
    *tail = 'X';
    KTEST_CHECK(write_at(file, 2 * PAGE_SIZE, "y", 1) == 1 && *tail == 0 && tail[-1] == 'b');
    KTEST_CHECK(resize(file, PAGE_SIZE));
    *bytes_at(mm, HERE + 1) = 'Z';
    KTEST_CHECK(resize(file, 2 * PAGE_SIZE) && *bytes_at(mm, HERE) == 'a'); // no tail at all
    mm_put(mm);
    inode_put(file);
}

// ---- What all of them must survive -----------------------------------------------------------

// Touches all three pages at HERE, one of them to write, and the last one at THERE.
static bool touch_all(struct mm *mm) {
    return touch(mm, HERE, ACCESS_READ) && touch(mm, HERE + PAGE_SIZE, ACCESS_WRITE) &&
           touch(mm, HERE + 2 * PAGE_SIZE, ACCESS_WRITE) &&
           touch(mm, THERE + PAGE_SIZE, ACCESS_READ);
}

// Up to and with the second page all is there; the third one is not, and cannot be had.
static bool is_cut(struct mm *mm) {
    return pte_present(entry_for(mm, HERE)) && pte_present(entry_for(mm, HERE + PAGE_SIZE)) &&
           !pte_present(entry_for(mm, HERE + 2 * PAGE_SIZE)) &&
           !pte_present(entry_for(mm, THERE + PAGE_SIZE)) &&
           mm_fault(mm, HERE + 2 * PAGE_SIZE, ACCESS_READ) == FAULT_BUS &&
           mm_fault(mm, THERE + PAGE_SIZE, ACCESS_WRITE) == FAULT_BUS;
}

// A file that is cut takes its pages, and private copies of them, away from everybody; the
// processor that uses one of the address spaces has forgotten them before their frames go.
KTEST(file_cut) {
    struct inode *file = make_file();
    struct mm *one = map_new(file, RW);
    struct mm *two = map_new(file, RW | VMA_SHARED);
    KTEST_CHECK(one != NULL && two != NULL);
    KTEST_CHECK(map(one, file, THERE, RW | VMA_SHARED, 1) && map(two, file, THERE, RW, 1));
    KTEST_CHECK(touch_all(one) && touch_all(two));
    unsigned stale_before = stale_findings();
    uint64_t files_before = frame_total_of(FRAME_FILE);
    pagetable_activate(&two->pt);
    bool done = resize(file, PAGE_SIZE + 100);
    pagetable_activate(&kernel_pt);
    KTEST_CHECK(done && is_cut(one) && is_cut(two));
    KTEST_CHECK(stale_findings() == stale_before);
    KTEST_CHECK(frame_total_of(FRAME_FILE) == files_before - 1);
    KTEST_CHECK(*bytes_at(two, HERE + PAGE_SIZE + 99) == 'b');
    KTEST_CHECK(*bytes_at(two, HERE + PAGE_SIZE + 100) == 0);
    KTEST_CHECK(*bytes_at(one, HERE + PAGE_SIZE + 100) == 'b'); // a copy stays as it is
    KTEST_CHECK(resize(file, FILE_PAGES * PAGE_SIZE));
    KTEST_CHECK(touch(one, HERE + 2 * PAGE_SIZE, ACCESS_READ));
    KTEST_CHECK(*bytes_at(one, HERE + 2 * PAGE_SIZE) == 0);
    mm_put(one);
    mm_put(two);
    KTEST_CHECK(refcount_is_one(&file->count));
    inode_put(file);
}

// fork: mappings of files are mappings of files, with the same pages where they are shared, and
// with nobody's writes seen where they are private.
KTEST(file_fork) {
    struct inode *file = make_file();
    struct mm *parent = map_new(file, RW);
    if (LAB < 1) {
        mm_put(parent);
        inode_put(file);
        return;
    }
    KTEST_CHECK(parent != NULL && map(parent, file, THERE, RW | VMA_SHARED, 1));
    KTEST_CHECK(touch(parent, HERE, ACCESS_READ) && touch(parent, HERE + PAGE_SIZE, ACCESS_WRITE));
    KTEST_CHECK(touch(parent, THERE, ACCESS_WRITE));
    struct mm *child = mm_dup(parent);
    KTEST_CHECK(child != NULL && same_vmas(child, parent));
    KTEST_CHECK(is_files(child, THERE, file, 1, 3) && pte_writable(entry_for(child, THERE)));
    KTEST_CHECK(LAB < 2 || is_files(child, HERE, file, 0, 3));
    for (unsigned i = 0; i < FILE_PAGES; i++) { // the last one nobody has touched before
        uintptr_t va = HERE + i * PAGE_SIZE;
        KTEST_CHECK(touch(child, va, ACCESS_WRITE) && is_copy(child, va, file, i));
        *bytes_at(child, va) = 'C';
        KTEST_CHECK(touch(parent, va, ACCESS_READ) && *bytes_at(parent, va) == 'a' + (int)i);
        KTEST_CHECK(byte_at(file, i * PAGE_SIZE) == 'a' + (int)i);
    }
    *bytes_at(child, THERE) = 'S';
    KTEST_CHECK(*bytes_at(parent, THERE) == 'S' && byte_at(file, PAGE_SIZE) == 'S');
    KTEST_CHECK(touch(child, THERE + PAGE_SIZE, ACCESS_WRITE) && resize(file, 2 * PAGE_SIZE));
    KTEST_CHECK(bytes_at(child, THERE + PAGE_SIZE) == NULL);
    KTEST_CHECK(mm_fault(parent, THERE + PAGE_SIZE, ACCESS_READ) == FAULT_BUS);
    mm_put(parent);
    KTEST_CHECK(is_files(child, THERE, file, 1, 2));
    mm_put(child);
    KTEST_CHECK(only_ours(file));
    inode_put(file);
}

// Without memory: what is there can be had, a hole is refused, and a copy waits for a frame.
KTEST(file_no_memory) {
    struct inode *file = make_file();
    struct list taken = LIST_INIT(taken);
    KTEST_CHECK(file != NULL && resize(file, 2 * PAGE_SIZE) && resize(file, 3 * PAGE_SIZE));
    struct mm *mm = map_new(file, RW | VMA_SHARED);
    KTEST_CHECK(mm != NULL && map(mm, file, HERE + FILE_PAGES * PAGE_SIZE, RW, 0));
    KTEST_CHECK(touch(mm, HERE, ACCESS_READ)); // the tables are there
    take_all_frames(&taken);
    bool shared = touch(mm, HERE + PAGE_SIZE, ACCESS_WRITE);
    enum fault_result hole = mm_fault(mm, HERE + 2 * PAGE_SIZE, ACCESS_READ);
    enum fault_result copy = mm_fault(mm, HERE + FILE_PAGES * PAGE_SIZE, ACCESS_WRITE);
    give_back_all(&taken);
    KTEST_CHECK(shared && hole == FAULT_BUS && copy == FAULT_OOM);
    KTEST_CHECK(touch(mm, HERE + 2 * PAGE_SIZE, ACCESS_READ));
    KTEST_CHECK(touch(mm, HERE + FILE_PAGES * PAGE_SIZE, ACCESS_WRITE));
    mm_put(mm);
    KTEST_CHECK(only_ours(file));
    inode_put(file);
}
