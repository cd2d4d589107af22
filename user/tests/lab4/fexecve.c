// SPDX-License-Identifier: MIT
// A program is a file that is open: whatever its path is by now, wherever the descriptor is in it,
// with the words and the environment that are given.
#include <fcntl.h>
#include <sys/stat.h>

#include "asked.h"

#include "counted.h"

enum { CLOSED = 77, OFFSET = 100, AT = 20, COPIED = 4096 };

#define PROGRAM ITSELF("fexecve")

static void copy(const char *from, const char *to, mode_t mode) {
    static char block[COPIED];
    int in = open(from, O_RDONLY);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, mode);
    ssize_t bytes;
    while ((bytes = read(in, block, sizeof block)) > 0 && write(out, block, (size_t)bytes) > 0) {
    }
    if (bytes < 0 || close(in) < 0 || close(out) < 0) {
        puts("the test could not be set up");
        _exit(1);
    }
}

static void try_file(const char *what, int fd, char *const argv[], char *const envp[]) {
    ask(argv, envp);
    printf("%s: %s\n", what, outcome_name(IN_CHILD(fexecve(fd, argv, envp))));
}

static void try_error(const char *what, const char *path, int flags) {
    int fd = open(path, flags);
    printf("%s: %s, and open: %s\n", what, outcome_name(IN_CHILD(fexecve(fd, WORDS("w"), environ))),
           fcntl(fd, F_GETFD) >= 0 ? "yes" : "no");
    close(fd);
}

static void try_counts(int fd) {
    int good = 0;
    for (int count = 0; count <= MOST; count++) {
        char **words = some_words(count);
        ask(words, words + count / 2);
        good += IN_CHILD(fexecve(fd, words, words + count / 2)) == STARTED;
    }
    printf("%d programs have found what they should\n", good);
}

int main(int argc, char **argv) {
    (void)argc;
    if (getpid() != 1) {
        // The descriptor is still open, and where it was.
        return argv[0] != NULL && strcmp(argv[0], "offset") == 0 && lseek(AT, 0, SEEK_CUR) != OFFSET
                   ? 1
                   : compare(argv);
    }
    int fd = open(PROGRAM, O_RDONLY);
    environ = (char **)WORDS("X=Y");
    try_file("a program", fd, WORDS("fexecve", "one"), WORDS("A=1", "A=2", "B"));
    try_file("with environ", fd, WORDS("fexecve"), environ);
    try_file("with nothing", fd, NO_WORDS, NO_WORDS);
    try_counts(fd);
    dup2(fd, AT);
    lseek(AT, OFFSET, SEEK_SET);
    try_file("not at its beginning", AT, WORDS("offset"), NO_WORDS);
    copy(PROGRAM, "copy", 0755);
    int unlinked = open("copy", O_RDONLY);
    unlink("copy");
    make_script("copy", "no program\n", 0755);
    try_file("without its path", unlinked, WORDS("unlinked"), WORDS("C=3"));

    copy(PROGRAM, "forbidden", 0644);
    mkdir("directory", 0755);
    try_error("without permission", "forbidden", O_RDONLY);
    try_error("a directory", "directory", O_RDONLY);
    try_error("a text", "copy", O_RDONLY);
    try_error("a device", "/dev/null", O_RDWR);
    printf("a closed one: %s\n", outcome_name(IN_CHILD(fexecve(CLOSED, WORDS("w"), environ))));
    return 0;
}
