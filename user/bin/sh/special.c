// SPDX-License-Identifier: MIT
// Built-ins that change what runs next: XCU 2.14.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "builtins.h"
#include "jobs.h"
#include "run.h"
#include "shell.h"
#include "variables.h"

enum { NESTING_LIMIT = 1000 };

// The number in argv[1], or `otherwise` if there is none. -1, and a failure, if it is not a number.
static int number_argument(int argc, char **argv, int otherwise) {
    if (argc < 2) {
        return otherwise;
    }
    char *end;
    long number = strtol(argv[1], &end, 10);
    if (*end != '\0' || end == argv[1] || number < 0 || number > 1000000) {
        fail("%s: %s: not a number", argv[0], argv[1]);
        return -1;
    }
    return (int)number;
}

int break_main(int argc, char **argv) {
    int levels = number_argument(argc, argv, 1);
    if (levels == 0) {
        return fail("%s: 0: not a number of loops", argv[0]);
    }
    if (levels > 0 && shell.loops > 0) {
        shell.unwind = argv[0][0] == 'b' ? UNWIND_BREAK : UNWIND_CONTINUE;
        shell.unwind_levels = levels < shell.loops ? levels : shell.loops;
    }
    return levels < 0 ? STATUS_WRONG : 0;
}

int exit_main(int argc, char **argv) {
    static bool warned;
    int status = number_argument(argc, argv, shell.status);
    for (const struct job *job = jobs; job != NULL; job = job->next) {
        if (shell.interactive && !warned && job_state(job) == PROCESS_STOPPED) {
            warned = true;
            complain("there are stopped jobs; a second exit gives them up");
            return 1;
        }
    }
    if (status >= 0) {
        shell_exit(status & 0xff);
    }
    return STATUS_WRONG;
}

int return_main(int argc, char **argv) {
    int status = number_argument(argc, argv, shell.status);
    if (status < 0) {
        return STATUS_WRONG;
    }
    if (shell.calls == 0) {
        shell_exit(status & 0xff); // outside: as exit, POSIX leaves it open
    }
    shell.unwind = UNWIND_RETURN;
    return status & 0xff;
}

int shift_main(int argc, char **argv) {
    int count = number_argument(argc, argv, 1);
    if (count > shell.parameters.count) {
        return fail("shift: there are not so many parameters");
    }
    if (count > 0) {
        parameters_shift(count);
    }
    return count < 0 ? STATUS_WRONG : 0;
}

int eval_main(int argc, char **argv) {
    struct buffer text = {.arena = &scratch};
    for (int i = 1; i < argc; i++) {
        buffer_add_text(&text, argv[i], strlen(argv[i]));
        buffer_add(&text, ' ');
    }
    if (shell.calls >= NESTING_LIMIT) {
        return fail("eval: too deeply nested");
    }
    shell.calls++;
    shell.status = 0;
    int status = run_text(buffer_text(&text), shell.name, shell.line);
    shell.calls--;
    return status;
}

int dot_main(int argc, char **argv) {
    if (argc < 2) {
        return fail(".: which file?");
    }
    if (shell.calls >= NESTING_LIMIT) {
        return fail(".: too deeply nested");
    }
    int loops = shell.loops;
    const char *path = find_program(argv[1]);
    shell.calls++;
    shell.status = 0;
    int status = run_file(path != NULL ? path : argv[1]);
    shell.calls--;
    shell.loops = loops;
    if (shell.unwind == UNWIND_RETURN) {
        shell.unwind = UNWIND_NONE;
    }
    return status >= 0 ? status : fail(".: %s: %s", argv[1], strerror(errno));
}

int exec_main(int argc, char **argv) {
    if (argc < 2) {
        return 0; // the redirections were what was wanted
    }
    int status = run_program(argv + 1);
    if (!shell.interactive) {
        shell_exit(status);
    }
    return status;
}
