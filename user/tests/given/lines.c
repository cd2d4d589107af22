// SPDX-License-Identifier: MIT
// Reads with a small buffer, and shows each piece in brackets; `|` stands for the end of a line.
// Needs somebody who types.
#include <stdio.h>
#include <unistd.h>

int main(void) {
    char piece[8];
    ssize_t bytes;
    setvbuf(stdout, NULL, _IONBF, 0);
    printf("ready\n");
    while ((bytes = read(0, piece, sizeof piece - 1)) > 0) {
        for (int i = 0; i < bytes; i++) {
            if (piece[i] == '\n') {
                piece[i] = '|';
            }
        }
        printf("[%.*s]", (int)bytes, piece);
    }
    printf("end\n");
    return 0;
}
