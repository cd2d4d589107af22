// SPDX-License-Identifier: MIT
// poweroff: ends the machine.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/utsname.h>

#include "tools.h"

// Never a machine that somebody works at: on other systems this program does nothing.
int poweroff_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct utsname name;
    if (uname(&name) < 0 || strcmp(name.sysname, "Tine") != 0) {
        fprintf(stderr, "poweroff: this is not Tine\n");
        return 1;
    }
    reboot(RB_POWER_OFF);
    fprintf(stderr, "poweroff: %s\n", strerror(errno));
    return 1;
}
