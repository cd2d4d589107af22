// SPDX-License-Identifier: MIT
// Kernel tests of lab 3c, stack_build: stacks for programs that nobody runs, read from the top as
// the System V ABI describes them. None of them needs elf_check or elf_load.
#include "abi/auxv.h"
#include "base/elf.h"
#include "base/string.h"
#include "errno.h"
#include "fs/inode.h"
#include "kernel.h"
#include "lab_number.h"
#include "labs.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "task/cred.h"
#include "task/exec.h"
#include "witness/inject.h"
#include "witness/ktest.h"
#include "witness/ktest_mm.h"
#include "witness/ktest_words.h"

enum { WORD = sizeof(uint64_t), TICKS_PER_SECOND = 100 };
enum { UID = 11, EUID = 12, GID = 13, EGID = 14, PHDRS = 7 };

// A stack, and what it was made of.
struct stack {
    struct words words;
    struct exec *exec;
    struct mm *mm;
    uintptr_t sp;
};

// ---- Stacks and what is found there ----------------------------------------------------------

static char path_of_all[] = "/tests/lab3/a_program";

// Everything but the stack. False when out of memory.
static bool prepare(struct stack *stack, const struct words *words) {
    *stack = (struct stack){.words = *words};
    stack->mm = mm_create();
    stack->exec = kmalloc(sizeof *stack->exec);
    current->cred = cred_create(0); // whose rights the task has, not those of the program
    struct exec *exec = stack->exec;
    if (stack->mm == NULL || exec == NULL || current->cred == NULL) {
        return false;
    }
    exec->cred = cred_create(UID);
    if (exec->cred == NULL) {
        return false;
    }
    exec->cred->euid = EUID;
    exec->cred->gid = GID;
    exec->cred->egid = EGID;
    exec->path = path_of_all;
    exec->random[0] = 0x0123456789abcdef;
    exec->random[1] = 0x5a69788796a5b4c3;
    exec->program.image.entry = 0x401234;
    exec->program.image.phdrs = 0x400040;
    exec->program.image.phdr_count = PHDRS;
    exec->strings = words_collect(words);
    return exec->strings != NULL;
}

static int build(struct stack *stack) {
    mutex_lock(&stack->mm->lock);
    int error = LAB >= 3 ? stack_build(stack->mm, stack->exec, &stack->sp) : -ENOSYS;
    mutex_unlock(&stack->mm->lock);
    return error;
}

static void end(struct stack *stack) {
    mm_put(stack->mm);
    strings_destroy(stack->exec->strings);
    cred_put(stack->exec->cred);
    kfree(stack->exec);
    cred_put(current->cred);
    current->cred = NULL;
}

// Reads a word. Says so if there is no memory.
static bool read_word(struct stack *stack, uintptr_t at, uint64_t *word) {
    const uint8_t *bytes = at % WORD == 0 ? bytes_touched(stack->mm, at) : NULL;
    if (bytes == NULL) {
        printk("stack_build: there is no word at 0x%lx\n", at);
        return false;
    }
    *word = *(const uint64_t *)bytes;
    return true;
}

static bool is_argc_right(struct stack *stack) {
    uint64_t argc;
    bool read = read_word(stack, stack->sp, &argc);
    if (read && argc != stack->words.argc) {
        printk("stack_build: argc is %lu, and should be %u\n", argc, stack->words.argc);
    }
    return read && argc == stack->words.argc;
}

static uintptr_t argv_of(const struct stack *stack) {
    return stack->sp + WORD;
}

static uintptr_t envp_of(const struct stack *stack) {
    return argv_of(stack) + (stack->words.argc + 1) * WORD;
}

static uintptr_t vector_of(const struct stack *stack) {
    return envp_of(stack) + (stack->words.envc + 1) * WORD;
}

// The word behind the last one of the auxiliary vector; 0 if nothing ends it.
static uintptr_t vector_end(struct stack *stack) {
    for (uintptr_t at = vector_of(stack);; at += 2 * WORD) {
        uint64_t type;
        if (!read_word(stack, at, &type)) {
            return 0;
        }
        if (type == AT_NULL) {
            return at + 2 * WORD;
        }
    }
}

// Are the `bytes` at `at` those at `wanted`?
static bool is_text(struct stack *stack, uintptr_t at, const char *wanted, size_t bytes) {
    for (size_t done = 0, here; done < bytes; done += here) {
        const uint8_t *memory = bytes_touched(stack->mm, at + done);
        here = PAGE_SIZE - (at + done) % PAGE_SIZE;
        here = here < bytes - done ? here : bytes - done;
        if (memory == NULL || memcmp(memory, wanted + done, here) != 0) {
            return false;
        }
    }
    return true;
}

