// SPDX-License-Identifier: MIT
// Random arguments. Most of each kind are right, so that calls get far; some are wrong in every
// way.
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

uint64_t random_bits(void) {
    uint64_t x = self->random;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    self->random = x;
    return x * 0x9e3779b97f4a7c15;
}

unsigned below(unsigned limit) {
    return (unsigned)((random_bits() >> 32) % limit);
}

bool chance(unsigned percent) {
    return below(100) < percent;
}

// ---- Descriptors -----------------------------------------------------------------------------

// Those from FIRST on are for random calls: 0 to 2 are the console.
enum { FIRST = 3, FDS = OWN_FDS };
static unsigned char kinds[FDS];

int own_fd(void) {
    return FIRST + (int)below(FDS - FIRST);
}

int fd_of(enum kind kind) {
    for (int tries = 0; tries < 40 && !chance(2); tries++) {
        int fd = own_fd();
        if (kinds[fd] == kind) {
            return fd;
        }
    }
    return any_fd();
}

int any_fd(void) {
    static const int odd[] = {-1, 63, 1023, 1024, 1 << 30, INT_MAX, INT_MIN, AT_FDCWD};
    if (chance(8)) {
        return ONE_OF(odd);
    }
    int fd = own_fd();
    for (int tries = 0; tries < 20 && kinds[fd] == NOTHING; tries++) {
        fd = own_fd();
    }
    return fd;
}

int start_fd(void) {
    return chance(75) ? AT_FDCWD : chance(80) ? fd_of(DIRECTORY) : any_fd();
}

enum kind kind_of(int fd) {
    struct stat status;
    if (TRY(SYS_fstat, fd, &status) < 0) {
        return NOTHING;
    }
    switch (status.st_mode & S_IFMT) {
    case S_IFREG:
        return REGULAR;
    case S_IFDIR:
        return DIRECTORY;
    case S_IFIFO:
        return (TRY(SYS_fcntl, fd, F_GETFL) & O_ACCMODE) == O_RDONLY ? READ_END : WRITE_END;
    default:
        return DEVICE;
    }
}

void fd_opened(long fd) {
    if (fd >= FDS) {
        TRY(SYS_close, fd);
    } else if (fd >= FIRST) {
        kinds[fd] = (unsigned char)kind_of((int)fd);
    }
}

void fd_closed(long fd) {
    if (fd >= 0 && fd < FDS) {
        kinds[fd] = NOTHING;
    }
}

long fds_sum(void) {
    long sum = 0;
    for (int fd = FIRST; fd < FDS; fd++) {
        struct stat status;
        if (kinds[fd] == REGULAR && TRY(SYS_fstat, fd, &status) == 0) {
            sum += (fd + 1) * (status.st_size + 7 * TRY(SYS_lseek, fd, 0, SEEK_CUR));
        }
        sum += kinds[fd] * fd;
    }
    return sum;
}

void descriptors_setup(void) {
    int ends[2];
    memset(kinds, NOTHING, sizeof kinds);
    fd_opened(TRY(SYS_open, SCRATCH, O_RDONLY | O_DIRECTORY));
    fd_opened(TRY(SYS_open, SCRATCH "/a", O_RDWR | O_CREAT, 0644));
    fd_opened(TRY(SYS_open, "/dev/null", O_RDWR));
    if (TRY(SYS_pipe2, ends, O_NONBLOCK) == 0) {
        fd_opened(ends[0]);
        fd_opened(ends[1]);
    }
}

// ---- Memory ----------------------------------------------------------------------------------

char *arena(void) {
    return (char *)ARENA_AT + below(ARENA_PAGES) * PAGE;
}

long arena_sum(void) {
    long sum = 0;
    for (int i = 0; i < ARENA_PAGES; i++) {
        char *page = (char *)ARENA_AT + i * PAGE;
        bool readable = TRY(SYS_rt_sigprocmask, 99, page, NULL, 8) != -EFAULT;
        bool writable = TRY(SYS_clock_getres, 0, page) != -EFAULT;
        sum = sum << 2 | readable << 1 | writable;
    }
    return sum;
}

char *good(size_t bytes) {
    size_t room = (size_t)GOOD_PAGES * PAGE;
    size_t most = bytes < room ? room - bytes : 0;
    size_t at = chance(20) ? most : below((unsigned)most + 1); // right before the end, or anywhere
    return good_start + (chance(50) ? at & ~(size_t)7 : at);
}

char *wild(void) {
    static const uint64_t addresses[] = {
        0,
        1,
        0xfff,
        GOOD_AT + GOOD_PAGES * PAGE,
        0x300000000000,
        0x7fffff000000,
        0x2ffffffffff8,
        0x7ffffffff000,
        0x800000000000,
        0x0123456789abcdef,
        0xffff800000000000,
        0xffff800000100000,
        0xffffc00000004ff8,
        0xffffd000fee00000,
        0xffffffff80000000,
        0xffffffff80106000,
        0xfffffffffffff000,
        0xfffffffffffffff8,
        0xffffffffffffffff,
        0x8000000000000000,
    };
    return (char *)ONE_OF(addresses);
}

