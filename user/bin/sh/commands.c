// SPDX-License-Identifier: MIT
// Simple commands: XCU 2.9.1.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../tools.h"
#include "builtins.h"
#include "expand.h"
#include "jobs.h"
#include "redirect.h"
#include "run.h"
#include "shell.h"
#include "variables.h"

// One that is about to run.
struct command {
    const struct node *node;
    const struct builtin *builtin;
    struct function *function; // at most one of the two
    char **argv;
    int argc;
};

// NAME=VALUE before a command. With `saved`, what they replace is remembered there.
static bool assign(const struct assignment *assignment, bool and_export,
                   struct saved_variable **saved) {
    for (; assignment != NULL; assignment = assignment->next) {
        const char *value = expand_text(assignment->value);
        if (shell.unwind != UNWIND_NONE) {
            return false;
        }
        if (saved != NULL) {
            *saved = variable_save(assignment->name, *saved);
        }
        if (!variable_set(assignment->name, value)) {
            return false;
        }
        if (and_export) {
            variable_export(assignment->name);
        }
    }
    return true;
}

// Only assignments and redirections.
static int run_assignments(const struct node *node) {
    struct saved_fd *saved = NULL;
    bool redirected = redirect(node->redirections, &saved);
    redirect_undo(saved);
    if (!redirected) {
        return STATUS_WRONG;
    }
    return assign(node->assignments, false, NULL) ? shell.substitution : shell.status;
}

// What a built-in has printed is out before anything else happens.
static int flush_output(const char *name, int status) {
    if (fflush(stdout) < 0 || ferror(stdout)) {
        complain("%s: cannot write: %s", name, strerror(errno));
        status = status != 0 ? status : 1;
    }
    clearerr(stdout);
    return status;
}

static int call(const struct command *command) {
    if (command->builtin == NULL) {
        return function_run(command->function, command->argv, command->argc);
    }
    optind = 0; // getopt begins anew
    return flush_output(command->argv[0], command->builtin->main(command->argc, command->argv));
}

// A built-in or a function: in the shell itself, which gets its descriptors and variables back
// afterwards.
static int run_here(const struct command *command, unsigned flags) {
    const struct node *node = command->node;
    const struct builtin *builtin = command->builtin;
    bool special = builtin != NULL && builtin->special;
    bool redirections_stay = builtin != NULL && builtin_is_exec(builtin);
    struct saved_fd *saved_fds = NULL;
    struct saved_variable *saved_variables = NULL;
    int status = STATUS_WRONG;
    bool tested = shell.tested;
    shell.tested = tested || (flags & RUN_TESTED) != 0;
    if (redirect(node->redirections, redirections_stay ? NULL : &saved_fds)) {
        bool assigned = assign(node->assignments, !special || redirections_stay,
                               special ? NULL : &saved_variables);
        status = assigned ? call(command) : shell.status;
    } else if (special) {
        shell.unwind = UNWIND_ERROR;
        shell.status = STATUS_WRONG;
    }
    shell.tested = tested;
    variables_restore(saved_variables);
    redirect_undo(saved_fds);
    return status;
}

// In a copy of the shell that is to become the program.
static int become_program(const struct node *node, char **argv) {
    if (!redirect(node->redirections, NULL)) {
        return STATUS_WRONG;
    }
    return assign(node->assignments, true, NULL) ? run_program(argv) : shell.status;
}

// A kernel that has no processes: a tool can still be called.
static int run_without_fork(const struct command *command, unsigned flags) {
    const struct tool *tool = tool_find != NULL ? tool_find(command->argv[0]) : NULL;
    if (tool == NULL) {
        return program_missing(command->argv[0]);
    }
    struct builtin builtin = {.name = tool->name, .main = tool->main};
    struct command here = *command;
    here.builtin = &builtin;
    return run_here(&here, flags);
}

static int run_elsewhere(const struct command *command, unsigned flags) {
    const struct node *node = command->node;
    if ((flags & RUN_LAST) != 0) {
        return become_program(node, command->argv);
    }
    if (shell.cannot_fork) {
        return run_without_fork(command, flags);
    }
    struct job *job = job_create(node);
    pid_t pid = process_start(job, false);
    if (pid == 0) {
        shell_exit(become_program(node, command->argv));
    }
    if (pid < 0) {
        job_drop(job);
        return STATUS_WRONG;
    }
    return job_wait(job);
}

static void show(const struct fields *fields) {
    const char *prefix = variable_get("PS4");
    struct buffer line = {.arena = &scratch};
    for (size_t i = 0; i < fields->count; i++) {
        buffer_add(&line, i > 0 ? ' ' : '\0');
        line.length -= i == 0;
        buffer_add_text(&line, fields->items[i], strlen(fields->items[i]));
    }
    fprintf(stderr, "%s%s\n", prefix != NULL ? prefix : "", buffer_text(&line));
}

// XCU 2.9.1.1: which of the things that have this name.
static int run_words(const struct node *node, const struct fields *fields, unsigned flags) {
    struct command command = {.node = node, .argv = fields->items, .argc = (int)fields->count};
    bool no_function =
        strcmp(command.argv[0], "command") == 0 && command.argc > 1 && command.argv[1][0] != '-';
    command.argv += no_function;
    command.argc -= no_function;
    const struct builtin *builtin = builtin_find(command.argv[0]);
    if (!no_function && (builtin == NULL || !builtin->special)) {
        command.function = function_find(command.argv[0]);
    }
    command.builtin = command.function == NULL ? builtin : NULL;
    return command.function == NULL && builtin == NULL ? run_elsewhere(&command, flags)
                                                       : run_here(&command, flags);
}

int run_simple(const struct node *node, unsigned flags) {
    struct mark mark = arena_mark(&scratch);
    shell.line = node->line;
    shell.substitution = 0;
    struct fields fields = expand_words(node->words);
    int status = shell.status;
    if (shell.unwind == UNWIND_NONE) {
        if (shell.show_commands && fields.count > 0) {
            show(&fields);
        }
        status = fields.count > 0 ? run_words(node, &fields, flags) : run_assignments(node);
    }
    arena_release(&scratch, mark);
    return status;
}
