// SPDX-License-Identifier: MIT
#include "options.h"

#include "arch/machine.h"
#include "base/number.h"
#include "base/string.h"
#include "kernel.h"
#include "witness/race.h"

struct options options = {
    .init = "/init",
    .trace = "all",
    .trace_events = 32768,
};

static void set_number(const char *name, const char *value, uint64_t *into) {
    if (!parse_number(value, into)) {
        setup_failed("option '%s=%s': not a number", name, value);
    }
}

static void set_init(const char *value) {
    options.init = value;
}

static void set_ktest(const char *value) {
    options.ktest = value;
}

static void set_trace(const char *value) {
    options.trace = value;
}

static void set_trace_mirror(const char *value) {
    set_number("trace-mirror", value, &options.trace_mirror);
}

static void set_trace_events(const char *value) {
    uint64_t events = 0;
    set_number("trace-events", value, &events);
    if (events < 64 || events > (1UL << 24) || (events & (events - 1)) != 0) {
        setup_failed("option 'trace-events=%s': not a power of two from 64 to 16777216", value);
    }
    options.trace_events = events;
}

static void set_fail(const char *value) {
    options.fail = value;
}

static void set_budget(const char *value) {
    set_number("budget", value, &options.budget);
}

static void set_seed(const char *value) {
    set_number("seed", value, &race_seed);
}

static void set_console(const char *value) {
    if (strcmp(value, "debugcon") == 0) {
        options.console_on_debugcon = true;
    } else if (strcmp(value, "serial") != 0) {
        setup_failed("option 'console=%s': not one of serial, debugcon", value);
    }
}

static const struct {
    const char *name;
    void (*set)(const char *value);
} known[] = {
    {"init", set_init},
    {"ktest", set_ktest},
    {"trace", set_trace},
    {"trace-mirror", set_trace_mirror},
    {"trace-events", set_trace_events},
    {"fail", set_fail},
    {"budget", set_budget},
    {"seed", set_seed},
    {"console", set_console},
};
enum { KNOWN = sizeof known / sizeof known[0] };

static void report_unknown(const char *word) {
    printk("option '%s' is unknown; known:", word);
    for (unsigned i = 0; i < KNOWN; i++) {
        printk(" %s=", known[i].name);
    }
    printk("\n");
}

static void apply(char *word) {
    char *value = strchr(word, '=');
    for (unsigned i = 0; value != NULL && i < KNOWN; i++) {
        size_t length = strlen(known[i].name);
        if ((size_t)(value - word) == length && strncmp(word, known[i].name, length) == 0) {
            known[i].set(value + 1);
            return;
        }
    }
    report_unknown(word);
}

void options_parse(void) {
    char *at = boot_info.command_line;
    while (*at != '\0') {
        while (*at == ' ') {
            at++;
        }
        char *word = at;
        while (*at != ' ' && *at != '\0') {
            at++;
        }
        if (*at == ' ') {
            *at++ = '\0';
        }
        if (strcmp(word, "--") == 0) {
            options.arguments = at;
            return;
        }
        if (*word != '\0') {
            apply(word);
        }
    }
}
