// SPDX-License-Identifier: MIT
#include "fs/path.h"

#include "base/string.h"
#include "errno.h"
#include "fs/dir.h"
#include "fs/file.h"
#include "fs/files.h"
#include "fs/fs.h"
#include "fs/pseudo.h"
#include "kernel.h"
#include "mm/heap.h"
#include "mm/usercopy.h"
#include "task/cred.h"
#include "task/task.h"

// A component is about to be looked up in `dir`.
static int may_search(const struct inode *dir, size_t length) {
    if (!inode_is_dir(dir)) {
        return -ENOTDIR;
    }
    // The kernel itself, before there is any task, may do everything.
    int error = current->cred == NULL ? 0 : inode_may(dir, MAY_EXEC);
    if (error == 0 && length > NAME_MAX) {
        error = -ENAMETOOLONG;
    }
    return error;
}

static size_t component_length(const char *path) {
    size_t length = 0;
    while (path[length] != '/' && path[length] != '\0') {
        length++;
    }
    return length;
}

static const char *skip_slashes(const char *path) {
    while (*path == '/') {
        path++;
    }
    return path;
}

static enum last kind_of(const char *name, size_t length) {
    if (length == 1 && name[0] == '.') {
        return LAST_DOT;
    }
    return length == 2 && name[0] == '.' && name[1] == '.' ? LAST_DOTDOT : LAST_NAME;
}

// What the component means in `dir`; NULL: nothing.
static struct inode *step(struct inode *dir, const char *name, size_t length) {
    switch (kind_of(name, length)) {
    case LAST_DOT:
        return dir;
    case LAST_DOTDOT:
        return dir->parent;
    default: {
        struct entry *entry = dir_find(dir, name, length);
        return entry == NULL ? NULL : entry->inode;
    }
    }
}

// A walk under way: the path still to go, and, for each link it is inside of, the path behind it.
struct walker {
    struct inode *at;
    const char *rest;
    unsigned links; // followed so far
    unsigned depth;
    const char *behind[LINK_LIMIT];
};

static void enter(struct walker *walker, struct place *place, const char *path) {
    walker->rest = path;
    if (*path == '/') {
        walker->at = fs_root;
    }
    place->dir = place->inode = walker->at;
    place->last = LAST_ROOT;
}

static int follow(struct walker *walker, struct place *place, bool last, const struct inode *link) {
    if (walker->links++ >= LINK_LIMIT) {
        return -ELOOP;
    }
    if (!last) {
        walker->behind[walker->depth++] = walker->rest;
    }
    enter(walker, place, link->target);
    return 0;
}

// Does one component. Returns 1 if it was the last, 0 if there are more, or an error.
static int walk_component(struct walker *walker, struct place *place, enum walk how) {
    struct inode *dir = walker->at;
    const char *name = walker->rest;
    size_t length = component_length(name);
    int error = may_search(dir, length);
    if (error == 0) {
        error = pseudo_fill(dir, name, length);
    }
    if (error < 0) {
        return error;
    }
    walker->rest = name + length;
    struct inode *next = step(dir, name, length);
    bool last = walker->depth == 0 && *skip_slashes(walker->rest) == '\0';
    if (last) {
        bool slash = place->slash || *walker->rest == '/';
        *place = (struct place){dir, next, name, length, kind_of(name, length), slash};
    }
    if (next == NULL) {
        return last ? 1 : -ENOENT;
    }
    bool meant = last && (how == WALK_PARENT || (how == WALK_NOFOLLOW && !place->slash) ||
                          (how == WALK_CREATE && place->slash));
    if (inode_type(next) == S_IFLNK && !meant) {
        return follow(walker, place, last, next);
    }
    walker->at = next;
    return last;
}

int path_walk(struct place *place, struct inode *start, const char *path, enum walk how) {
    ASSERT(mutex_held(&names_lock) && start != NULL && fs_root != NULL);
    struct walker walker = {.at = start};
    place->slash = false;
    enter(&walker, place, path);
    for (;;) {
        walker.rest = skip_slashes(walker.rest);
        if (*walker.rest != '\0') {
            int result = walk_component(&walker, place, how);
            if (result != 0) {
                return result < 0 ? result : 0;
            }
        } else if (walker.depth > 0) {
            walker.rest = walker.behind[--walker.depth];
        } else {
            return 0;
        }
    }
}

// Copies what there is of a path at `user_path`, at most `limit` bytes, in pieces that do not cross
// a page: it may end right before a hole. Returns how many bytes it has with its NUL; -ENAMETOOLONG
// if there is none, or -EFAULT.
static int fetch_path(char *to, uintptr_t user_path, size_t limit) {
    enum { PIECE_BYTES = 64 };
    for (size_t done = 0; done < limit;) {
        size_t here = PIECE_BYTES - (user_path + done) % PIECE_BYTES;
        here = here < limit - done ? here : limit - done;
        if (copy_from_user(to + done, user_path + done, here) < 0) {
            return -EFAULT;
        }
        size_t length = strnlen(to + done, here);
        done += length;
        if (length < here) {
            return (int)done + 1;
        }
    }
    return -ENAMETOOLONG;
}

// Most paths are short. None is fetched twice: another thread may change it.
int path_copy(char **text, uintptr_t user_path) {
    enum { SHORT_BYTES = 192 };
    char start[SHORT_BYTES];
    int bytes = fetch_path(start, user_path, sizeof start);
    bool is_long = bytes == -ENAMETOOLONG;
    *text = bytes > 0 || is_long ? kmalloc(is_long ? PATH_MAX : (size_t)bytes) : NULL;
    if (*text == NULL) {
        return bytes == -EFAULT ? -EFAULT : -ENOMEM;
    }
    memcpy(*text, start, is_long ? sizeof start : (size_t)bytes);
    if (is_long) {
        bytes = fetch_path(*text + sizeof start, user_path + sizeof start, PATH_MAX - sizeof start);
    }
    if (bytes < 0) {
        kfree(*text);
        *text = NULL;
        return bytes;
    }
    return (*text)[0] == '\0' ? -ENOENT : 0;
}

