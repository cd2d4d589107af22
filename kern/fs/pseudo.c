// SPDX-License-Identifier: MIT
#include "fs/pseudo.h"

#include <stdarg.h>

#include "base/format.h"
#include "errno.h"
#include "fs/uio.h"
#include "kernel.h"
#include "task/task.h"

struct text {
    struct inode *inode; // it becomes the content of this one
    int error;           // 0, or why a piece is missing
};

int pseudo_fill(struct inode *dir, const char *name, size_t length) {
    bool fills = dir->pseudo != NULL && dir->pseudo->fill != NULL;
    return fills ? dir->pseudo->fill(dir, name, length) : 0;
}

int pseudo_open(struct inode *inode, struct inode **opened) {
    if (inode->pseudo == NULL || inode->pseudo->print == NULL) {
        *opened = inode_get(inode);
        return 0;
    }
    struct inode *made = inode_create(inode->mode, current->cred);
    if (made == NULL) {
        return -ENOMEM;
    }
    made->number = inode->number;
    made->uid = inode->uid;
    made->gid = inode->gid;
    made->links = inode->links;
    made->pseudo = inode->pseudo;
    struct text text = {.inode = made};
    mutex_lock(&made->mutex);
    int error = inode->pseudo->print(inode, &text);
    mutex_unlock(&made->mutex);
    error = error == 0 ? text.error : error;
    if (error < 0) {
        inode_put(made);
        return error;
    }
    *opened = made;
    return 0;
}

void text_print(struct text *text, const char *pattern, ...) {
    char piece[TEXT_PIECE_BYTES + 1];
    va_list arguments;
    va_start(arguments, pattern);
    int length = vsnprintf(piece, sizeof piece, pattern, arguments);
    va_end(arguments);
    ASSERT(length <= TEXT_PIECE_BYTES);
    struct uio uio;
    uio_kernel(&uio, piece, (size_t)length);
    if (text->error == 0 && inode_write(text->inode, &uio, text->inode->size) < length) {
        text->error = -ENOMEM;
    }
}
