// SPDX-License-Identifier: MIT
// The supervisor, process 1, and what every process does: one random call after the other.
//
// Parameters, as words `name=number` on the command line or in /parameters: seed; calls, in all;
// workers; epochs: how often everything is ended and removed in between, so that a leak shows;
// fail: one in so many steps arms the kernel's failure of an allocation, 0: none; alone=1: one
// process, and every answer is printed.
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <tine.h>
#include <unistd.h>

#include "fuzz.h"

enum {
    ROUND_NS = 2000000,
    ROUNDS_WHEN_ALONE = 100,
    ROUNDS_UNTIL_KILL = 500,
    ROUNDS_UNTIL_STUCK = 5000
};
enum { PROCESSES_MAX = 100, STACK_BYTES = 128 << 10 };
enum { SYSINFO_WORDS = 14, SYSINFO_FREE = 5, SIGNAL_COUNT = 65 };

struct state *const state = (struct state *)STATE_AT;
struct slot *self;
char *const good_start = (char *)GOOD_AT;
char *const good_end = (char *)GOOD_AT + GOOD_PAGES * PAGE;

static const struct call *const tables[] = {file_calls, name_calls, memory_calls, signal_calls,
                                            time_calls, task_calls, id_calls,     terminal_calls};
static const struct call *calls[CALLS_MAX];
static unsigned call_count;
static unsigned total_weight;
static unsigned deaths[SIGNAL_COUNT];

// For people who look for a difference.
static struct last_call {
    long number;
    long with[4];
} last;

long call_six(long number, const long *with) {
    last = (struct last_call){number, {with[0], with[1], with[2], with[3]}};
    long result = syscall(number, with[0], with[1], with[2], with[3], with[4], with[5]);
    return result == -1 ? -errno : result;
}

_Noreturn void give_up(const char *why) {
    printf("gave up: %s\n", why);
    _exit(1);
}

// ---- Parameters ------------------------------------------------------------------------------

static char parameters[512];

static void read_parameters(int argc, char **argv) {
    size_t used = 0;
    for (int i = 1; i < argc && used < sizeof parameters; i++) {
        used += (size_t)snprintf(parameters + used, sizeof parameters - used, "%s ", argv[i]);
    }
    int fd = open("/parameters", O_RDONLY);
    if (argc < 2 && fd >= 0) {
        read(fd, parameters, sizeof parameters - 1);
    }
    close(fd);
}

static long parameter(const char *name, long otherwise) {
    size_t length = strlen(name);
    for (const char *at = parameters; *at != '\0'; at++) {
        bool begins = at == parameters || at[-1] == ' ' || at[-1] == '\n';
        if (begins && strncmp(at, name, length) == 0 && at[length] == '=') {
            return strtol(at + length + 1, NULL, 0);
        }
    }
    return otherwise;
}

// ---- One process -----------------------------------------------------------------------------

static void list_calls(void) {
    for (unsigned t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (const struct call *call = tables[t]; call->name != NULL; call++) {
            if (call_count == CALLS_MAX) {
                give_up("there are more calls than CALLS_MAX");
            }
            if (!state->alone || (call->traits & ALONE)) {
                calls[call_count++] = call;
                total_weight += call->weight;
            }
        }
    }
}

static unsigned choose_call(void) {
    unsigned at = below(total_weight);
    unsigned i = 0;
    while (at >= calls[i]->weight) {
        at -= calls[i]->weight;
        i++;
    }
    return i;
}

// An answer that is an address is only "ok". Behind the bar: what compares ignores.
static void report(const struct call *call, long result) {
    const struct last_call seen = last;
    bool exact = result <= 0 || (result < 1 << 20 && !(call->traits & VAGUE));
    char value[24];
    snprintf(value, sizeof value, "%ld", result);
    uint64_t pending = 0;
    TRY(SYS_rt_sigpending, &pending, sizeof pending);
    printf("%ld %s %s %lx %lx %lx | call %ld: 0x%lx 0x%lx 0x%lx 0x%lx\n", self->left, call->name,
           exact ? value : "ok", fds_sum(), arena_sum(), pending, seen.number, seen.with[0],
           seen.with[1], seen.with[2], seen.with[3]);
}

static void step(void) {
    if (state->fail != 0 && below((unsigned)state->fail) == 0) {
        probe_fail(1 + (int)below(5), 1 + (long)below(30));
    }
    unsigned i = choose_call();
    self->tallies[i].attempts++;
    long result = calls[i]->attempt();
    self->tallies[i].done += result >= 0;
    if (state->alone) {
        report(calls[i], result);
    }
    self->steps++;
    self->left--;
}

_Noreturn void go_on(struct slot *slot) {
    self = slot;
    while (self->left > 0) {
        step();
    }
    self->pid = 0;
    _exit((int)below(256));
}

static _Noreturn void work(struct slot *slot) {
    self = slot;
    slot->pid = getpid();
    setpgid(0, 0);
    TRY(SYS_chdir, SCRATCH);
    descriptors_setup();
    go_on(slot);
}

// ---- The supervisor --------------------------------------------------------------------------

