// SPDX-License-Identifier: MIT
// sh [-efnuxi] [-c TEXT [name]] [script] [parameter ...]: the shell, as POSIX (XCU 2) describes it,
// without trap, alias and a few others.
//
// A command line is read and understood as a whole, as a tree (sh/syntax.h, parse.c); then it is
// run (run.c). Whatever needs a process of its own (each part of a pipeline, a list in parentheses,
// a program) gets it by fork, and goes on with its part of the tree in a copy of the shell's
// memory.
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sh/jobs.h"
#include "sh/parse.h"
#include "sh/redirect.h"
#include "sh/run.h"
#include "sh/shell.h"
#include "sh/variables.h"
#include "tools.h"

enum { MESSAGE_BYTES = 600 };

struct shell shell;

static void complain_about(const char *pattern, va_list arguments) {
    char text[MESSAGE_BYTES];
    vsnprintf(text, sizeof text, pattern, arguments);
    if (shell.typed) {
        fprintf(stderr, "sh: %s\n", text);
    } else {
        fprintf(stderr, "%s: %d: %s\n", shell.name, shell.line, text);
    }
}

void complain(const char *pattern, ...) {
    va_list arguments;
    va_start(arguments, pattern);
    complain_about(pattern, arguments);
    va_end(arguments);
}

int fail(const char *pattern, ...) {
    va_list arguments;
    va_start(arguments, pattern);
    complain_about(pattern, arguments);
    va_end(arguments);
    shell.unwind = UNWIND_ERROR;
    return shell.status = STATUS_WRONG;
}

_Noreturn void shell_exit(int status) {
    exit(status);
}

// ---- Options ------------------------------------------------------------------------------------

static const struct {
    char letter;
    bool *on;
} options[] = {
    {'e', &shell.exit_on_error},  {'f', &shell.no_patterns},   {'n', &shell.only_parse},
    {'u', &shell.unset_is_error}, {'x', &shell.show_commands},
};
enum { OPTIONS = sizeof options / sizeof options[0] };

bool option_set(char letter, bool on) {
    for (int i = 0; i < OPTIONS; i++) {
        if (options[i].letter == letter) {
            *options[i].on = on;
            return true;
        }
    }
    return false;
}

const char *option_letters(void) {
    static char letters[OPTIONS + 2];
    char *to = letters;
    for (int i = 0; i < OPTIONS; i++) {
        if (*options[i].on) {
            *to++ = options[i].letter;
        }
    }
    if (shell.interactive) {
        *to++ = 'i';
    }
    *to = '\0';
    return letters;
}

// ---- Reading and running ------------------------------------------------------------------------

// After ^C or a mistake somebody who types gets a new prompt; what was typed is forgotten.
static void begin_anew(struct source *source) {
    source_skip_line(source);
    shell.unwind = UNWIND_NONE;
    shell.loops = shell.calls = 0;
    if (interrupted) {
        fputc('\n', stderr);
        interrupted = 0;
        shell.status = STATUS_SIGNAL + SIGINT;
        source->last = '\n';
    }
}

// Reads one line and runs it. False at the end of the source.
static bool run_line(struct source *source) {
    struct tree *outer = shell.tree;
    struct tree *tree = tree_create();
    enum parsed parsed = parse_line(source, tree);
    if (parsed == PARSED_WRONG && !interrupted) {
        shell.status = STATUS_WRONG;
        shell.unwind = UNWIND_ERROR;
    } else if (!interrupted && tree->root != NULL) {
        shell.tree = tree;
        run(tree->root, 0);
        shell.tree = outer;
    }
    tree_put(tree);
    if (source->prompting && (interrupted || shell.unwind == UNWIND_ERROR)) {
        begin_anew(source);
        return true;
    }
    return parsed == PARSED_LINE && shell.unwind == UNWIND_NONE;
}

int run_source(struct source *source) {
    do {
        if (source->prompting) {
            jobs_report();
        }
    } while (run_line(source));
    if (source->prompting) {
        fputc('\n', stderr);
    }
    return shell.status;
}

int run_text(const char *text, const char *name, int line) {
    struct source source = source_of_text(text, name, line);
    return run_source(&source);
}

static int run_fd(int fd, const char *name, bool is_input) {
    struct source source = {.name = name,
                            .fd = fd,
                            .last = '\n',
                            .one_by_one = is_input,
                            .prompting = is_input && shell.interactive};
    return run_source(&source);
}

int run_file(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    fd = fd >= 0 ? redirect_keep(fd) : fd;
    if (fd < 0) {
        return -1;
    }
    int status = run_fd(fd, path, false);
    redirect_release(fd);
    return status;
}

// ---- Starting -----------------------------------------------------------------------------------

struct start {
    bool from_text;   // -c
    bool from_input;  // -s
    bool interactive; // -i
    char **rest;
};

// False, and a message, if an option is wrong.
static bool read_options(char **argv, struct start *start) {
    char **at = argv[0] != NULL ? argv + 1 : argv;
    for (; *at != NULL && ((*at)[0] == '-' || (*at)[0] == '+') && (*at)[1] != '\0'; at++) {
        if (strcmp(*at, "--") == 0) {
            at++;
            break;
        }
        for (const char *letter = *at + 1; *letter != '\0'; letter++) {
            start->from_text = start->from_text || *letter == 'c';
            start->from_input = start->from_input || *letter == 's';
            start->interactive = start->interactive || *letter == 'i';
            if (strchr("csi", *letter) == NULL && !option_set(*letter, (*at)[0] == '-')) {
                complain("-%c: no such option", *letter);
                return false;
            }
        }
    }
    start->rest = at;
    return true;
}

static void set_parameters(char **items) {
    int count = 0;
    while (items[count] != NULL) {
        count++;
    }
    parameters_set(items, count);
}

// The commands: -c's text, a script, or what is typed.
static int start(struct start *start) {
    char **rest = start->rest;
    if (start->from_text) {
        if (*rest == NULL) {
            complain("-c: which text?");
            return STATUS_WRONG;
        }
        const char *text = *rest++;
        shell.name = *rest != NULL ? *rest++ : shell.name;
        set_parameters(rest);
        return run_text(text, shell.name, 1);
    }
    if (*rest != NULL && !start->from_input) {
        const char *self = shell.name;
        shell.name = *rest++;
        set_parameters(rest);
        int status = run_file(shell.name);
        if (status < 0) {
            const char *script = shell.name;
            shell.name = self;
            complain("cannot open %s: %s", script, strerror(errno));
            return STATUS_NOT_FOUND;
        }
        return status;
    }
    set_parameters(rest);
    shell.interactive = start->interactive || (isatty(STDIN_FILENO) && isatty(STDERR_FILENO));
    shell.typed = shell.interactive;
    if (shell.interactive) {
        jobs_begin();
    }
    return run_fd(STDIN_FILENO, shell.name, true);
}

// Before there is execve, a shell started by a shell is called in the copy: it has to forget what
// that one knew.
int sh_main(int argc, char **argv) {
    struct start how = {0};
    shell = (struct shell){.name = argc > 0 ? argv[0] : "sh", .pid = getpid()};
    functions_forget();
    signal(SIGCHLD, SIG_DFL); // if it were ignored, nobody could wait
    variables_begin(environ);
    const char *lab = variable_get("TINE_LAB");
    const char *exec = variable_get("TINE_EXEC");
    shell.cannot_exec = exec != NULL && strcmp(exec, "missing") == 0;
    shell.cannot_fork = lab != NULL && strcmp(lab, "0") == 0;
    if (!read_options(argv, &how)) {
        return STATUS_WRONG;
    }
    shell_exit(start(&how));
}
