// SPDX-License-Identifier: MIT
// Says of each file named what elf_check answers: "NAME: -8", or "NAME: 0" and the plan, for a
// test. With -p files are plans, struct elf_image, and are printed: "NAME:" and the plan. With -f
// they are inputs of elf_check_fuzz.c, and nothing is said.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elf_plan.h"

static void print_plan(const struct elf_image *image) {
    printf(" %s entry %lx phdrs %lx count %u align %lx interp %lx+%lx",
           image->position_independent ? "anywhere" : "fixed", image->entry, image->phdrs,
           image->phdr_count, image->alignment, image->interp_offset, image->interp_bytes);
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        printf(" | %lx+%lx file %lx+%lx prot %u", segment->address, segment->memory_bytes,
               segment->offset, segment->file_bytes, segment->prot);
    }
}

// The head has a piece of memory of just its size, so that a look beyond it is noticed.
static int check(const char *path) {
    char buffer[ELF_HEAD_BYTES];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    size_t bytes = fread(buffer, 1, sizeof(buffer), file);
    fseek(file, 0, SEEK_END);
    uint64_t file_bytes = (uint64_t)ftell(file);
    fclose(file);
    char *head = malloc(bytes > 0 ? bytes : 1);
    if (head == NULL) {
        return 1;
    }
    memcpy(head, buffer, bytes);
    struct elf_image image;
    int answer = elf_check(head, bytes, file_bytes, &image);
    printf("%s: %d", path, answer);
    const char *complaint = answer == 0 ? elf_plan_complaint(&image, file_bytes) : NULL;
    if (answer == 0) {
        print_plan(&image);
    }
    printf(complaint ? " BAD: %s\n" : "\n", complaint);
    free(head);
    return 0;
}

static int show(const char *path) {
    struct elf_image image;
    FILE *file = fopen(path, "rb");
    size_t count = file != NULL ? fread(&image, sizeof image, 1, file) : 0;
    if (file != NULL) {
        count = fgetc(file) == EOF ? count : 0;
        fclose(file);
    }
    if (count != 1) {
        return 1;
    }
    printf("%s:", path);
    print_plan(&image);
    printf("\n");
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static int replay(const char *path) {
    static uint8_t input[sizeof(uint64_t) + ELF_HEAD_BYTES];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return 1;
    }
    size_t size = fread(input, 1, sizeof input, file);
    fclose(file);
    return LLVMFuzzerTestOneInput(input, size);
}

int main(int argc, char **argv) {
    int option = argc > 1 && argv[1][0] == '-' ? argv[1][1] : 0;
    int failed = 0;
    for (int i = option ? 2 : 1; i < argc; i++) {
        failed |= option == 'p' ? show(argv[i]) : option == 'f' ? replay(argv[i]) : check(argv[i]);
    }
    return failed;
}
