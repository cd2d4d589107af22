// SPDX-License-Identifier: MIT
// The absolute number: as many pages as the reader outside finds in the page table.
#include <stdio.h>
#include <tine.h>

int main(void) {
    puts("counting");
    probe_stop(1);
    long count = pages_present();
    probe_mark(1, count);
    puts(count > 0 ? "counted" : "there is no page at all");
    return 0;
}
