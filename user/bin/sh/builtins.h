// SPDX-License-Identifier: MIT
// What the shell does itself, without a process: XCU 2.14, and commands that are no use anywhere
// else, or that are needed all the time.
#pragma once

#include <stdbool.h>

struct builtin {
    const char *name;
    int (*main)(int argc, char **argv); // returns the status
    bool special; // found before functions; assignments before it stay; a mistake ends a script
};

// NULL if there is none of this name.
const struct builtin *builtin_find(const char *name);

// One that is found by its name: "exec", whose redirections stay.
bool builtin_is_exec(const struct builtin *builtin);

// builtins.c, special.c, shell_state.c:
int break_main(int argc, char **argv); // and continue
int dot_main(int argc, char **argv);
int eval_main(int argc, char **argv);
int exec_main(int argc, char **argv);
int exit_main(int argc, char **argv);
int export_main(int argc, char **argv); // and readonly
int return_main(int argc, char **argv);
int set_main(int argc, char **argv);
int shift_main(int argc, char **argv);
int unset_main(int argc, char **argv);
int cd_main(int argc, char **argv);
int pwd_main(int argc, char **argv);
int read_main(int argc, char **argv);
int umask_main(int argc, char **argv);
int command_main(int argc, char **argv);
