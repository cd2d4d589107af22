// SPDX-License-Identifier: MIT
// A program finds the strings of argv and envp exactly as they were given, whatever is in them, and
// however few there are; also those that lie across pages, or at the end of what is mapped.
#include <sys/mman.h>

#include "again.h"
#include "shown.h"

enum { PAGE = 4096, LONG = 100000 };

static void start(char *const argv[], char *const envp[]) {
    int how = execute(ITSELF("arguments"), argv, envp);
    if (how != 0) {
        printf("it ended with %d\n", how);
    }
}

// So many of one letter.
static char *fill(char *text, char letter, size_t count) {
    memset(text, letter, count);
    text[count] = '\0';
    return text;
}

int main(int argc, char **argv) {
    static char longest[LONG + 1];
    if (getpid() != 1) { // for the arguments do not tell
        show_strings(argc, argv);
        return 0;
    }
    start(WORDS("name", "one", "two words"), WORDS("HOME=/", "X=1"));
    start(WORDS("", "", "-x", ""), WORDS("no equals sign", "", "A=", "=", "A=again"));
    start(WORDS("only argv"), NO_WORDS);
    start(NO_WORDS, WORDS("ONLY=envp"));
    start(NULL, NULL);
    start(WORDS("long", fill(longest, 'l', LONG), longest, "end"), WORDS(longest + LONG - 8191));

    // At the end of a page, and nothing is behind it: the array as well as the strings.
    char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(pages + PAGE, PAGE);
    char **array = (char **)(void *)(pages + PAGE - 3 * sizeof(char *));
    array[0] = fill((char *)(array - 1), 'e', 7);
    array[1] = array[0] + 6;
    array[2] = NULL;
    start(array, array + 1);
    char *last = pages + PAGE - 5;
    memcpy(last, "last", 5);
    start(WORDS("before", last, "behind"), WORDS(last));
    return 0;
}
