// SPDX-License-Identifier: MIT
// A program may act for the owner of its file, or for the file's group, whoever runs it: then the C
// library is told (AT_SECURE) to believe nobody. A script may not. And who may not search a
// directory cannot run what is in it.
#include "made.h"

enum {
    AT_UID_TYPE = 11,
    AT_EUID_TYPE = 12,
    AT_GID_TYPE = 13,
    AT_EGID_TYPE = 14,
    AT_SECURE_TYPE = 23
};
enum { SOMEBODY = 1000, ADDRESS = 0x10000000 };

static int from;

// Runs `path` as the user, and in the group, of this number.
static void run(const char *what, const char *path, unsigned who) {
    static struct report report;
    pid_t pid = fork();
    if (pid == 0) {
        if (setgid(who) < 0 || setuid(who) < 0) {
            _exit(1);
        }
        execve(path, WORDS(path), ENOUGH_STACK);
        _exit(EXEC_FAILED + errno);
    }
    int how = outcome(pid);
    if (how != REPORTED || !report_read(from, &report)) {
        printf("%s: %s\n", what, how == -EACCES ? "EACCES" : "it cannot be run");
        return;
    }
    printf("%s: user %lu acts for %lu, group %lu for %lu", what,
           (unsigned long)report_auxv(&report, AT_UID_TYPE), (unsigned long)report.euid,
           (unsigned long)report_auxv(&report, AT_GID_TYPE), (unsigned long)report.egid);
    printf("; AT_SECURE is %lu%s\n", (unsigned long)report_auxv(&report, AT_SECURE_TYPE),
           report_auxv(&report, AT_EUID_TYPE) == report.euid &&
                   report_auxv(&report, AT_EGID_TYPE) == report.egid
               ? ""
               : ", and AT_EUID or AT_EGID is wrong");
}

static void own(const char *path, unsigned owner, unsigned group, mode_t mode) {
    if (chown(path, owner, group) < 0 || chmod(path, mode) < 0) {
        puts("the test could not be set up");
    }
}

static void make_owned(const char *path, unsigned owner, unsigned group, mode_t mode) {
    make_program(path, ET_EXEC, ADDRESS, NULL);
    own(path, owner, group, mode);
}

int main(void) {
    char here[256] = "";
    reports_begin(&from);
    chmod(getcwd(here, sizeof here), 0755);
    make_owned("plain", SOMEBODY, SOMEBODY, 0755);
    make_owned("somebodys", SOMEBODY, SOMEBODY, 04755);
    make_owned("roots", 0, 0, 04755);
    make_owned("groups", 0, SOMEBODY, 02755);
    make_owned("no-group", 0, SOMEBODY, 02745);
    make_owned("both", SOMEBODY, SOMEBODY, 06755);
    make_owned("only-owner", 0, 0, 0744);
    mkdir("hidden", 0700);
    make_owned("hidden/program", 0, 0, 0755);
    int script = open("script", O_WRONLY | O_CREAT, 0755);
    write(script, "#!plain\n", 8);
    close(script);
    own("script", SOMEBODY, SOMEBODY, 06755);
    run("no bit is set", "plain", 0);
    run("for its owner", "somebodys", 0);
    run("for root", "roots", SOMEBODY);
    run("for its group", "groups", 0);
    run("a group that may not execute it", "no-group", 0);
    run("for both", "both", 0);
    run("its owner runs it", "both", SOMEBODY);
    run("a script", "script", 0);
    run("only its owner may", "only-owner", SOMEBODY);
    run("a hidden one", "hidden/program", SOMEBODY);
    return 0;
}
