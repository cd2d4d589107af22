// SPDX-License-Identifier: MIT
#include "run.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "expand.h"
#include "jobs.h"
#include "pattern.h"
#include "redirect.h"
#include "shell.h"
#include "variables.h"

// ---- What needs processes -----------------------------------------------------------------------

// One end of a pipe becomes a standard descriptor, the other one is of no use here.
static void connect(const int ends[2], int use, int as) {
    close(ends[1 - use]);
    redirect_move(ends[use], as);
}

// Every command runs at the same time, in a process of its own. `input` is the end of the pipe that
// the next one reads from.
static int run_pipeline(const struct node *node, unsigned flags) {
    struct job *job = job_create(node);
    int input = -1;
    for (const struct node *command = node->left; command != NULL; command = command->next) {
        int ends[2] = {-1, -1};
        bool failed = command->next != NULL && pipe(ends) < 0;
        if (failed) {
            complain("pipe: %s", strerror(errno));
        }
        pid_t pid = failed ? -1 : process_start(job, false);
        if (pid == 0) {
            redirect_move(input, STDIN_FILENO);
            if (command->next != NULL) {
                connect(ends, 1, STDOUT_FILENO);
            }
            shell_exit(run(command, (flags & RUN_TESTED) | RUN_LAST));
        }
        if (input >= 0) {
            close(input);
        }
        if (ends[1] >= 0) {
            close(ends[1]);
        }
        input = ends[0];
        if (pid < 0) {
            close(input); // those that run see its end
            job_wait(job);
            return STATUS_WRONG;
        }
    }
    return job_wait(job);
}

//: region subshell
static int run_in_copy(const struct node *node, unsigned flags) {
    if (!redirect(node->redirections, NULL)) {
        return STATUS_WRONG;
    }
    return run(node->left, (flags & RUN_TESTED) | RUN_LAST);
}

// ( ... ): the rest of the tree needs no handing over. It is in memory, and so the copy has it.
static int run_subshell(const struct node *node, unsigned flags) {
    if ((flags & RUN_LAST) != 0) {
        return run_in_copy(node, flags);
    }
    struct job *job = job_create(node);
    pid_t pid = process_start(job, false);
    if (pid == 0) {
        shell_exit(run_in_copy(node, flags));
    }
    if (pid < 0) {
        job_drop(job);
        return STATUS_WRONG;
    }
    return job_wait(job);
}
//: endregion

static int run_background(const struct node *node) {
    struct job *job = job_create(node);
    pid_t pid = process_start(job, true);
    if (pid == 0) {
        shell_exit(run(node->left, RUN_LAST));
    }
    if (pid < 0) {
        job_drop(job);
        return STATUS_WRONG;
    }
    job_to_background(job);
    return 0;
}

char *expand_command(const struct node *command) {
    int ends[2];
    shell.substitution = 0;
    if (pipe(ends) < 0) {
        fail("pipe: %s", strerror(errno));
        return NULL;
    }
    pid_t pid = process_start(NULL, false);
    if (pid == 0) {
        connect(ends, 1, STDOUT_FILENO);
        shell_exit(run(command, RUN_LAST));
    }
    close(ends[1]);
    struct buffer output = {.arena = &scratch};
    char bytes[512];
    ssize_t got;
    while (pid > 0 &&
           ((got = read(ends[0], bytes, sizeof bytes)) > 0 || (got < 0 && errno == EINTR))) {
        for (ssize_t i = 0; i < got; i++) {
            if (bytes[i] != '\0') {
                buffer_add(&output, bytes[i]);
            }
        }
    }
    close(ends[0]);
    shell.substitution = pid > 0 ? process_wait(pid) : STATUS_WRONG;
    while (output.length > 0 && output.text[output.length - 1] == '\n') {
        output.length--;
    }
    return buffer_text(&output);
}

// ---- Compound commands --------------------------------------------------------------------------

// After each part of a loop: whether the loop is over. `continue` and `break` count the loops on
// their way.
static bool loop_is_over(void) {
    if (shell.unwind == UNWIND_BREAK || shell.unwind == UNWIND_CONTINUE) {
        bool mine = --shell.unwind_levels == 0;
        bool over = !mine || shell.unwind == UNWIND_BREAK;
        shell.unwind = mine ? UNWIND_NONE : shell.unwind;
        return over;
    }
    return shell.unwind != UNWIND_NONE;
}

static int run_while(const struct node *node, unsigned flags) {
    int status = 0;
    shell.loops++;
    for (;;) {
        int condition = run(node->left, RUN_TESTED);
        if (loop_is_over() || (condition == 0) != (node->kind == NODE_WHILE)) {
            break;
        }
        status = run(node->right, flags & RUN_TESTED);
        if (loop_is_over()) {
            break;
        }
    }
    shell.loops--;
    return shell.unwind == UNWIND_NONE ? status : shell.status;
}

