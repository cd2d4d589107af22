// SPDX-License-Identifier: MIT
// A thread that becomes another program leaves memory and descriptors to those it shared them with,
// as they were; and what the new program does to its own, they do not see.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <tine.h>

#include "../given/patience.h"
#include "again.h"

enum { STACK_BYTES = 65536, MEMORY_BYTES = 16384, FAR = 50 };

static char stack[STACK_BYTES] __attribute__((aligned(16)));
static char memory[MEMORY_BYTES];
static volatile int *common; // [0]: the thread's turn, [1]: the thread goes on, [2]: it shall end
static int file;
static volatile int tid; // the thread asks for it to be cleared when it leaves this memory

static int is_open(int fd) {
    return lseek(fd, 0, SEEK_CUR) >= 0;
}

static int is_unchanged(void) {
    for (int i = 0; i < MEMORY_BYTES; i++) {
        if (memory[i] != 'm') {
            return 0;
        }
    }
    return 1;
}

// The new program: it closes what it has been given, and opens something else.
static int be_started(const char *number) {
    int fd = atoi(number);
    int was_open = is_open(fd);
    close(fd);
    int found = was_open && !is_open(fd) && dup2(1, FAR) == FAR;
    return found ? 7 : 8;
}

static void become_another(void) {
    char number[16];
    snprintf(number, sizeof number, "%d", file);
    tid = 1;
    syscall(SYS_set_tid_address, &tid);
    execve(ITSELF("sharing"), WORDS("sharing", number), NO_WORDS);
    _exit(EXEC_FAILED + errno);
}

static void thread_execs(int files) {
    int how = outcome(probe_thread(become_another, stack + sizeof stack, files));
    printf("a thread with %s has become another: %d; here the memory is %s, the file %s, its other "
           "file %s\n",
           files ? "shared descriptors" : "its own", how, is_unchanged() ? "as before" : "changed",
           is_open(file) ? "open" : "closed", fcntl(FAR, F_GETFD) < 0 ? "not there" : "there, too");
    printf("its word is %s\n", tid == 0 ? "cleared" : "as it was");
}

// Reads the memory and the file for as long as it shall.
static void stay(void) {
    while (!common[2]) {
        if (!is_unchanged() || !is_open(file)) {
            _exit(8);
        }
        common[1]++;
        sched_yield();
    }
    _exit(is_open(file) ? 7 : 9);
}

// The thread stays, and whoever started it becomes another program.
static void starter_execs(void) {
    pid_t pid = fork();
    if (pid == 0) {
        if (probe_thread(stay, stack + sizeof stack, 1) > 0) {
            become_another();
        }
        _exit(EXEC_FAILED);
    }
    int how = outcome(pid);
    int before = common[1];
    for (int i = 0; i < PATIENCE && common[1] < before + 3; i++) {
        sched_yield();
    }
    printf("it has become another: %d; its thread goes on: %s\n", how,
           common[1] >= before + 3 ? "yes" : "no");
    common[2] = 1;
    int status = 0;
    pid_t orphan = wait(&status); // this is process 1
    printf("and finds to the end what it had: %s\n",
           orphan > 0 && WEXITSTATUS(status) == 7 ? "yes" : "no");
}

int main(int argc, char **argv) {
    if (argc > 1) {
        return be_started(argv[1]);
    }
    common = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    file = open("scratch", O_RDWR | O_CREAT, 0600);
    memset(memory, 'm', sizeof memory);
    thread_execs(0);
    thread_execs(1);
    starter_execs();
    printf("findings: %ld\n", probe_audit());
    return 0;
}
