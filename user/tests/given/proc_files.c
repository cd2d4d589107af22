// SPDX-License-Identifier: MIT
// /proc as a file system: what there is and what not, reading, that nothing can be changed,
// /proc/self; and what it says about the machine.
#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "errors.h"
#include "proc_text.h"

static void show_file(const char *path, int follow) {
    struct stat stat_;
    if ((follow ? stat(path, &stat_) : lstat(path, &stat_)) < 0) {
        result(path, -1);
        return;
    }
    printf("%s: mode %o, owner %d %d\n", path, stat_.st_mode, stat_.st_uid, stat_.st_gid);
}

static void kinds(void) {
    show_file("/proc", 1);
    show_file("/proc/self", 0);
    show_file("/proc/self", 1);
    show_file("/proc/1/stat", 1);
    show_file("/proc/meminfo", 1);
    show_file("/proc/sys/kernel", 1);
    result("readable", access("/proc/self/stat", R_OK));
    result("executable", access("/proc/self/stat", X_OK));
    const char *const wrong[] = {
        "none", "0",         "01",          "-1",       "30001x",  "99999", "99999999999999999999",
        "1 ",   "self/none", "self/stat/x", "sys/none", "meminfo/"};
    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%s", wrong[i]);
        number(path, open(path, O_RDONLY));
    }
    number("write to a directory", open("/proc/self", O_WRONLY));
}

static void changing(void) {
    int fd = open("/proc/self/stat", O_WRONLY);
    result("open for writing", fd);
    close(fd);
    result("make", open("/proc/new", O_WRONLY | O_CREAT, 0644));
    result("make a directory", mkdir("/proc/self/new", 0755));
    result("make what is there", mkdir("/proc/self", 0755));
    result("remove", unlink("/proc/self/stat"));
    result("remove a directory", rmdir("/proc/sys"));
    result("link", link("/proc/self/stat", "hard"));
    result("change the mode", chmod("/proc/self/stat", 0777));
    result("change the owner", chown("/proc/self/stat", 1, 1));
}

static void reading(void) {
    static char whole[4096];
    char byte;
    long length = slurp(getpid(), "maps");
    memcpy(whole, text, (size_t)length);
    int fd = open("/proc/self/maps", O_RDONLY);
    int same = 1;
    for (long i = 0; i < length; i++) {
        same = same && read(fd, &byte, 1) == 1 && byte == whole[i];
    }
    printf("byte by byte: %d, then %ld\n", same, (long)read(fd, &byte, 1));
    number("seek", lseek(fd, 7, SEEK_SET));
    printf("there: %d\n", read(fd, &byte, 1) == 1 && byte == whole[7]);
    printf("at: %d\n", pread(fd, &byte, 1, 3) == 1 && byte == whole[3]);
    number("beyond", pread(fd, &byte, 1, 1 << 20));
    number("to nowhere", read(fd, (void *)16, 10));
    number("write", write(fd, "x", 1));
    close(fd);
}

static void myself(void) {
    char target[32] = "";
    long length = readlink("/proc/self", target, sizeof target);
    printf("self: %d\n", length > 0 && strtol(target, NULL, 10) == getpid());
    result("go there", chdir("/proc/self"));
    getcwd(target, sizeof target);
    printf("there: %d\n", atoi(target + strlen("/proc/")) == getpid());
    chdir("/tmp");
    pid_t pid = fork();
    if (pid == 0) {
        length = readlink("/proc/self", target, sizeof target);
        _exit(length > 0 && strtol(target, NULL, 10) == getpid() && getpid() != 1);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    printf("self of a child: %d\n", WEXITSTATUS(status));
}

static void machine(void) {
    slurp(0, "meminfo");
    long total = value_of("MemTotal:", 10);
    long free = value_of("MemFree:", 10);
    long available = value_of("MemAvailable:", 10);
    printf("memory: %d %d %d\n", free > 0 && free<total, available> 0 && available < total,
           value_of("Cached:", 10) >= 0);
    printf("unit: %s\n", line("MemTotal:") + strlen(line("MemTotal:")) - 3);
    slurp(0, "uptime");
    char *at = text;
    printf("uptime: %d", strtol(text, &at, 10) >= 0);
    printf(" %c %d\n", *at, strlen(at) > 6);
    slurp(0, "cpuinfo");
    printf("processor: %ld\n", strtol(strchr(line("processor"), ':') + 1, NULL, 10));
    slurp(0, "mounts");
    printf("mounts: %d\n", strncmp(line("proc "), "proc /proc proc ", 16) == 0);
    slurp(0, "loadavg");
    int dots = 0, spaces = 0, slashes = 0;
    for (at = text; *at != '\0'; at++) {
        dots += *at == '.';
        spaces += *at == ' ';
        slashes += *at == '/';
    }
    printf("load: %d %d %d\n", dots, spaces, slashes);
    slurp(0, "sys/kernel/pid_max");
    printf("pids: %d\n", atoi(text) > 1000);
}

int main(void) {
    kinds();
    changing();
    reading();
    myself();
    machine();
    return 0;
}
