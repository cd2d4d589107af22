// SPDX-License-Identifier: MIT
// Hard and symbolic links, permissions, owners, umask.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"

static char buffer[5000];

static void make(const char *path) {
    close(open(path, O_WRONLY | O_CREAT, 0644));
}

static void show(const char *path) {
    struct stat status;
    if (lstat(path, &status) < 0) {
        printf("%s: %s\n", path, error_name(errno));
        return;
    }
    int dir = (status.st_mode & S_IFMT) == S_IFDIR;
    printf("%s: %o, links %d, size %d, owner %d\n", path, status.st_mode,
           dir ? 0 : (int)status.st_nlink, dir ? 0 : (int)status.st_size, (int)status.st_uid);
}

static void hard(void) {
    make("f");
    mkdir("d", 0755);
    result("link", link("f", "g"));
    show("f");
    result("over what is there", link("f", "g"));
    result("what is not there", link("none", "h"));
    result("a directory", link("d", "h"));
    result("to below nothing", link("f", "none/h"));
    result("to a name with a slash", link("f", "h/"));
    result("a file with a slash", link("f/", "h"));
    result("into a directory", link("f", "d/f"));
    show("d/f");
    result("remove the first", unlink("f"));
    show("g");
    result("remove the others", unlink("g") + unlink("d/f"));
    show("d/f");
}

static void symbolic(void) {
    make("f");
    result("link", symlink("f", "s"));
    show("s");
    result("again", symlink("x", "s"));
    result("to nothing", symlink("none", "dangling"));
    result("to no name", symlink("", "x"));
    result("without a name", symlink("f", ""));
    result("to a name with a slash", symlink("f", "x/"));
    number("read it", readlink("s", buffer, sizeof buffer));
    printf("%.1s\n", buffer);
    number("read less", readlink("dangling", buffer, 2));
    result("read nothing", readlink("s", buffer, 0));
    result("read a file", readlink("f", buffer, 10));
    result("read what is not there", readlink("none", buffer, 10));
    result("open it", close(open("s", O_RDONLY)));
    result("open it, not following", open("s", O_RDONLY | O_NOFOLLOW));
    result("open it as a directory, not following", open("s", O_RDONLY | O_NOFOLLOW | O_DIRECTORY));
    result("open the dangling one", open("dangling", O_RDONLY));
    result("create it exclusively", open("dangling", O_WRONLY | O_CREAT | O_EXCL, 0644));
    result("create what it points to", close(open("dangling", O_WRONLY | O_CREAT, 0644)));
    show("none");
    result("make a directory there", mkdir("s", 0755));
    result("remove the link, not the file", unlink("s"));
    show("f");
    result("link to a link", link("dangling", "dangling2"));
    show("dangling2");
}

static void through(void) {
    struct stat status;
    symlink("d", "to_d");
    make("d/inside");
    result("through a link", stat("to_d/inside", &status));
    result("the link with a slash", lstat("to_d/", &status));
    printf("is a directory: %d\n", (status.st_mode & S_IFMT) == S_IFDIR);
    result("remove the link with a slash", rmdir("to_d/"));
    result("unlink it with a slash", unlink("to_d/"));
    symlink("f", "to_f");
    result("a link to a file with a slash", stat("to_f/", &status));
    result("into a link to a file", stat("to_f/x", &status));
    symlink("../d/inside", "d/relative");
    result("relative to where the link is", stat("d/relative", &status));
    symlink("d/", "slash");
    result("a target with a slash", stat("slash", &status));
    symlink("f/", "f_slash");
    result("a file as target with a slash", stat("f_slash", &status));
    symlink("loop", "loop");
    result("a loop", stat("loop", &status));
    result("a loop in the middle", stat("loop/x", &status));
    result("a loop, opened", open("loop", O_RDONLY));
    result("a loop, created", open("loop", O_RDONLY | O_CREAT, 0644));
    result("a loop itself", lstat("loop", &status));
}

// 40 links in a row are followed, 41 are not.
static void chain(void) {
    struct stat status;
    char from[16], to[16];
    symlink("f", "c0");
    for (int i = 1; i <= 40; i++) {
        snprintf(from, sizeof from, "c%d", i);
        snprintf(to, sizeof to, "c%d", i - 1);
        symlink(to, from);
    }
    result("40 links", stat("c39", &status));
    result("41 links", stat("c40", &status));
}

static void rights(void) {
    printf("old mask: %o\n", umask(027));
    result("make", close(open("m", O_WRONLY | O_CREAT, 0666)));
    show("m");
    result("make a directory", mkdir("md", 0777));
    show("md");
    printf("mask: %o\n", umask(022));
    result("chmod", chmod("m", 06751));
    show("m");
    result("chmod, all bits", chmod("m", 07777777));
    show("m");
    result("chmod through a link", (symlink("m", "to_m"), chmod("to_m", 0604)));
    show("m");
    result("chmod nothing", chmod("none_such", 0600));
    int fd = open("m", O_RDONLY);
    result("fchmod", fchmod(fd, 04755));
    show("m");
    result("chown to nobody in particular", chown("m", -1, -1));
    show("m");
    result("chown nothing", chown("none_such", 0, 0));
    close(fd);
    result("fchmod what is closed", fchmod(fd, 0600));
    chmod("m", 0600);
    result("access", access("m", R_OK | W_OK));
    result("access: execute", access("m", X_OK));
    result("access: there", access("m", F_OK));
    result("access: not there", access("none_such", F_OK));
    result("access: what", access("m", 8));
    result("access: a directory", access("d", X_OK));
}

int main(void) {
    umask(022);
    mkdir("links", 0777);
    chdir("links");
    hard();
    symbolic();
    through();
    chain();
    rights();
    return 0;
}
