// SPDX-License-Identifier: MIT
// More pages than a page table has entries, and far apart: across tables, directories and the whole
// of user memory.
#include <stdio.h>
#include <sys/mman.h>
#include <tine.h>

#define PAGE 4096UL
#define PAGES 520

static char *map_at(unsigned long address, unsigned long pages) {
    char *memory = mmap((void *)address, pages * PAGE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (memory == MAP_FAILED) {
        printf("mmap at 0x%lx failed\n", address);
        return NULL;
    }
    return memory;
}

int main(void) {
    static const unsigned long far_away[] = {0x80000000, 0x4000000000, 0x300000000000};
    char *block = map_at(0x40000000, PAGES);
    if (block == NULL) {
        return 1;
    }
    long before = pages_present();
    for (unsigned long i = 0; i < PAGES; i++) {
        block[i * PAGE] = 1;
    }
    long after = pages_present();
    for (int i = 0; i < 3; i++) {
        char *page = map_at(far_away[i], 1);
        if (page == NULL) {
            return 1;
        }
        page[0] = 1;
    }
    long far = pages_present();
    // Printing may touch pages: not before all is counted.
    printf("touched 520 pages in a row: the count rose by %ld\n", after - before);
    printf("touched 3 pages far apart: the count rose by %ld\n", far - after);
    probe_mark(1, before);
    probe_mark(2, after);
    probe_mark(3, far);
    return 0;
}
