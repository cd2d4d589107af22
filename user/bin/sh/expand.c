// SPDX-License-Identifier: MIT
#include "expand.h"

#include <string.h>

#include "pattern.h"
#include "shell.h"
#include "variables.h"

enum mode { TO_FIELDS, TO_TEXT, TO_PATTERN };

// A word on its way to fields. In the field that is being made, what was quoted and could be taken
// for a part of a pattern has a backslash before it, except in mode TO_TEXT.
struct expansion {
    enum mode mode;
    const char *separators; // IFS
    struct fields *fields;
    struct buffer text;
    bool begun;       // there is a field, though perhaps an empty one
    bool is_pattern;  // it has a * or ?, or a [ and a ], that was not quoted
    bool has_bracket; // it has a [
    bool after_blank; // a blank has just ended a field: a separator that follows belongs to it
};

void fields_add(struct fields *fields, char *text) {
    if (fields->room - fields->count < 2) { // one more, for the NULL
        size_t room = fields->room * 2 + 8;
        char **bigger = arena_get(&scratch, room * sizeof *bigger);
        if (fields->count > 0) {
            memcpy(bigger, fields->items, fields->count * sizeof *bigger);
        }
        fields->items = bigger;
        fields->room = room;
    }
    fields->items[fields->count++] = text;
    fields->items[fields->count] = NULL;
}

static void end_field(struct expansion *e) {
    char *text = buffer_text(&e->text);
    if (shell.no_patterns || !e->is_pattern || !pattern_add_paths(text, e->fields)) {
        pattern_to_text(text);
        fields_add(e->fields, text);
    }
    e->text = (struct buffer){.arena = &scratch};
    e->begun = e->is_pattern = e->has_bracket = false;
}

static void add(struct expansion *e, char c, bool quoted) {
    if (e->mode != TO_TEXT) {
        bool special = strchr("*?[]!^-\\", c) != NULL && (quoted || e->mode == TO_FIELDS);
        if (special && (quoted || c == '\\')) {
            buffer_add(&e->text, '\\');
        } else {
            e->has_bracket = e->has_bracket || c == '[';
            e->is_pattern = e->is_pattern || c == '*' || c == '?' || (c == ']' && e->has_bracket);
        }
    }
    buffer_add(&e->text, c);
    e->begun = true;
    e->after_blank = false;
}

static void add_text(struct expansion *e, const char *text, bool quoted) {
    e->begun = e->begun || quoted;
    for (; *text != '\0'; text++) {
        add(e, *text, quoted);
    }
}

// The result of an expansion outside quotes: XCU 2.6.5.
static void add_split(struct expansion *e, const char *text) {
    for (; *text != '\0'; text++) {
        if (e->mode != TO_FIELDS || strchr(e->separators, *text) == NULL) {
            add(e, *text, false);
        } else if (strchr(" \t\n", *text) != NULL) {
            if (e->begun) {
                end_field(e);
                e->after_blank = true;
            }
        } else if (e->begun || !e->after_blank) {
            end_field(e);
        } else {
            e->after_blank = false;
        }
    }
}

static void add_result(struct expansion *e, const char *text, bool quoted) {
    if (quoted) {
        add_text(e, text, true);
    } else {
        add_split(e, text);
    }
}

// $@ and $*, where each parameter becomes a field of its own.
static void add_parameters(struct expansion *e, bool quoted) {
    for (int i = 0; i < shell.parameters.count; i++) {
        if (i > 0 && e->begun) {
            end_field(e);
        }
        add_result(e, shell.parameters.items[i], quoted);
    }
}

// ---- Parameters with operators: XCU 2.6.2 -------------------------------------------------------

static void add_parts(struct expansion *e, const struct part *part, bool of_operand);

// The longest or shortest beginning (or end) of `value` that fits is cut off.
static const char *cut(const char *value, const struct part *part) {
    const char *pattern = expand_pattern(part->operand);
    size_t length = strlen(value);
    char *text = arena_copy(&scratch, value, length);
    for (size_t i = 0; i <= length; i++) {
        size_t taken = part->longest ? length - i : i;
        if (part->op == '%') {
            if (pattern_fits(pattern, text + length - taken)) {
                text[length - taken] = '\0';
                return text;
            }
            continue;
        }
        char kept = text[taken];
        text[taken] = '\0';
        bool fits = pattern_fits(pattern, text);
        text[taken] = kept;
        if (fits) {
            return text + taken;
        }
    }
    return text;
}

