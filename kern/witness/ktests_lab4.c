// SPDX-License-Identifier: MIT
// Kernel tests of lab 4a and 4b: flags of descriptors, in tables that no task uses.
#include "abi/fcntl.h"
#include "base/format.h"
#include "errno.h"
#include "fs/files.h"
#include "kernel.h"
#include "lab_number.h"
#include "labs.h"
#include "task/cred.h"
#include "witness/inject.h"
#include "witness/ktest.h"

enum { TEXT_BYTES = 160, FIRST = 24, MANY = FD_LIMIT - FIRST };

// An open file without a name, and a table in which it has descriptors. `claims`: those it has.
static struct inode *inode;
static struct file *file;
static struct files *table;

static bool begin(void) {
    static const struct cred root;
    inode = inode_create(S_IFREG | 0600, &root);
    file = inode == NULL ? NULL : file_create(inode, O_RDWR);
    table = files_create();
    if (file == NULL || table == NULL) {
        ktest_fail("the test could not be set up", __FILE__, __LINE__);
    }
    return file != NULL && table != NULL;
}

static void end(void) {
    files_put(table);
    file_put(file);
    inode_put(inode);
}

static unsigned claims(void) {
    return (unsigned)atomic_load(&file->count.owners);
}

static int64_t control(int fd, unsigned command, uint64_t argument) {
    return LAB >= 4 ? fd_control(table, fd, file, command, argument) : -ENOSYS;
}

static bool has_flag(const struct files *files, int fd) {
    return (files->close_on_exec[fd / 64] >> (fd % 64)) & 1;
}

// Complains unless a number is the right one.
static bool is(const char *what, int fd, int64_t got, int64_t wanted) {
    char text[TEXT_BYTES];
    if (got == wanted) {
        return true;
    }
    snprintf(text, sizeof text, "descriptor %d: %s is %ld, and should be %ld", fd, what, got,
             wanted);
    printk("lab 4: %s\n", text);
    ktest_fail(text, __FILE__, __LINE__);
    return false;
}

// The flag as the table has it, and as fcntl tells it.
static bool flag_is(const char *what, int fd, bool wanted) {
    if (!is(what, fd, has_flag(table, fd), wanted)) {
        return false;
    }
    int64_t told = control(fd, F_GETFD, 0);
    return is("F_GETFD", fd, told, wanted ? FD_CLOEXEC : 0) &&
           is("the flag that F_GETFD looked at", fd, has_flag(table, fd), wanted);
}

static void replace(int fd, unsigned flags) {
    ASSERT(fd_replace(table, fd, file, flags) == fd);
}

// One descriptor in each of several places, with neighbours of which nothing changes.
KTEST(lab4_reset) {
    static const int places[] = {1, 31, 32, 62, 64, 500, FD_LIMIT - 2};
    if (LAB < 4 || !begin()) {
        return;
    }
    for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++) {
        int fd = places[i];
        replace(fd - 1, 0);
        replace(fd + 1, O_CLOEXEC);
        replace(fd, O_CLOEXEC | O_NONBLOCK);
        flag_is("the flag of what is opened with O_CLOEXEC", fd, true);
        replace(fd, O_RDWR | O_APPEND | FD_CLOEXEC);
        flag_is("the flag of what is opened without O_CLOEXEC", fd, false);
        replace(fd, O_CLOEXEC);
        fd_close(table, fd);
        is("the flag of what was closed", fd, has_flag(table, fd), false);
        is("the number of the next one", fd, fd_reserve(table, fd), fd);
        fd_install(table, fd, file_get(file), O_CLOEXEC);
        flag_is("the flag of what is opened with O_CLOEXEC", fd, true);
        fd_close(table, fd);
        is("the number of the next one", fd, fd_reserve(table, fd), fd);
        fd_unreserve(table, fd);
        is("the flag of what was not opened after all", fd, has_flag(table, fd), false);
        flag_is("the flag of the neighbour below", fd - 1, false);
        flag_is("the flag of the neighbour above", fd + 1, true);
    }
    end();
}

// The copy has the same flags, those above a limit that was lowered later, too; and its own.
KTEST(lab4_copy) {
    if (LAB < 4 || !begin()) {
        return;
    }
    for (int fd = 0; fd < FD_LIMIT; fd++) {
        if (fd % 5 != 1) {
            replace(fd, fd % 3 == 0 ? O_CLOEXEC : 0);
        }
    }
    table->limit = FIRST;
    struct files *from = table;
    table = files_copy(from);
    KTEST_CHECK(table != NULL);
    for (int fd = 0; fd < FD_LIMIT; fd++) {
        if (fd % 5 != 1 && !flag_is("the flag in a copy", fd, fd % 3 == 0)) {
            break;
        }
    }
    for (int fd = 2; fd < FD_LIMIT; fd += 10) {
        control(fd, F_SETFD, has_flag(from, fd) ? 0 : FD_CLOEXEC);
        if (!is("the flag in the table that was copied", fd, has_flag(from, fd), fd % 3 == 0)) {
            break;
        }
    }
    files_put(from);
    end();
}

