// SPDX-License-Identifier: MIT
// What makes the process stays: its numbers, its directory, its umask, its descriptors and where
// they are in their files, its parent, which is told by SIGCHLD. Its name is that of the program,
// cut to 15 bytes.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "again.h"

enum { FAR = 100 }; // a descriptor far from the others

#define LONG_NAME "a-name-of-more-than-15-bytes"

static char numbers[128];

static const char *all_numbers(void) {
    snprintf(numbers, sizeof numbers, "%d %d %d %d %d %d", getpid(), getppid(), getpgrp(),
             getsid(0), getuid(), getegid());
    return numbers;
}

// The name between parentheses in /proc/self/stat.
static const char *name(void) {
    static char text[256];
    int file = open("/proc/self/stat", O_RDONLY);
    ssize_t got = read(file, text, sizeof text - 1);
    close(file);
    text[got < 0 ? 0 : got] = '\0';
    char *end = strrchr(text, ')');
    char *start = strchr(text, '(');
    if (start == NULL || end == NULL) {
        return "";
    }
    *end = '\0';
    return start + 1;
}

static int look(const char *before) {
    struct stat status;
    char directory[256] = "";
    char text[4] = "";
    printf("name: %s\n", name());
    printf("its numbers: %s\n", strcmp(before, all_numbers()) == 0 ? "the same" : numbers);
    getcwd(directory, sizeof directory);
    printf("directory: %s\n", strrchr(directory, '/') + 1);
    close(open("made", O_CREAT | O_WRONLY, 0666));
    printf("umask: %03o\n", stat("made", &status) == 0 ? ~status.st_mode & 0777U : 0U);
    printf("from the file: %s\n", read(FAR, text, 3) == 3 ? text : "nothing");
    printf("a closed descriptor: %s\n", lseek(FAR + 1, 0, SEEK_CUR) < 0 ? "closed" : "open");
    return 0;
}

static void become_another(void) {
    char itself[256] = ITSELF("kept");
#ifndef __tine__
    itself[readlink(ITSELF("kept"), itself, sizeof itself - 1)] = '\0';
#endif
    mkdir("directory", 0700);
    if (chdir("directory") < 0 || symlink(itself, LONG_NAME) < 0) {
        puts("the test could not be set up");
    }
    umask(0135);
    int file = open("scratch", O_RDWR | O_CREAT, 0600);
    write(file, "abcdef", 6);
    dup2(file, FAR);
    close(file);
    lseek(FAR, 3, SEEK_SET);
    execve("../directory/" LONG_NAME, WORDS("anything", all_numbers()), NO_WORDS);
    _exit(EXEC_FAILED + errno);
}

static volatile sig_atomic_t told;

static void handler(int signal) {
    told = signal;
}

int main(int argc, char **argv) {
    if (argc > 1) {
        return look(argv[1]);
    }
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigaction(SIGCHLD, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    long pid = syscall(SYS_clone, (long)SIGUSR1, 0L, 0L, 0L, 0L); // a child whose end SIGUSR1 tells
    if (pid == 0) {
        become_another();
    }
    int status = 0;
    pid_t ended = waitpid((pid_t)pid, &status, __WALL);
    printf("its parent finds it: %s; it is told by %s\n", ended == pid ? "yes" : "no",
           told == SIGCHLD ? "SIGCHLD" : "another signal");
    return 0;
}
