// SPDX-License-Identifier: MIT
// Programs: where they are, and how the shell becomes one.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../tools.h"
#include "run.h"
#include "shell.h"
#include "variables.h"

static bool is_program(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

// One path of PATH with the name behind it; an empty one is the working directory.
static char *join(const char *folder, size_t length, const char *name) {
    struct buffer path = {.arena = &scratch};
    buffer_add_text(&path, folder, length);
    if (length > 0) {
        buffer_add(&path, '/');
    }
    buffer_add_text(&path, name, strlen(name));
    return buffer_text(&path);
}

char *find_program(const char *name) {
    if (strchr(name, '/') != NULL) {
        return arena_copy(&scratch, name, strlen(name));
    }
    const char *folder = variable_get("PATH");
    while (folder != NULL && *name != '\0') {
        size_t length = strcspn(folder, ":");
        char *path = join(folder, length, name);
        if (is_program(path)) {
            return path;
        }
        folder = folder[length] == ':' ? folder + length + 1 : NULL;
    }
    return NULL;
}

static int count(char **argv) {
    int argc = 0;
    while (argv[argc] != NULL) {
        argc++;
    }
    return argc;
}

// The kernel will not have it because it is no program: it is a script, then.
static int run_script(char **argv, const char *path) {
    shell.name = keep_text(path);
    shell.unwind = UNWIND_NONE;
    shell.loops = 0;
    parameters_set(argv + 1, count(argv) - 1);
    variables_keep_exported();
    int status = run_file(path);
    return status >= 0 ? status : STATUS_CANNOT_RUN;
}

// Becomes another program; returns why not.
static int become(const char *path, char **argv) {
    if (shell.cannot_exec) {
        return ENOSYS;
    }
    execve(path, argv, variables_environment());
    return errno;
}

// Nothing of this name, or no execve to run it by.
static int not_found(const char *name, int error) {
    const char *base = strrchr(name, '/') != NULL ? strrchr(name, '/') + 1 : name;
    char *nothing[] = {NULL};
    if (error == 0) { // found nowhere: could it have been run?
        error = become("/", nothing) == ENOSYS ? ENOSYS : ENOENT;
    }
    if (error == ENOSYS) {
        complain("%s: programs cannot be run before lab 3 (execve) is done. Built in are the "
                 "commands that "
                 "help lists",
                 base);
        return STATUS_NOT_FOUND;
    }
    complain("%s: %s", name, error == ENOENT ? "not found" : strerror(error));
    return error == ENOENT || error == ENOTDIR ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN;
}

int program_missing(const char *name) {
    return not_found(name, 0);
}

int run_program(char **argv) {
    const char *path = find_program(argv[0]);
    int error = 0;
    if (path != NULL) {
        error = become(path, argv);
        if (error == ENOEXEC) {
            return run_script(argv, path);
        }
    }
    const char *slash = strrchr(argv[0], '/');
    const struct tool *tool = NULL;
    if (tool_find != NULL && (error == 0 || error == ENOSYS)) {
        tool = tool_find(slash != NULL ? slash + 1 : argv[0]);
    }
    if (tool == NULL) {
        return not_found(argv[0], error);
    }
    environ = variables_environment();
    optind = 0;
    prctl(PR_SET_NAME, tool->name); // as execve would
    exit(tool->main(count(argv), argv));
}
