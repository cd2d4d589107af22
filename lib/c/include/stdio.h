// SPDX-License-Identifier: MIT
// Streams (C17 7.21, POSIX), as far as Tine's programs need them. Formats: see base/format.h.
//
// Standard output is written at the end of each line if it is a terminal, otherwise when its buffer
// is full; standard error at the end of each call.
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/format.h"

#define EOF (-1)
#define BUFSIZ 1024

// How a stream is buffered: fully, by lines, not at all.
#define _IOFBF 0
#define _IOLBF 1
#define _IONBF 2

typedef struct FILE FILE;

extern FILE *const stdin;
extern FILE *const stdout;
extern FILE *const stderr;

FILE *fopen(const char *path, const char *mode);
FILE *fdopen(int fd, const char *mode);
int fclose(FILE *file);
int fflush(FILE *file); // NULL: all
int setvbuf(FILE *file, char *buffer, int mode, size_t size);
int fileno(FILE *file);
int feof(FILE *file);
int ferror(FILE *file);
void clearerr(FILE *file);

size_t fread(void *to, size_t size, size_t count, FILE *file);
int fgetc(FILE *file);
int getc(FILE *file);
int getchar(void);
int ungetc(int c, FILE *file); // one byte
char *fgets(char *to, int size, FILE *file);
ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *file);
ssize_t getline(char **line, size_t *size, FILE *file);

size_t fwrite(const void *from, size_t size, size_t count, FILE *file);
int fputc(int c, FILE *file);
int putc(int c, FILE *file);
int putchar(int c);
int fputs(const char *text, FILE *file);
int puts(const char *text);

int printf(const char *pattern, ...) __attribute__((format(printf, 1, 2)));
int vprintf(const char *pattern, va_list arguments);
int fprintf(FILE *file, const char *pattern, ...) __attribute__((format(printf, 2, 3)));
int vfprintf(FILE *file, const char *pattern, va_list arguments);
int dprintf(int fd, const char *pattern, ...) __attribute__((format(printf, 2, 3)));
int vdprintf(int fd, const char *pattern, va_list arguments);

void perror(const char *what); // what may be NULL or ""

int rename(const char *from, const char *to);
int renameat(int from_directory, const char *from, int directory, const char *to);
