// SPDX-License-Identifier: MIT
// A script's interpreter may be a script itself, and so on, as often as Linux allows; each adds its
// line's argument and its own path.
#include "scripts.h"

#define ITSELF_HERE ITSELF("nested")

enum { LEVELS = 7 };

int main(int argc, char **argv) {
    static const char *const names[LEVELS] = {"s1", "s2", "s3", "s4", "s5", "s6", "s7"};
    if (getpid() != 1) {
        return interpret(argc, argv, ITSELF_HERE);
    }
    make_script(names[0], "#!" ITSELF_HERE " one\n", 0755);
    for (int i = 1; i < LEVELS; i++) {
        char line[64];
        snprintf(line, sizeof line, "#!%s %d\n", names[i - 1], i + 1);
        make_script(names[i], line, 0755);
    }
    for (int i = 0; i < LEVELS; i++) {
        run(names[i], names[i], WORDS("name", "a"));
    }
    make_script("itself", "#!itself\n", 0755);
    run("one that names itself", "itself", WORDS("itself"));
    make_script("s1", "#!missing\n", 0755);
    run("the last one's is missing", "s3", WORDS("s3"));
    run("it is missing, and there are too many", "s7", WORDS("s7"));
    return 0;
}
