// SPDX-License-Identifier: MIT
// audit: the kernel recounts what it owns, and says what is wrong.
#include <stdio.h>
#include <tine.h>

#include "tools.h"

int audit_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    long findings = probe_audit();
    if (findings < 0) {
        fprintf(stderr, "audit: this kernel does not tell (it needs a checking build of Tine)\n");
        return 1;
    }
    if (findings == 0) {
        printf("audit: clean\n");
    } else {
        printf("audit: %ld findings, listed above\n", findings);
    }
    return findings != 0;
}