static void add_value(struct expansion *e, const struct part *part, const char *value) {
    bool all = strcmp(part->text, "@") == 0;
    if (e->mode == TO_FIELDS && (all || (strcmp(part->text, "*") == 0 && !part->quoted))) {
        add_parameters(e, part->quoted);
    } else {
        add_result(e, value, part->quoted);
    }
}

static void assign_default(struct expansion *e, const struct part *part) {
    if (!is_name(part->text, strlen(part->text))) {
        fail("%s: cannot be assigned to in this way", part->text);
        return;
    }
    const char *value = expand_text(part->operand);
    if (shell.unwind == UNWIND_NONE && variable_set(part->text, value)) {
        add_result(e, value, part->quoted);
    }
}

static void complain_unset(const struct part *part) {
    const char *why = part->operand != NULL ? expand_text(part->operand) : "";
    if (shell.unwind == UNWIND_NONE) {
        fail("%s: %s", part->text, *why != '\0' ? why : "parameter not set");
    }
}

static void add_variable(struct expansion *e, const struct part *part) {
    const char *value = parameter_value(part->text);
    bool missing = value == NULL || (part->colon && *value == '\0');
    if (part->op == '+' || (part->op == '-' && missing)) {
        if (missing == (part->op == '-')) {
            e->begun = e->begun || part->quoted;
            add_parts(e, part->operand->parts, true);
        } else {
            e->begun = e->begun || part->quoted;
        }
    } else if (part->op == '=' && missing) {
        assign_default(e, part);
    } else if (part->op == '?' && missing) {
        complain_unset(part);
    } else if (value == NULL && shell.unset_is_error && strchr("@*", part->text[0]) == NULL) {
        fail("%s: parameter not set", part->text);
    } else if (part->op == 'l') {
        add_result(e, number_text(value == NULL ? 0 : (long)strlen(value)), part->quoted);
    } else if (part->op == '%' || part->op == '#') {
        add_result(e, cut(value == NULL ? "" : value, part), part->quoted);
    } else {
        add_value(e, part, value == NULL ? "" : value);
    }
}

// ---- Words --------------------------------------------------------------------------------------

// ~ and ~/... at the beginning of a word. Returns what is left of the text.
static const char *add_home(struct expansion *e, const char *text) {
    const char *home = variable_get("HOME");
    if (text[0] != '~' || (text[1] != '\0' && text[1] != '/') || home == NULL) {
        return text;
    }
    add_text(e, home, true);
    return text + 1;
}

static void add_part(struct expansion *e, const struct part *part, bool of_operand) {
    const char *text;
    switch (part->kind) {
    case PART_TEXT:
        if (of_operand && !part->quoted) {
            add_split(e, part->text);
        } else {
            add_text(e, part->text, part->quoted);
        }
        break;
    case PART_VARIABLE:
        add_variable(e, part);
        break;
    case PART_COMMAND:
        text = expand_command(part->command);
        add_result(e, text != NULL ? text : "", part->quoted);
        break;
    case PART_ARITHMETIC:
        text = expand_text(part->operand);
        if (shell.unwind == UNWIND_NONE) {
            add_result(e, number_text(arithmetic(text)), part->quoted);
        }
        break;
    }
}

static void add_parts(struct expansion *e, const struct part *part, bool of_operand) {
    if (part != NULL && part->kind == PART_TEXT && !part->quoted) {
        const char *rest = add_home(e, part->text);
        if (rest != part->text) {
            add_text(e, rest, false);
            part = part->next;
        }
    }
    for (; part != NULL && shell.unwind == UNWIND_NONE; part = part->next) {
        add_part(e, part, of_operand);
    }
}

static struct expansion new_expansion(enum mode mode, struct fields *fields) {
    const char *separators = variable_get("IFS");
    return (struct expansion){.mode = mode,
                              .separators = separators != NULL ? separators : " \t\n",
                              .fields = fields,
                              .text = {.arena = &scratch}};
}

struct fields expand_words(const struct word *words) {
    struct fields fields = {0};
    for (; words != NULL && shell.unwind == UNWIND_NONE; words = words->next) {
        struct expansion e = new_expansion(TO_FIELDS, &fields);
        add_parts(&e, words->parts, false);
        if (e.begun) {
            end_field(&e);
        }
    }
    return fields;
}

char *expand_text(const struct word *word) {
    struct expansion e = new_expansion(TO_TEXT, NULL);
    add_parts(&e, word->parts, false);
    return buffer_text(&e.text);
}

char *expand_pattern(const struct word *word) {
    struct expansion e = new_expansion(TO_PATTERN, NULL);
    add_parts(&e, word->parts, false);
    return buffer_text(&e.text);
}
