// SPDX-License-Identifier: MIT
// The C library's streams and formats.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH "/tmp/lib_stdio"

static void formats(void) {
    printf("[%d] [%5d] [%-5d] [%05d] [%+d] [% d] [%.3d] [%8.3d] [%ld] [%lld]\n", 42, 42, 42, 42, 42,
           42, 42, 42, LONG_MIN, LLONG_MAX);
    printf("[%u] [%o] [%x] [%X] [%#x] [%#X] [%#o] [%08lx] [%zu] [%hd] [%i]\n", 42U, 42U, 0xbeefU,
           0xbeefU, 0xbeefU, 0xbeefU, 8U, 0xbeefUL, (size_t)7, (short)-3, -9);
    printf("[%s] [%10s] [%-10s] [%.2s] [%*s] [%-*s] [%.*s] [%c] [%3c] [%%]\n", "abc", "abc", "abc",
           "abc", 5, "abc", 5, "abc", 1, "abc", 'c', 'd');
    printf("[%x] [%#x] [%.0d] [%5s] [%-3d] [%p]\n", 0U, 0U, 0, "", 0, (void *)0x1234);
    char text[8];
    const char *longer = getenv("NO_SUCH_VARIABLE") == NULL ? "longer than that" : "";
    int length = snprintf(text, sizeof text, "%s", longer);
    printf("%d %s %d\n", length, text, snprintf(NULL, 0, "%d", 12345));
}

static void write_and_read(void) {
    char line[16];
    FILE *file = fopen(PATH, "w");
    fputs("one\ntwo two two\n", file);
    fprintf(file, "%d\n", 3);
    fputc('x', file);
    printf("written: %zu", fwrite("abcdef", 2, 3, file));
    int closed = fclose(file);
    printf(", closed: %d\n", closed);
    file = fopen(PATH, "r");
    while (fgets(line, 6, file) != NULL) {
        line[strcspn(line, "\n")] = '|';
        printf("<%s>", line);
    }
    printf(" end %d, error %d\n", feof(file) != 0, ferror(file) != 0);
    clearerr(file);
    fclose(file);
    file = fopen(PATH, "a+");
    fputs("more\n", file);
    fclose(file);
    file = fopen(PATH, "r+");
    int c = fgetc(file);
    printf("ungetc: %d", ungetc('z', file));
    printf(" %d", fgetc(file));
    printf(", then %c%c", c, fgetc(file));
    printf(", getc %c\n", getc(file));
    printf("fread: %zu\n", fread(line, 4, 2, file));
    fclose(file);
}

static void lines(void) {
    char *line = NULL;
    size_t size = 0;
    FILE *file = fopen(PATH, "w");
    for (int i = 0; i < 400; i++) {
        fprintf(file, "%d", i);
    }
    fputs("\n\nlast", file);
    fclose(file);
    file = fopen(PATH, "r");
    for (ssize_t length; (length = getline(&line, &size, file)) >= 0;) {
        printf("a line of %ld bytes, %s\n", (long)length, length > 20 ? "long" : line);
    }
    printf("end %d\n", feof(file) != 0);
    free(line);
    fclose(file);
}

static long size_of_file(void) {
    int fd = open(PATH, O_RDONLY);
    long size = lseek(fd, 0, SEEK_END);
    close(fd);
    return size;
}

static void buffering(void) {
    FILE *file = fopen(PATH, "w");
    fputs("kept back", file);
    printf("buffered: %ld bytes are in the file", size_of_file());
    printf(", after fflush (%d) %ld\n", fflush(file), size_of_file());
    fclose(file);
    file = fopen(PATH, "w");
    setvbuf(file, NULL, _IOLBF, 0);
    fputs("a line\nand", file);
    fclose(file);
    file = fopen(PATH, "w");
    setvbuf(file, NULL, _IONBF, 0);
    fputs("at once", file);
    printf("without a buffer: %ld\n", size_of_file());
    fclose(file);
    int fd = open(PATH, O_RDONLY);
    file = fdopen(fd, "r");
    printf("fileno %d, first %c", fileno(file) == fd, fgetc(file));
    fflush(file);
    printf(", the descriptor is at %ld\n", (long)lseek(fd, 0, SEEK_CUR));
    fclose(file);
}

static const char *opens(const char *path, const char *mode) {
    errno = 0;
    FILE *file = fopen(path, mode);
    if (file != NULL) {
        fclose(file);
    }
    return file != NULL ? "yes" : strerror(errno);
}

static void mistakes(void) {
    printf("missing: %s\n", opens("/tmp/no such file", "r"));
    printf("mode: %s\n", opens(PATH, "x"));
    FILE *file = fopen(PATH, "r");
    printf("reading only: %d %d\n", fputc('x', file) == EOF, ferror(file) != 0);
    fclose(file);
    file = fopen("/dev/full", "w");
    fputs("x", file);
    printf("full: %d %s\n", fflush(file), strerror(errno));
    fclose(file);
    errno = ENOENT;
    fflush(stdout);
    dup2(1, 2);
    perror("perror");
    errno = EPIPE;
    perror(NULL);
    fprintf(stderr, "standard %s\n", "error");
}

int main(void) {
    formats();
    write_and_read();
    lines();
    buffering();
    mistakes();
    unlink(PATH);
    return puts("done") < 0;
}
