// SPDX-License-Identifier: MIT
// libFuzzer's target for elf_check. The first 8 bytes of an input are the file's size, so that it
// can be larger than the input; then comes the file's beginning, filled up with zeros.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elf_plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    uint64_t file_bytes;
    if (size < sizeof(file_bytes)) {
        return 0;
    }
    memcpy(&file_bytes, input, sizeof(file_bytes));
    input += sizeof(file_bytes);
    size -= sizeof(file_bytes);
    size_t bytes = file_bytes < ELF_HEAD_BYTES ? file_bytes : ELF_HEAD_BYTES;
    uint8_t *head = calloc(1, bytes > 0 ? bytes : 1);
    if (head == NULL) {
        return 0;
    }
    memcpy(head, input, size < bytes ? size : bytes);
    struct elf_image image;
    int answer = elf_check(head, bytes, file_bytes, &image);
    free(head); // the plan does not refer to it
    const char *complaint = answer == 0 ? elf_plan_complaint(&image, file_bytes) : NULL;
    if (complaint != NULL) {
        fprintf(stderr, "elf_check has accepted %s\n", complaint);
        abort();
    }
    return 0;
}
