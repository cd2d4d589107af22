// SPDX-License-Identifier: MIT
// A doubly linked list whose links live inside the elements.
//
// A head and a link are the same type. An empty head points to itself, so no operation has a
// special case for the first or the last element.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct list {
    struct list *next;
    struct list *prev;
};

#define LIST_INIT(head) \
    { &(head), &(head) }

static inline void list_init(struct list *head) {
    head->next = head;
    head->prev = head;
}

static inline bool list_empty(const struct list *head) {
    return head->next == head;
}

// Puts `link` behind `where`, which may be a head (then it becomes the first element).
static inline void list_insert_after(struct list *where, struct list *link) {
    link->next = where->next;
    link->prev = where;
    where->next->prev = link;
    where->next = link;
}

static inline void list_push_back(struct list *head, struct list *link) {
    list_insert_after(head->prev, link);
}

// Takes `link` out of its list and leaves it pointing to itself.
static inline void list_remove(struct list *link) {
    link->prev->next = link->next;
    link->next->prev = link->prev;
    list_init(link);
}

// The structure of type `type` whose field `member` is at `link`.
#define list_entry(link, type, member) ((type *)((char *)(link)-offsetof(type, member)))

// Walks `head`; the current element must not be removed in the body.
#define list_for_each(link, head) \
    for (struct list *link = (head)->next; link != (head); link = link->next)

// The same, but the current element may be removed.
#define list_for_each_safe(link, head)                                                \
    for (struct list *link = (head)->next, *link##_next = link->next; link != (head); \
         link = link##_next, link##_next = link->next)
