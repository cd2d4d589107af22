// SPDX-License-Identifier: MIT
// test EXPRESSION, [ EXPRESSION ] (XCU, test): files, strings, numbers; ! ( ) -a -o.
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools.h"

enum { TRUE = 0, FALSE = 1, WRONG = 2, DEPTH_LIMIT = 100 };

struct reader {
    char **at; // ended by NULL
    int left;
    int depth;
    bool wrong;
};

static bool read_or(struct reader *reader);

static void complain(struct reader *reader, const char *what, const char *why) {
    if (!reader->wrong) {
        fprintf(stderr, "test: %s: %s\n", what, why);
    }
    reader->wrong = true;
    reader->left = 0;
}

static const char *take(struct reader *reader) {
    if (reader->left == 0) {
        complain(reader, "the end", "something is missing");
        return "";
    }
    reader->left--;
    return *reader->at++;
}

static bool next_is(const struct reader *reader, const char *text) {
    return reader->left > 0 && strcmp(*reader->at, text) == 0;
}

static long number(struct reader *reader, const char *text) {
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    end += strspn(end, " \t\n");
    if (end == text || *end != '\0' || errno != 0) {
        complain(reader, text, "not a number");
    }
    return value;
}

static bool is_unary(const char *text) {
    return text[0] == '-' && text[1] != '\0' && text[2] == '\0' &&
           strchr("bcdefghLnprSstuwxz", text[1]) != NULL;
}

static bool is_binary(const char *text) {
    static const char *const operators[] = {"=",   "==",  "!=",  "<",   ">",   "-eq", "-ne",
                                            "-gt", "-ge", "-lt", "-le", "-nt", "-ot", "-ef"};
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        if (strcmp(text, operators[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool unary(struct reader *reader, char operator, const char * operand) {
    struct stat status;
    switch (operator) {
    case 'n':
        return *operand != '\0';
    case 'z':
        return *operand == '\0';
    case 't':
        return isatty((int)number(reader, operand));
    case 'r':
        return access(operand, R_OK) == 0;
    case 'w':
        return access(operand, W_OK) == 0;
    case 'x':
        return access(operand, X_OK) == 0;
    case 'h':
    case 'L':
        return lstat(operand, &status) == 0 && (status.st_mode & S_IFMT) == S_IFLNK;
    default:
        break;
    }
    if (stat(operand, &status) < 0) {
        return false;
    }
    mode_t type = status.st_mode & S_IFMT;
    switch (operator) {
    case 'b':
        return type == 0060000;
    case 'c':
        return type == S_IFCHR;
    case 'd':
        return type == S_IFDIR;
    case 'f':
        return type == S_IFREG;
    case 'p':
        return type == S_IFIFO;
    case 'S':
        return type == 0140000;
    case 's':
        return status.st_size > 0;
    case 'g':
        return (status.st_mode & 02000) != 0;
    case 'u':
        return (status.st_mode & 04000) != 0;
    default:
        return true; // -e
    }
}

// -nt, -ot, -ef. A file that is not there is older than any other.
static bool compare_files(const char *a, const char *operator, const char * b) {
    struct stat x;
    struct stat y;
    bool have_x = stat(a, &x) == 0;
    bool have_y = stat(b, &y) == 0;
    if (operator[1] == 'e') {
        return have_x && have_y && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
    }
    if (!have_x || !have_y) {
        return operator[1] == 'n' ? have_x : have_y;
    }
    long seconds = x.st_mtim.tv_sec - y.st_mtim.tv_sec;
    long difference = seconds != 0 ? seconds : x.st_mtim.tv_nsec - y.st_mtim.tv_nsec;
    return operator[1] == 'n' ? difference > 0 : difference<0;
}

static bool binary(struct reader *reader, const char *a, const char *operator, const char * b) {
    if (operator[0] != '-') {
        int order = strcmp(a, b);
        return operator[0] == '=' ? order == 0 :
               operator[0] == '!' ? order != 0
               :
               operator[0] == '<' ? order < 0
                                  : order> 0;
    }
    if (strchr("teo", operator[2]) == NULL || strcmp(operator, "-nt") == 0 ||
        strcmp(operator, "-ot") == 0 || strcmp(operator, "-ef") == 0) {
        if (operator[2] == 't' ? operator[1] == 'n' || operator[1] == 'o' : operator[2] == 'f') {
            return compare_files(a, operator, b);
        }
    }
    long x = number(reader, a);
    long y = number(reader, b);
    switch (operator[1] << 8 | operator[2]) {
    case 'e' << 8 | 'q':
        return x == y;
    case 'n' << 8 | 'e':
        return x != y;
    case 'g' << 8 | 't':
        return x > y;
    case 'g' << 8 | 'e':
        return x >= y;
    case 'l' << 8 | 't':
        return x < y;
    default:
        return x <= y;
    }
}

static bool read_primary(struct reader *reader) {
    if (reader->left >= 3 && is_binary(reader->at[1])) {
        char **at = reader->at;
        reader->at += 3;
        reader->left -= 3;
        return binary(reader, at[0], at[1], at[2]);
    }
    if (next_is(reader, "(") && reader->left > 1) {
        take(reader);
        bool value = read_or(reader);
        if (!next_is(reader, ")")) {
            complain(reader, "(", ") is missing");
        }
        take(reader);
        return value;
    }
    if (reader->left >= 2 && is_unary(*reader->at)) {
        char operator= take(reader)[1];
        return unary(reader, operator, take(reader));
    }
    return *take(reader) != '\0';
}

static bool read_not(struct reader *reader) {
    bool inverted = false;
    while (next_is(reader, "!") && reader->left > 1 &&
           !(reader->left >= 3 && is_binary(reader->at[1]))) {
        take(reader);
        inverted = !inverted;
    }
    return read_primary(reader) != inverted;
}

static bool read_and(struct reader *reader) {
    bool value = read_not(reader);
    while (next_is(reader, "-a")) {
        take(reader);
        value = read_not(reader) && value;
    }
    return value;
}

static bool read_or(struct reader *reader) {
    if (++reader->depth > DEPTH_LIMIT) {
        complain(reader, "(", "too deeply nested");
        return false;
    }
    bool value = read_and(reader);
    while (next_is(reader, "-o")) {
        take(reader);
        value = read_and(reader) || value;
    }
    reader->depth--;
    return value;
}

int test_main(int argc, char **argv) {
    struct reader reader = {.at = argv + 1, .left = argc - 1};
    if (strcmp(argv[0], "[") == 0) {
        if (argc < 2 || strcmp(argv[argc - 1], "]") != 0) {
            complain(&reader, "[", "] is missing");
            return WRONG;
        }
        reader.left--;
    }
    if (reader.left == 0) {
        return FALSE;
    }
    bool value = read_or(&reader);
    if (reader.left > 0) {
        complain(&reader, *reader.at, "this does not belong here");
    }
    return reader.wrong ? WRONG : value ? TRUE : FALSE;
}
