// SPDX-License-Identifier: MIT
// All programs in one: before there is execve (lab 3) the shell calls them by name. Started as
// /init it is init.
#include <string.h>

#include "tools.h"

static const struct tool tools[] = {
#define TOOL(name, what) {#name, name##_main},
#define PROGRAM(name, what)
#include "tools.def"
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

int main(int argc, char **argv) {
    const char *name = argc > 0 ? argv[0] : "init";
    const char *slash = strrchr(name, '/');
    const struct tool *tool = tool_find(slash != NULL ? slash + 1 : name);
    return tool != NULL ? tool->main(argc, argv) : init_main(argc, argv);
}
