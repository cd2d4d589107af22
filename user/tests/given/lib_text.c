// SPDX-License-Identifier: MIT
// The C library's strings, characters, numbers, options.
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *at(const char *text, const char *found) {
    static char answer[8][16];
    static int next;
    char *to = answer[next++ % 8];
    if (found == NULL) {
        return "none";
    }
    snprintf(to, 16, "%d", (int)(found - text));
    return to;
}

static void searching(void) {
    const char *text = "a needle in a haystack";
    printf("strchr %s %s %s, strrchr %s %s, memchr %s %s\n", at(text, strchr(text, 'n')),
           at(text, strchr(text, 'z')), at(text, strchr(text, '\0')), at(text, strrchr(text, 'a')),
           at(text, strrchr(text, 'z')), at(text, memchr(text, 'h', 22)),
           at(text, memchr(text, 'h', 5)));
    printf("strstr %s %s %s %s\n", at(text, strstr(text, "in")), at(text, strstr(text, "")),
           at(text, strstr(text, "hay ")), at(text, strstr(text, "stack")));
    printf("strspn %zu %zu, strcspn %zu %zu, strpbrk %s %s\n", strspn(text, "a en"),
           strspn(text, ""), strcspn(text, "yz"), strcspn(text, "!"),
           at(text, strpbrk(text, "xyz")), at(text, strpbrk(text, "!")));
    char words[] = "  one two,three ,, four";
    char *state;
    for (char *word = strtok_r(words, " ,", &state); word; word = strtok_r(NULL, " ,", &state)) {
        printf("<%s>", word);
    }
    const char *first = getenv("NO_SUCH_VARIABLE") == NULL ? "abc" : "";
    printf("\n%d %d %d %d\n", strcmp(first, "abd") < 0, strncmp(first, "abd", 2),
           memcmp(first, "abd", 3) < 0, strcoll("b", first) > 0);
}

static void copying(void) {
    char room[32] = "................";
    strcpy(room, "abc");
    strcat(room, "def");
    strncat(room, "ghijk", 2);
    printf("%s %c", room, room[9]);
    strncpy(room, "xy", 4);
    printf(" %s %d %s\n", room, room[3], room + 4);
    char *copy = strdup("copied");
    char *part = strndup("copied", 3);
    printf("%s %s\n", copy, part);
    free(copy);
    free(part);
    memmove(room + 1, "0123456789", 11);
    memmove(room + 3, room + 1, 8);
    memmove(room, room + 2, 8);
    printf("%s\n", room);
}

static void characters(void) {
    static int (*const tests[])(int) = {isalnum, isalpha, isblank, iscntrl, isdigit, isgraph,
                                        islower, isprint, ispunct, isspace, isupper, isxdigit};
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        unsigned sum = 0;
        for (int c = -1; c < 256; c++) {
            sum = sum * 3 + (tests[i](c) != 0);
        }
        printf("%08x ", sum);
    }
    printf("%c%c%c%c\n", tolower('Q'), toupper('q'), tolower('1'), toupper('['));
}

static void number(const char *text, int base) {
    char *end;
    errno = 0;
    long value = strtol(text, &end, base);
    printf("%s:%d -> %ld %d %d", text, base, value, (int)(end - text), errno == ERANGE);
    errno = 0;
    unsigned long natural = strtoul(text, &end, base);
    printf(" | %lu %d %d\n", natural, (int)(end - text), errno == ERANGE);
}

static void numbers(void) {
    static const char *const texts[] = {"0",
                                        "42",
                                        " -17x",
                                        "+5",
                                        "0x1F",
                                        "0x",
                                        "017",
                                        "z",
                                        "",
                                        "9223372036854775807",
                                        "9223372036854775808",
                                        "-9223372036854775808",
                                        "-9223372036854775809",
                                        "18446744073709551615",
                                        "18446744073709551616",
                                        "- 1"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        number(texts[i], 0);
        number(texts[i], 10);
    }
    number("zz", 36);
    number("101", 2);
    number("ff", 16);
    printf("%d %ld %d %ld\n", atoi("-12ab"), atol("99"), abs(-3), labs(4));
}

static int compare(const void *a, const void *b) {
    return *(const int *)a - *(const int *)b;
}

static void sorting(void) {
    int values[100];
    int sorted = 1;
    for (int i = 0; i < 100; i++) {
        values[i] = i * 37 % 101 - i % 3;
    }
    qsort(values, 100, sizeof values[0], compare);
    for (int i = 1; i < 100; i++) {
        sorted = sorted && values[i - 1] <= values[i];
    }
    int here = values[63];
    int nowhere = 1000;
    int *found = bsearch(&here, values, 100, sizeof values[0], compare);
    printf("sorted %d, found %d, not found %d\n", sorted, found != NULL && *found == here,
           bsearch(&nowhere, values, 100, sizeof values[0], compare) == NULL);
    qsort(values, 0, sizeof values[0], compare);
}

static void environment(void) {
    setenv("ONE", "1", 1);
    setenv("ONE", "2", 0);
    printf("%s", getenv("ONE"));
    setenv("ONE", "a longer one", 1);
    printf(" %s %d", getenv("ONE"), getenv("ON") == NULL);
    unsetenv("ONE");
    printf(" %d %d %d\n", getenv("ONE") == NULL, setenv("A=B", "", 1), unsetenv(""));
}

static void options(char *words, const char *known) {
    char *argv[10];
    char *state;
    int argc = 0;
    for (char *word = strtok_r(words, " ", &state); word; word = strtok_r(NULL, " ", &state)) {
        argv[argc++] = word;
    }
    argv[argc] = NULL;
    optind = 0;
    opterr = 0;
    for (int letter; (letter = getopt(argc, argv, known)) != -1;) {
        printf("%c(%s)%c ", letter, optarg != NULL ? optarg : "", letter == '?' ? optopt : '.');
    }
    printf("rest %d of %d\n", argc - optind, argc);
}

static int called;

static void at_end(void) {
    printf("atexit %d\n", ++called);
}

int main(void) {
    searching();
    copying();
    characters();
    numbers();
    sorting();
    environment();
    char one[] = "p -a -bvalue -c value -de -- -f";
    char two[] = "p -xyz - -a";
    char three[] = "p -a -b";
    options(one, "+ab:c:de");
    options(two, "+xy");
    options(three, "+:ab:");
    printf("%s; %s; %s; %s\n", strerror(ENOENT), strerror(EPIPE), strerror(0), strerror(9999));
    printf("%s; %s\n", strsignal(SIGSEGV), strsignal(SIGTERM));
    atexit(at_end);
    atexit(at_end);
    exit(3);
}