static void map_memory(void) {
    void *shared = mmap(state, sizeof *state, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    void *memory = mmap(good_start, GOOD_PAGES * PAGE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (shared == MAP_FAILED || memory == MAP_FAILED) {
        give_up("mmap failed");
    }
    memset(state, 0, sizeof *state);
    memset(memory, 0, GOOD_PAGES * PAGE); // so that this process faults no more
}

static void start_worker(struct slot *slot) {
    int pid = -1;
    while (pid < 0) { // an armed failure may hit this one
        pid = fork();
    }
    if (pid == 0) {
        work(slot);
    }
    slot->pid = pid;
    slot->rounds_asleep = 0;
}

static void collect(int workers) {
    int status;
    int pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        deaths[WIFSIGNALED(status) ? WTERMSIG(status) : 0]++;
        for (int i = 0; i < workers * SLOTS_EACH; i++) {
            struct slot *slot = &state->slots[i];
            if (slot->pid == pid) {
                slot->pid = 0;
            }
        }
    }
}

// Whoever has made no progress may be asleep, or stopped.
static void wake(struct slot *slot) {
    int pid = slot->pid;
    if (pid <= 0) {
        return;
    }
    if (slot->steps != slot->steps_seen) {
        slot->steps_seen = slot->steps;
        slot->rounds_asleep = 0;
        return;
    }
    slot->rounds_asleep++;
    if (state->alone && slot->rounds_asleep < ROUNDS_WHEN_ALONE) {
        return; // it may only be slow, and must not be disturbed then
    }
    bool hopeless = slot->rounds_asleep % ROUNDS_UNTIL_KILL == 0;
    if (kill(pid, hopeless ? SIGKILL : WAKE_UP) < 0 || (!state->alone && kill(pid, SIGCONT) < 0)) {
        atomic_compare_exchange_strong(&slot->pid, &pid, 0); // collected by somebody else
    }
    if (slot->rounds_asleep > ROUNDS_UNTIL_STUCK) {
        give_up("a process neither goes on nor dies");
    }
}

static void end_all(void) {
    do {
        kill(-1, SIGKILL);
    } while (waitpid(-1, NULL, 0) > 0 || errno != ECHILD);
}

static void touch(volatile char *memory, size_t bytes) {
    for (size_t i = 0; i < bytes; i += PAGE) {
        memory[i] = 0;
    }
}

// The kernel keeps the stacks of processes for later ones: as many at once as there will ever be,
// so that what is free afterwards can be compared. So with this process's own stack, and files.
static void warm_up(void) {
    char stack[STACK_BYTES];
    touch(stack, sizeof stack);
    look_through("/proc/1");
    run_programs();
    for (int i = 0; i < PROCESSES_MAX; i++) {
        if (fork() == 0) {
            for (;;) {
                pause();
            }
        }
    }
    end_all();
}

// Runs the workers until they have made their calls and all processes have ended.
static void supervise(int workers) {
    bool busy = true;
    while (busy) {
        busy = false;
        collect(workers);
        for (int i = 0; i < workers * SLOTS_EACH; i++) {
            struct slot *slot = &state->slots[i];
            if (i % SLOTS_EACH == 0 && slot->pid == 0 && slot->left > 0) {
                start_worker(slot);
            }
            wake(slot);
            busy = busy || slot->pid > 0 || (i % SLOTS_EACH == 0 && slot->left > 0);
        }
        nanosleep(&(struct timespec){0, ROUND_NS}, NULL);
    }
    end_all();
    probe_fail(0, 0);
    for (int i = 0; i < workers * SLOTS_EACH; i++) {
        state->slots[i].pid = 0; // claimed by somebody who was killed then
    }
}

static long free_pages(void) {
    long words[SYSINFO_WORDS] = {0};
    TRY(SYS_sysinfo, words);
    return words[SYSINFO_FREE] / PAGE;
}

static void print_totals(int workers) {
    for (unsigned c = 0; c < call_count; c++) {
        unsigned attempts = 0;
        unsigned done = 0;
        for (int i = 0; i < workers * SLOTS_EACH; i++) {
            attempts += state->slots[i].tallies[c].attempts;
            done += state->slots[i].tallies[c].done;
        }
        printf("%s: %u attempts, %u done%s%s\n", calls[c]->name, attempts, done,
               calls[c]->cannot != NULL ? "; cannot: " : "",
               calls[c]->cannot != NULL ? calls[c]->cannot : "");
    }
    for (int signal = 0; signal < SIGNAL_COUNT; signal++) {
        if (deaths[signal] > 0) {
            printf("ended by signal %d: %u\n", signal, deaths[signal]);
        }
    }
}

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IONBF, 0); // on Linux it is a pipe, and processes are killed
    read_parameters(argc, argv);
    long seed = parameter("seed", 1);
    long total = parameter("calls", 10000);
    long epochs = parameter("epochs", 4);
    map_memory();
    state->alone = parameter("alone", 0) != 0;
    state->fail = parameter("fail", 0);
    int workers = state->alone ? 1 : (int)parameter("workers", 4);
    list_calls();
    signals_setup(); // every process begins with them
    for (int i = 0; i < workers * SLOTS_EACH; i++) {
        state->slots[i].random = (uint64_t)seed * 0x9e3779b97f4a7c15 + (uint64_t)i + 1;
    }
    if (!state->alone) {
        warm_up();
    }
    for (long epoch = 1; epoch <= epochs; epoch++) {
        scratch_setup();
        for (int i = 0; i < workers; i++) {
            state->slots[i * SLOTS_EACH].left = total / epochs / workers;
        }
        supervise(workers);
        clean_up();
        if (probe_audit() > 0) {
            give_up("the audit found something");
        }
        if (!state->alone) {
            printf("epoch %ld: %ld pages free\n", epoch, free_pages());
        }
    }
    if (!state->alone) {
        print_totals(workers);
    }
    printf("finished\n");
    return 0;
}
