// SPDX-License-Identifier: MIT
// ps: all processes as a tree, from /proc/PID/stat (proc(5)): children stand below their parent.
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools.h"

enum { NAME_BYTES = 64, LINE_BYTES = 512, INDENT = 2 };

struct process {
    int pid;
    int parent;
    int group;
    int session;
    char state;
    bool shown;
    char name[NAME_BYTES];
};

struct processes {
    struct process *items;
    size_t count;
};

// PID (NAME) STATE PPID PGRP SESSION ...; the name may hold anything, also parentheses.
static bool parse(const char *line, struct process *process) {
    const char *open = strchr(line, '(');
    const char *close = strrchr(line, ')');
    if (open == NULL || close == NULL || close < open || strlen(close) < 4) {
        return false;
    }
    size_t length = (size_t)(close - open) - 1;
    length = length < NAME_BYTES - 1 ? length : NAME_BYTES - 1;
    memcpy(process->name, open + 1, length);
    process->name[length] = '\0';
    process->pid = (int)strtol(line, NULL, 10);
    process->state = close[2];
    char *rest = (char *)close + 3;
    process->parent = (int)strtol(rest, &rest, 10);
    process->group = (int)strtol(rest, &rest, 10);
    process->session = (int)strtol(rest, &rest, 10);
    process->shown = false;
    return true;
}

static bool read_process(const char *pid, struct process *process) {
    char path[32];
    char line[LINE_BYTES];
    snprintf(path, sizeof path, "/proc/%.10s/stat", pid);
    FILE *file = fopen(path, "r");
    bool read = file != NULL && fgets(line, sizeof line, file) != NULL && parse(line, process);
    if (file != NULL) {
        fclose(file);
    }
    return read;
}

static bool add(struct processes *processes, const struct process *process) {
    size_t bytes = (processes->count + 1) * sizeof *process;
    struct process *more = realloc(processes->items, bytes);
    if (more == NULL) {
        return false;
    }
    processes->items = more;
    processes->items[processes->count++] = *process;
    return true;
}

static int compare(const void *a, const void *b) {
    return ((const struct process *)a)->pid - ((const struct process *)b)->pid;
}

// A process that ends while we look is left out.
static bool read_all(struct processes *processes) {
    DIR *directory = opendir("/proc");
    bool complete = directory != NULL;
    struct dirent *entry;
    while (complete && (entry = readdir(directory)) != NULL) {
        struct process process;
        if (isdigit((unsigned char)entry->d_name[0]) && read_process(entry->d_name, &process)) {
            complete = add(processes, &process);
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
    if (processes->count > 0) {
        qsort(processes->items, processes->count, sizeof *processes->items, compare);
    }
    return complete;
}

static void print(const struct process *process, int depth) {
    printf("%5d %5d %5d %c    %*s%s\n", process->pid, process->group, process->session,
           process->state, depth * INDENT, "", process->name);
}

static void print_below(struct processes *processes, int parent, int depth) {
    for (size_t i = 0; i < processes->count; i++) {
        struct process *process = &processes->items[i];
        if (process->parent == parent && !process->shown) {
            process->shown = true;
            print(process, depth);
            print_below(processes, process->pid, depth + 1);
        }
    }
}

int ps_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct processes processes = {NULL, 0};
    errno = ENOENT;
    if (!read_all(&processes) || processes.count == 0) {
        fprintf(stderr, "ps: /proc: %s\n", strerror(errno));
        free(processes.items);
        return 1;
    }
    printf("  PID GROUP   SID STATE NAME\n");
    print_below(&processes, 0, 0);
    for (size_t i = 0; i < processes.count; i++) { // whose parents are not to be seen
        if (!processes.items[i].shown) {
            processes.items[i].shown = true;
            print(&processes.items[i], 0);
            print_below(&processes, processes.items[i].pid, 1);
        }
    }
    free(processes.items);
    return 0;
}