static bool is_string(struct stack *stack, uintptr_t at, unsigned number) {
    static char part[PAGE_SIZE];
    size_t length = word_length(&stack->words, number);
    for (size_t done = 0; done <= length; done += PAGE_SIZE) {
        size_t bytes = length + 1 - done < PAGE_SIZE ? length + 1 - done : PAGE_SIZE;
        word_part(part, number, done, bytes, length);
        if (!is_text(stack, at + done, part, bytes)) {
            return false;
        }
    }
    return true;
}

// Looks at an array of addresses: `name`, at `array`, for `count` strings from number `first` on,
// which lie above `floor`.
static bool is_array_right(struct stack *stack, const char *name, uintptr_t array, unsigned first,
                           unsigned count, uintptr_t floor) {
    uint64_t word;
    for (unsigned i = 0; i < count; i++) {
        if (!read_word(stack, array + i * WORD, &word)) {
            return false;
        }
        const char *wrong = word == 0                            ? "is NULL"
                            : !is_string(stack, word, first + i) ? "is not that string"
                            : word < floor                       ? "lies within the words"
                                                                 : NULL;
        if (wrong != NULL) {
            printk("stack_build: %s[%u], 0x%lx, %s\n", name, i, word, wrong);
            return false;
        }
    }
    bool ended = read_word(stack, array + count * WORD, &word) && word == 0;
    if (!ended) {
        printk("stack_build: %s[%u] is not NULL, which should end the array\n", name, count);
    }
    return ended;
}

static bool are_arguments_right(struct stack *stack, uintptr_t floor) {
    return is_argc_right(stack) &&
           is_array_right(stack, "argv", argv_of(stack), 0, stack->words.argc, floor);
}

static bool is_environment_right(struct stack *stack, uintptr_t floor) {
    return is_array_right(stack, "envp", envp_of(stack), stack->words.argc, stack->words.envc,
                          floor);
}

// Both, and no string within the words.
static bool are_words_right(struct stack *stack) {
    uintptr_t floor = vector_end(stack);
    return floor != 0 && are_arguments_right(stack, floor) && is_environment_right(stack, floor);
}

// The value of the vector's first entry of that type. False if there is none.
static bool find_entry(struct stack *stack, uint64_t wanted, uint64_t *value) {
    for (uintptr_t at = vector_of(stack);; at += 2 * WORD) {
        uint64_t type;
        if (!read_word(stack, at, &type) || type == AT_NULL) {
            return false;
        }
        if (type == wanted) {
            return read_word(stack, at + WORD, value);
        }
    }
}

static bool has_entry(struct stack *stack, const char *name, uint64_t type, uint64_t wanted) {
    uint64_t value;
    if (!find_entry(stack, type, &value)) {
        printk("stack_build: the vector has no %s\n", name);
        return false;
    }
    if (value != wanted) {
        printk("stack_build: %s is 0x%lx, and should be 0x%lx\n", name, value, wanted);
    }
    return value == wanted;
}

// ---- Tests -----------------------------------------------------------------------------------

// Builds one for `words`, and asks `judge` what it thinks of it.
static bool builds(const struct words *words, bool (*judge)(struct stack *stack)) {
    struct stack stack;
    if (!prepare(&stack, words)) {
        return false;
    }
    int error = build(&stack);
    if (error < 0) {
        printk("stack_build: answers %d\n", error);
    }
    bool right = error == 0 && judge(&stack);
    end(&stack);
    return right;
}

static bool judge_arguments(struct stack *stack) {
    return are_arguments_right(stack, stack->sp);
}

KTEST(lab3_stack_argv) {
    for (unsigned argc = 1; LAB >= 3 && argc <= 3; argc++) {
        const struct words words = {argc, 1, 20};
        KTEST_CHECK(builds(&words, judge_arguments));
    }
}

static bool judge_environment(struct stack *stack) {
    return is_environment_right(stack, stack->sp);
}

KTEST(lab3_stack_envp) {
    for (unsigned envc = 0; LAB >= 3 && envc <= 3; envc++) {
        const struct words words = {1 + envc % 2, envc, 20};
        KTEST_CHECK(builds(&words, judge_environment));
    }
}

