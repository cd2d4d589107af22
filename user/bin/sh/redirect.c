// SPDX-License-Identifier: MIT
#include "redirect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expand.h"
#include "jobs.h"
#include "shell.h"
#include "source.h"

// Scripts may use the descriptors 0 to 9; what the shell keeps is above.
enum { FIRST_OWN_FD = 10, LAST_FD = 255, HERE_PIPE_BYTES = 4096 };

static bool own_fds[LAST_FD + 1];

static int copy_away(int fd) {
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_OWN_FD);
    if (copy >= 0 && copy <= LAST_FD) {
        own_fds[copy] = true;
    }
    return copy;
}

void redirect_release(int fd) {
    close(fd);
    if (fd <= LAST_FD) {
        own_fds[fd] = false;
    }
}

int redirect_keep(int fd) {
    int copy = copy_away(fd);
    close(fd);
    return copy;
}

void redirect_forget(void) {
    for (int fd = FIRST_OWN_FD; fd <= LAST_FD; fd++) {
        if (own_fds[fd]) {
            redirect_release(fd);
        }
    }
}

void redirect_move(int fd, int wanted) {
    if (fd >= 0 && fd != wanted) {
        dup2(fd, wanted);
        close(fd);
    }
}

static void save(int fd, struct saved_fd **saved) {
    for (const struct saved_fd *other = *saved; other != NULL; other = other->others) {
        if (other->fd == fd) {
            return;
        }
    }
    struct saved_fd *entry = arena_get(&scratch, sizeof *entry);
    *entry = (struct saved_fd){.fd = fd, .copy = copy_away(fd), .others = *saved};
    *saved = entry;
}

void redirect_undo(struct saved_fd *saved) {
    for (; saved != NULL; saved = saved->others) {
        if (saved->copy >= 0) {
            dup2(saved->copy, saved->fd);
            redirect_release(saved->copy);
        } else {
            close(saved->fd);
        }
    }
}

static void write_all(int fd, const char *text, size_t bytes) {
    ssize_t written;
    while (bytes > 0 && (written = write(fd, text, bytes)) > 0) {
        text += written;
        bytes -= (size_t)written;
    }
}

// A pipe that holds the text; what does not fit into it is written by a process of its own.
static int open_here_text(const char *text) {
    int ends[2];
    size_t bytes = strlen(text);
    if (pipe(ends) < 0) {
        complain("pipe: %s", strerror(errno));
        return -1;
    }
    pid_t writer = bytes <= HERE_PIPE_BYTES ? 0 : process_start(NULL, false);
    if (writer == 0) {
        write_all(ends[1], text, bytes);
    }
    if (bytes > HERE_PIPE_BYTES && writer == 0) {
        _exit(0);
    }
    close(ends[1]);
    if (writer < 0) {
        close(ends[0]);
        return -1;
    }
    return ends[0];
}

static int open_target(const struct redirection *redirection, const char *target) {
    static const int flags[] = {
        [REDIRECT_READ] = O_RDONLY,
        [REDIRECT_WRITE] = O_WRONLY | O_CREAT | O_TRUNC,
        [REDIRECT_APPEND] = O_WRONLY | O_CREAT | O_APPEND,
        [REDIRECT_READ_WRITE] = O_RDWR | O_CREAT,
    };
    if (redirection->kind == REDIRECT_HERE) {
        return open_here_text(target);
    }
    int fd = open(target, flags[redirection->kind], 0666);
    if (fd < 0) {
        complain("cannot open %s: %s", target, strerror(errno));
    }
    return fd;
}

// n>&m, n<&m, n>&-. What the shell keeps for itself is not there.
static bool copy_fd(int fd, const char *target) {
    char *end;
    if (strcmp(target, "-") == 0) {
        close(fd);
        return true;
    }
    long from = strtol(target, &end, 10);
    bool number = *target >= '0' && *target <= '9' && *end == '\0';
    bool hidden = from > LAST_FD || (number && own_fds[from]);
    if (!number || hidden || (from != fd && dup2((int)from, fd) < 0) || fcntl(fd, F_GETFD) < 0) {
        complain("%s: %s", target, number ? "this descriptor is not open" : "not a descriptor");
        return false;
    }
    return true;
}

static bool redirect_one(const struct redirection *redirection, struct saved_fd **saved) {
    int wanted = redirection->fd;
    const char *target = expand_text(redirection->target);
    if (shell.unwind != UNWIND_NONE) {
        return false;
    }
    if (wanted > LAST_FD || own_fds[wanted]) {
        complain("%d: cannot be redirected", wanted);
        return false;
    }
    int fd = -1;
    if (redirection->kind != REDIRECT_COPY) {
        fd = open_target(redirection, target); // before anything changes
        if (fd < 0) {
            return false;
        }
    }
    if (saved != NULL && fd != wanted) {
        save(wanted, saved);
    } else if (saved != NULL) { // it was closed: open has just found it free
        struct saved_fd *entry = arena_get(&scratch, sizeof *entry);
        *entry = (struct saved_fd){.fd = wanted, .copy = -1, .others = *saved};
        *saved = entry;
    }
    if (redirection->kind == REDIRECT_COPY) {
        return copy_fd(wanted, target);
    }
    redirect_move(fd, wanted);
    return true;
}

bool redirect(const struct redirection *redirection, struct saved_fd **saved) {
    for (; redirection != NULL; redirection = redirection->next) {
        if (!redirect_one(redirection, saved)) {
            return false;
        }
    }
    return true;
}
