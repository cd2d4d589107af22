// SPDX-License-Identifier: MIT
// The first program, until there is a shell: reads a line, does what it says.
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/utsname.h>
#include <tine.h>
#include <unistd.h>

enum { LINE_BYTES = 200 };

static void help(const char *rest);

static void echo(const char *rest) {
    puts(rest);
}

static void pages(const char *rest) {
    (void)rest;
    printf("%ld pages of this program have a frame\n", pages_present());
}

static void poweroff(const char *rest) {
    (void)rest;
    reboot(RB_POWER_OFF);
}

static const struct command {
    const char *name;
    void (*run)(const char *rest);
    const char *what;
} commands[] = {
    {"help", help, "this list"},
    {"echo", echo, "prints what follows it"},
    {"pages", pages, "how much memory this program has touched (lab 0)"},
    {"poweroff", poweroff, "ends the machine; so does Ctrl-A X, at once"},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void help(const char *rest) {
    (void)rest;
    for (int i = 0; i < COMMANDS; i++) {
        printf("  %-10s %s\n", commands[i].name, commands[i].what);
    }
}

static void obey(char *line) {
    while (*line == ' ') {
        line++;
    }
    char *rest = strchr(line, ' ');
    if (rest != NULL) {
        *rest++ = '\0';
    } else {
        rest = line + strlen(line);
    }
    if (*line == '\0') {
        return;
    }
    for (int i = 0; i < COMMANDS; i++) {
        if (strcmp(line, commands[i].name) == 0) {
            commands[i].run(rest);
            return;
        }
    }
    printf("%s: unknown; try help\n", line);
}

int main(void) {
    char line[LINE_BYTES];
    struct utsname name;
    uname(&name);
    printf("\n%s %s on %s. Type help, or poweroff to leave.\n", name.sysname, name.release,
           name.machine);
    for (;;) {
        printf("tine> ");
        ssize_t bytes = read(0, line, sizeof line - 1);
        if (bytes <= 0) {
            puts("");
            poweroff("");
        }
        line[bytes] = '\0';
        char *end = strchr(line, '\n');
        if (end != NULL) {
            *end = '\0';
        }
        obey(line);
    }
}
