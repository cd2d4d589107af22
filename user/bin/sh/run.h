// SPDX-License-Identifier: MIT
// Running what the parser has made: XCU 2.9. The result of everything is a status, which $? then
// shows.
#pragma once

#include "syntax.h"

enum {
    RUN_TESTED = 1, // somebody asks for the status: set -e does not care about it
    RUN_LAST = 2,   // the process has nothing else to do: it need not stay a shell
};

// Runs a node; NULL is nothing, and succeeds. Sets shell.status, and returns it.
int run(const struct node *node, unsigned flags);

// commands.c: a simple command.
int run_simple(const struct node *node, unsigned flags);

// programs.c: runs a program in the place of the shell, or, before there is execve, the tool of
// this name that is linked in. Returns only when it cannot: the status, after a message.
int run_program(char **argv);

// Says that there is no program of this name, or nothing to run it by. Returns the status.
int program_missing(const char *name);

// The path of a program, in `scratch`; NULL if there is none.
char *find_program(const char *name);

// functions.c. A function's body belongs to shell.tree, which is kept as long as the function.
struct function;
void function_define(const struct node *node);
struct function *function_find(const char *name);
void function_remove(const char *name);
void functions_forget(void);
int function_run(struct function *function, char **argv, int argc);
