// SPDX-License-Identifier: MIT
// Kernel tests of lab 3a, elf_check: files of the initial file system, odd ones and hostile ones,
// that tools/elf_files.py has made. No program is loaded.
#include "base/elf.h"
#include "base/format.h"
#include "base/string.h"
#include "errno.h"
#include "fs/fs.h"
#include "kernel.h"
#include "lab_number.h"
#include "labs.h"
#include "witness/ktest.h"

enum { LINE_BYTES = 160, PATH_BYTES = 64, AROUND = 1024 };

// What elf_check is given is in the middle; what lies around it is nobody's business.
static _Alignas(16) char memory[AROUND + ELF_HEAD_BYTES + AROUND];
static char *const head = memory + AROUND;

// A line of an index: NAME ERRNO GROUP: WHY
struct entry {
    char line[LINE_BYTES]; // the words below are in it
    const char *name;
    int answer;
    const char *group;
    const char *why;
};

// What a test is at.
struct check {
    const char *directory;
    struct elf_image image;
    struct elf_segment behind; // for a segment too many
    unsigned files, wrong;
};

// Cuts off and returns a word, and goes on behind the character that ends it.
static const char *next_word(char **text, char end) {
    char *word = *text;
    char *after = strchr(word, end);
    if (after != NULL) {
        *after++ = '\0';
    }
    *text = after != NULL ? after : word + strlen(word);
    return word;
}

// The entry at *offset of the index, if there is one; then *offset is that of the next.
static bool read_entry(struct inode *index, uint64_t *offset, struct entry *entry) {
    int64_t bytes = inode_read_kernel(index, entry->line, LINE_BYTES - 1, *offset);
    if (bytes <= 0) {
        return false;
    }
    entry->line[bytes] = '\0';
    char *rest = entry->line;
    const char *line = next_word(&rest, '\n');
    *offset += strlen(line) + 1;
    rest = entry->line;
    entry->name = next_word(&rest, ' ');
    const char *number = next_word(&rest, ' ');
    for (entry->answer = 0; *number != '\0'; number++) {
        entry->answer = entry->answer * 10 - (*number - '0');
    }
    entry->group = next_word(&rest, ':');
    entry->why = rest;
    return true;
}

// Notes what is wrong with an answer; the first one is what a student is shown.
static void complain(struct check *check, const char *text) {
    printk("elf_check: %s\n", text);
    if (check->wrong++ == 0) {
        ktest_fail(text, __FILE__, __LINE__);
    }
}

// The pages in which a file was read would stay.
static void put_file(struct inode *file) {
    inode_free_content(file);
    inode_put(file);
}

static int64_t read_file(const char *directory, const char *name, const char *suffix, void *to,
                         size_t bytes, uint64_t *size) {
    char path[PATH_BYTES];
    struct inode *file;
    snprintf(path, sizeof path, "%s/%s%s", directory, name, suffix);
    int error = fs_find(path, &file);
    if (error < 0) {
        return error;
    }
    *size = file->size;
    int64_t count = inode_read_kernel(file, to, bytes, 0);
    put_file(file);
    return count;
}

// Does elf_check answer what it should to a file? What `head` holds beyond the file's end stays.
static bool is_answer_right(struct check *check, const char *name, const char *suffix, int wanted,
                            const char *why) {
    char text[2 * LINE_BYTES];
    uint64_t size;
    int64_t bytes = read_file(check->directory, name, suffix, head, ELF_HEAD_BYTES, &size);
    int answer = -ENOSYS;
    if (LAB >= 3 && bytes >= 0) {
        memset(&check->image, 0xa5, sizeof check->image);
        answer = elf_check(head, (size_t)bytes, size, &check->image);
    }
    if (bytes < 0 || answer != wanted) {
        snprintf(text, sizeof text, "%s%s: answer %d, and should be %d:%s", name, suffix, answer,
                 wanted, why);
        complain(check, text);
    }
    return bytes >= 0 && answer == wanted;
}

// Calls `each` for the files of a group.
static void for_group(struct check *check, const char *group,
                      void (*each)(struct check *check, const struct entry *entry)) {
    char path[PATH_BYTES];
    struct entry entry;
    struct inode *index;
    snprintf(path, sizeof path, "%s/index", check->directory);
    memset(memory, 0, sizeof memory);
    KTEST_CHECK(fs_find(path, &index) == 0);
    for (uint64_t offset = 0; read_entry(index, &offset, &entry);) {
        if (strcmp(entry.group, group) == 0) {
            check->files++;
            each(check, &entry);
        }
    }
    put_file(index);
    KTEST_CHECK(check->files > 0);
}

