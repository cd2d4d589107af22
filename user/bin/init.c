// SPDX-License-Identifier: MIT
// init [-s] [script [parameter ...]]: the first process. Starts a shell on the console, and a new
// one when that has ended; collects the orphans. With a script it ends as the script does, and the
// machine with it.
//
// A shell of its own needs fork, exit and wait. Where they are still missing (lab 0, or a lab 1
// that is not finished: /etc/lab tells), and with -s, init becomes the shell instead. As a flat
// image it goes on as the program /bin/init, as soon as programs can be run.
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

// What the kernel can do.
struct abilities {
    bool forks; // and waits
    bool runs_programs;
};

// Without a file of a lab. Nothing needs lab 0 or 4, and programs do without scripts.
static void take_off(struct abilities *can, const char *file) {
    if (strncmp(file, "labs/3-", 7) == 0) {
        can->runs_programs = can->runs_programs && strstr(file, "/script_") != NULL;
    } else if (strncmp(file, "labs/1-", 7) == 0 || strncmp(file, "labs/2-", 7) == 0) {
        can->forks = false;
    }
}

// What /etc/lab says: a line LAB=n, and a line for each file of a lab that is not written yet,
// which it shows if `show`.
static struct abilities read_lab(bool show) {
    char line[LINE_BYTES];
    struct abilities can = {.forks = true, .runs_programs = true};
    FILE *file = fopen("/etc/lab", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "LAB=", 4) == 0) {
            setenv("TINE_LAB", line + 4, 1);
            can.forks = atoi(line + 4) >= 1;
            can.runs_programs = atoi(line + 4) >= 3;
        } else {
            take_off(&can, line);
            if (show) {
                printf("Not written yet: %s\n", line);
            }
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return can;
}

static void greet(void) {
    struct utsname name;
    uname(&name);
    printf("\n%s %s on %s. Type help, or poweroff to leave.\n", name.sysname, name.release,
           name.machine);
}

// The program /bin/sh, or the shell that is linked in.
static _Noreturn void become_shell(char **words) {
    if (sh_main == NULL) {
        execve("/bin/sh", words, environ);
        fprintf(stderr, "init: /bin/sh: %s\n", strerror(errno));
        _exit(127);
    }
    int count = 0;
    while (words[count] != NULL) {
        count++;
    }
    prctl(PR_SET_NAME, words[0]);
    exit(sh_main(count, words));
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
    if (sh_main != NULL && read_lab(false).runs_programs) {
        execve("/bin/init", argv, environ);
        fprintf(stderr, "init: /bin/init: %s; going on without programs\n", strerror(errno));
        setenv("TINE_EXEC", "missing", 1);
    }
    struct abilities can = read_lab(true);
    bool alone = !can.forks || single;
    if (!can.runs_programs && !script) { // who types had better have a shell than the truth
        setenv("TINE_EXEC", "missing", 1);
    }
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
