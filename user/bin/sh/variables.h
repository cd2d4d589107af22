// SPDX-License-Identifier: MIT
// Variables, and the parameters $1, $2 ... of a script or a function.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Letters, digits and underscores.
bool is_name_character(int c);

// Whether the first `length` characters can be a variable's name: no digit comes first.
bool is_name(const char *text, size_t length);

// Takes over the environment, and forgets everything else.
void variables_begin(char **environment);

// NULL if it is not set. Good until the variable changes.
const char *variable_get(const char *name);

// False, and a failure (shell.h), if it is read-only.
bool variable_set(const char *name, const char *value);
bool variable_unset(const char *name);

// Marks for variables; one that is marked need not be set.
void variable_export(const char *name);
void variable_make_read_only(const char *name);

// Drops what is not exported: a script run by name begins with that alone.
void variables_keep_exported(void);

// Prints them, sorted, as commands that set them again; `prefix` is "", "export " or "readonly ",
// and decides which.
void variables_print(const char *prefix);

// The environment of a program, in `scratch`.
char **variables_environment(void);

// What a variable was before `NAME=value command`, and putting that back. In `scratch`.
struct saved_variable;
struct saved_variable *variable_save(const char *name, struct saved_variable *others);
void variables_restore(struct saved_variable *saved);

// $1 and so on become copies of these.
void parameters_set(char **items, int count);

// The first `count` of them are dropped; there must be so many.
void parameters_shift(int count);
