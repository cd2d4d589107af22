// SPDX-License-Identifier: MIT
// Files that are almost programs: each has one planted fault, and execve must refuse it with the
// errno that the index names, and its caller go on. Without the fault each is a program, which
// exits with 0; but those that name an interpreter name one that cannot start them.
#include <sys/stat.h>
#include <tine.h>

#include "again.h"

#ifdef __tine__
#define FOLDER "/hostile/"
#else
#define FOLDER "elf/hostile/"
#endif

enum { LINE_BYTES = 256, PATH_BYTES = 128, FILES_MIN = 50 };

// What becomes of a file: as outcome() says.
static int attempt(const char *name, const char *suffix) {
    char path[PATH_BYTES];
    snprintf(path, sizeof path, FOLDER "%s%s", name, suffix);
    chmod(path, 0755);
    return execute(path, WORDS(name), WORDS("X=Y"));
}

// What becomes of a file without its fault; 0 is as it should be.
static int attempt_undone(const char *name, const char *group) {
    int how = attempt(name, ".undone");
    return strncmp(group, " interpreters:", strlen(" interpreters:")) == 0 ? 0 : how;
}

static void complain(const char *name, const char *suffix, int how, int wanted, const char *why) {
    printf("%s%s: ", name, suffix);
    if (how >= KILLED) {
        printf("killed by signal %d", how - KILLED);
    } else {
        printf(how < 0 ? "error %d" : "it ran, and exited with %d", how < 0 ? -how : how);
    }
    printf(" instead of %s %d:%s", wanted < 0 ? "error" : "exiting with", -wanted, why);
}

int main(void) {
    char line[LINE_BYTES];
    int files = 0;
    int refused = 0;
    int ran = 0;
    FILE *index = fopen(FOLDER "index", "r");
    while (index != NULL && fgets(line, sizeof line, index) != NULL) {
        char *name = line;
        char *number = strchr(line, ' ');
        char *group = number != NULL ? strchr(number + 1, ' ') : NULL;
        char *why = strchr(line, ':');
        if (group == NULL || why == NULL) {
            break;
        }
        *number++ = '\0';
        int wanted = -atoi(number);
        int how = attempt(name, "");
        int undone = attempt_undone(name, group);
        if (how != wanted) {
            complain(name, "", how, wanted, why + 1);
        }
        if (undone != 0) {
            complain(name, ".undone", undone, 0, " it has no fault\n");
        }
        files++;
        refused += how == wanted;
        ran += undone == 0;
    }
    probe_mark(1, refused);
    printf("hostile files: %s\n",
           files >= FILES_MIN && refused == files ? "all refused" : "some run");
    printf("without the fault: %s\n",
           files >= FILES_MIN && ran == files ? "all run" : "some do not");
    printf("findings: %ld\n", probe_audit());
    return 0;
}