static bool judge_vector(struct stack *stack) {
    return vector_end(stack) != 0 && has_entry(stack, "AT_PHDR", AT_PHDR, 0x400040) &&
           has_entry(stack, "AT_PHENT", AT_PHENT, sizeof(struct elf64_phdr)) &&
           has_entry(stack, "AT_PHNUM", AT_PHNUM, PHDRS) &&
           has_entry(stack, "AT_ENTRY", AT_ENTRY, 0x401234) &&
           has_entry(stack, "AT_BASE", AT_BASE, 0) &&
           has_entry(stack, "AT_PAGESZ", AT_PAGESZ, PAGE_SIZE) &&
           has_entry(stack, "AT_CLKTCK", AT_CLKTCK, TICKS_PER_SECOND) &&
           has_entry(stack, "AT_UID", AT_UID, UID) && has_entry(stack, "AT_EUID", AT_EUID, EUID) &&
           has_entry(stack, "AT_GID", AT_GID, GID) && has_entry(stack, "AT_EGID", AT_EGID, EGID) &&
           has_entry(stack, "AT_SECURE", AT_SECURE, 1);
}

KTEST(lab3_stack_auxv) {
    for (unsigned argc = 1; LAB >= 3 && argc <= 4; argc++) {
        const struct words words = {argc, 1, 20};
        KTEST_CHECK(builds(&words, judge_vector));
    }
}

// Does AT_SECURE tell what the effective ids mean? The real ones are UID and GID.
static bool tells_security(uint32_t euid, uint32_t egid, uint64_t secure) {
    static const struct words words = {1, 1, 20};
    struct stack stack;
    if (!prepare(&stack, &words)) {
        return false;
    }
    stack.exec->cred->euid = euid;
    stack.exec->cred->egid = egid;
    bool right = build(&stack) == 0 && has_entry(&stack, "AT_SECURE", AT_SECURE, secure);
    end(&stack);
    return right;
}

KTEST(lab3_stack_auxv_secure) {
    if (LAB >= 3) {
        KTEST_CHECK(tells_security(UID, GID, 0));
        KTEST_CHECK(tells_security(EUID, GID, 1));
        KTEST_CHECK(tells_security(UID, EGID, 1));
    }
}

// A program with a base, an interpreter that starts it, and program headers that are in no segment.
KTEST(lab3_stack_base) {
    static const struct words words = {1, 1, 20};
    static struct inode interpreter;
    struct stack stack;
    uint64_t value;
    if (LAB < 3) {
        return;
    }
    KTEST_CHECK(prepare(&stack, &words));
    stack.exec->program.base = 0x555555554000;
    stack.exec->program.image.position_independent = true;
    stack.exec->interpreter.file = &interpreter; // there is one: nobody looks into it
    stack.exec->interpreter.base = 0x7ffff0000000;
    stack.exec->interpreter.image.entry = 0x777;
    KTEST_CHECK(build(&stack) == 0);
    KTEST_CHECK(has_entry(&stack, "AT_PHDR", AT_PHDR, 0x555555954040));
    KTEST_CHECK(has_entry(&stack, "AT_ENTRY", AT_ENTRY, 0x555555955234));
    KTEST_CHECK(has_entry(&stack, "AT_BASE", AT_BASE, 0x7ffff0000000));
    mm_put(stack.mm);
    stack.mm = mm_create();
    stack.exec->program.image.phdrs = 0;
    KTEST_CHECK(stack.mm != NULL && build(&stack) == 0);
    KTEST_CHECK(!find_entry(&stack, AT_PHDR, &value));
    end(&stack);
}

static bool judge_alignment(struct stack *stack) {
    if (stack->sp % 16 != 0) {
        printk("stack_build: sp is 0x%lx with %u arguments and %u of the environment\n", stack->sp,
               stack->words.argc, stack->words.envc);
    }
    return stack->sp % 16 == 0 && is_argc_right(stack);
}

KTEST(lab3_stack_aligned) {
    for (unsigned i = 0; LAB >= 3 && i < 16; i++) {
        const struct words words = {1 + i % 4, i / 4, 20 + i};
        KTEST_CHECK(builds(&words, judge_alignment));
    }
}

// Without arguments: argc is 0, and argv[0] is the NULL that ends them.
KTEST(lab3_stack_none) {
    static const struct words nothing = {0, 0, 20};
    static const struct words environment = {0, 2, 20};
    if (LAB >= 3) {
        KTEST_CHECK(builds(&nothing, are_words_right));
        KTEST_CHECK(builds(&environment, are_words_right));
    }
}

// Where an entry leads to: is it `bytes` of what is at `wanted`, above the words?
static bool leads_to(struct stack *stack, const char *name, uint64_t type, const void *wanted,
                     size_t bytes) {
    uint64_t at;
    if (!find_entry(stack, type, &at)) {
        printk("stack_build: the vector has no %s\n", name);
        return false;
    }
    bool right = at >= vector_end(stack) && is_text(stack, at, wanted, bytes);
    if (!right) {
        printk("stack_build: %s, 0x%lx, leads to something else\n", name, at);
    }
    return right;
}