// F_SETFD looks at one bit; F_DUPFD makes a claim of its own, in the table that it is given.
KTEST(lab4_control) {
    static const struct {
        uint64_t argument;
        bool flag;
    } set[] = {{FD_CLOEXEC, true},     {0, false},  {~0UL, true}, {~(uint64_t)FD_CLOEXEC, false},
               {FD_CLOEXEC | 4, true}, {64, false}, {1, true},    {O_CLOEXEC, false}};
    if (LAB < 4 || !begin()) {
        return;
    }
    for (int fd = 60; fd < 68; fd++) {
        replace(fd, fd % 2 ? O_CLOEXEC : 0);
    }
    for (unsigned i = 0; i < sizeof set / sizeof set[0]; i++) {
        is("F_SETFD", 63, control(63, F_SETFD, set[i].argument), 0);
        flag_is("the flag after F_SETFD", 63, set[i].flag);
    }
    flag_is("the flag of the neighbour below", 62, false);
    flag_is("the flag of the neighbour above", 65, true);

    unsigned before = claims();
    is("F_DUPFD", 65, control(65, F_DUPFD, 0), 0);
    is("F_DUPFD_CLOEXEC", 65, control(65, F_DUPFD_CLOEXEC, 0), 1);
    is("F_DUPFD from 62 on", 65, control(65, F_DUPFD, 62), 68);
    is("F_DUPFD_CLOEXEC from 900 on", 65, control(65, F_DUPFD_CLOEXEC, 900), 900);
    is("the number of claims, after four more,", 65, claims(), before + 4);
    flag_is("the flag after F_DUPFD", 0, false);
    flag_is("the flag after F_DUPFD_CLOEXEC", 1, true);
    flag_is("the flag after F_DUPFD", 68, false);
    flag_is("the flag after F_DUPFD_CLOEXEC", 900, true);
    KTEST_CHECK(fd_peek(table, 0) == file && fd_peek(table, 900) == file);
    end();
}

// A duplicate for which there is no memory is none: no claim, no descriptor, no flag.
KTEST(lab4_memory) {
    static const unsigned commands[] = {F_DUPFD, F_DUPFD_CLOEXEC};
    if (LAB < 4 || !begin()) {
        return;
    }
    replace(0, 0);
    unsigned before = claims();
    for (int i = 0; i < 2; i++) {
        int fd = FDS_IN_CHUNK * (i + 2);
        inject_arm(INJECT_HEAP, 1);
        is("a duplicate without memory", fd, control(0, commands[i], (uint64_t)fd), -ENOMEM);
        KTEST_CHECK(inject_arm(INJECT_NONE, 0) == 0);
        is("the number of claims", fd, claims(), before);
        KTEST_CHECK(fd_peek(table, fd) == NULL);
        is("its flag", fd, has_flag(table, fd), false);
        is("a duplicate with memory", fd, control(0, commands[i], (uint64_t)fd), fd);
        fd_close(table, fd);
    }
    end();
}

enum pattern { EVERY, EVERY_SECOND, THE_LAST, NONE, PATTERNS };

static bool closes(enum pattern pattern, int fd) {
    return pattern == EVERY || (pattern == EVERY_SECOND && fd % 2 == 1) ||
           (pattern == THE_LAST && fd == FD_LIMIT - 1);
}

// 1,000 descriptors of which some close, and holes between them if asked for. Those that close and
// stay are all counted.
static bool close_some(enum pattern pattern, bool holes) {
    static const char *const names[] = {"every one closes", "every second one closes",
                                        "the last one closes", "none closes"};
    unsigned closed = 0;
    for (int fd = FIRST; fd < FD_LIMIT; fd++) {
        if (!holes || fd % 7 < 5) {
            replace(fd, closes(pattern, fd) ? O_CLOEXEC : 0);
            closed += closes(pattern, fd);
        }
    }
    unsigned before = claims();
    if (LAB >= 4) {
        files_close_on_exec(table);
    }
    for (int fd = FIRST; fd < FD_LIMIT; fd++) {
        bool open = (!holes || fd % 7 < 5) && !closes(pattern, fd);
        if (!is(names[pattern], fd, fd_peek(table, fd) != NULL, open)) {
            return false;
        }
    }
    return is("the number of claims given up", FD_LIMIT - 1, before - claims(), closed);
}

KTEST(lab4_close) {
    if (LAB < 4 || !begin()) {
        return;
    }
    replace(FIRST, O_CLOEXEC);
    bool right = flag_is("the flag before the exec", FIRST, true);
    for (int i = 0; right && i < 2 * PATTERNS; i++) {
        right = close_some(i % PATTERNS, i >= PATTERNS);
        for (int fd = FIRST; fd < FD_LIMIT; fd++) {
            fd_close(table, fd);
        }
    }
    if (right) { // those above a limit that was lowered later
        table->limit = FD_LIMIT;
        for (int fd = FIRST; fd < FD_LIMIT; fd++) {
            replace(fd, O_CLOEXEC);
        }
        table->limit = FIRST;
        files_close_on_exec(table);
        is("the number of claims, when all are above the limit and close,", FD_LIMIT - 1, claims(),
           1);
    }
    files_close_on_exec(table); // of nothing
    end();
}
