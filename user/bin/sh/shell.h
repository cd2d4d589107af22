// SPDX-License-Identifier: MIT
// The state of the shell, and what all its parts need.
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct tree;
struct node;
struct source;

enum {
    STATUS_WRONG = 2, // syntax error, bad use of a built-in, what cannot be opened
    STATUS_CANNOT_RUN = 126,
    STATUS_NOT_FOUND = 127,
    STATUS_SIGNAL = 128, // plus the signal's number
};

// Why commands are being left out until somebody takes notice.
enum unwind {
    UNWIND_NONE,
    UNWIND_BREAK,    // a loop; shell.unwind_levels of them
    UNWIND_CONTINUE, // the same, then it goes on
    UNWIND_RETURN,   // a function, or a file read by "."
    UNWIND_ERROR,    // the command line; a shell that is not interactive ends
};

// $1, $2, ...
struct parameters {
    char **items;
    int count;
    void *owned; // by malloc; NULL: the items are somebody else's
};

struct shell {
    int status;            // $?
    int substitution;      // status of the last $( ), for commands that are nothing else
    pid_t pid;             // $$: not changed in subshells
    pid_t last_background; // $!; 0: none
    const char *name;      // $0
    int line;              // of the command that runs
    struct parameters parameters;
    struct tree *tree; // the one that runs
    enum unwind unwind;
    int unwind_levels;
    int loops;           // how many loops are around the command that runs, in this function
    int calls;           // how many functions, "." and eval
    bool tested;         // somebody asks for the status of one of those: set -e is off inside
    bool typed;          // what runs has been typed: lines have no numbers; also in subshells
    bool interactive;    // the shell that somebody types at
    bool job_control;    // jobs have process groups of their own, and the terminal by turns
    bool exit_on_error;  // set -e
    bool no_patterns;    // set -f
    bool only_parse;     // set -n
    bool unset_is_error; // set -u
    bool show_commands;  // set -x
    bool cannot_fork;    // this kernel has no fork
    bool cannot_exec;    // execve is not finished
};

extern struct shell shell;

extern char **environ; // POSIX leaves the declaration to the program

// Set by SIGINT in an interactive shell: the command line is given up.
extern volatile sig_atomic_t interrupted;

// A message on standard error, with the shell's name and, in a script, the line.
void complain(const char *pattern, ...) __attribute__((format(printf, 1, 2)));

// complain, and the rest of the command line is left out. Returns STATUS_WRONG.
int fail(const char *pattern, ...) __attribute__((format(printf, 1, 2)));

_Noreturn void shell_exit(int status);

// Reads and runs commands until the source ends. Returns the last status.
int run_source(struct source *source);

// Reads and runs a text, such as eval's or that of sh -c.
int run_text(const char *text, const char *name, int line);

// Reads and runs a file. -1 and errno if it cannot be opened.
int run_file(const char *path);

// The letters of the options that are on, for $-; in static memory.
const char *option_letters(void);

// Sets one by its letter. False if there is none of this letter.
bool option_set(char letter, bool on);
