// SPDX-License-Identifier: MIT
// Kernel tests of lab 3e, script_parse: lines that no file has to hold. (What they lead to is
// tested by programs.)
#include "base/format.h"
#include "base/string.h"
#include "errno.h"
#include "kernel.h"
#include "lab_number.h"
#include "labs.h"
#include "witness/ktest.h"

// A beginning of a file, and what is to be found there; path is NULL if it is no script.
struct example {
    const char *what;
    const char *head;
    const char *path;
    const char *argument;
};

enum { TEXT_BYTES = 160, SHOWN = 24 };

static const char *shown(const char *text, size_t bytes, char buffer[SHOWN + 1]) {
    if (text == NULL) {
        return "none";
    }
    strlcpy(buffer, text, (bytes < SHOWN ? bytes : SHOWN) + 1);
    return buffer;
}

static bool is_same(const char *got, size_t bytes, const char *wanted) {
    return got == NULL
               ? wanted == NULL
               : wanted != NULL && bytes == strlen(wanted) && memcmp(got, wanted, bytes) == 0;
}

// Complains unless a part is as it should be: in these `bytes` of it.
static bool is_part_right(const char *what, const char *part, const char *got, size_t bytes,
                          const char *wanted) {
    char text[TEXT_BYTES];
    char first[SHOWN + 1];
    char second[SHOWN + 1];
    if (is_same(got, bytes, wanted)) {
        return true;
    }
    snprintf(text, sizeof text, "%s: %s is '%s' (%zu bytes), and should be '%s' (%zu)", what, part,
             shown(got, bytes, first), got != NULL ? bytes : 0, shown(wanted, TEXT_BYTES, second),
             wanted != NULL ? strlen(wanted) : 0);
    printk("script_parse: %s\n", text);
    ktest_fail(text, __FILE__, __LINE__);
    return false;
}

// What script_parse makes of `bytes` at `head`.
static void check(const char *what, const char *head, size_t bytes, const char *path,
                  const char *argument) {
    char text[TEXT_BYTES];
    struct script_line line = {.path = "nothing", .path_bytes = 7, .argument = "nothing"};
    int wanted = path != NULL ? 0 : -ENOEXEC;
    int answer = LAB >= 3 ? script_parse(head, bytes, &line) : -ENOSYS;
    if (answer != wanted) {
        snprintf(text, sizeof text, "%s: answer %d, and should be %d", what, answer, wanted);
        printk("script_parse: %s\n", text);
        ktest_fail(text, __FILE__, __LINE__);
    } else if (answer == 0 && is_part_right(what, "path", line.path, line.path_bytes, path)) {
        is_part_right(what, "argument", line.argument, line.argument_bytes, argument);
    }
}

// Each example is a whole file; behind it there is what would change the answer.
static void check_examples(const struct example *examples, unsigned count) {
    static char head[SCRIPT_LINE_BYTES];
    for (unsigned i = 0; LAB >= 3 && i < count; i++) {
        size_t bytes = strlen(examples[i].head);
        memset(head, 'x', sizeof head);
        memcpy(head, examples[i].head, bytes);
        check(examples[i].what, head, bytes, examples[i].path, examples[i].argument);
    }
}

KTEST(lab3_script_path) {
    static const struct example examples[] = {
        {"a path", "#!/bin/sh\n", "/bin/sh", NULL},
        {"a relative path", "#!sh\n", "sh", NULL},
        {"a blank before the path", "#! /bin/sh\n", "/bin/sh", NULL},
        {"tabs before the path", "#! \t \t/bin/sh\n", "/bin/sh", NULL},
        {"no end of line", "#!/bin/sh", "/bin/sh", NULL},
        {"blanks behind the path", "#!/bin/sh \t \n", "/bin/sh", NULL},
        {"a second line", "#!/bin/sh\n/bin/ls\n", "/bin/sh", NULL},
        {"a carriage return", "#!/bin/sh\r\n", "/bin/sh\r", NULL},
        {"an empty file", "", NULL, NULL},
        {"half of it", "#", NULL, NULL},
        {"no path", "#!", NULL, NULL},
        {"no path, end of line", "#!\n", NULL, NULL},
        {"a path in the second line", "#!\n/bin/sh\n", NULL, NULL},
        {"blanks, and a path in the second line", "#! \t\n/bin/sh\n", NULL, NULL},
        {"a blank between # and !", "# !/bin/sh\n", NULL, NULL},
        {"a blank before #", " #!/bin/sh\n", NULL, NULL},
        {"! and then #", "!#/bin/sh\n", NULL, NULL},
        {"another byte for #", "\x7f!/bin/sh\n", NULL, NULL},
        {"another byte for !", "##/bin/sh\n", NULL, NULL},
    };
    check_examples(examples, sizeof examples / sizeof examples[0]);
}

KTEST(lab3_script_argument) {
    static const struct example examples[] = {
        {"an argument", "#!/bin/sh -x\n", "/bin/sh", "-x"},
        {"behind a tab", "#!/bin/sh\t-x\n", "/bin/sh", "-x"},
        {"no end of line", "#!/bin/sh -x", "/bin/sh", "-x"},
        {"blanks around it", "#!/bin/sh  \t-x\t  \n", "/bin/sh", "-x"},
        {"two words", "#!/bin/sh -x -e\n", "/bin/sh", "-x -e"},
        {"blanks between words", "#!/bin/sh  two  \t words  \n", "/bin/sh", "two  \t words"},
        {"a second line", "#!/bin/sh -x\nand more\n", "/bin/sh", "-x"},
        {"nothing but in the second line", "#!/bin/sh  \n-x\n", "/bin/sh", NULL},
        {"a carriage return", "#!/bin/sh -x\r\n", "/bin/sh", "-x\r"},
        {"quotes and a #", "#!/bin/sh \"a b\" # c\n", "/bin/sh", "\"a b\" # c"},
    };
    check_examples(examples, sizeof examples / sizeof examples[0]);
}

// The line is as long as what there is to look at, and longer.
KTEST(lab3_script_long) {
    static char head[SCRIPT_LINE_BYTES + 8];
    static char part[SCRIPT_LINE_BYTES];
    enum { BYTES = SCRIPT_LINE_BYTES, BEFORE = 5 }; // "#!/a "
    if (LAB < 3) {
        return;
    }
    memset(head, 'l', sizeof head);
    memcpy(head, "#!", 2);
    check("a path without an end", head, BYTES, NULL, NULL);
    memset(part, 'l', BYTES - 3);
    head[BYTES - 1] = '\n';
    check("the longest path", head, BYTES, part, NULL);
    head[BYTES - 1] = ' ';
    check("the longest path, and a blank", head, BYTES, part, NULL);

    memset(head, 'l', sizeof head);
    memcpy(head, "#!/a ", BEFORE);
    memset(part, 0, sizeof part);
    memset(part, 'l', BYTES - BEFORE - 1);
    check("an argument without an end", head, BYTES, "/a", part);
    head[BYTES - 1] = '\n';
    check("the longest argument", head, BYTES, "/a", part);
    part[BYTES - BEFORE - 2] = '\0';
    check("a shorter file", head, BYTES - 2, "/a", part);
    memset(head + 2, ' ', BYTES - 2);
    check("nothing but blanks", head, BYTES, NULL, NULL);
    memcpy(head, "#!/a\0-x\n", 8);
    check("a NUL", head, BYTES, "/a", NULL);
}
