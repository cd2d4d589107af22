// SPDX-License-Identifier: MIT
#include "builtins.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tools.h"
#include "expand.h"
#include "jobs.h"
#include "run.h"
#include "shell.h"
#include "variables.h"

static int kill_with_jobs(int argc, char **argv);
static int help_main(int argc, char **argv);

static const struct builtin builtins[] = {
    {":", true_main, true},           {".", dot_main, true},
    {"break", break_main, true},      {"continue", break_main, true},
    {"eval", eval_main, true},        {"exec", exec_main, true},
    {"exit", exit_main, true},        {"export", export_main, true},
    {"readonly", export_main, true},  {"return", return_main, true},
    {"set", set_main, true},          {"shift", shift_main, true},
    {"unset", unset_main, true},      {"[", test_main, false},
    {"bg", bg_main, false},           {"cd", cd_main, false},
    {"command", command_main, false}, {"echo", echo_main, false},
    {"false", false_main, false},     {"fg", fg_main, false},
    {"help", help_main, false},       {"jobs", jobs_main, false},
    {"kill", kill_with_jobs, false},  {"printf", printf_main, false},
    {"pwd", pwd_main, false},         {"read", read_main, false},
    {"test", test_main, false},       {"true", true_main, false},
    {"umask", umask_main, false},     {"wait", wait_main, false},
};

const struct builtin *builtin_find(const char *name) {
    for (size_t i = 0; i < sizeof builtins / sizeof builtins[0]; i++) {
        if (strcmp(builtins[i].name, name) == 0) {
            return &builtins[i];
        }
    }
    return NULL;
}

bool builtin_is_exec(const struct builtin *builtin) {
    return builtin->main == exec_main;
}

// Only the shell knows what %1 is. A group is a negative number, which must not be taken for an
// option.
static int kill_with_jobs(int argc, char **argv) {
    static char end_of_options[] = "--";
    char **words = arena_get(&scratch, (size_t)(argc + 2) * sizeof *words);
    int count = 0;
    for (int i = 0; i < argc; i++) {
        pid_t target = i > 0 && argv[i][0] == '%' ? job_target(argv[i]) : 0;
        if (i > 0 && argv[i][0] == '%' && target == 0) {
            return STATUS_WRONG;
        }
        if (i == 1 && target != 0) {
            words[count++] = end_of_options;
        }
        words[count++] = target != 0 ? number_text(target) : argv[i];
    }
    return kill_main(count, words);
}

static int help_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    printf("built in:");
    for (size_t i = 0; i < sizeof builtins / sizeof builtins[0]; i++) {
        printf(" %s", builtins[i].name);
    }
    puts("\nand: if while until for case { } ( ) | & ; && || ! < > >> << $name $? $( ) $(( )) *.c");
#define TOOL(name, what) printf("  %-10s %s\n", #name, what);
#define PROGRAM(name, what)                 \
    if (access("/bin/" #name, X_OK) == 0) { \
        TOOL(name, what)                    \
    }
#include "../tools.def"
    return 0;
}
