// SPDX-License-Identifier: MIT
// opendir and its family; the wrappers of calls that no other test uses.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { FILES = 150 };

static int count(DIR *directory) {
    int found = 0;
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        found += strncmp(entry->d_name, "file-", 5) == 0 && entry->d_ino != 0;
    }
    return found;
}

static void directories(void) {
    char name[64];
    mkdir("/tmp/lib_directory", 0700);
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "/tmp/lib_directory/file-%d-with-a-long-name", i);
        close(creat(name, 0600));
    }
    DIR *directory = opendir("/tmp/lib_directory");
    printf("entries: %d", count(directory));
    rewinddir(directory);
    struct stat status;
    printf(", again: %d, dirfd: %d", count(directory), fstat(dirfd(directory), &status));
    printf(", a directory: %d, closed: %d\n", S_ISDIR(status.st_mode), closedir(directory));
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "/tmp/lib_directory/file-%d-with-a-long-name", i);
        unlink(name);
    }
    rmdir("/tmp/lib_directory");
    printf("missing: %d %s\n", opendir("/tmp/lib_directory") == NULL, strerror(errno));
    printf("not one: %d %s\n", opendir("/dev/null") == NULL, strerror(errno));
}

static void wrappers(void) {
    struct timeval now = {0, -1};
    struct sysinfo info = {.mem_unit = 0};
    int fd = creat("/tmp/lib_wrappers", 0600);
    printf("creat %d, lchown %d\n", fd >= 0, lchown("/tmp/lib_wrappers", getuid(), getgid()));
    close(fd);
    unlink("/tmp/lib_wrappers");
    printf("same user %d %d\n", getuid() == geteuid(), getgid() == getegid());
    printf("time %d %d %d\n", gettimeofday(&now, NULL), now.tv_usec >= 0 && now.tv_usec < 1000000,
           labs((long)(time(NULL) - now.tv_sec)) <= 1);
    printf("sysinfo %d %d %d\n", sysinfo(&info), info.mem_unit > 0, info.totalram > info.freeram);
    printf("usleep %d\n", usleep(1));
}

static volatile int got;

static void handler(int number, siginfo_t *info, void *context) {
    (void)context;
    got = number * 100 + info->si_value.sival_int;
}

static void signals(void) {
    sigaction(SIGUSR1, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL);
    printf("sigqueue %d", sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 7}));
    printf(" %d\n", got);
    void (*before)(int) = signal(SIGUSR2, SIG_IGN);
    printf("signal %d %d", before == SIG_DFL, raise(SIGUSR2));
    printf(" %d %d\n", signal(SIGUSR2, SIG_DFL) == SIG_IGN, signal(SIGKILL, SIG_IGN) == SIG_ERR);
}

int main(void) {
    directories();
    wrappers();
    signals();
    printf("terminal: %d %d\n", isatty(99), errno == EBADF);
    return 0;
}
