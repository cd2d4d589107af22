// SPDX-License-Identifier: MIT
// The newc format, as cpio(5) describes it: for each member a header of 110 ASCII bytes, its name
// with a NUL, padding to 4, its contents, padding to 4. The last one is named TRAILER!!!.
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
enum { FIELD_MODE = 1, FIELD_UID = 2, FIELD_GID = 3, FIELD_FILE_BYTES = 6, FIELD_NAME_BYTES = 11 };

struct member {
    const char *name; // ends with a NUL
    const char *data;
    uint64_t bytes;
    uint64_t mode;
    uint64_t uid;
    uint64_t gid;
    size_t next; // offset of the next header
};

static const char *archive;
static size_t archive_bytes;

static bool read_field(const char *header, unsigned field, uint64_t *value) {
    return parse_hex(header + 6 + field * FIELD_DIGITS, FIELD_DIGITS, value);
}

// Reads the member at `offset`. Returns false if what is there is not one, or is cut off.
static bool read_member(size_t offset, struct member *member) {
    uint64_t name_bytes = 0;
    if (offset > archive_bytes || archive_bytes - offset < HEADER_BYTES) {
        return false;
    }
    const char *header = archive + offset;
    if (memcmp(header, "070701", 6) != 0 || !read_field(header, FIELD_MODE, &member->mode) ||
        !read_field(header, FIELD_UID, &member->uid) ||
        !read_field(header, FIELD_GID, &member->gid) ||
        !read_field(header, FIELD_FILE_BYTES, &member->bytes) ||
        !read_field(header, FIELD_NAME_BYTES, &name_bytes)) {
        return false;
    }
    // All are below 2^32: none of these sums can overflow.
    uint64_t data = (offset + HEADER_BYTES + name_bytes + 3) & ~3UL;
    uint64_t next = (data + member->bytes + 3) & ~3UL;
    if (name_bytes == 0 || data + member->bytes > archive_bytes) {
        return false;
    }
    member->name = header + HEADER_BYTES;
    member->data = archive + data;
    member->next = next;
    return member->name[name_bytes - 1] == '\0';
}

static bool is_trailer(const struct member *member) {
    return strcmp(member->name, "TRAILER!!!") == 0;
}

static int fill(struct inode *inode, const struct member *member) {
    inode->uid = (uint32_t)member->uid;
    inode->gid = (uint32_t)member->gid;
    inode->size = member->bytes;
    if (inode_type(inode) == S_IFLNK) {
        inode->target = kmalloc(member->bytes + 1);
        if (inode->target == NULL) {
            return -ENOMEM;
        }
        memcpy(inode->target, member->data, member->bytes);
    } else if (inode_type(inode) == S_IFREG) {
        inode->archive = member->data;
        inode->archive_bytes = member->bytes;
    }
    return 0;
}

static void add(const struct member *member) {
    struct inode *inode;
    int error = fs_add(member->name, (uint32_t)member->mode, &inode);
    if (error == 0) {
        error = fill(inode, member);
    }
    if (error < 0) {
        setup_failed("cannot make %s of the initial file system: error %d", member->name, -error);
    }
}

void initrd_unpack(void) {
    if (boot_info.initrd.start == boot_info.initrd.end) {
        setup_failed("there is no initial file system: give QEMU one with -initrd");
    }
    archive = phys_to_virt(boot_info.initrd.start);
    archive_bytes = boot_info.initrd.end - boot_info.initrd.start;
    struct member member = {0};
    for (;;) {
        size_t at = member.next;
        if (!read_member(at, &member)) {
            setup_failed("the initial file system is not a newc archive, or is damaged, at byte "
                         "%lu of %lu: make builds a new one",
                         at, archive_bytes);
        }
        if (is_trailer(&member)) {
            return;
        }
        add(&member);
    }
}