char *buffer(size_t bytes) {
    unsigned choice = below(100);
    if (choice < 80) {
        return good(bytes);
    }
    if (choice < 88) {
        char *start = arena();
        return start + (chance(50) ? below(PAGE) : 0);
    }
    if (choice < 92) { // partly there
        return good_end - 1 - below(64);
    }
    return choice < 94 ? (char *)(uintptr_t)buffer : wild(); // code can be read only
}

size_t size(void) {
    static const size_t usual[] = {0, 1, 2, 8, 100, 511, 4095, 4096, 4097, 8192, 65535};
    static const size_t large[] = {65536,      65537,      GOOD_PAGES * PAGE + 1, 1u << 20,
                                   0x7ffff000, 0x7fffffff, 0x80000000u,           0xffffffffu,
                                   1UL << 47,  1UL << 63,  ~0UL - 4095,           ~0UL};
    return chance(90) ? ONE_OF(usual) : ONE_OF(large);
}

long offset(void) {
    static const long offsets[] = {0,     1,       100,      4095,     4096,     10000,
                                   65536, 1 << 21, 1L << 31, 1L << 40, LONG_MAX, LONG_MAX - 4096,
                                   -1,    -4096,   LONG_MIN};
    return chance(75) ? (long)below(20000) : ONE_OF(offsets);
}

// ---- Paths -----------------------------------------------------------------------------------

enum { PATH_ROOM = 4200 };
static char texts[2][PATH_ROOM]; // calls take two at most

static char *append(char *to, const char *text) {
    while (*text != '\0') {
        *to++ = *text++;
    }
    *to = '\0';
    return to;
}

static char *append_many(char *to, char c, int count) {
    memset(to, c, (size_t)count);
    to[count] = '\0';
    return to + count;
}

// One to three names, from the scratch folder or from where the process is.
static void write_path(char *to, bool plain) {
    static const char *const between[] = {"//", "/./", "/../", "/c/../", "/"};
    to = append(to, chance(60) ? SCRATCH "/" : chance(70) ? "" : "./");
    unsigned names = 1 + (chance(40) ? 1 + below(2) : 0);
    for (unsigned i = 0; i < names; i++) {
        if (i > 0) {
            to = append(to, plain ? "/" : ONE_OF(between));
        }
        to = append_many(to, (char)('a' + below(8)), 1);
    }
    if (!plain && chance(40)) {
        append(to, chance(50) ? "/" : "/.");
    }
}

static void write_odd(char *to) {
    switch (below(8)) {
    case 0:
        append_many(to, 'n', 255);
        break;
    case 1:
        append_many(to, 'n', 256);
        break;
    case 2:
        append_many(to, '/', 4094 + (int)below(3));
        break;
    case 3:
        append(append_many(to, '/', 4090 + (int)below(10)), "a");
        break;
    case 4:
        append(to, "");
        break;
    case 5:
        append(to, "zz/zz");
        break;
    case 6:
        append(to, "/dev/null/a");
        break;
    default:
        to = append_many(to, '.', 1 + (int)below(3));
        append_many(to, '/', (int)below(2));
    }
}

// A copy that ends right before memory that is not there, or somewhere in the arena.
static const char *moved(const char *text) {
    size_t bytes = strlen(text) + 1;
    char *to = good_end - bytes;
    memcpy(to, text, bytes);
    return chance(70) ? to : chance(50) ? to + 1 : arena() + PAGE - 1;
}

static char *next_text(void) {
    static unsigned turn;
    return texts[turn++ % 2];
}

const char *scratch_path(void) {
    char *text = next_text();
    unsigned choice = below(100);
    if (choice < 86) {
        write_path(text, choice < 74);
    } else if (choice < 93) {
        write_odd(text);
    } else {
        write_path(text, true);
        return choice < 97 ? moved(text) : wild();
    }
    return text;
}

static unsigned type_at(const char *text) {
    struct stat status;
    return TRY(SYS_lstat, text, &status) < 0 ? NOBODY : status.st_mode & S_IFMT;
}

// Makes that what is, or is not, at a path.
static void make(const char *text, unsigned type) {
    if (type == S_IFREG) {
        TRY(SYS_close, TRY(SYS_open, text, O_WRONLY | O_CREAT, 0644));
    } else if (type == S_IFDIR) {
        TRY(SYS_mkdir, text, 0755);
    } else if (type == S_IFLNK) {
        TRY(SYS_symlink, chance(50) ? "b" : "../a", text);
    } else if (TRY(SYS_unlink, text) < 0) {
        TRY(SYS_rmdir, text);
    }
}

const char *path_to(unsigned type) {
    if (chance(10)) {
        return scratch_path();
    }
    char *text = next_text();
    // Most paths that lead to nothing cannot lead to anything.
    for (int tries = type == NOBODY && chance(50) ? 6 : 0; tries < 6; tries++) {
        write_path(text, true);
        if (type_at(text) == type) {
            return text;
        }
    }
    append_many(append(text, SCRATCH "/"), (char)('a' + below(8)), 1); // its parent is there
    make(text, NOBODY);
    make(text, type);
    return text;
}

const char *path(void) {
    static const char *const others[] = {"/dev/null", "/dev/zero", "/dev/full", "/",
                                         ".",         "..",        "/dev",      "/tmp"};
    return chance(85) ? path_to(chance(70) ? S_IFREG : S_IFDIR) : ONE_OF(others);
}
