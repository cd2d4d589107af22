// SPDX-License-Identifier: MIT
// wc [-lwc] [file ...]: counts lines, words and bytes.
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools.h"

struct counts {
    unsigned long of[3]; // lines, words, bytes
};

static const char letters[] = "lwc";

// -lwc as bits. Returns 0 after a wrong one.
static unsigned read_options(int argc, char **argv) {
    unsigned shown = 0;
    int letter;
    while ((letter = getopt(argc, argv, letters)) != -1) {
        if (letter == '?') {
            return 0;
        }
        shown |= 1U << (strchr(letters, letter) - letters);
    }
    return shown != 0 ? shown : 7;
}

static struct counts count(FILE *file) {
    struct counts counts = {{0}};
    bool in_word = false;
    int c;
    while ((c = getc(file)) != EOF) {
        counts.of[0] += c == '\n';
        counts.of[1] += !in_word && !isspace(c);
        counts.of[2]++;
        in_word = !isspace(c);
    }
    return counts;
}

static void print(const struct counts *counts, unsigned shown, const char *name) {
    const char *before = "";
    for (int i = 0; i < 3; i++) {
        if ((shown & 1U << i) != 0) {
            printf("%s%lu", before, counts->of[i]);
            before = " ";
        }
    }
    printf("%s%s\n", name != NULL ? " " : "", name != NULL ? name : "");
}

// Adds what it counts to `total`.
static int count_file(const char *name, unsigned shown, struct counts *total) {
    FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
    struct counts counts = file != NULL ? count(file) : (struct counts){{0}};
    bool failed = file == NULL || ferror(file);
    if (failed) {
        fprintf(stderr, "wc: %s: %s\n", name, strerror(errno));
    } else {
        print(&counts, shown, name);
    }
    if (file != NULL && file != stdin) {
        fclose(file);
    }
    for (int i = 0; i < 3; i++) {
        total->of[i] += counts.of[i];
    }
    return failed;
}

int wc_main(int argc, char **argv) {
    unsigned shown = read_options(argc, argv);
    if (shown == 0) {
        return 1;
    }
    int status = 0;
    struct counts total = {{0}};
    if (optind == argc) {
        clearerr(stdin);
        total = count(stdin);
        print(&total, shown, NULL);
        return ferror(stdin) != 0;
    }
    for (int i = optind; i < argc; i++) {
        status |= count_file(argv[i], shown, &total);
    }
    if (argc - optind > 1) {
        print(&total, shown, "total");
    }
    return status;
}
