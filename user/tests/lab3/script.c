// SPDX-License-Identifier: MIT
// A file that begins with #! is run by the program that its first line names, which is given the
// line's one argument, the script's path, and what the script was to be given.
#include "scripts.h"

#define ITSELF_HERE ITSELF("script")

enum { LINE = 256, LONG = 400 };

static void try_line(const char *what, const char *line) {
    make_script("file", line, 0755);
    run(what, "./file", WORDS("name", "a", "b"));
}

// What a program's name is while a script runs.
static void show_name(void) {
    char text[64] = "";
    int file = open("/proc/self/stat", O_RDONLY);
    read(file, text, sizeof text - 1);
    close(file);
    char *end = strchr(text, ')');
    char *start = strchr(text, '(');
    if (start != NULL && end != NULL) {
        *end = '\0';
        printf(" called %s:", start + 1);
    }
}

// Lines that are longer than what is looked at.
static void try_long_lines(void) {
    static char line[LONG + 1];
    memset(line, 'l', LONG);
    memcpy(line, "#!" ITSELF_HERE " ", strlen("#!" ITSELF_HERE " "));
    line[LONG - 1] = '\n';
    try_line("a long argument", line);
    memset(line, ' ', LONG - 1);
    memcpy(line, "#!", 2);
    try_line("too many blanks", line);
    memset(line, '/', LINE);
    memcpy(line, "#!", 2);
    memcpy(line + LINE - strlen(ITSELF_HERE), ITSELF_HERE, strlen(ITSELF_HERE));
    line[LINE] = '\n';
    try_line("a path that is too long by a byte", line);
    memmove(line + 2, line + 3, LINE);
    try_line("one that is not", line);
    memset(line, '\0', LONG);
    memset(line, ' ', LINE);
    memcpy(line, "#!" ITSELF_HERE, strlen("#!" ITSELF_HERE));
    memcpy(line + LINE - 3, "abc", 3);
    try_line("a file of 256 bytes", line);
}

int main(int argc, char **argv) {
    if (getpid() != 1) {
        show_name();
        return interpret(argc, argv, ITSELF_HERE);
    }
    try_line("only a path", "#!" ITSELF_HERE "\n");
    try_line("an argument", "#!" ITSELF_HERE " one\n");
    try_line("one of two words, and blanks", "#! \t" ITSELF_HERE " \t one  two \t\n");
    try_line("a tab", "#!" ITSELF_HERE "\tone\nand more text\n");
    try_line("no end of line", "#!" ITSELF_HERE " one");
    try_line("no path", "#!\n" ITSELF_HERE "\n");
    try_line("nothing but blanks", "#! \t \n" ITSELF_HERE "\n");
    try_line("nothing at all", "#!");
    try_line("half of it", "#");
    try_line("a blank before it", " #!" ITSELF_HERE "\n");
    try_line("a carriage return", "#!" ITSELF_HERE "\r\n");
    try_line("no such interpreter", "#!/no/such/interpreter\n");
    try_line("a directory", "#!/\n");
    make_script("text", "a text\n", 0755);
    try_line("a text", "#!text\n");
    try_long_lines();

    make_script("file", "#!" ITSELF_HERE " -x\n", 0755);
    run("no argv", "file", NO_WORDS);
    run("another argv[0]", "./././file", WORDS("", "", "c"));
    make_script("forbidden", "#!" ITSELF_HERE "\n", 0644);
    run("without permission", "./forbidden", WORDS("forbidden"));
    make_script("file", "#!./forbidden\n", 0755);
    run("an interpreter without permission", "./file", WORDS("file"));
    return 0;
}
