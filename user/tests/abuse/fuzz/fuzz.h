// SPDX-License-Identifier: MIT
// Random system calls with arguments of the right types, from several processes at once. The same
// seed makes the same calls.
//
// run.c     the supervisor, process 1: starts workers, wakes sleepers, replaces the dead, cleans up
// choose.c  arguments: descriptors, paths, buffers, sizes
// clean.c   removes everything
// files.c, names.c, memory.c, signals.c, time.c, tasks.c, ids.c, terminal.c: a generator for each
// call
#pragma once

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#define PAGE 4096L

// Memory that all processes share, and no random call touches: the supervisor's and the slots.
#define STATE_AT 0x050000000000L
// Memory that is always there, for buffers. What lies behind it is not mapped.
#define GOOD_AT 0x060000000000L
extern char *const good_start, *const good_end;
// What random calls map, protect and unmap. Nothing is mapped within a terabyte behind it.
#define ARENA_AT 0x100000000000L
enum { GOOD_PAGES = 17, ARENA_PAGES = 16, TERABYTE_SHIFT = 40 };

#define SCRATCH "/tmp/fuzz"

// The one signal that random calls never block, ignore or handle: it ends every sleep.
#define WAKE_UP 12 // SIGUSR2

enum { WORKERS_MAX = 8, SLOTS_EACH = 8, CALLS_MAX = 192 };

struct tally {
    uint32_t attempts;
    uint32_t done; // with success
};

// A process that makes random calls. A worker's slot is followed by those of its descendants.
struct slot {
    atomic_int pid;    // 0: free; CLAIMED: about to be used
    atomic_uint steps; // progress, for the supervisor
    unsigned steps_seen;
    unsigned rounds_asleep;
    uint64_t random; // the generator's state
    long left;       // calls still to be made
    int depth;       // 0: a worker; 1: its child; ...
    struct tally tallies[CALLS_MAX];
};
enum { CLAIMED = -1 };

struct state {
    bool alone; // one process, and only calls whose answers do not depend on time: for comparing
    long fail;  // one in so many steps makes some allocation in the kernel fail; 0: none
    struct slot slots[WORKERS_MAX * SLOTS_EACH];
};

extern struct state *const state;
extern struct slot *self; // this process's

// ---- Calls -----------------------------------------------------------------------------------

enum traits {
    ALONE = 1, // its answer depends on nothing but earlier calls of this process
    VAGUE = 2, // but how much it answers is the system's own business
};

struct call {
    const char *name;      // as in the kernel's table
    long (*attempt)(void); // makes one; returns the answer, or an error number negated
    unsigned weight;       // how often, relative to others
    unsigned traits;
    const char *cannot; // why it never succeeds; NULL: it does
};

// Each ends with an element without a name.
extern const struct call file_calls[], name_calls[], memory_calls[], signal_calls[], time_calls[],
    task_calls[], id_calls[], terminal_calls[];

// TRY(number, up to six arguments) makes a system call; errors come back negated. The arguments are
// worked out one after the other: a seed shall mean the same with every compiler.
long call_six(long number, const long *with);
#define CALL_WITH(number, a, b, c, d, e, f, ...) \
    call_six(number,                             \
             (const long[]){(long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f)})
#define TRY(...) CALL_WITH(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

// ---- Arguments -------------------------------------------------------------------------------

uint64_t random_bits(void);
unsigned below(unsigned limit); // 0 to limit - 1
bool chance(unsigned percent);
#define ONE_OF(array) ((array)[below(sizeof(array) / sizeof((array)[0]))])

// What a descriptor is; NOTHING if it is closed.
enum kind { NOTHING, REGULAR, DIRECTORY, READ_END, WRITE_END, DEVICE, KINDS };

enum kind kind_of(int fd);
enum { OWN_FDS = 24 };     // the process's descriptors are below; others soon closed
int any_fd(void);          // most are open
int fd_of(enum kind kind); // most are of that kind
int start_fd(void);        // where a path begins: of a directory, mostly
int own_fd(void);          // one that may be closed or replaced
void fd_opened(long fd);   // notes what it is; closes it when there are too many already
void fd_closed(long fd);

char *good(size_t bytes);   // memory that can be used; at most GOOD_PAGES
char *buffer(size_t bytes); // most can be used; others are unmapped, read-only, the kernel's ...
char *wild(void);           // none can be used
size_t size(void);
const char *path(void);             // of anything
const char *path_to(unsigned type); // most are of that type: S_IFREG ...; NOBODY: not there
enum { NOBODY = 0 };
const char *scratch_path(void); // of something that may be changed or removed
unsigned owner(void);           // a user or a group
long offset(void);
char *arena(void); // a page's address

// Sums over what should be the same on every system: of descriptors kind, offset and size; of the
// arena's pages what may be done with them.
long fds_sum(void);
long arena_sum(void);

// ---- Processes -------------------------------------------------------------------------------

// Makes the process that takes over `slot` make random calls until none is left. Never returns.
_Noreturn void go_on(struct slot *slot);

// Forks by `call` (SYS_fork or its kind, with clone's arguments). The child runs `work` and exits,
// or makes random calls of its own if that is NULL. Returns the child's pid or an error; -EAGAIN
// also if there are descendants enough.
long fork_by(long call, long flags, long stack, void (*work)(void));

int some_child(void); // a pid; 0 if there is none

// Lets each program that random calls execute run once: pages of its file stay in memory.
void run_programs(void);

// Handlers as at a worker's start.
void signals_setup(void);
void descriptors_setup(void);
void scratch_setup(void);

// Lists a folder.
void look_through(const char *folder);

// Removes all that random calls have made; gives up if it cannot.
void clean_up(void);

_Noreturn void give_up(const char *why);
