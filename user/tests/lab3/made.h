// SPDX-License-Identifier: MIT
// A program that a test makes: an ELF file, byte by byte. Its code tells what it finds at its first
// instruction.
#pragma once

#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>

#include "again.h"
#include "base/elf.h"

enum { REPORT_TO = 9, REPORT_STACK = 128, REPORT_REGISTERS = 15, REPORTED = 7 };

struct report {
    uint64_t registers[REPORT_REGISTERS]; // rax, rcx, rdx, rbx, rbp, rsi, rdi, r8 to r15
    uint64_t flags;
    uint8_t fpu[512]; // as fxsave stores it
    uint64_t fs;
    uint64_t start; // address of the first instruction
    uint64_t sp;
    uint64_t heap; // where it begins
    uint64_t euid;
    uint64_t egid;
    uint64_t stack[REPORT_STACK]; // what is there
};

// Writes a struct report to descriptor REPORT_TO. Then, if AT_ENTRY is another program's, goes
// there, else exits with REPORTED.
extern const char report_code[];
extern const char report_code_end[];
__asm__(".pushsection .text\n"
        ".macro tell bytes\n\t" // those at rsi
        "mov $1, %eax\n\tmov $9, %edi\n\tmov $\\bytes, %edx\n\tsyscall\n"
        ".endm\n"
        "report_code:\n\t"
        "pushfq\n\t"
        "push %r15\n\tpush %r14\n\tpush %r13\n\tpush %r12\n\tpush %r11\n\tpush %r10\n\t"
        "push %r9\n\tpush %r8\n\tpush %rdi\n\tpush %rsi\n\tpush %rbp\n\tpush %rbx\n\t"
        "push %rdx\n\tpush %rcx\n\tpush %rax\n\t"
        "mov %rsp, %rsi\n\t"
        "lea 128(%rsi), %rbp\n\t"
        "lea -1024(%rsi), %rbx\n\t"
        "and $-64, %rbx\n\t"
        "fxsave (%rbx)\n\t"
        "tell 128\n\t"
        "mov %rbx, %rsi\n\t"
        "tell 512\n\t"
        "rdfsbase %rax\n\t"
        "lea report_code(%rip), %r12\n\t"
        "mov %rax, (%rbx)\n\tmov %r12, 8(%rbx)\n\tmov %rbp, 16(%rbx)\n\t"
        "mov $12, %eax\n\txor %edi, %edi\n\tsyscall\n\t" // brk(0)
        "mov %rax, 24(%rbx)\n\t"
        "mov $107, %eax\n\tsyscall\n\tmov %rax, 32(%rbx)\n\t" // geteuid()
        "mov $108, %eax\n\tsyscall\n\tmov %rax, 40(%rbx)\n\t" // getegid()
        "mov %rbx, %rsi\n\t"
        "tell 48\n\t"
        "mov %rbp, %rsi\n\t"
        "tell 1024\n\t"
        "mov (%rbp), %rax\n\t"            // argc
        "lea 16(%rbp, %rax, 8), %rbx\n\t" // envp
        "1: add $8, %rbx\n\t"
        "cmpq $0, -8(%rbx)\n\t"
        "jne 1b\n\t"
        "2: add $16, %rbx\n\t"
        "cmpq $9, -16(%rbx)\n\t" // AT_ENTRY
        "jne 2b\n\t"
        "mov -8(%rbx), %rax\n\t"
        "mov %rbp, %rsp\n\t"
        "cmp %r12, %rax\n\t"
        "je 3f\n\t"
        "jmp *%rax\n\t"
        "3: mov $60, %eax\n\tmov $7, %edi\n\tsyscall\n"
        "report_code_end:\n"
        ".purgem tell\n"
        ".popsection");

enum { MADE_BYTES = 4096, MADE_CODE = 1024, MADE_PATH = 512 };

// Makes such a program: of type ET_EXEC, for memory at `address`, or of type ET_DYN, for any; with
// `interpreter` as the path of its interpreter, if that is not NULL.
static inline void make_program(const char *path, int type, uint64_t address,
                                const char *interpreter) {
    static char bytes[MADE_BYTES] __attribute__((aligned(8)));
    struct elf64_ehdr *header = (struct elf64_ehdr *)(void *)bytes;
    struct elf64_phdr *segments = (struct elf64_phdr *)(void *)(header + 1);
    memset(bytes, 0, sizeof bytes);
    memcpy(header->e_ident, ELF_MAGIC, 4);
    header->e_ident[EI_CLASS] = ELFCLASS64;
    header->e_ident[EI_DATA] = ELFDATA2LSB;
    header->e_ident[EI_VERSION] = EV_CURRENT;
    header->e_type = (uint16_t)type;
    header->e_machine = EM_X86_64;
    header->e_version = EV_CURRENT;
    header->e_entry = address + MADE_CODE;
    header->e_phoff = sizeof *header;
    header->e_ehsize = sizeof *header;
    header->e_phentsize = sizeof *segments;
    header->e_phnum = interpreter != NULL ? 2 : 1;
    segments[0] = (struct elf64_phdr){.p_type = PT_LOAD,
                                      .p_flags = PF_R | PF_X,
                                      .p_vaddr = address,
                                      .p_filesz = sizeof bytes,
                                      .p_memsz = sizeof bytes,
                                      .p_align = 4096};
    if (interpreter != NULL) {
        uint64_t length = strlen(interpreter) + 1;
        segments[1] = (struct elf64_phdr){.p_type = PT_INTERP,
                                          .p_flags = PF_R,
                                          .p_offset = MADE_PATH,
                                          .p_vaddr = address + MADE_PATH,
                                          .p_filesz = length,
                                          .p_memsz = length,
                                          .p_align = 1};
        memcpy(bytes + MADE_PATH, interpreter, length);
    }
    memcpy(bytes + MADE_CODE, report_code, (size_t)(report_code_end - report_code));
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
    if (file < 0 || write(file, bytes, sizeof bytes) != (ssize_t)sizeof bytes || close(file) < 0) {
        puts("the test could not be set up");
        _exit(1);
    }
}

// Begins a report's way; the other end is `from`.
static inline void reports_begin(int *from) {
    int ends[2];
    if (pipe(ends) < 0 || dup2(ends[1], REPORT_TO) < 0 || close(ends[1]) < 0) {
        puts("the test could not be set up");
        _exit(1);
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK); // what is told is there when the program has ended
    *from = ends[0];
}

// Reads the next report. Returns 0 if there is none.
static inline int report_read(int from, struct report *report) {
    size_t done = 0;
    while (done < sizeof *report) {
        ssize_t got = read(from, (char *)report + done, sizeof *report - done);
        if (got <= 0) {
            return 0;
        }
        done += (size_t)got;
    }
    return 1;
}

// What the auxiliary vector in a report says about `type`; -1 if nothing.
static inline uint64_t report_auxv(const struct report *report, uint64_t type) {
    unsigned at = (unsigned)report->stack[0] + 2;
    while (at < REPORT_STACK && report->stack[at] != 0) {
        at++;
    }
    for (at++; at + 1 < REPORT_STACK && report->stack[at] != 0; at += 2) {
        if (report->stack[at] == type) {
            return report->stack[at + 1];
        }
    }
    return (uint64_t)-1;
}

// An environment so long that a report does not reach beyond the stack.
#define ENOUGH_STACK WORDS(HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED)
#define HUNDRED FIFTY FIFTY
#define FIFTY "a long environment of which nobody reads a word..."
