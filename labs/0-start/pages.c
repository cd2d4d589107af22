// SPDX-License-Identifier: MIT
// Lab 0: your first system call.
//
// Handout: handouts/0-start.md. You need three things of the kernel that is given:
//
//     current->mm->pt                   the page table of the program that called
//     for_each_pte (it, pt, start, end) visits the entries for [start, end)   arch/pagetable.h
//     pte_present(*it.entry)            does this entry name a frame?         arch/pte.h
#include "arch/pagetable.h"
#include "kernel.h"
#include "sys/syscall.h"
#include "task/task.h"

// System call 0x1001, pages_present(): how many pages of the caller's memory have a frame, whatever
// the program may do with them. The caller's memory is [0, USER_TOP).
//
// Takes no arguments, so `tf`, the registers the caller had, is not looked at. Returns the number
// of pages. Nothing is allocated, and nothing changes.
int64_t sys_pages_present(struct trapframe *tf) {
    (void)tf;
    lab_missing("sys_pages_present", __FILE__);
}