static int run_for(const struct node *node, unsigned flags) {
    int status = 0;
    struct fields fields = {0};
    if (node->all_parameters) {
        for (int i = 0; i < shell.parameters.count; i++) {
            const char *item = shell.parameters.items[i];
            fields_add(&fields, arena_copy(&scratch, item, strlen(item)));
        }
    } else {
        fields = expand_words(node->words);
    }
    shell.loops++;
    for (size_t i = 0; i < fields.count && shell.unwind == UNWIND_NONE; i++) {
        if (variable_set(node->name, fields.items[i])) {
            status = run(node->right, flags & RUN_TESTED);
        }
        if (loop_is_over()) {
            break;
        }
    }
    shell.loops--;
    return shell.unwind == UNWIND_NONE ? status : shell.status;
}

static int run_case(const struct node *node, unsigned flags) {
    const char *text = expand_text(node->words);
    for (const struct case_item *item = node->items; item != NULL; item = item->next) {
        for (const struct word *pattern = item->patterns; pattern != NULL;
             pattern = pattern->next) {
            const char *expanded = expand_pattern(pattern);
            if (shell.unwind != UNWIND_NONE) {
                return shell.status;
            }
            if (pattern_fits(expanded, text)) {
                return run(item->body, flags & RUN_TESTED);
            }
        }
    }
    return 0;
}

static int run_if(const struct node *node, unsigned flags) {
    int condition = run(node->left, RUN_TESTED);
    if (shell.unwind != UNWIND_NONE) {
        return condition;
    }
    return run(condition == 0 ? node->right : node->other, flags & RUN_TESTED);
}

static int run_in_shell(const struct node *node, unsigned flags) {
    switch (node->kind) {
    case NODE_GROUP:
        return run(node->left, flags & RUN_TESTED);
    case NODE_IF:
        return run_if(node, flags);
    case NODE_WHILE:
    case NODE_UNTIL:
        return run_while(node, flags);
    case NODE_FOR:
        return run_for(node, flags);
    default:
        return run_case(node, flags);
    }
}

// A compound command with its redirections, which end with it.
static int run_compound(const struct node *node, unsigned flags) {
    struct mark mark = arena_mark(&scratch);
    struct saved_fd *saved = NULL;
    shell.line = node->line;
    int status = redirect(node->redirections, &saved) ? run_in_shell(node, flags) : STATUS_WRONG;
    redirect_undo(saved);
    arena_release(&scratch, mark);
    return status;
}

// ---- Lists --------------------------------------------------------------------------------------

static int run_and_or(const struct node *node, unsigned flags) {
    int status = run(node->left, RUN_TESTED);
    bool right = (status == 0) == (node->kind == NODE_AND);
    return right && shell.unwind == UNWIND_NONE ? run(node->right, flags) : status;
}

static int run_not(const struct node *node) {
    int status = run(node->left, RUN_TESTED);
    return shell.unwind == UNWIND_NONE ? status == 0 : status;
}

static int run_one(const struct node *node, unsigned flags) {
    switch (node->kind) {
    case NODE_SIMPLE:
        return run_simple(node, flags);
    case NODE_PIPELINE:
        return run_pipeline(node, flags);
    case NODE_NOT:
        return run_not(node);
    case NODE_AND:
    case NODE_OR:
        return run_and_or(node, flags);
    case NODE_BACKGROUND:
        return run_background(node);
    case NODE_SUBSHELL:
        return run_subshell(node, flags);
    case NODE_FUNCTION:
        function_define(node);
        return 0;
    default:
        return run_compound(node, flags);
    }
}

// A long list is a chain on the right: walked, not descended.
int run(const struct node *node, unsigned flags) {
    if (node == NULL) {
        return shell.status = 0;
    }
    for (; node->kind == NODE_SEQUENCE; node = node->right) {
        run(node->left, flags & RUN_TESTED);
        if (shell.unwind != UNWIND_NONE) {
            return shell.status;
        }
    }
    if (shell.only_parse) {
        return shell.status;
    }
    if (interrupted) {
        shell.unwind = UNWIND_ERROR;
        return shell.status = STATUS_SIGNAL + SIGINT;
    }
    shell.status = run_one(node, flags);
    bool counts =
        node->kind == NODE_SIMPLE || node->kind == NODE_PIPELINE || node->kind == NODE_SUBSHELL;
    if (shell.status != 0 && shell.exit_on_error && counts && (flags & RUN_TESTED) == 0 &&
        !shell.tested) {
        shell_exit(shell.status);
    }
    return shell.status;
}
