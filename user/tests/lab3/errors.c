// SPDX-License-Identifier: MIT
// Each way in which execve can fail has an errno, and its caller goes on as if it had not called:
// with its memory, its handlers, its descriptors, its name.
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <tine.h>

#include "../given/errors.h"
#include "made.h"

enum { PAGE = 4096, LONG_PATH = 4096, LONG_NAME = 256 };

static char *pages;  // two that are mapped, and one behind them that is not
static int file;     // at offset 3
static char old[64]; // this process's line in /proc/self/stat, as far as its name
static int not_the_same;

static void handler(int signal) {
    (void)signal;
}

static void read_name(char name[64]) {
    int stat = open("/proc/self/stat", O_RDONLY);
    memset(name, 0, 64);
    read(stat, name, 30);
    char *end = strchr(name, ')');
    if (end != NULL) {
        *end = '\0';
    }
    close(stat);
}

// Is this process as before?
static int is_as_before(void) {
    struct sigaction action;
    char name[64];
    sigaction(SIGUSR1, NULL, &action);
    read_name(name);
    return pages[0] == 'p' && pages[PAGE] == 'p' && action.sa_handler == handler &&
           lseek(file, 0, SEEK_CUR) == 3 && strcmp(name, old) == 0;
}

static void attempt(const char *what, const char *path, char *const argv[], char *const envp[]) {
    long got = execve(path, argv, envp);
    int error = errno;
    printf("%s: %s\n", what, got == -1 ? error_name(error) : "it came back without an error");
    not_the_same += !is_as_before();
}

static void make_file(const char *path, const char *text, mode_t mode) {
    int made = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    if (made < 0 || write(made, text, strlen(text)) != (ssize_t)strlen(text) || close(made) < 0) {
        puts("the test could not be set up");
    }
}

static void attempt_paths(void) {
    static char path[LONG_PATH + 1];
    attempt("no such file", "missing", NO_WORDS, NO_WORDS);
    attempt("no such directory", "missing/program", NO_WORDS, NO_WORDS);
    attempt("an empty path", "", NO_WORDS, NO_WORDS);
    attempt("through a file", "program/x", NO_WORDS, NO_WORDS);
    attempt("a slash behind a file", "program/", NO_WORDS, NO_WORDS);
    attempt("a directory", "directory", NO_WORDS, NO_WORDS);
    attempt("a device", "/dev/null", NO_WORDS, NO_WORDS);
    attempt("a file of /proc", "/proc/self/stat", NO_WORDS, NO_WORDS);
    attempt("without permission", "forbidden", NO_WORDS, NO_WORDS);
    attempt("a link to itself", "loop", NO_WORDS, NO_WORDS);
    attempt("a link to nothing", "dangling", NO_WORDS, NO_WORDS);
    memset(path, 'n', LONG_NAME);
    attempt("a long name", path, NO_WORDS, NO_WORDS);
    for (int i = 0; i < LONG_PATH; i += 2) {
        memcpy(path + i, "./", 2);
    }
    attempt("a long path", path, NO_WORDS, NO_WORDS);
}

static void attempt_files(void) {
    attempt("a text", "text", NO_WORDS, NO_WORDS);
    attempt("an empty file", "empty", NO_WORDS, NO_WORDS);
    attempt("a program that is cut off", "cut", NO_WORDS, NO_WORDS);
    attempt("a good program's beginning", "beginning", NO_WORDS, NO_WORDS);
    attempt("without its interpreter", "orphan", NO_WORDS, NO_WORDS);
}

static void attempt_addresses(void) {
    char *const *bad = (char *const *)(uintptr_t)PAGE;
    char *const *end = (char *const *)(void *)(pages + (size_t)2 * PAGE - sizeof(char *));
    char *const *unended[2] = {end, end};
    char *text = pages + (size_t)2 * PAGE - 4;
    attempt("no path", NULL, NO_WORDS, NO_WORDS);
    memcpy(text, "text", 4);
    attempt("a path without an end", text, NO_WORDS, NO_WORDS);
    attempt("a string without an end", "program", WORDS("program", text), NO_WORDS);
    attempt("one in the environment", "program", NO_WORDS, WORDS(text));
    attempt("a wild argv", "program", bad, NO_WORDS);
    attempt("a wild envp", "program", NO_WORDS, bad);
    attempt("a wild string", "program", WORDS("program", (const char *)bad), NO_WORDS);
    attempt("the kernel's memory", "program", WORDS((const char *)-4096L), NO_WORDS);
    *(char **)(void *)(pages + (size_t)2 * PAGE - sizeof text) = pages;
    attempt("argv without an end", "program", unended[0], NO_WORDS);
    attempt("envp without an end", "program", NO_WORDS, unended[1]);
}

static void prepare(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigaction(SIGUSR1, &action, NULL);
    make_program("program", ET_EXEC, 0x10000000, NULL);
    make_program("cut", ET_EXEC, 0x10000000, NULL);
    truncate("cut", 63);
    make_program("beginning", ET_EXEC, 0x10000000, NULL);
    truncate("beginning", 64);
    make_program("orphan", ET_EXEC, 0x10000000, "no-interpreter");
    make_file("text", "This is a text, not a program.\n", 0755);
    make_file("empty", "", 0755);
    make_file("forbidden", "", 0644);
    mkdir("directory", 0755);
    file = open("text", O_RDONLY);
    lseek(file, 3, SEEK_SET);
    if (symlink("loop", "loop") < 0 || symlink("nothing", "dangling") < 0) {
        puts("the test could not be set up");
    }
    size_t bytes = (size_t)3 * PAGE;
    pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(pages + (size_t)2 * PAGE, PAGE);
    pages[0] = pages[PAGE] = 'p';
    read_name(old);
}

int main(void) {
    prepare();
    attempt_paths();
    attempt_files();
    attempt_addresses();
    printf("as before after each of them: %s\n", not_the_same == 0 ? "yes" : "no");
    probe_mark(1, not_the_same);
    pid_t pid = fork();
    if (pid == 0) {
        execve("program", WORDS("program"), ENOUGH_STACK);
        _exit(EXEC_FAILED + errno);
    }
    printf("and then one succeeds: %s\n", outcome(pid) == REPORTED ? "yes" : "no");
    return 0;
}
