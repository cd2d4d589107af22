// SPDX-License-Identifier: MIT
// The status that a parent would see is the low byte.
#include <stdlib.h>

int main(void) {
    exit(0x1234);
}
