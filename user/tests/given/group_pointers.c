// SPDX-License-Identifier: MIT
// The calls about groups, with pointers that are wrong in every way. For the superuser.
#include "pointers.h"

static const unsigned group[] = {7};

static const struct call calls[] = {
    {"setgroups", SYS_setgroups, {1, BAD}, 0, GOOD(group)},
    {"getgroups", SYS_getgroups, {1, BAD}, 0, RESULT(4)},
    {"getgroups, no room", SYS_getgroups, {0, BAD}, 0, RESULT(4)},
    {"setgroups, none", SYS_setgroups, {0, BAD}, 0, RESULT(4)},
};

int main(void) {
    map_places();
    TRY_ALL(calls, nothing_before, nothing_after);
    return 0;
}
