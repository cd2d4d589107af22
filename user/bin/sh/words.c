// SPDX-License-Identifier: MIT
// Words, and what is in them: quotes (XCU 2.2) and expansions (XCU 2.6), which are only taken apart
// here.
#include "words.h"

#include <string.h>

#include "parse.h"
#include "variables.h"

// What the characters belong to: it decides which of them mean something, and which one is the end.
enum place {
    IN_WORD,       // ends before a blank or an operator
    IN_QUOTES,     // ends with "
    IN_BRACES,     // of ${name:-...}; ends with }
    IN_ARITHMETIC, // ends with ))
    IN_HERE_TEXT,  // ends with the source
};

// A word that grows.
struct builder {
    struct parser *parser;
    struct word *word;
    struct part **end;
    struct buffer text; // of the text part that is being read, if `has_text`
    bool has_text;
    bool quoted;
};

static void read_parts(struct builder *builder, enum place place, bool quoted);

static struct builder new_builder(struct parser *parser) {
    struct word *word = parser_get(parser, sizeof *word);
    return (struct builder){.parser = parser, .word = word, .end = &word->parts};
}

static struct part *add_part(struct builder *builder, enum part_kind kind, bool quoted) {
    struct part *part = parser_get(builder->parser, sizeof *part);
    part->kind = kind;
    part->quoted = quoted;
    *builder->end = part;
    builder->end = &part->next;
    return part;
}

static void end_text(struct builder *builder) {
    if (builder->has_text) {
        add_part(builder, PART_TEXT, builder->quoted)->text = buffer_text(&builder->text);
        builder->has_text = false;
    }
}

static void begin_text(struct builder *builder, bool quoted) {
    if (builder->has_text && builder->quoted != quoted) {
        end_text(builder);
    }
    if (!builder->has_text) {
        builder->text = (struct buffer){.arena = &builder->parser->tree->arena};
        builder->has_text = true;
        builder->quoted = quoted;
    }
}

static void add(struct builder *builder, int c, bool quoted) {
    begin_text(builder, quoted);
    buffer_add(&builder->text, (char)c);
}

static struct part *begin_expansion(struct builder *builder, enum part_kind kind, bool quoted) {
    end_text(builder);
    return add_part(builder, kind, quoted);
}

// ---- Quotes -------------------------------------------------------------------------------------

static void read_single_quotes(struct builder *builder) {
    begin_text(builder, true);
    for (;;) {
        int c = lex_get_raw(builder->parser);
        if (c == SOURCE_END) {
            parser_fail(builder->parser, "a quote is not closed");
        }
        if (c == '\'' || c == SOURCE_END) {
            return;
        }
        add(builder, c, true);
    }
}

// Nothing between quotes is still something: an empty word. (But "$@" may be no word at all.)
static void read_double_quotes(struct builder *builder) {
    end_text(builder);
    struct part **before = builder->end;
    read_parts(builder, IN_QUOTES, true);
    if (builder->end == before) {
        begin_text(builder, true);
    }
}

static void read_backslash(struct builder *builder, enum place place, bool quoted) {
    int c = lex_get_raw(builder->parser);
    const char *special = place == IN_HERE_TEXT ? "$`\\"
                          : place == IN_BRACES  ? "$`\"\\}"
                                                : "$`\"\\";
    if (c == SOURCE_END || (quoted && strchr(special, c) == NULL)) {
        add(builder, '\\', true);
        lex_unget(builder->parser, c);
    } else {
        add(builder, c, true);
    }
}

// ---- Expansions ---------------------------------------------------------------------------------

// $(...): the parser is called in the middle of a word; afterwards the token that it was at is
// forgotten.
static void read_command(struct builder *builder, bool quoted) {
    struct part *part = begin_expansion(builder, PART_COMMAND, quoted);
    part->command = parse_substitution(builder->parser);
}

static void read_backquotes(struct builder *builder, bool quoted) {
    struct parser *parser = builder->parser;
    struct buffer text = {.arena = &parser->tree->arena};
    for (;;) {
        int c = lex_get_raw(parser);
        if (c == SOURCE_END) {
            parser_fail(parser, "a ` is not closed");
        }
        if (c == '`' || c == SOURCE_END) {
            break;
        }
        if (c == '\\') {
            c = lex_get_raw(parser);
            if (c == SOURCE_END || strchr(quoted ? "$`\\\"" : "$`\\", c) == NULL) {
                buffer_add(&text, '\\');
                lex_unget(parser, c);
                continue;
            }
        }
        buffer_add(&text, (char)c);
    }
    struct part *part = begin_expansion(builder, PART_COMMAND, quoted);
    part->command = parse_backquoted(parser, buffer_text(&text));
}

static struct word *read_operand(struct parser *parser, enum place place, bool quoted) {
    struct builder builder = new_builder(parser);
    if (parser_enter(parser)) {
        read_parts(&builder, place, quoted);
        parser_leave(parser);
    }
    return builder.word;
}

static bool is_digit(int c) {
    return c >= '0' && c <= '9';
}

