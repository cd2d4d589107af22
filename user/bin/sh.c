// SPDX-License-Identifier: MIT
// A small shell. What it can do by itself is all it can do: there is no execve yet.
//
//     list        = and-or { (";" | "&") and-or }
//     and-or      = pipeline { ("&&" | "||") pipeline }
//     pipeline    = command { "|" command }
//     command     = "(" list ")" { redirection } | (word | redirection) { word | redirection }
//     redirection = ("<" | ">" | ">>") word
//
// A line is read and understood as a whole, as a tree; then it is run. Whatever needs a process of
// its own (each part of a pipeline, a list in parentheses, what is followed by "&") gets it by
// fork, and goes on with its part of the tree in a copy of the shell's memory.
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __tine__
#include "machine.h"
#endif

enum { WORD_BYTES = 1024, LINE_BYTES = 256 * 1024, WORDS = 60, SAVED_FD = 10 };
enum { STATUS_WRONG = 2, STATUS_UNKNOWN = 127, STATUS_SIGNAL = 128 };

static int last_status; // $?
static bool interactive;

static void complain(const char *what, const char *why) {
    dprintf(2, "sh: %s: %s\n", what, why);
}

// Memory for one line; all of it is given back when the line has run.
static char line_memory[LINE_BYTES] __attribute__((aligned(16)));
static size_t line_used;

static void *get(size_t bytes) {
    void *memory = line_memory + line_used;
    line_used += (bytes + 15) & ~(size_t)15;
    if (line_used > sizeof line_memory) {
        complain("out of memory", "the line is too long");
        exit(STATUS_WRONG);
    }
    return memset(memory, 0, bytes);
}

// ---- The tree -----------------------------------------------------------------------------------
enum kind { COMMAND, SUBSHELL, PIPE, AND, OR, SEQUENCE, BACKGROUND };

// Words and paths are as typed, quotes and all: they are expanded when the command runs.
struct node {
    enum kind kind;
    struct node *left; // SUBSHELL, BACKGROUND: the only one
    struct node *right;
    char *words[WORDS + 1]; // COMMAND: ended by NULL
    int word_count;
    char *paths[2]; // redirections of descriptors 0 and 1; NULL: none
    int flags[2];   // and how to open them
};

// ---- Reading: characters, tokens ----------------------------------------------------------------
// A token is one of these, or the character itself: newline ; & | ( ) < >
enum { END = -1, WORD = 'w', AND_IF = 'A', OR_IF = 'O', APPEND = 'a', NO_CHAR = -2 };

static int pushed_back = NO_CHAR;
static int token;
static char word_text[WORD_BYTES]; // of a WORD
static bool syntax_error;

// Byte by byte: what follows the line belongs to the commands in it.
static int next_char(void) {
    unsigned char byte;
    int c = pushed_back;
    pushed_back = NO_CHAR;
    if (c == NO_CHAR) {
        c = read(0, &byte, 1) == 1 ? byte : END;
    }
    return c;
}

static bool next_char_is(int wanted) {
    int c = next_char();
    if (c != wanted) {
        pushed_back = c;
    }
    return c == wanted;
}

static void refuse(const char *why) {
    if (!syntax_error) {
        complain("syntax error", why);
    }
    syntax_error = true;
    token = END;
}

static bool ends_word(int c) {
    return c == END || strchr(" \t\n;&|()<>", c) != NULL;
}

// Reads the rest of a word that begins with `c`.
static void read_word(int c) {
    size_t length = 0;
    int quote = 0;
    for (; quote != 0 || !ends_word(c); c = next_char()) {
        if (c == END || length == sizeof word_text - 1) {
            refuse(c == END ? "a quote is not closed" : "a word is too long");
            return;
        }
        word_text[length++] = (char)c;
        if (c == quote) {
            quote = 0;
        } else if (quote == 0 && (c == '\'' || c == '"')) {
            quote = c;
        }
    }
    pushed_back = c;
    word_text[length] = '\0';
    token = WORD;
}

static void next_token(void) {
    int c = next_char();
    while (c == ' ' || c == '\t') {
        c = next_char();
    }
    while (c == '#' || (token == '#' && c != '\n' && c != END)) {
        token = '#';
        c = next_char();
    }
    token = c;
    if (!ends_word(c)) {
        read_word(c);
    } else if (c == '&' && next_char_is('&')) {
        token = AND_IF;
    } else if (c == '|' && next_char_is('|')) {
        token = OR_IF;
    } else if (c == '>' && next_char_is('>')) {
        token = APPEND;
    }
}

static void skip_newlines(void) {
    while (token == '\n') {
        next_token();
    }
}

// ---- Understanding: one function for each line of the grammar -----------------------------------
static struct node *parse_list(int last);

static struct node *new_node(enum kind kind, struct node *left, struct node *right) {
    struct node *node = get(sizeof *node);
    node->kind = kind;
    node->left = left;
    node->right = right;
    return node;
}

static char *take_word(void) {
    size_t bytes = strlen(word_text) + 1;
    char *text = memcpy(get(bytes), word_text, bytes);
    next_token();
    return text;
}

