// SPDX-License-Identifier: MIT
// A program that may be anywhere is put where there is room; it finds itself, its headers and its
// entry point by what the auxiliary vector says.
#include <tine.h>

#include "made.h"

enum { AT_PHDR_TYPE = 3, AT_PHNUM_TYPE = 5, AT_ENTRY_TYPE = 9, PAGE = 4096 };

static struct report report;

static void show(const char *path, int from) {
    pid_t pid = fork();
    if (pid == 0) {
        execve(path, WORDS(path), ENOUGH_STACK);
        _exit(EXEC_FAILED + errno);
    }
    int how = outcome(pid);
    printf("%s: ended with %d\n", path, how);
    if (how != REPORTED || !report_read(from, &report)) {
        return;
    }
    uint64_t base = report.start - MADE_CODE;
    probe_mark(1, (long)(report.heap - base));
    printf("  in page 0: %s; at a page's start: %s; in the user half: %s\n",
           base == 0 ? "yes" : "no", base % PAGE == 0 ? "yes" : "no",
           base < 0x7ffffffff000 ? "yes" : "no");
    printf("  AT_ENTRY: %s; AT_PHDR: %s; AT_PHNUM: %lu\n",
           report_auxv(&report, AT_ENTRY_TYPE) == report.start ? "right" : "wrong",
           report_auxv(&report, AT_PHDR_TYPE) == base + sizeof(struct elf64_ehdr) ? "right"
                                                                                  : "wrong",
           (unsigned long)report_auxv(&report, AT_PHNUM_TYPE));
}

int main(void) {
    int from;
    make_program("anywhere", ET_DYN, 0, NULL);
    make_program("further", ET_DYN, 0x7000, NULL);
    reports_begin(&from);
    show("anywhere", from);
    execute("further", WORDS("further"), ENOUGH_STACK);
    if (report_read(from, &report)) {
        printf("further: at a page's start: %s; AT_ENTRY: %s\n",
               (report.start - MADE_CODE) % PAGE == 0 ? "yes" : "no",
               report_auxv(&report, AT_ENTRY_TYPE) == report.start ? "right" : "wrong");
    }
    return 0;
}