// ---- What is a program -----------------------------------------------------------------------

static void check_field(struct check *check, const char *name, const char *field, uint64_t got,
                        uint64_t wanted) {
    char text[LINE_BYTES];
    if (got != wanted) {
        snprintf(text, sizeof text, "%s: %s is 0x%lx, and should be 0x%lx", name, field, got,
                 wanted);
        complain(check, text);
    }
}

static void check_segment(struct check *check, const char *name, unsigned number,
                          const struct elf_segment *wanted) {
    static const char *const fields[] = {"address", "memory_bytes", "file_bytes", "prot", "offset"};
    const struct elf_segment *got = &check->image.segments[number];
    const uint64_t pairs[][2] = {
        {got->address, wanted->address},
        {got->memory_bytes, wanted->memory_bytes},
        {got->file_bytes, wanted->file_bytes},
        {got->prot, wanted->prot},
        {wanted->file_bytes > 0 ? got->offset : wanted->offset, wanted->offset},
    };
    for (unsigned i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char field[PATH_BYTES];
        snprintf(field, sizeof field, "segments[%u].%s", number, fields[i]);
        check_field(check, name, field, pairs[i][0], pairs[i][1]);
    }
}

// Any alignment that the wanted one divides will do; without a base to choose, any at all.
static bool is_alignment_right(const struct elf_image *got, const struct elf_image *wanted) {
    uint64_t least = wanted->position_independent ? wanted->alignment : PAGE_SIZE;
    return got->alignment >= least && (got->alignment & (got->alignment - 1)) == 0;
}

// Compares what elf_check made of an accepted file with what it should be, field by field.
static void check_plan(struct check *check, const struct entry *entry) {
    struct elf_image wanted;
    const struct elf_image *got = &check->image;
    uint64_t size;
    if (!is_answer_right(check, entry->name, "", entry->answer, entry->why)) {
        return;
    }
    if (read_file(check->directory, entry->name, ".plan", &wanted, sizeof wanted, &size) !=
        sizeof wanted) {
        complain(check, "there is no plan");
        return;
    }
    check_field(check, entry->name, "position_independent", got->position_independent,
                wanted.position_independent);
    check_field(check, entry->name, "entry", got->entry, wanted.entry);
    check_field(check, entry->name, "phdrs", got->phdrs, wanted.phdrs);
    check_field(check, entry->name, "phdr_count", got->phdr_count, wanted.phdr_count);
    check_field(check, entry->name, "interp_bytes", got->interp_bytes, wanted.interp_bytes);
    if (wanted.interp_bytes > 0) {
        check_field(check, entry->name, "interp_offset", got->interp_offset, wanted.interp_offset);
    }
    if (!is_alignment_right(got, &wanted)) {
        check_field(check, entry->name, "alignment", got->alignment, wanted.alignment);
    }
    check_field(check, entry->name, "segment_count", got->segment_count, wanted.segment_count);
    for (unsigned i = 0; i < wanted.segment_count && i < got->segment_count; i++) {
        check_segment(check, entry->name, i, &wanted.segments[i]);
    }
}

KTEST(lab3_check_good) {
    struct check check = {.directory = "/odd"};
    if (LAB >= 3) {
        for_group(&check, "odd", check_plan);
    }
}

// ---- What is none ----------------------------------------------------------------------------

// Whoever reads beyond the end of a file that was cut finds the rest of the one that was not; and
// in front of the file, where a small negative offset leads, a table of program headers as good as
// the file's.
static void check_hostile(struct check *check, const struct entry *entry) {
    is_answer_right(check, entry->name, ".undone", 0, " it has not this fault:");
    memcpy(memory, head + sizeof(struct elf64_ehdr), AROUND);
    is_answer_right(check, entry->name, "", entry->answer, entry->why);
}

static void refuse(const char *group) {
    struct check check = {.directory = "/hostile"};
    if (LAB >= 3) {
        for_group(&check, group, check_hostile);
    }
}

KTEST(lab3_check_identity) {
    refuse("identity");
}

KTEST(lab3_check_table) {
    refuse("table");
}

KTEST(lab3_check_sizes) {
    refuse("sizes");
}

KTEST(lab3_check_addresses) {
    refuse("addresses");
}

KTEST(lab3_check_neighbours) {
    refuse("neighbours");
}

KTEST(lab3_check_rights) {
    refuse("rights");
}

KTEST(lab3_check_interpreters) {
    refuse("interpreters");
}