static bool at_redirection(void) {
    return token == '<' || token == '>' || token == APPEND;
}

static void parse_redirection(struct node *node) {
    int fd = token != '<';
    node->flags[fd] = token == '<'   ? O_RDONLY
                      : token == '>' ? O_WRONLY | O_CREAT | O_TRUNC
                                     : O_WRONLY | O_CREAT | O_APPEND;
    next_token();
    if (token == WORD) {
        node->paths[fd] = take_word();
    } else {
        refuse("no file's name after < or >");
    }
}

static struct node *parse_command(void) {
    struct node *node = new_node(token == '(' ? SUBSHELL : COMMAND, NULL, NULL);
    if (token == '(') {
        next_token();
        node->left = parse_list(')');
        if (token != ')' || node->left == NULL) {
            refuse(token != ')' ? "a parenthesis is not closed" : "nothing in parentheses");
            return node;
        }
        next_token();
    } else if (token != WORD && !at_redirection()) {
        refuse("a command is missing");
    }
    while (at_redirection() || (token == WORD && node->kind == COMMAND)) {
        if (token != WORD) {
            parse_redirection(node);
        } else if (node->word_count < WORDS) {
            node->words[node->word_count++] = take_word();
        } else {
            refuse("too many words");
        }
    }
    return node;
}

static struct node *parse_pipeline(void) {
    struct node *node = parse_command();
    if (token != '|') {
        return node;
    }
    next_token();
    skip_newlines();
    return new_node(PIPE, node, parse_pipeline());
}

static struct node *parse_and_or(void) {
    struct node *node = parse_pipeline();
    while (token == AND_IF || token == OR_IF) {
        enum kind kind = token == AND_IF ? AND : OR;
        next_token();
        skip_newlines();
        node = new_node(kind, node, parse_pipeline());
    }
    return node;
}

// Reads up to `last`, which is the end of the line or a closing parenthesis. NULL if there is
// nothing.
static struct node *parse_list(int last) {
    struct node *all = NULL;
    for (;;) {
        if (last == ')') {
            skip_newlines();
        }
        if (token == last || token == END) {
            return all;
        }
        struct node *node = parse_and_or();
        if (token == '&') {
            node = new_node(BACKGROUND, node, NULL);
        }
        all = all == NULL ? node : new_node(SEQUENCE, all, node);
        if (token == ';' || token == '&') {
            next_token();
        } else if (token != '\n') {
            return all;
        }
    }
}

// ---- Words --------------------------------------------------------------------------------------
// Takes the quotes off a word, and puts the last status in the place of $?, except between '...'.
static char *expand(const char *from) {
    char *text = get(strlen(from) * 2 + 1); // two characters become three at most
    char *to = text;
    char quote = 0;
    for (; *from != '\0'; from++) {
        if (*from == quote) {
            quote = 0;
        } else if (quote == 0 && (*from == '\'' || *from == '"')) {
            quote = *from;
        } else if (from[0] == '$' && from[1] == '?' && quote != '\'') {
            to += snprintf(to, 4, "%d", last_status);
            from++;
        } else {
            *to++ = *from;
        }
    }
    return text;
}

// ---- What the shell can do by itself ------------------------------------------------------------
// Each gets the words of its command, ended by NULL; the first is its name.

static int run_true_or_false(char **words) {
    return strcmp(words[0], "false") == 0;
}

static int run_echo(char **words) {
    for (int i = 1; words[i] != NULL; i++) {
        dprintf(1, "%s%s", i > 1 ? " " : "", words[i]);
    }
    return write(1, "\n", 1) != 1;
}

static int run_cd(char **words) {
    const char *path = words[1] != NULL ? words[1] : "/";
    if (chdir(path) < 0) {
        complain("cd: cannot go to", path);
        return STATUS_WRONG;
    }
    return 0;
}

static int run_pwd(char **words) {
    char path[WORD_BYTES];
    (void)words;
    return getcwd(path, sizeof path) == NULL || dprintf(1, "%s\n", path) < 0;
}

static int run_exit(char **words) {
    exit(words[1] != NULL ? atoi(words[1]) & 0xff : last_status);
}

static int copy_out(int fd) {
    char bytes[4096];
    ssize_t got;
    while ((got = read(fd, bytes, sizeof bytes)) > 0 && write(1, bytes, (size_t)got) == got) {
    }
    return got != 0;
}

static int run_cat(char **words) {
    int status = words[1] == NULL ? copy_out(0) : 0;
    for (int i = 1; words[i] != NULL; i++) {
        int fd = open(words[i], O_RDONLY);
        if (fd < 0) {
            complain("cat: cannot open", words[i]);
        }
        status |= copy_out(fd);
        close(fd);
    }
    return status;
}

