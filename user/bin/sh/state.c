// SPDX-License-Identifier: MIT
// Built-ins that show or change the state of the shell: variables, options, directory, umask.
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../tools.h"
#include "builtins.h"
#include "run.h"
#include "shell.h"
#include "variables.h"

int export_main(int argc, char **argv) {
    bool exporting = argv[0][0] == 'e';
    int first = argc > 1 && strcmp(argv[1], "-p") == 0 ? 2 : 1;
    if (first == argc) {
        variables_print(exporting ? "export " : "readonly ");
    }
    for (int i = first; i < argc; i++) {
        size_t length = strcspn(argv[i], "=");
        char *name = arena_copy(&scratch, argv[i], length);
        if (!is_name(name, length)) {
            return fail("%s: %s: not a name", argv[0], argv[i]);
        }
        if (argv[i][length] == '=' && !variable_set(name, argv[i] + length + 1)) {
            return STATUS_WRONG;
        }
        if (exporting) {
            variable_export(name);
        } else {
            variable_make_read_only(name);
        }
    }
    return 0;
}

int unset_main(int argc, char **argv) {
    bool functions = argc > 1 && strcmp(argv[1], "-f") == 0;
    int first = argc > 1 && (functions || strcmp(argv[1], "-v") == 0) ? 2 : 1;
    for (int i = first; i < argc; i++) {
        if (functions) {
            function_remove(argv[i]);
        } else if (!variable_unset(argv[i])) {
            return STATUS_WRONG;
        }
    }
    return 0;
}

// Options: letters behind - (on) or + (off). Then parameters; "--" in between, if one of them looks
// like an option.
int set_main(int argc, char **argv) {
    int i = 1;
    if (argc == 1) {
        variables_print("");
        return 0;
    }
    for (; i < argc && (argv[i][0] == '-' || argv[i][0] == '+') && argv[i][1] != '\0'; i++) {
        if (strcmp(argv[i], "--") == 0) {
            parameters_set(argv + i + 1, argc - i - 1);
            return 0;
        }
        for (const char *letter = argv[i] + 1; *letter != '\0'; letter++) {
            if (!option_set(*letter, argv[i][0] == '-')) {
                return fail("set: %c%c: no such option", argv[i][0], *letter);
            }
        }
    }
    if (i < argc) {
        parameters_set(argv + i, argc - i);
    }
    return 0;
}

int cd_main(int argc, char **argv) {
    bool back = argc > 1 && strcmp(argv[1], "-") == 0;
    const char *wanted = back ? variable_get("OLDPWD") : argc > 1 ? argv[1] : variable_get("HOME");
    char before[PATH_MAX];
    char after[PATH_MAX];
    const char *path = wanted != NULL ? wanted : "/";
    bool known = getcwd(before, sizeof before) != NULL;
    if (chdir(path) < 0) {
        complain("cd: %s: %s", path, strerror(errno));
        return STATUS_WRONG;
    }
    if (known) {
        variable_set("OLDPWD", before);
    }
    if (getcwd(after, sizeof after) != NULL) {
        variable_set("PWD", after);
        if (back) {
            puts(after);
        }
    }
    return 0;
}

int pwd_main(int argc, char **argv) {
    (void)argc;
    char path[PATH_MAX];
    if (getcwd(path, sizeof path) == NULL) {
        complain("%s: %s", argv[0], strerror(errno));
        return 1;
    }
    puts(path);
    return 0;
}

int umask_main(int argc, char **argv) {
    if (argc < 2) {
        mode_t mask = umask(0);
        umask(mask);
        printf("%04o\n", mask);
        return 0;
    }
    char *end;
    long mask = strtol(argv[1], &end, 8);
    if (*end != '\0' || mask < 0 || mask > 0777) {
        complain("umask: %s: not an octal number", argv[1]);
        return STATUS_WRONG;
    }
    umask((mode_t)mask);
    return 0;
}

static int describe(const char *name) {
    const char *path = NULL;
    if (builtin_find(name) != NULL || function_find(name) != NULL) {
        path = name;
    } else {
        path = find_program(name);
        if (path != NULL && access(path, X_OK) < 0) {
            path = NULL;
        }
        if (path == NULL && tool_find != NULL && tool_find(name) != NULL) {
            path = name;
        }
    }
    if (path == NULL) {
        return STATUS_NOT_FOUND;
    }
    puts(path);
    return 0;
}

// command -v NAME: what it would be. What `command NAME` does is decided where commands are looked
// for.
int command_main(int argc, char **argv) {
    if (argc > 2 && strcmp(argv[1], "-v") == 0) {
        return describe(argv[2]);
    }
    if (argc > 1) {
        complain("command: only -v is known");
    }
    return argc > 1 ? STATUS_WRONG : 0;
}
