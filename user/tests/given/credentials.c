// SPDX-License-Identifier: MIT
// Becoming somebody else, and what that somebody may do. For the superuser.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "errors.h"

enum { SOMEBODY = 1000, ANOTHER = 1001, OTHERS = 2000, TEAM = 3000 };
#define KEEP ((uid_t)-1)

static void show(void) {
    uid_t u[3];
    gid_t g[3];
    getresuid(&u[0], &u[1], &u[2]);
    getresgid(&g[0], &g[1], &g[2]);
    printf("  %d %d %d, %d %d %d; %d %d, %d %d\n", (int)u[0], (int)u[1], (int)u[2], (int)g[0],
           (int)g[1], (int)g[2], (int)getuid(), (int)geteuid(), (int)getgid(), (int)getegid());
}

// In a child, which then is what it became.
static void as(const char *what, void function(void)) {
    printf("%s\n", what);
    if (fork() == 0) {
        function();
        show();
        _exit(0);
    }
    wait(NULL);
}

static void for_ever(void) {
    result("setgid", setgid(OTHERS));
    result("setuid", setuid(SOMEBODY));
    show();
    result("back", setuid(0));
    result("its group back", setgid(0));
    result("to itself", setuid(SOMEBODY));
    result("to another", setresuid(ANOTHER, KEEP, KEEP));
    result("to nobody", setuid(KEEP));
    result("groups", syscall(SYS_setgroups, 0, NULL));
}

static void for_a_while(void) {
    result("effective only", setresuid(KEEP, SOMEBODY, KEEP));
    show();
    result("real, not allowed", setresuid(ANOTHER, KEEP, KEEP));
    result("one allowed, one not", setresuid(SOMEBODY, ANOTHER, KEEP));
    show();
    result("setuid to the real one", setuid(0));
    show();
    result("three", setresuid(SOMEBODY, ANOTHER, 5));
    show();
    result("in a ring", setresuid(ANOTHER, 5, SOMEBODY));
    show();
    result("setuid to the effective one", setuid(5));
    result("setuid to the saved one", setuid(SOMEBODY));
}

static void its_groups(void) {
    gid_t groups[40] = {TEAM, OTHERS, 7};
    result("set three", syscall(SYS_setgroups, 3, groups));
    groups[0] = groups[1] = 0;
    number("how many", getgroups(0, NULL));
    number("which", getgroups(40, groups));
    printf("  all of them: %d\n", (int)(groups[0] + groups[1] + groups[2]) == TEAM + OTHERS + 7);
    result("too little room", getgroups(2, groups));
    result("negative room", syscall(SYS_getgroups, -1L, groups));
    result("too many", syscall(SYS_setgroups, 70000, groups));
    setresgid(OTHERS, OTHERS, OTHERS);
    setresuid(SOMEBODY, SOMEBODY, SOMEBODY);
    number("still as many", getgroups(0, NULL));
    result("the team's file", close(open("team", O_RDONLY)));
    result("its access", access("team", R_OK));
    result("another's file", open("another", O_RDONLY));
    result("the superuser's file", open("mine", O_RDONLY));
    result("set them", syscall(SYS_setgroups, 1, groups));
    int fd = open("own", O_WRONLY | O_CREAT, 0666);
    result("give it to the team", fchown(fd, KEEP, TEAM));
    result("give it to strangers", fchown(fd, KEEP, 4000));
    result("give it away", fchown(fd, ANOTHER, KEEP));
    close(fd);
}

static void its_times(void) {
    const struct timespec when[2] = {{5, 0}, {5, 0}};
    setresuid(SOMEBODY, SOMEBODY, SOMEBODY);
    result("anybody's file, now", utimensat(AT_FDCWD, "anybody", NULL, 0));
    result("anybody's file, then", utimensat(AT_FDCWD, "anybody", when, 0));
    result("the superuser's file, now", utimensat(AT_FDCWD, "mine", NULL, 0));
    result("mode", chmod("anybody", 0600));
}

// Whose rights access asks for.
static void real_and_effective(void) {
    setresuid(SOMEBODY, 0, 0);
    result("opened", close(open("mine", O_RDONLY)));
    result("access", access("mine", R_OK));
    result("access by effective ids", faccessat(AT_FDCWD, "mine", R_OK, AT_EACCESS));
}

static void make(const char *path, mode_t mode, uid_t owner, gid_t group) {
    close(open(path, O_WRONLY | O_CREAT, 0600));
    chown(path, owner, group);
    chmod(path, mode);
}

int main(void) {
    syscall(SYS_setgroups, 0, NULL);
    umask(0);
    mkdir("credentials", 0777);
    chmod(".", 0777);
    chdir("credentials");
    make("mine", 0600, 0, 0);
    make("team", 0640, 0, TEAM);
    make("another", 0600, ANOTHER, 0);
    make("anybody", 0666, 0, 0);
    as("for ever", for_ever);
    as("for a while", for_a_while);
    as("groups", its_groups);
    as("times", its_times);
    as("real and effective", real_and_effective);
    show();
    return 0;
}
