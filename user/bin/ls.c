// SPDX-License-Identifier: MIT
// ls [-adl] [path ...]: what is in directories, a name a line, sorted.
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tools.h"

struct options {
    bool all;       // -a: names that begin with a dot, too
    bool directory; // -d: a directory itself, not what is in it
    bool long_form; // -l
};

struct names {
    char **items;
    size_t count;
};

static int complain(const char *path) {
    fprintf(stderr, "ls: %s: %s\n", path, strerror(errno));
    return 1;
}

static bool add(struct names *names, const char *name) {
    char **more = realloc(names->items, (names->count + 1) * sizeof *more);
    if (more == NULL) {
        return false;
    }
    names->items = more;
    names->items[names->count] = strdup(name);
    return names->items[names->count] != NULL && ++names->count > 0;
}

static int compare(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void drop(struct names *names) {
    for (size_t i = 0; i < names->count; i++) {
        free(names->items[i]);
    }
    free(names->items);
}

static char type_letter(mode_t mode) {
    return S_ISDIR(mode)    ? 'd'
           : S_ISLNK(mode)  ? 'l'
           : S_ISCHR(mode)  ? 'c'
           : S_ISFIFO(mode) ? 'p'
                            : '-';
}

// rwx for owner, group and others, as in "-rw-r--r--".
static void print_mode(mode_t mode) {
    char text[] = "?rwxrwxrwx";
    text[0] = type_letter(mode);
    for (int bit = 0; bit < 9; bit++) {
        if ((mode & 0400U >> bit) == 0) {
            text[bit + 1] = '-';
        }
    }
    if ((mode & S_ISVTX) != 0) {
        text[9] = 't';
    }
    printf("%s", text);
}

static int print_long(const char *path, const char *name) {
    struct stat status;
    char target[512];
    if (lstat(path, &status) < 0) {
        return complain(path);
    }
    print_mode(status.st_mode);
    printf(" %3lu %u %u ", (unsigned long)status.st_nlink, status.st_uid, status.st_gid);
    if (S_ISCHR(status.st_mode)) {
        printf("%4u,%3u", (unsigned)major(status.st_rdev), (unsigned)minor(status.st_rdev));
    } else {
        printf("%8ld", (long)status.st_size);
    }
    ssize_t length = readlink(path, target, sizeof target - 1);
    target[length > 0 ? length : 0] = '\0';
    printf(" %s%s%s\n", name, length > 0 ? " -> " : "", target);
    return 0;
}

// `name` is shown, `path` is where it is.
static int print_one(const char *path, const char *name, const struct options *options) {
    if (options->long_form) {
        return print_long(path, name);
    }
    puts(name);
    return 0;
}

static int print_directory(const char *path, const struct options *options) {
    DIR *directory = opendir(path);
    if (directory == NULL) {
        return complain(path);
    }
    struct names names = {NULL, 0};
    struct dirent *entry;
    int status = 0;
    while (status == 0 && (entry = readdir(directory)) != NULL) {
        if ((options->all || entry->d_name[0] != '.') && !add(&names, entry->d_name)) {
            status = complain(path);
        }
    }
    closedir(directory);
    if (names.count > 1) {
        qsort(names.items, names.count, sizeof *names.items, compare);
    }
    for (size_t i = 0; i < names.count; i++) {
        char full[4096];
        snprintf(full, sizeof full, "%s/%s", path, names.items[i]);
        status |= print_one(full, names.items[i], options);
    }
    drop(&names);
    return status;
}

static bool is_directory(const char *path, const struct options *options) {
    struct stat status;
    int result = options->long_form ? lstat(path, &status) : stat(path, &status);
    return !options->directory && result == 0 && S_ISDIR(status.st_mode);
}

// Files first, then directories, each under its name if there is anything else.
static int print_paths(char **paths, int count, const struct options *options) {
    int status = 0;
    bool separate = false;
    for (int i = 0; i < count; i++) {
        struct stat about;
        if (lstat(paths[i], &about) < 0) {
            status |= complain(paths[i]);
        } else if (!is_directory(paths[i], options)) {
            status |= print_one(paths[i], paths[i], options);
            separate = true;
        }
    }
    for (int i = 0; i < count; i++) {
        if (is_directory(paths[i], options)) {
            if (count > 1) {
                printf("%s%s:\n", separate ? "\n" : "", paths[i]);
            }
            status |= print_directory(paths[i], options);
            separate = true;
        }
    }
    return status;
}

int ls_main(int argc, char **argv) {
    struct options options = {false, false, false};
    int letter;
    while ((letter = getopt(argc, argv, "adl1")) != -1) {
        if (letter == '?') {
            return 2;
        }
        options.all = options.all || letter == 'a';
        options.directory = options.directory || letter == 'd';
        options.long_form = options.long_form || letter == 'l';
    }
    char here[] = ".";
    char *default_paths[] = {here, NULL};
    bool given = optind < argc;
    if (given) { // in order; the words of a command may be moved about
        qsort(argv + optind, (size_t)(argc - optind), sizeof *argv, compare);
    }
    return print_paths(given ? argv + optind : default_paths, given ? argc - optind : 1, &options);
}
