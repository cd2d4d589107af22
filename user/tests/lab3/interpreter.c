// SPDX-License-Identifier: MIT
// A program that names an interpreter is loaded together with it. The interpreter begins, is told
// where it is itself and where the program's headers and entry point are, and goes there.
#include "made.h"

enum { AT_PHDR_TYPE = 3, AT_PHNUM_TYPE = 5, AT_BASE_TYPE = 7, AT_ENTRY_TYPE = 9 };

#define PROGRAM 0x10000000UL
#define FIXED_INTERPRETER 0x20000000UL

static const char *yes_no(int yes) {
    return yes ? "yes" : "no";
}

// What interpreter and program have found: the same, each at its own place.
static void show_reports(int from, int fixed) {
    static struct report first;
    static struct report second;
    if (!report_read(from, &first)) {
        return;
    }
    uint64_t base = first.start - MADE_CODE;
    printf("  the interpreter begins: %s; AT_BASE says where it is: %s\n",
           yes_no(first.start != PROGRAM + MADE_CODE),
           yes_no(report_auxv(&first, AT_BASE_TYPE) == (fixed ? 0 : base)));
    printf("  AT_ENTRY is the program's: %s; AT_PHDR, too: %s; AT_PHNUM: %lu\n",
           yes_no(report_auxv(&first, AT_ENTRY_TYPE) == PROGRAM + MADE_CODE),
           yes_no(report_auxv(&first, AT_PHDR_TYPE) == PROGRAM + sizeof(struct elf64_ehdr)),
           (unsigned long)report_auxv(&first, AT_PHNUM_TYPE));
    int told = report_read(from, &second);
    printf("  the program is there: %s; on the same stack: %s\n",
           yes_no(told && second.start == PROGRAM + MADE_CODE), yes_no(second.sp == first.sp));
}

static const char *error_text(int how) {
    return how == -ENOENT    ? "ENOENT"
           : how == -EACCES  ? "EACCES"
           : how == -ELIBBAD ? "ELIBBAD"
           : how == -ENOEXEC ? "ENOEXEC"
           : how == REPORTED ? "it runs"
                             : "something else";
}

static void attempt(const char *what, const char *interpreter) {
    make_program("program", ET_EXEC, PROGRAM, interpreter);
    int how = execute("program", WORDS("program", "x"), ENOUGH_STACK);
    printf("%s: %s\n", what, error_text(how));
}

static void make_file(const char *path, mode_t mode) {
    static char text[256] = "#!/bin/sh\n";
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    if (write(file, text, sizeof text) != (ssize_t)sizeof text || close(file) < 0) {
        puts("the test could not be set up");
    }
}

int main(void) {
    int from;
    reports_begin(&from);
    make_program("starter", ET_DYN, 0, NULL);
    make_program("fixed", ET_EXEC, FIXED_INTERPRETER, NULL);
    make_program("cut", ET_DYN, 0, NULL);
    truncate("cut", 64);
    make_program("needs-one", ET_DYN, 0, "starter");
    make_file("forbidden", 0644);
    make_file("script", 0755);
    mkdir("directory", 0755);
    attempt("an interpreter that may be anywhere", "starter");
    show_reports(from, 0);
    attempt("one that may not", "fixed");
    show_reports(from, 1);
    attempt("none there", "missing");
    attempt("one without permission", "forbidden");
    attempt("a directory", "directory");
    attempt("a script", "script");
    attempt("one that is cut off", "cut");
    attempt("its interpreter's interpreter is not asked for", "needs-one");
    return 0;
}
