// SPDX-License-Identifier: MIT
// chmod MODE FILE ...: who may do what with a file. MODE is a number in octal, or like u+x, go-w,
// a=r (POSIX; without a letter in front: all).
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tools.h"

enum { PERMISSIONS = 07777 };

// The bits of `letters` in all three groups of three.
static mode_t rights_of(const char *letters) {
    mode_t mode = 0;
    for (; *letters != '\0'; letters++) {
        mode |= *letters == 'r' ? 0444U : *letters == 'w' ? 0222U : 0111U;
    }
    return mode;
}

// The groups that the first `length` letters name.
static mode_t groups_of(const char *letters, size_t length) {
    mode_t mode = length == 0 ? 0777 : 0;
    for (size_t i = 0; i < length; i++) {
        mode |= letters[i] == 'u'   ? 0700U
                : letters[i] == 'g' ? 0070U
                : letters[i] == 'o' ? 0007U
                                    : 0777U;
    }
    return mode;
}

// What `old` becomes. False if `text` is no mode.
static bool mode_from(const char *text, mode_t old, mode_t *mode) {
    char *end;
    unsigned long number = strtoul(text, &end, 8);
    if (end != text) {
        *mode = (mode_t)number;
        return *end == '\0' && number <= PERMISSIONS;
    }
    size_t who = strspn(text, "ugoa");
    const char *rights = text + who + 1;
    if (text[who] == '\0' || strchr("+-=", text[who]) == NULL ||
        rights[strspn(rights, "rwx")] != '\0') {
        return false;
    }
    mode_t groups = groups_of(text, who);
    mode_t bits = rights_of(rights) & groups;
    *mode = text[who] == '+' ? old | bits : text[who] == '-' ? old & ~bits : (old & ~groups) | bits;
    return true;
}

int chmod_main(int argc, char **argv) {
    struct stat status;
    mode_t mode;
    if (argc < 3 || !mode_from(argv[1], 0, &mode)) {
        fprintf(stderr, "usage: chmod MODE FILE ..., where MODE is like 644 or u+x\n");
        return 2;
    }
    int failed = 0;
    for (int i = 2; i < argc; i++) {
        if (stat(argv[i], &status) < 0 ||
            !mode_from(argv[1], status.st_mode & PERMISSIONS, &mode) || chmod(argv[i], mode) < 0) {
            fprintf(stderr, "chmod: %s: %s\n", argv[i], strerror(errno));
            failed = 1;
        }
    }
    return failed;
}
