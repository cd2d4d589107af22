// SPDX-License-Identifier: MIT
// Thread-local storage: the child finds it where its parent has it. FS is the base by the ABI; GS
// is the program's to use as it likes.
#include <asm/prctl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <tine.h>

#include "child.h"

#define GS_NUMBER 0x123450000UL

struct bases {
    uint64_t fs;
    uint64_t gs;
    uint64_t word; // the first in thread-local storage
};

static uint64_t block[8];
static struct bases parents;

static struct bases bases(void) {
    struct bases now;
    __asm__ volatile("rdfsbase %0" : "=r"(now.fs));
    __asm__ volatile("rdgsbase %0" : "=r"(now.gs));
    now.word = 0;
    if (now.fs == parents.fs || parents.fs == 0) {
        __asm__ volatile("mov %%fs:0, %0" : "=r"(now.word));
    }
    return now;
}

static void work(int from_parent, int to_parent) {
    struct bases own = bases();
    (void)from_parent;
    probe_mark(1, own.fs == parents.fs);
    tell(to_parent, &own, sizeof own);
}

int main(void) {
    struct bases childs;
    uint64_t fs;
    __asm__ volatile("rdfsbase %0" : "=r"(fs));
    if (fs == 0) { // the C library has none: then make one; its first word is its own address
        block[0] = (uint64_t)block;
        syscall(SYS_arch_prctl, (long)ARCH_SET_FS, block);
    }
    __asm__ volatile("wrgsbase %0" : : "r"(GS_NUMBER));
    parents = bases();
    struct child child = child_start(work);
    child_finish(&child, &childs, sizeof childs);
    struct bases later = bases();
    printf("FS in the child: %s\n", childs.fs == parents.fs ? "as in the parent"
                                    : childs.fs == 0        ? "0"
                                                            : "something else");
    printf("its first word: %s\n", childs.word == parents.word ? "as in the parent" : "different");
    printf("GS in the child: %s\n", childs.gs == GS_NUMBER ? "as in the parent" : "different");
    printf("FS and GS in the parent: %s\n",
           later.fs == parents.fs && later.gs == GS_NUMBER ? "as before" : "different");
    return 0;
}
