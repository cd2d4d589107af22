// SPDX-License-Identifier: MIT
// For Tine alone: limits that it does not keep cannot be set.
#include <stdio.h>
#include <sys/resource.h>

#include "errors.h"

static void try(const char *what, int resource, rlim_t soft, rlim_t hard) {
    struct rlimit limit = {soft, hard};
    result(what, setrlimit(resource, &limit));
}

int main(void) {
    try("no core, as it is", RLIMIT_CORE, 0, 0);
    try("a core", RLIMIT_CORE, RLIM_INFINITY, RLIM_INFINITY);
    try("the stack, as it is", RLIMIT_STACK, 8UL << 20, 8UL << 20);
    try("a smaller stack", RLIMIT_STACK, 1UL << 20, 8UL << 20);
    try("some address space", RLIMIT_AS, 1UL << 20, 1UL << 20);
    try("too many descriptors", RLIMIT_NOFILE, 2000, 2000);
    return 0;
}
