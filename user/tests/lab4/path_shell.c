// SPDX-License-Identifier: MIT
// What execve does not know how to execute is a script for the shell: with its path, the arguments
// behind argv[0], and the environment.
#define _GNU_SOURCE // execvpe
#include <sys/stat.h>

#include "asked.h"

#include "counted.h"

#define PROGRAM ITSELF("path_shell")
#define END ((char *)NULL)

// Every word of the second is quoted: an empty one, or two in one, are seen.
#define SHOWS "echo \"$0: $#: <$1> <$2> <$3>; X is $X\"\nexit 7\n"

static void expect_started(int how) {
    if (how != STARTED) {
        printf("it was not started: %s\n", outcome_name(how));
    }
}

static void prepare(void) {
    mkdir("texts", 0755);
    mkdir("second", 0755);
    make_script("texts/script", SHOWS, 0755);
    make_script("here", "# a comment, not an interpreter\n" SHOWS, 0755);
    make_script("texts/many", "echo \"many: $#: ${10}, ${19}\"\nexit 7\n", 0755);
    make_script("texts/empty", "", 0755);
    make_script("texts/denied", SHOWS, 0644);
    make_script("texts/interpreted", "#!" PROGRAM " 7\necho not by the shell\n", 0755);
    put_program("second/script", PROGRAM, SECOND);
    put_program("second/empty", PROGRAM, SECOND);
}

int main(int argc, char **argv) {
    (void)argc;
    if (getpid() != 1) {
        return tell_place(argv);
    }
    char *const nothing[] = {NULL, (char *)"not this", NULL};
    prepare();
    environ = (char **)WORDS("X=Y");
    setenv("PATH", "missing:texts:second:.", 1);
    expect_started(IN_CHILD(execvp("script", WORDS("name", "a", "b", "c"))));
    expect_started(IN_CHILD(execvp("script", WORDS("name", "two words", "", "$X *"))));
    expect_started(IN_CHILD(execvp("script", WORDS("name"))));
    expect_started(IN_CHILD(execvp("script", nothing)));
    expect_started(IN_CHILD(execvp("script", WORDS("", "", "-x"))));
    expect_started(IN_CHILD(execvp("here", WORDS("name", "1"))));
    expect_started(IN_CHILD(execvp("texts/script", WORDS("name", "a path"))));
    expect_started(IN_CHILD(execvp("./here", nothing)));
    expect_started(IN_CHILD(execlp("script", "script", "listed", END)));
    expect_started(IN_CHILD(execvpe("script", WORDS("name", "e"), WORDS("X=from envp"))));
    expect_started(IN_CHILD(execvpe("./texts/script", WORDS("name", "e"), WORDS("X=Z"))));
    expect_started(IN_CHILD(execvp("many", some_words(MOST))));
    printf("an empty file: %d\n", IN_CHILD(execvp("empty", WORDS("empty"))));
    printf("with #!: %s\n", outcome_name(IN_CHILD(execvp("interpreted", WORDS("i")))));
    printf("not executable: %s\n", outcome_name(IN_CHILD(execvp("texts/denied", WORDS("d")))));
    return 0;
}