// A name, a number, or one of the special characters. NULL if there is none.
static char *read_name(struct parser *parser, bool whole_number) {
    struct buffer name = {.arena = &parser->tree->arena};
    int c = lex_get(parser);
    if (c != SOURCE_END && strchr("@*#?-$!", c) != NULL) {
        buffer_add(&name, (char)c);
        return buffer_text(&name);
    }
    bool number = is_digit(c);
    while (number ? is_digit(c) : is_name_character(c)) {
        buffer_add(&name, (char)c);
        c = lex_get(parser);
        if (number && !whole_number) {
            break;
        }
    }
    lex_unget(parser, c);
    return name.length > 0 ? buffer_text(&name) : NULL;
}

// The operator in ${name...}; the closing brace is one, too. False if it is none.
static bool read_operator(struct parser *parser, struct part *part) {
    int c = lex_get(parser);
    if (c == '}') {
        return true;
    }
    if (c == '%' || c == '#') {
        part->op = (char)c;
        int next = lex_get(parser);
        part->longest = next == c;
        if (!part->longest) {
            lex_unget(parser, next);
        }
        return true;
    }
    part->colon = c == ':';
    c = part->colon ? lex_get(parser) : c;
    part->op = (char)c;
    return c != SOURCE_END && strchr("-=?+", c) != NULL;
}

// ${#name}, but ${#} is the number of parameters.
static bool begins_length(struct parser *parser) {
    int c = lex_get(parser);
    if (c != '#') {
        lex_unget(parser, c);
        return false;
    }
    int next = lex_get(parser);
    lex_unget(parser, next);
    bool length = next != SOURCE_END && strchr("}%-+=:", next) == NULL;
    if (!length) {
        lex_unget(parser, c);
    }
    return length;
}

static void read_braces(struct builder *builder, bool quoted) {
    struct parser *parser = builder->parser;
    struct part *part = begin_expansion(builder, PART_VARIABLE, quoted);
    bool length = begins_length(parser);
    part->text = read_name(parser, true);
    bool right = part->text != NULL && read_operator(parser, part);
    if (!right || (length && part->op != '\0')) {
        parser_fail(parser, "bad substitution");
        part->text = "-";
        return;
    }
    if (length) {
        part->op = 'l';
    } else if (part->op != '\0') {
        bool is_pattern = part->op == '%' || part->op == '#';
        part->operand = read_operand(parser, IN_BRACES, quoted && !is_pattern);
    }
}

static void read_dollar(struct builder *builder, bool quoted) {
    struct parser *parser = builder->parser;
    int c = lex_get(parser);
    if (c == '{') {
        read_braces(builder, quoted);
        return;
    }
    if (c == '(') {
        int next = lex_get(parser);
        if (next == '(') {
            struct part *part = begin_expansion(builder, PART_ARITHMETIC, quoted);
            part->operand = read_operand(parser, IN_ARITHMETIC, true);
        } else {
            lex_unget(parser, next);
            read_command(builder, quoted);
        }
        return;
    }
    lex_unget(parser, c);
    char *name = read_name(parser, false);
    if (name == NULL) {
        add(builder, '$', quoted);
    } else {
        begin_expansion(builder, PART_VARIABLE, quoted)->text = name;
    }
}

// ---- All together -------------------------------------------------------------------------------

// Whether `c` is the end. `open` counts the parentheses inside an arithmetic expression.
static bool is_end(struct parser *parser, enum place place, int c, int *open) {
    switch (place) {
    case IN_WORD:
        if (c == SOURCE_END || strchr(" \t\n;&|()<>", c) != NULL) {
            lex_unget(parser, c);
            return true;
        }
        return false;
    case IN_QUOTES:
        return c == '"';
    case IN_BRACES:
        return c == '}';
    case IN_ARITHMETIC:
        *open += (c == '(') - (c == ')');
        if (*open < 0 && lex_get(parser) != ')') {
            parser_fail(parser, "$(( is not closed by ))");
        }
        return *open < 0;
    default:
        return c == SOURCE_END;
    }
}

static void read_parts(struct builder *builder, enum place place, bool quoted) {
    struct parser *parser = builder->parser;
    int open = 0;
    while (!parser->failed) {
        int c = lex_get(parser);
        if (is_end(parser, place, c, &open)) {
            break;
        }
        if (c == SOURCE_END) {
            parser_fail(parser,
                        place == IN_QUOTES ? "a quote is not closed" : "} or )) is missing");
        } else if (c == '\\') {
            read_backslash(builder, place, quoted);
        } else if (c == '\'' && !quoted) {
            read_single_quotes(builder);
        } else if (c == '"' && place != IN_HERE_TEXT && place != IN_ARITHMETIC) {
            read_double_quotes(builder);
        } else if (c == '$') {
            read_dollar(builder, quoted);
        } else if (c == '`') {
            read_backquotes(builder, quoted);
        } else {
            add(builder, c, quoted);
        }
    }
    end_text(builder);
}

struct word *words_read(struct parser *parser) {
    struct builder builder = new_builder(parser);
    read_parts(&builder, IN_WORD, false);
    return builder.word;
}

struct word *lex_here_text(struct parser *parser, const char *text, int line) {
    struct source source = source_of_text(text, parser->source->name, line);
    struct parser inner = {.source = &source,
                           .tree = parser->tree,
                           .depth = parser->depth,
                           .text = {.arena = &parser->tree->arena}};
    struct builder builder = new_builder(&inner);
    read_parts(&builder, IN_HERE_TEXT, true);
    if (inner.failed) {
        parser_stop(parser);
    }
    return builder.word;
}
