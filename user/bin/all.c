// SPDX-License-Identifier: MIT
// All programs in one: before there is execve (lab 3) the shell calls them by name. Started as
// /init it is init.
#include <stdio.h>
#include <string.h>

#include "tools.h"

static const struct tool tools[] = {
    {"audit", audit_main, "the kernel recounts what it owns"},
    {"cat", cat_main, "copies files"},
    {"forktest", forktest_main, "makes children, and checks them"},
    {"ls", ls_main, "shows what is in a directory; -a, -l, -d"},
    {"memmap", memmap_main, "which frames a process and its child have"},
    {"pages", pages_main, "how much memory this program has touched (lab 0)"},
    {"poweroff", poweroff_main, "ends the machine; so does Ctrl-A X, at once"},
    {"ps", ps_main, "all processes, as a tree"},
    {"sh", sh_main, "another shell; sh FILE runs a script"},
    {"sleep", sleep_main, "waits for so many seconds"},
    {"wc", wc_main, "counts lines, words and bytes"},
};
enum { TOOLS = sizeof tools / sizeof tools[0] };

const struct tool *tool_find(const char *name) {
    for (int i = 0; i < TOOLS; i++) {
        if (strcmp(tools[i].name, name) == 0) {
            return &tools[i];
        }
    }
    return NULL;
}

void tools_help(void) {
    for (int i = 0; i < TOOLS; i++) {
        printf("  %-10s %s\n", tools[i].name, tools[i].what);
    }
}

int main(int argc, char **argv) {
    const char *name = argc > 0 ? argv[0] : "init";
    const char *slash = strrchr(name, '/');
    const struct tool *tool = tool_find(slash != NULL ? slash + 1 : name);
    return tool != NULL ? tool->main(argc, argv) : init_main(argc, argv);
}