static int wait_for(pid_t pid) {
    int status = 0;
    if (waitpid(pid, &status, 0) < 0) {
        return STATUS_UNKNOWN;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_SIGNAL + WTERMSIG(status);
}

static int run_wait(char **words) {
    if (words[1] != NULL) {
        return wait_for(atoi(words[1]));
    }
    while (wait(NULL) > 0) {
    }
    return 0;
}

static int run_builtin(char **words) {
    if (words[0] == NULL) { // redirections and nothing else
        return 0;
    }
    static const struct {
        char name[9];
        int (*run)(char **words);
    } builtins[] = {
        {"echo", run_echo},
        {"cat", run_cat},
        {"cd", run_cd},
        {"pwd", run_pwd},
        {"wait", run_wait},
        {"exit", run_exit},
        {"true", run_true_or_false},
        {"false", run_true_or_false},
#ifdef __tine__
        {"help", run_help},
        {"pages", run_pages},
        {"poweroff", run_poweroff},
#endif
    };
    for (size_t i = 0; i < sizeof builtins / sizeof builtins[0]; i++) {
        if (strcmp(words[0], builtins[i].name) == 0) {
            return builtins[i].run(words);
        }
    }
    complain(words[0],
             "unknown; there are echo cat cd pwd wait exit true false (others need execve)");
    return STATUS_UNKNOWN;
}

// ---- Running ------------------------------------------------------------------------------------
static int run(struct node *node);

// Puts `fd` in the place of `wanted`.
static void move_fd(int fd, int wanted) {
    if (fd != wanted) {
        dup2(fd, wanted);
        close(fd);
    }
}

// Opens the files of a command in place of its descriptors 0 and 1. False if one cannot be opened.
static bool redirect(const struct node *node) {
    for (int i = 0; i < 2; i++) {
        int fd = node->paths[i] != NULL ? open(expand(node->paths[i]), node->flags[i], 0666) : i;
        if (fd < 0) {
            complain("cannot open", node->paths[i]);
            return false;
        }
        move_fd(fd, i);
    }
    return true;
}

// Runs a command in the shell itself, which gets its own descriptors 0 and 1 back afterwards.
static int run_command(struct node *node) {
    int saved[2];
    for (int i = 0; i < node->word_count; i++) {
        node->words[i] = expand(node->words[i]);
    }
    for (int fd = 0; fd < 2; fd++) {
        saved[fd] = node->paths[fd] != NULL ? fcntl(fd, F_DUPFD, SAVED_FD) : fd;
    }
    int status = redirect(node) ? run_builtin(node->words) : STATUS_WRONG;
    for (int fd = 0; fd < 2; fd++) {
        move_fd(saved[fd], fd);
    }
    return status;
}

// Makes a copy of the shell. 0 in the copy, -1 and a message if there can be none.
static pid_t start(void) {
    pid_t pid = fork();
    if (pid < 0) {
        complain("fork", "no memory, or too many processes");
    }
    interactive = interactive && pid != 0;
    return pid;
}

// Runs a list in a process of its own, and waits for it only if it is in parentheses.
static int run_apart(struct node *node) {
    bool background = node->kind == BACKGROUND;
    pid_t pid = start();
    if (pid == 0) {
        if (background) { // what is typed is for the one in front
            move_fd(open("/dev/null", O_RDONLY), 0);
        }
        exit(redirect(node) ? run(node->left) : STATUS_WRONG);
    }
    return pid < 0 ? STATUS_WRONG : background ? 0 : wait_for(pid);
}

// Every part runs at the same time, in a process of its own; the last one's status counts.
static int run_pipeline(struct node *node) {
    bool last = node->kind != PIPE;
    int ends[2];
    if (!last && pipe(ends) < 0) {
        complain("pipe", "no more descriptors");
        return STATUS_WRONG;
    }
    pid_t pid = start();
    if (pid == 0 && !last) {
        close(ends[0]);
        move_fd(ends[1], 1);
    }
    if (pid == 0) {
        exit(run(last ? node : node->left));
    }
    int status = STATUS_WRONG;
    if (!last) { // the rest reads what this part writes
        int saved = fcntl(0, F_DUPFD, SAVED_FD);
        close(ends[1]);
        move_fd(ends[0], 0);
        status = run_pipeline(node->right);
        move_fd(saved, 0);
    }
    int own_status = pid < 0 ? STATUS_WRONG : wait_for(pid);
    return last ? own_status : status;
}

static int run(struct node *node) {
    if (node->kind == AND || node->kind == OR || node->kind == SEQUENCE) {
        run(node->left);
        if (node->kind == SEQUENCE || (last_status == 0) == (node->kind == AND)) {
            run(node->right);
        }
    } else {
        last_status = node->kind == COMMAND ? run_command(node)
                      : node->kind == PIPE  ? run_pipeline(node)
                                            : run_apart(node);
    }
    return last_status;
}

int main(void) {
    struct stat about;
    interactive = fstat(0, &about) == 0 && (about.st_mode & S_IFMT) == S_IFCHR;
#ifdef __tine__
    greet();
#endif
    do {
        dprintf(2, interactive ? "tine> " : "");
        syntax_error = false;
        line_used = 0;
        next_token();
        struct node *line = parse_list('\n');
        if (token != '\n' && token != END) {
            refuse("this does not belong here");
        }
        if (syntax_error && !interactive) {
            return STATUS_WRONG;
        }
        while (syntax_error && token != '\n' && (token = next_char()) != END) {
        }
        if (!syntax_error && line != NULL) {
            run(line);
        }
    } while (token != END);
    return last_status;
}
