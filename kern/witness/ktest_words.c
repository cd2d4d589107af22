// SPDX-License-Identifier: MIT
#include "witness/ktest_words.h"

#include "arch/pagetable.h"
#include "kernel.h"
#include "mm/fill.h"
#include "task/task.h"
#include "witness/ktest_mm.h"

enum { WORD = sizeof(uint64_t) };

size_t word_length(const struct words *words, unsigned number) {
    return words->longest == LONG_STRING ? LONG_STRING : (number * 1237 + 5) % (words->longest + 1);
}

static char letter_of(unsigned number, size_t index) {
    return (char)('a' + (number * 7 + index + index / 26) % 26);
}

void word_part(char *to, unsigned number, size_t from, size_t bytes, size_t length) {
    for (size_t i = 0; i < bytes; i++) {
        to[i] = from + i < length ? letter_of(number, from + i) : '\0';
    }
}

// Puts `count` strings and the array of their addresses into user memory. Returns where the next
// ones belong.
static uintptr_t put_strings(struct mm *mm, const struct words *words, unsigned first,
                             unsigned count, uintptr_t array) {
    static char part[PAGE_SIZE];
    uintptr_t text = array + (count + 1) * WORD;
    for (unsigned i = 0; i < count; i++) {
        size_t length = word_length(words, first + i);
        if (mm_write(mm, array + i * WORD, &text, WORD) < 0) {
            return 0;
        }
        for (size_t done = 0; done <= length; done += PAGE_SIZE) {
            size_t bytes = length + 1 - done < PAGE_SIZE ? length + 1 - done : PAGE_SIZE;
            word_part(part, first + i, done, bytes, length);
            if (mm_write(mm, text + done, part, bytes) < 0) {
                return 0;
            }
        }
        text += length + 1;
    }
    return (text + PAGE_SIZE) & ~(PAGE_SIZE - 1);
}

// Collects them, as execve does. Without any for argv, which execve never has: what is left when
// the one that it adds is taken away.
static struct strings *collect(const struct words *words, uintptr_t argv, uintptr_t envp) {
    struct strings *all = strings_create(0);
    if (all == NULL || strings_add_user(all, argv, envp) < 0) {
        return NULL;
    }
    if (words->argc > 0) {
        return all;
    }
    struct strings *rest = strings_create(0);
    if (rest == NULL || strings_add_rest(rest, all, 1) < 0) {
        return NULL;
    }
    strings_destroy(all);
    return rest;
}

struct strings *words_collect(const struct words *words) {
    struct strings *strings = NULL;
    struct mm *mm = mm_create();
    if (mm == NULL || mm_map(mm, MIB, 5 * MIB, RW) < 0) {
        return NULL;
    }
    mutex_lock(&mm->lock);
    uintptr_t envp = put_strings(mm, words, 0, words->argc, MIB);
    uintptr_t end = envp == 0 ? 0 : put_strings(mm, words, words->argc, words->envc, envp);
    mutex_unlock(&mm->lock);
    current->mm = mm;
    pagetable_activate(&mm->pt);
    if (end != 0) {
        strings = collect(words, MIB, envp);
    }
    current->mm = NULL;
    pagetable_activate(&kernel_pt);
    mm_put(mm);
    return strings;
}
