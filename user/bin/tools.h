// SPDX-License-Identifier: MIT
// The programs: each is a function in a file of its name. It returns its exit status, and leaves
// nothing behind, so that a shell without processes can call it, too. Linked alone it is a program;
// linked together, all of them are one (all.c).
#pragma once

int audit_main(int argc, char **argv);
int cat_main(int argc, char **argv);
int chmod_main(int argc, char **argv);
int echo_main(int argc, char **argv);
int env_main(int argc, char **argv);
int false_main(int argc, char **argv);
int forktest_main(int argc, char **argv);
int init_main(int argc, char **argv);
int kill_main(int argc, char **argv);
int ls_main(int argc, char **argv);
int memmap_main(int argc, char **argv);
int nohup_main(int argc, char **argv);
int pages_main(int argc, char **argv);
int poweroff_main(int argc, char **argv);
int printf_main(int argc, char **argv);
int ps_main(int argc, char **argv);
int sh_main(int argc, char **argv);
int sleep_main(int argc, char **argv);
int stack_main(int argc, char **argv);
int test_main(int argc, char **argv);
int true_main(int argc, char **argv);
int wc_main(int argc, char **argv);

struct tool {
    const char *name;
    int (*main)(int argc, char **argv);
};

// Where all programs are one: that of this name, if help lists it, or NULL. Elsewhere there is no
// such function: its address is NULL.
const struct tool *tool_find(const char *name) __attribute__((weak));
