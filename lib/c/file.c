// SPDX-License-Identifier: MIT
// Streams: opening, closing, and what their buffers hold.
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char in_buffer[BUFSIZ];
static char out_buffer[BUFSIZ];

static FILE in = {.fd = 0, .can_read = true, .buffer = in_buffer, .size = BUFSIZ};
static FILE out = {.fd = 1,
                   .can_write = true,
                   .buffering = BUFFERED_UNDECIDED,
                   .buffer = out_buffer,
                   .size = BUFSIZ};
static FILE err = {.fd = 2, .can_write = true, .buffering = _IONBF};

FILE *const stdin = &in;
FILE *const stdout = &out;
FILE *const stderr = &err;

static FILE *opened;

int file_flush(FILE *file) {
    size_t done = 0;
    while (done < file->end) {
        ssize_t written = write(file->fd, file->buffer + done, file->end - done);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            file->failed = true;
            break;
        }
        done += (size_t)written;
    }
    bool complete = done == file->end;
    file->end = 0;
    return complete ? 0 : -1;
}

// What was read ahead and nobody has taken is given back, where the file can seek: whoever reads
// from the same open file next goes on where this stream's reader was.
static void give_back(FILE *file) {
    int saved = errno;
    if (file->next < file->end) {
        lseek(file->fd, -(off_t)(file->end - file->next), SEEK_CUR);
    }
    errno = saved;
    file->next = 0;
    file->end = 0;
}

// Between reading and writing: the buffer is empty afterwards.
static int settle(FILE *file) {
    if (file->writing) {
        return file_flush(file);
    }
    give_back(file);
    return 0;
}

void stdio_end(void) {
    settle(stdout);
    settle(stdin);
    for (FILE *file = opened; file != NULL; file = file->following) {
        settle(file);
    }
}

int fflush(FILE *file) {
    if (file == NULL) {
        stdio_end();
        return 0;
    }
    return settle(file);
}

bool file_begin_writing(FILE *file) {
    if (!file->can_write) {
        file->failed = true;
        errno = EBADF;
        return false;
    }
    if (!file->writing) {
        give_back(file);
        file->writing = true;
    }
    if (file->buffering == BUFFERED_UNDECIDED) {
        int saved = errno;
        file->buffering = isatty(file->fd) ? _IOLBF : _IOFBF;
        errno = saved;
    }
    return true;
}

// The flags of open for "r", "w" and "a", each perhaps with "+"; a "b" means nothing, "e" closes on
// exec. -1 for anything else.
static int open_flags(const char *mode) {
    int flags = *mode == 'r'   ? 0
                : *mode == 'w' ? O_CREAT | O_TRUNC
                : *mode == 'a' ? O_CREAT | O_APPEND
                               : -1;
    if (flags < 0) {
        errno = EINVAL;
        return -1;
    }
    flags |= strchr(mode, 'e') != NULL ? O_CLOEXEC : 0;
    return flags | (strchr(mode, '+') != NULL ? O_RDWR : *mode == 'r' ? O_RDONLY : O_WRONLY);
}

FILE *fdopen(int fd, const char *mode) {
    int flags = open_flags(mode);
    FILE *file = flags < 0 ? NULL : calloc(1, sizeof *file + BUFSIZ);
    if (file == NULL) {
        return NULL;
    }
    *file = (FILE){.fd = fd,
                   .buffering = BUFFERED_UNDECIDED,
                   .can_read = (flags & O_ACCMODE) != O_WRONLY,
                   .can_write = (flags & O_ACCMODE) != O_RDONLY,
                   .buffer = (char *)(file + 1),
                   .size = BUFSIZ,
                   .following = opened};
    opened = file;
    return file;
}

FILE *fopen(const char *path, const char *mode) {
    int flags = open_flags(mode);
    int fd = flags < 0 ? -1 : open(path, flags, 0666);
    FILE *file = fd < 0 ? NULL : fdopen(fd, mode);
    if (fd >= 0 && file == NULL) {
        close(fd);
    }
    return file;
}

int fclose(FILE *file) {
    int flushed = fflush(file);
    int closed = close(file->fd);
    FILE **link = &opened;
    while (*link != NULL && *link != file) {
        link = &(*link)->following;
    }
    if (*link != NULL) { // not one of the three that are always there
        *link = file->following;
        free(file);
    }
    return flushed < 0 || closed < 0 ? EOF : 0;
}

// A buffer of the caller's may take the place of the stream's own; without one, `size` means
// nothing.
int setvbuf(FILE *file, char *buffer, int mode, size_t size) {
    if ((mode != _IOFBF && mode != _IOLBF && mode != _IONBF) || fflush(file) < 0) {
        return -1;
    }
    if (buffer != NULL && size > 0) {
        file->buffer = buffer;
        file->size = size;
    }
    file->buffering = mode == _IONBF || file->buffer != NULL ? mode : file->buffering;
    return 0;
}

int fileno(FILE *file) {
    return file->fd;
}

int feof(FILE *file) {
    return file->at_end;
}

int ferror(FILE *file) {
    return file->failed;
}

void clearerr(FILE *file) {
    file->at_end = false;
    file->failed = false;
}
