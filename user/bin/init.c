// SPDX-License-Identifier: MIT
// init [-s] [script [parameter ...]]: the first process. Starts a shell on the console, and a new
// one when that has ended; collects the orphans. With a script it ends as the script does, and the
// machine with it.
//
// A shell of its own needs fork, exit and wait. Where they are still missing (lab 0, or a lab 1
// that is not finished: /etc/lab tells), and with -s, init becomes the shell instead.
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools.h"

enum { STATUS_SIGNAL = 128, SHORT_LIFE_S = 1, SHORT_LIVES_LIMIT = 5, LINE_BYTES = 200 };

extern char **environ;

// Linked in where all programs are one.
int sh_main(int argc, char **argv) __attribute__((weak));

// What /etc/lab says: a line LAB=n, and a line for each file of a lab that is not written yet.
// Returns whether fork and wait can be had (lab 0 adds nothing to them).
static bool read_lab(void) {
    char line[LINE_BYTES];
    bool complete = true;
    FILE *file = fopen("/etc/lab", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "LAB=", 4) == 0) {
            setenv("TINE_LAB", line + 4, 1);
            complete = atoi(line + 4) >= 1;
        } else {
            printf("Not written yet: %s\n", line);
            complete = complete && strncmp(line, "labs/0-", 7) == 0;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return complete;
}

static void greet(void) {
    struct utsname name;
    uname(&name);
    printf("\n%s %s on %s. Type help, or poweroff to leave.\n", name.sysname, name.release,
           name.machine);
}

// The program /bin/sh, or, before programs can be run, the shell that is linked in.
static _Noreturn void become_shell(char **words) {
    if (access("/bin/sh", X_OK) == 0) {
        execve("/bin/sh", words, environ);
    }
    int count = 0;
    while (words[count] != NULL) {
        count++;
    }
    if (sh_main != NULL) {
        prctl(PR_SET_NAME, words[0]);
        exit(sh_main(count, words));
    }
    fprintf(stderr, "init: /bin/sh: %s\n", strerror(errno));
    _exit(127);
}

// The shell leads a session of its own, whose terminal is the console.
static pid_t start_shell(char **words) {
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        ioctl(STDIN_FILENO, TIOCSCTTY, 1); // it was ours: the kernel gives it to process 1
        become_shell(words);
    }
    return pid;
}

// Collects whoever ends, until it is the shell.
static int await(pid_t shell) {
    int status = 0;
    pid_t ended;
    do {
        ended = wait(&status);
    } while (ended != shell && (ended > 0 || errno == EINTR));
    return WIFSIGNALED(status) ? STATUS_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

// A shell that ends at once, again and again, has nobody to talk to.
static void serve(char **words) {
    for (int short_lives = 0; short_lives < SHORT_LIVES_LIMIT;) {
        time_t start = time(NULL);
        pid_t shell = start_shell(words);
        if (shell < 0) {
            fprintf(stderr, "init: cannot start a shell: %s\n", strerror(errno));
            become_shell(words);
        }
        int status = await(shell);
        printf("init: the shell has ended with status %d; here is a new one\n", status);
        short_lives = time(NULL) - start < SHORT_LIFE_S ? short_lives + 1 : 0;
    }
    printf("init: nobody is there\n");
    reboot(RB_POWER_OFF);
}

int init_main(int argc, char **argv) {
    bool single = argc > 1 && strcmp(argv[1], "-s") == 0;
    char name[] = "sh";
    char *none[] = {name, NULL};
    char **words = argc > 1 + single ? argv + single : none;
    words[0] = name;
    bool script = words[1] != NULL;
    setenv("PATH", "/bin", 0);
    setenv("HOME", "/", 0);
    bool alone = !read_lab() || single;
    if (!script) {
        greet();
    }
    fflush(stdout);
    if (alone) {
        become_shell(words);
    }
    if (script) {
        pid_t shell = start_shell(words);
        return shell < 0 ? 1 : await(shell);
    }
    serve(words);
    return 1;
}
