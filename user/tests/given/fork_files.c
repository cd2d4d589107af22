// SPDX-License-Identifier: MIT
// What parent and child share of files, and what not; pipes between them. They wait for one another
// by the ends of pipes alone.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "errors.h"

enum { MUCH = 300000 };

static char buffer[MUCH];

static void collect(const char *what) {
    int status = 0;
    wait(&status);
    printf("%s: exit %d, signal %d\n", what, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
           WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

// One open file has one offset, whoever uses it; what is opened anew has its own.
static void offsets(void) {
    int fd = open("f", O_RDWR | O_CREAT | O_TRUNC, 0644);
    int own = open("f", O_RDONLY);
    write(fd, "parent ", 7);
    if (fork() == 0) {
        write(fd, "child ", 6);
        read(own, buffer, 3);
        fcntl(fd, F_SETFL, O_APPEND);
        close(own);
        close(fd);
        dup2(1, own);
        _exit(3);
    }
    collect("child");
    write(fd, "parent", 6);
    number("offset", lseek(fd, 0, SEEK_CUR));
    number("offset of the other", lseek(own, 0, SEEK_CUR));
    printf("append: %d\n", (fcntl(fd, F_GETFL) & O_APPEND) != 0);
    number("read", pread(own, buffer, 100, 0));
    printf("%.19s\n", buffer);
    close(own);
    close(fd);
}

// Many write to one file at the same time, and nothing is overwritten.
static void together(void) {
    int fd = open("f", O_RDWR | O_TRUNC);
    for (int child = 0; child < 4; child++) {
        if (fork() == 0) {
            for (int i = 0; i < 250; i++) {
                write(fd, "0123456789", 10);
            }
            _exit(0);
        }
    }
    while (wait(NULL) > 0) {
    }
    number("size", lseek(fd, 0, SEEK_END));
    close(fd);
}

static void place(void) {
    char cwd[1000];
    size_t base = strlen(getcwd(cwd, sizeof cwd));
    mkdir("here", 0777);
    chdir("here");
    umask(027);
    if (fork() == 0) {
        mkdir("below", 0777);
        printf("child in %s, mask %o\n", getcwd(cwd, sizeof cwd) + base, umask(0));
        chdir("below");
        _exit(0);
    }
    collect("child");
    printf("parent in %s, mask %o\n", getcwd(cwd, sizeof cwd) + base, umask(022));
    chdir("..");
}

// Much more than a pipe holds: writer and reader wait for each other again and again.
static void much(void) {
    int ends[2];
    pipe(ends);
    if (fork() == 0) {
        close(ends[0]);
        for (int i = 0; i < MUCH; i++) {
            buffer[i] = (char)(i % 251);
        }
        long done = write(ends[1], buffer, MUCH);
        _exit(done == MUCH ? 0 : 1);
    }
    close(ends[1]);
    long total = 0;
    long wrong = 0;
    long got;
    while ((got = read(ends[0], buffer, 7001)) > 0) {
        for (long i = 0; i < got; i++) {
            wrong += buffer[i] != (char)((total + i) % 251);
        }
        total += got;
    }
    number("read", total);
    number("wrong bytes", wrong);
    number("the end", got);
    close(ends[0]);
    collect("writer");
}

// What is at most PIPE_BUF long arrives in one piece, whoever else writes.
static void pieces(void) {
    int ends[2];
    char first = 0;
    pipe(ends);
    for (int child = 0; child < 3; child++) {
        if (fork() == 0) {
            memset(buffer, 'a' + child, 4096);
            for (int i = 0; i < 20; i++) {
                write(ends[1], buffer, 4096);
            }
            _exit(0);
        }
    }
    close(ends[1]);
    int total = 0;
    int mixed = 0;
    int at = 0;
    long got;
    while ((got = read(ends[0], buffer, 1000)) > 0) {
        for (long i = 0; i < got; i++, at = (at + 1) % 4096) {
            first = at == 0 ? buffer[i] : first;
            mixed += buffer[i] != first;
        }
        total += (int)got;
    }
    number("read", total);
    number("mixed", mixed);
    close(ends[0]);
    while (wait(NULL) > 0) {
    }
}

// The end comes when the last writer has gone, in whatever way.
static void last_writer(void) {
    int ends[2];
    pipe(ends);
    if (fork() == 0) {
        write(ends[1], "bye", 3);
        raise(SIGKILL);
    }
    close(ends[1]);
    number("read", read(ends[0], buffer, 100));
    number("read", read(ends[0], buffer, 100));
    collect("killed");
    close(ends[0]);
}

static void no_reader(void) {
    int ends[2];
    pipe(ends);
    if (fork() == 0) {
        close(ends[0]);
        write(ends[1], "x", 1); // there is still the parent
        close(open("told", O_WRONLY | O_CREAT, 0644));
        for (;;) {
            write(ends[1], buffer, 4096);
        }
    }
    read(ends[0], buffer, 1);
    close(ends[0]);
    close(ends[1]);
    collect("nobody reads");
    struct sigaction ignore;
    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, NULL);
    pipe(ends);
    close(ends[0]);
    result("nobody reads, ignored", write(ends[1], "x", 1));
    close(ends[1]);
}

static void polling(void) {
    int ends[2];
    int back[2];
    pipe(ends);
    pipe(back);
    if (fork() == 0) {
        close(ends[0]);
        read(back[0], buffer, 1);
        write(ends[1], "x", 1);
        read(back[0], buffer, 1);
        _exit(0);
    }
    close(ends[1]);
    struct pollfd fd = {ends[0], POLLIN, 0};
    number("nothing yet", poll(&fd, 1, 0));
    write(back[1], "1", 1);
    number("wait for a byte", poll(&fd, 1, -1));
    printf("%x\n", fd.revents);
    read(ends[0], buffer, 1);
    write(back[1], "2", 1);
    number("wait for the end", poll(&fd, 1, 10000));
    printf("%x\n", fd.revents);
    collect("child");
    close(ends[0]);
    close(back[0]);
    close(back[1]);
}

int main(void) {
    mkdir("work", 0777);
    chdir("work");
    offsets();
    together();
    place();
    much();
    pieces();
    last_writer();
    no_reader();
    polling();
    return 0;
}
