// SPDX-License-Identifier: MIT
#include "variables.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "shell.h"

struct variable {
    struct variable *next; // sorted by name
    char *value;           // from malloc; NULL: not set
    bool exported;
    bool read_only;
    char name[];
};

static struct variable *variables;

bool is_name_character(int c) {
    return c == '_' || isalnum(c);
}

bool is_name(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (!is_name_character((unsigned char)text[i])) {
            return false;
        }
    }
    return length > 0 && !isdigit((unsigned char)text[0]);
}

// The link that points to it, or to where it would have to be.
static struct variable **find(const char *name) {
    struct variable **link = &variables;
    while (*link != NULL && strcmp((*link)->name, name) < 0) {
        link = &(*link)->next;
    }
    return link;
}

static bool is_at(struct variable **link, const char *name) {
    return *link != NULL && strcmp((*link)->name, name) == 0;
}

static struct variable *find_or_create(const char *name) {
    struct variable **link = find(name);
    if (!is_at(link, name)) {
        size_t bytes = strlen(name) + 1;
        struct variable *variable = get_memory(sizeof *variable + bytes);
        *variable = (struct variable){.next = *link};
        memcpy(variable->name, name, bytes);
        *link = variable;
    }
    return *link;
}

static void drop(struct variable **link) {
    struct variable *variable = *link;
    if (variable == NULL) {
        return;
    }
    *link = variable->next;
    free(variable->value);
    free(variable);
}

const char *variable_get(const char *name) {
    struct variable **link = find(name);
    return is_at(link, name) ? (*link)->value : NULL;
}

static void store(struct variable *variable, const char *value) {
    char *copy = value != NULL ? keep_text(value) : NULL; // it may be a part of the old value
    free(variable->value);
    variable->value = copy;
}

bool variable_set(const char *name, const char *value) {
    struct variable *variable = find_or_create(name);
    if (variable->read_only) {
        fail("%s: is read-only", name);
        return false;
    }
    store(variable, value);
    return true;
}

bool variable_unset(const char *name) {
    struct variable **link = find(name);
    if (is_at(link, name)) {
        if ((*link)->read_only) {
            fail("%s: is read-only", name);
            return false;
        }
        drop(link);
    }
    return true;
}

void variable_export(const char *name) {
    find_or_create(name)->exported = true;
}

void variable_make_read_only(const char *name) {
    find_or_create(name)->read_only = true;
}

void variables_keep_exported(void) {
    struct variable **link = &variables;
    while (*link != NULL) {
        if ((*link)->exported) {
            link = &(*link)->next;
        } else {
            drop(link);
        }
    }
}

static void set_default(const char *name, const char *value) {
    if (variable_get(name) == NULL) {
        variable_set(name, value);
    }
}

void variables_begin(char **environment) {
    while (variables != NULL) {
        drop(&variables);
    }
    for (; environment != NULL && *environment != NULL; environment++) {
        const char *equals = strchr(*environment, '=');
        if (equals != NULL && is_name(*environment, (size_t)(equals - *environment))) {
            char *name = arena_copy(&scratch, *environment, (size_t)(equals - *environment));
            variable_set(name, equals + 1);
            variable_export(name);
        }
    }
    variable_set("IFS", " \t\n"); // nobody's environment may change how words are split
    set_default("PATH", "/bin:/usr/bin");
    set_default("PS1", "tine> ");
    set_default("PS2", "> ");
    set_default("PS4", "+ ");
}

// 'value', with each ' in it as '"'"'.
static void print_quoted(const char *value) {
    putchar('\'');
    for (; *value != '\0'; value++) {
        if (*value == '\'') {
            fputs("'\"'\"'", stdout);
        } else {
            putchar(*value);
        }
    }
    putchar('\'');
}

void variables_print(const char *prefix) {
    for (const struct variable *variable = variables; variable != NULL; variable = variable->next) {
        if ((*prefix == 'e' && !variable->exported) || (*prefix == 'r' && !variable->read_only) ||
            (*prefix == '\0' && variable->value == NULL)) {
            continue;
        }
        printf("%s%s", prefix, variable->name);
        if (variable->value != NULL) {
            putchar('=');
            print_quoted(variable->value);
        }
        putchar('\n');
    }
}

char **variables_environment(void) {
    size_t count = 0;
    for (const struct variable *variable = variables; variable != NULL; variable = variable->next) {
        count += variable->exported && variable->value != NULL;
    }
    char **environment = arena_get(&scratch, (count + 1) * sizeof *environment);
    char **next = environment;
    for (const struct variable *variable = variables; variable != NULL; variable = variable->next) {
        if (variable->exported && variable->value != NULL) {
            struct buffer text = {.arena = &scratch};
            buffer_add_text(&text, variable->name, strlen(variable->name));
            buffer_add(&text, '=');
            buffer_add_text(&text, variable->value, strlen(variable->value));
            *next++ = buffer_text(&text);
        }
    }
    return environment;
}

struct saved_variable {
    struct saved_variable *others;
    char *name;
    char *value; // NULL: not set
    bool exported;
};

struct saved_variable *variable_save(const char *name, struct saved_variable *others) {
    struct saved_variable *saved = arena_get(&scratch, sizeof *saved);
    struct variable **link = find(name);
    saved->others = others;
    saved->name = arena_copy(&scratch, name, strlen(name));
    if (is_at(link, name)) {
        saved->exported = (*link)->exported;
        const char *value = (*link)->value;
        saved->value = value != NULL ? arena_copy(&scratch, value, strlen(value)) : NULL;
    }
    return saved;
}

void variables_restore(struct saved_variable *saved) {
    for (; saved != NULL; saved = saved->others) {
        struct variable *variable = find_or_create(saved->name);
        store(variable, saved->value);
        variable->exported = saved->exported;
        if (saved->value == NULL && !variable->exported && !variable->read_only) {
            drop(find(saved->name));
        }
    }
}

// One block: the pointers, then what they point to.
void parameters_set(char **items, int count) {
    size_t bytes = (size_t)(count + 1) * sizeof *items;
    for (int i = 0; i < count; i++) {
        bytes += strlen(items[i]) + 1;
    }
    char **copies = get_memory(bytes);
    char *text = (char *)(copies + count + 1);
    for (int i = 0; i < count; i++) {
        size_t length = strlen(items[i]) + 1;
        copies[i] = memcpy(text, items[i], length);
        text += length;
    }
    copies[count] = NULL;
    free(shell.parameters.owned); // only now: the items may be in it
    shell.parameters = (struct parameters){.items = copies, .count = count, .owned = copies};
}

void parameters_shift(int count) {
    shell.parameters.items += count;
    shell.parameters.count -= count;
}
