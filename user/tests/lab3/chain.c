// SPDX-License-Identifier: MIT
// A process that becomes another program a thousand times in succession, and fails to a hundred
// times, leaves as much memory free as there was.
#include <sys/sysinfo.h>
#include <tine.h>

#include "again.h"

enum { PROGRAMS = 1000, EACH_OTHER = 10, WARM_UP = 5, PAGE = 4096 };

static long pages_free(void) {
    struct sysinfo info;
    return sysinfo(&info) < 0 ? -1 : (long)(info.freeram * info.mem_unit / PAGE);
}

// argv: the name, how many programs there have been, how many pages were free.
static int go_on(int number, const char *free_before) {
    char count[16];
    char pages[24];
    snprintf(count, sizeof count, "%d", number + 1);
    snprintf(pages, sizeof pages, "%ld", number == WARM_UP ? pages_free() : atol(free_before));
    if (number == PROGRAMS) {
        probe_mark(1, atol(free_before) - pages_free());
        printf("%d programs, one after the other\n", number);
        return 0;
    }
    if (number % EACH_OTHER == 0) {
        execve("/", WORDS("chain"), NO_WORDS);
    }
    execve(ITSELF("chain"), WORDS("chain", count, pages, "and something more"), WORDS("X=Y"));
    return EXEC_FAILED + errno;
}

int main(int argc, char **argv) {
    if (argc > 2) {
        return go_on(atoi(argv[1]), argv[2]);
    }
    pid_t pid = fork();
    if (pid == 0) {
        _exit(go_on(0, "0"));
    }
    printf("the last one ended with %d\n", outcome(pid));
    printf("findings: %ld\n", probe_audit());
    return 0;
}
