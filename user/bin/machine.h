// SPDX-License-Identifier: MIT
// What the shell has on Tine besides what any shell has: a greeting, a look at the machine, and the way
// out.
#pragma once

#include <stdio.h>
#include <sys/reboot.h>
#include <sys/utsname.h>
#include <tine.h>
#include <unistd.h>

static void greet(void) {
    struct utsname name;
    uname(&name);
    printf("\n%s %s on %s. Type help, or poweroff to leave.\n", name.sysname, name.release,
           name.machine);
}

static int run_help(char **words) {
    (void)words;
    puts("  echo cat cd pwd true false wait exit   as in any shell\n"
         "  ( ) | & ; && || < > >> $? 'quotes'     these, too; from lab 1 on, they fork\n"
         "  pages                                  how much memory this program has touched (lab "
         "0)\n"
         "  poweroff                               ends the machine; so does Ctrl-A X, at once");
    return 0;
}

static int run_pages(char **words) {
    (void)words;
    printf("%ld pages of this program have a frame\n", pages_present());
    return 0;
}

static int run_poweroff(char **words) {
    (void)words;
    return reboot(RB_POWER_OFF);
}