static int find_start(struct lookup *lookup, int dirfd) {
    if (lookup->text[0] == '/') {
        lookup->start = inode_get(fs_root);
    } else if (dirfd == AT_FDCWD) {
        lookup->start = fs_cwd(current->fs);
    } else {
        struct file *file = fd_get(current->files, dirfd);
        if (file == NULL) {
            return -EBADF;
        }
        lookup->start = inode_get(file->inode);
        file_put(file);
    }
    return lookup->text[0] != '\0' && !inode_is_dir(lookup->start) ? -ENOTDIR : 0;
}

void lookup_discard(struct lookup *lookup) {
    inode_put(lookup->start);
    kfree(lookup->text);
    *lookup = (struct lookup){0};
}

int lookup_prepare(struct lookup *lookup, int dirfd, uintptr_t user_path, bool empty_ok) {
    *lookup = (struct lookup){0};
    int error = path_copy(&lookup->text, user_path);
    if (error == 0 || (error == -ENOENT && empty_ok)) {
        error = find_start(lookup, dirfd);
    }
    if (error < 0) {
        lookup_discard(lookup);
    }
    return error;
}

// From lookup->start to lookup->place. After an error names_lock is not held.
static int look_up(struct lookup *lookup, enum walk how) {
    mutex_lock(&names_lock);
    int error = path_walk(&lookup->place, lookup->start, lookup->text, how);
    if (error < 0) {
        mutex_unlock(&names_lock);
    }
    return error;
}

int lookup_begin(struct lookup *lookup, int dirfd, uintptr_t user_path, enum walk how,
                 bool empty_ok) {
    int error = lookup_prepare(lookup, dirfd, user_path, empty_ok);
    if (error == 0) {
        error = look_up(lookup, how);
        if (error < 0) {
            lookup_discard(lookup);
        }
    }
    return error;
}

// What a call answers that needs something to be there; 0: something is.
static int existing_error(const struct place *place) {
    if (place->inode == NULL) {
        return -ENOENT;
    }
    return place->slash && !inode_is_dir(place->inode) ? -ENOTDIR : 0;
}

int path_find(int dirfd, const char *path, enum walk how, int (*check)(const struct inode *inode),
              struct inode **inode) {
    struct lookup lookup = {.text = (char *)path};
    int error = find_start(&lookup, dirfd);
    error = error == 0 ? look_up(&lookup, how) : error;
    if (error == 0) {
        error = existing_error(&lookup.place);
        error = error == 0 ? check(lookup.place.inode) : error;
        *inode = error == 0 ? inode_get(lookup.place.inode) : NULL;
        mutex_unlock(&names_lock);
    }
    inode_put(lookup.start);
    return error;
}

static int ended(struct lookup *lookup, int error) {
    if (error < 0) {
        lookup_end(lookup);
    }
    return error;
}

int lookup_at(struct lookup *lookup, int dirfd, uintptr_t user_path, unsigned flags) {
    enum walk how = (flags & AT_SYMLINK_NOFOLLOW) ? WALK_NOFOLLOW : WALK_FOLLOW;
    int error = lookup_begin(lookup, dirfd, user_path, how, (flags & AT_EMPTY_PATH) != 0);
    if (error < 0) {
        return error;
    }
    return ended(lookup, existing_error(&lookup->place));
}

int lookup_existing(struct lookup *lookup, uintptr_t user_path) {
    return lookup_at(lookup, AT_FDCWD, user_path, 0);
}

int lookup_new(struct lookup *lookup, int dirfd, uintptr_t user_path, bool directory) {
    int error = lookup_begin(lookup, dirfd, user_path, WALK_PARENT, false);
    if (error < 0) {
        return error;
    }
    const struct place *place = &lookup->place;
    if (place->inode != NULL) {
        error = -EEXIST;
    } else if (place->slash && !directory) {
        error = -ENOENT;
    } else {
        error = dir_may_add(place->dir);
    }
    return ended(lookup, error);
}

void lookup_end(struct lookup *lookup) {
    mutex_unlock(&names_lock);
    lookup_discard(lookup);
}

int dir_may_add(const struct inode *dir) {
    bool closed = dir->links == 0 || dir->pseudo != NULL;
    int error = closed ? -ENOENT : inode_may(dir, MAY_WRITE | MAY_EXEC);
    return error == 0 && !inode_has_room() ? -ENOSPC : error;
}

int dir_may_remove(const struct inode *dir, const struct inode *inode) {
    int error = inode_may(dir, MAY_WRITE | MAY_EXEC);
    if (error == 0 && (dir->mode & S_ISVTX) && !inode_is_owner(inode) && !inode_is_owner(dir)) {
        error = -EPERM;
    }
    return error;
}

int path_create(const struct place *place, uint32_t mode, struct inode **inode) {
    struct inode *made = inode_create(mode, current->cred);
    if (made == NULL) {
        return -ENOMEM;
    }
    if (place->dir->mode & S_ISGID) { // the group is the directory's
        made->gid = place->dir->gid;
        made->mode |= inode_is_dir(made) ? S_ISGID : 0;
    }
    int error = dir_add(place->dir, place->name, place->length, made);
    if (error < 0) {
        inode_put(made);
        return error;
    }
    *inode = made;
    return 0;
}
