// SPDX-License-Identifier: MIT
// The newc format, as cpio(5) describes it: for each member a header of 110 ASCII bytes, its name
// with a NUL, padding to 4, its contents, padding to 4. The last one is named TRAILER!!!.
//
// As with Linux, whoever made it: a member that comes again takes the place of the first, and one
// of several names of a file has its contents.
#include "fs/initrd.h"

#include "arch/machine.h"
#include "base/number.h"
#include "base/string.h"
#include "errno.h"
#include "fs/fs.h"
#include "kernel.h"
#include "mm/frame.h"
#include "mm/heap.h"

enum { HEADER_BYTES = 110, FIELD_DIGITS = 8 };
enum {
    FIELD_NUMBER,
    FIELD_MODE,
    FIELD_UID,
    FIELD_GID,
    FIELD_LINKS,
    FIELD_TIME,
    FIELD_BYTES,
    FIELD_MAJOR, // of the device that the file was on
    FIELD_MINOR,
    FIELD_NAME_BYTES = 11,
    FIELDS,
};

struct member {
    const char *name; // ends with a NUL
    const char *data;
    uint64_t fields[FIELDS];
    size_t next; // offset of the next header
};

// A file that may have more names.
struct linked {
    struct list link;
    uint64_t number, major, minor;
    struct inode *inode; // borrowed
};

static const char *archive;
static size_t archive_bytes;

static bool read_field(const char *header, unsigned field, uint64_t *value) {
    return parse_hex(header + 6 + field * FIELD_DIGITS, FIELD_DIGITS, value);
}

// Reads the member at `offset`. Returns false if what is there is not one, or is cut off.
static bool read_member(size_t offset, struct member *member) {
    if (offset > archive_bytes || archive_bytes - offset < HEADER_BYTES) {
        return false;
    }
    const char *header = archive + offset;
    bool good = memcmp(header, "070701", 6) == 0;
    for (unsigned field = 0; field < FIELDS; field++) {
        good = good && read_field(header, field, &member->fields[field]);
    }
    if (!good) {
        return false;
    }
    // All are below 2^32: none of these sums can overflow.
    uint64_t name_bytes = member->fields[FIELD_NAME_BYTES];
    uint64_t bytes = member->fields[FIELD_BYTES];
    uint64_t data = (offset + HEADER_BYTES + name_bytes + 3) & ~3UL;
    if (name_bytes == 0 || data + bytes > archive_bytes) {
        return false;
    }
    member->name = header + HEADER_BYTES;
    member->data = archive + data;
    member->next = (data + bytes + 3) & ~3UL;
    return member->name[name_bytes - 1] == '\0';
}

static bool is_trailer(const struct member *member) {
    return strcmp(member->name, "TRAILER!!!") == 0;
}

static int fill(struct inode *inode, const struct member *member) {
    uint64_t bytes = member->fields[FIELD_BYTES];
    inode->mode = (uint32_t)member->fields[FIELD_MODE];
    inode->uid = (uint32_t)member->fields[FIELD_UID];
    inode->gid = (uint32_t)member->fields[FIELD_GID];
    if (inode_type(inode) == S_IFLNK) {
        char *target = kmalloc(bytes + 1);
        if (target == NULL) {
            return -ENOMEM;
        }
        memcpy(target, member->data, bytes);
        kfree(inode->target);
        inode->target = target;
        inode->size = bytes;
    } else if (inode_type(inode) == S_IFREG && (bytes > 0 || member->fields[FIELD_LINKS] < 2)) {
        inode->archive = member->data;
        inode->archive_bytes = bytes;
        inode->size = bytes;
    }
    return 0;
}

// The file that `member` is another name of, or NULL.
static struct linked *find_linked(struct list *seen, const struct member *member) {
    const uint64_t *fields = member->fields;
    list_for_each(link, seen) {
        struct linked *linked = list_entry(link, struct linked, link);
        if (linked->number == fields[FIELD_NUMBER] && linked->major == fields[FIELD_MAJOR] &&
            linked->minor == fields[FIELD_MINOR]) {
            return linked;
        }
    }
    return NULL;
}

static int note_linked(struct list *seen, const struct member *member, struct inode *inode) {
    struct linked *linked = kmalloc(sizeof *linked);
    if (linked == NULL) {
        return -ENOMEM;
    }
    linked->number = member->fields[FIELD_NUMBER];
    linked->major = member->fields[FIELD_MAJOR];
    linked->minor = member->fields[FIELD_MINOR];
    linked->inode = inode;
    list_push_back(seen, &linked->link);
    return 0;
}

// Gives the file its name. Returns 0 and the inode, or an error.
static int add_name(struct list *seen, const struct member *member, struct inode **inode) {
    uint32_t mode = (uint32_t)member->fields[FIELD_MODE];
    bool may_have_names = member->fields[FIELD_LINKS] > 1 && (mode & S_IFMT) == S_IFREG;
    struct linked *linked = may_have_names ? find_linked(seen, member) : NULL;
    int error;
    if (linked != NULL) {
        *inode = linked->inode;
        error = fs_add_name(member->name, inode);
    } else {
        error = fs_add(member->name, mode, inode);
        if (error == 0 && may_have_names) {
            error = note_linked(seen, member, *inode);
        }
    }
    return error == -EEXIST && inode_type(*inode) == (mode & S_IFMT) ? 0 : error;
}

static void add(struct list *seen, const struct member *member) {
    struct inode *inode;
    int error = add_name(seen, member, &inode);
    if (error == 0) {
        error = fill(inode, member);
    }
    if (error < 0) {
        setup_failed("cannot make %s of the initial file system: error %d", member->name, -error);
    }
}

static void forget_linked(struct list *seen) {
    list_for_each_safe(link, seen) {
        list_remove(link);
        kfree(list_entry(link, struct linked, link));
    }
}

void initrd_unpack(void) {
    if (boot_info.initrd.start == boot_info.initrd.end) {
        setup_failed("there is no initial file system: give QEMU one with -initrd");
    }
    archive = phys_to_virt(boot_info.initrd.start);
    archive_bytes = boot_info.initrd.end - boot_info.initrd.start;
    struct member member = {0};
    struct list seen = LIST_INIT(seen);
    for (;;) {
        size_t at = member.next;
        if (!read_member(at, &member)) {
            setup_failed("the initial file system is not a newc archive, or is damaged, at byte "
                         "%lu of %lu: make builds a new one",
                         at, archive_bytes);
        }
        if (is_trailer(&member)) {
            forget_linked(&seen);
            return;
        }
        add(&seen, &member);
    }
}
