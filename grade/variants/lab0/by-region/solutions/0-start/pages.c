// SPDX-License-Identifier: MIT
// Another correct solution of lab 0: region by region, page by page, without the iterator, and
// with more debug printing than anybody needs.
#include <stdbool.h>

#include "arch/pagetable.h"
#include "kernel.h"
#include "sys/syscall.h"
#include "task/task.h"

static bool page_is_present(uintptr_t va) {
    const pte_t *entry = pte_find(&current->mm->pt, va);
    return entry != NULL && pte_present(*entry);
}

static unsigned pages_in(const struct vma *vma) {
    unsigned pages = 0;
    for (uintptr_t va = vma->start; va != vma->end; va += PAGE_SIZE) {
        if (page_is_present(va)) {
            pages++;
        }
    }
    printk("DEBUG: %lx-%lx has %u pages\n", vma->start, vma->end, pages);
    return pages;
}

int64_t sys_pages_present(struct trapframe *tf) {
    unsigned pages = 0;
    printk("DEBUG: counting, tf is at %lx\n", (unsigned long)tf);
    list_for_each(link, &current->mm->vmas) {
        pages += pages_in(list_entry(link, struct vma, link));
    }
    printk("panic: not at all, there are %u pages\n", pages);
    printk("exit: pid 1 exited with status 77, says the student\n");
    return pages;
}
