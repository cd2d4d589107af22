// SPDX-License-Identifier: MIT
// A descriptor that closes on exec still runs its program, which does not have it then. A script's
// interpreter could not open it any more: that is ENOENT, and the descriptor stays as it was.
#include <fcntl.h>

#include "family.h"

enum { AT = 20, STILL_OPEN = 1, FLAG_LOST };

#define PROGRAM ITSELF("fexecve_closes")

static void try_file(const char *what, const char *path) {
    int fd = open(path, O_RDONLY);
    dup2(fd, AT);
    close(fd);
    fcntl(AT, F_SETFD, FD_CLOEXEC);
    int before = fcntl(AT, F_GETFD);
    pid_t pid = fork();
    if (pid == 0) {
        fexecve(AT, WORDS("name"), environ);
        int error = errno;
        _exit(fcntl(AT, F_GETFD) == FD_CLOEXEC ? EXEC_FAILED + error : FLAG_LOST);
    }
    int how = outcome(pid);
    printf("%s, with the flag %d: %s\n", what, before,
           how == STILL_OPEN  ? "the program has the descriptor"
           : how == FLAG_LOST ? "the flag has gone"
                              : outcome_name(how));
    close(AT);
}

int main(int argc, char **argv) {
    (void)argv;
    (void)argc;
    if (getpid() != 1) {
        return fcntl(AT, F_GETFD) < 0 && errno == EBADF ? STARTED : STILL_OPEN;
    }
    put_program("script", PROGRAM, HERE);
    make_script("orphan", "#!/no/such/interpreter\n", 0755);
    make_script("text", "a text\n", 0755);
    try_file("a program", PROGRAM);
    try_file("a script", "./script");
    try_file("a script without its interpreter", "orphan");
    try_file("a text", "text");
    return 0;
}