static bool judge_what_the_vector_leads_to(struct stack *stack) {
    const struct exec *exec = stack->exec;
    return leads_to(stack, "AT_RANDOM", AT_RANDOM, exec->random, sizeof exec->random) &&
           leads_to(stack, "AT_EXECFN", AT_EXECFN, exec->path, strlen(exec->path) + 1);
}

// With several sizes: what is too little must not be hidden by what the alignment adds.
KTEST(lab3_stack_random) {
    for (unsigned argc = 1; LAB >= 3 && argc <= 8; argc++) {
        const struct words words = {argc, 2, 20};
        KTEST_CHECK(builds(&words, judge_what_the_vector_leads_to));
    }
}

static bool judge_vma(struct stack *stack) {
    const struct vma *vma = mm_find_vma(stack->mm, stack->sp);
    bool right = vma != NULL && vma->end == USER_TOP && (vma->flags & VMA_STACK) &&
                 (vma->flags & VMA_PROT) == RW;
    if (!right) {
        printk("stack_build: the stack's vma has flags 0x%x and ends at 0x%lx\n",
               vma != NULL ? vma->flags : 0, vma != NULL ? vma->end : 0);
        return false;
    }
    bool written = mm_fault(stack->mm, stack->sp - WORD, ACCESS_WRITE) == FAULT_HANDLED;
    bool grown = mm_fault(stack->mm, USER_TOP - MIB, ACCESS_WRITE) == FAULT_HANDLED;
    bool executable = mm_fault(stack->mm, stack->sp, ACCESS_EXEC) == FAULT_HANDLED;
    if (!written || !grown || executable) {
        printk("stack_build: the stack %s\n", executable ? "is executable" : "cannot be used");
    }
    return written && grown && !executable;
}

KTEST(lab3_stack_vma) {
    static const struct words words = {1, 1, 20};
    if (LAB >= 3) {
        KTEST_CHECK(builds(&words, judge_vma));
    }
}

// More words than fit into a page, and strings across the borders of pages.
KTEST(lab3_stack_many) {
    static const struct words some = {50, 20, 300};
    static const struct words many = {1000, 999, 40};
    if (LAB >= 3) {
        KTEST_CHECK(builds(&some, are_words_right));
        KTEST_CHECK(builds(&many, are_words_right));
    }
}

// As much as execve lets through: nearly 2 MiB in few strings, and in many.
KTEST(lab3_stack_large) {
    static const struct words few = {8, 7, LONG_STRING};
    static const struct words many = {5000, 3000, 2};
    if (LAB >= 3) {
        KTEST_CHECK(builds(&few, are_words_right));
        KTEST_CHECK(builds(&many, are_words_right));
    }
}

// Out of memory at each allocation in turn.
KTEST(lab3_stack_memory) {
    static const struct words words = {3, 2, 4000};
    struct stack stack;
    bool happened = true;
    if (LAB < 3) {
        return;
    }
    KTEST_CHECK(prepare(&stack, &words));
    uint64_t frames_before = frame_total_of(FRAME_USER) + frame_total_of(FRAME_PAGETABLE);
    for (uint64_t n = 1; happened; n++) {
        mm_put(stack.mm);
        stack.mm = mm_create();
        uint64_t frames_now = frame_total_of(FRAME_USER) + frame_total_of(FRAME_PAGETABLE);
        KTEST_CHECK(frames_now == frames_before);
        KTEST_CHECK(stack.mm != NULL);
        inject_arm(INJECT_ANY, n);
        int error = build(&stack);
        happened = inject_arm(INJECT_NONE, 0) == 0;
        bool right = error == 0 ? are_words_right(&stack) : happened && error == -ENOMEM;
        if (!right) {
            printk("stack_build: answers %d when allocation %lu fails\n", error, n);
        }
        KTEST_CHECK(right);
    }
    end(&stack);
}

// More than a stack may have: execve would not let it through, but stack_build says so.
KTEST(lab3_stack_memory_limit) {
    static const struct words none = {1, 0, 20};
    static const char page[PAGE_SIZE];
    struct stack stack;
    if (LAB < 3) {
        return;
    }
    KTEST_CHECK(prepare(&stack, &none));
    strings_destroy(stack.exec->strings);
    stack.exec->strings =
        strings_create(ARG_BYTES_MAX - 2 * STACK_LIMIT_BYTES); // room for twice that
    KTEST_CHECK(stack.exec->strings != NULL);
    for (size_t bytes = 0; bytes < STACK_LIMIT_BYTES; bytes += PAGE_SIZE) {
        KTEST_CHECK(strings_add(stack.exec->strings, page, PAGE_SIZE - 1) == 0);
    }
    KTEST_CHECK(build(&stack) == -E2BIG);
    end(&stack);
}
