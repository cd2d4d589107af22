// SPDX-License-Identifier: MIT
// Sorting, and searching what is sorted.
#include <stdlib.h>

static void swap(char *a, char *b, size_t size) {
    for (; size > 0; size--, a++, b++) {
        char c = *a;
        *a = *b;
        *b = c;
    }
}

// The elements are a heap: each is at least as great as its two children, those at 2i + 1 and 2i +
// 2. The one at `at` may be smaller than it should be: it sinks.
static void sink(char *elements, size_t at, size_t count, size_t size,
                 int (*compare)(const void *, const void *)) {
    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count &&
            compare(elements + child * size, elements + (child + 1) * size) < 0) {
            child++;
        }
        if (compare(elements + at * size, elements + child * size) >= 0) {
            return;
        }
        swap(elements + at * size, elements + child * size, size);
        at = child;
    }
}

// Heap sort: no worst case, no memory.
void qsort(void *elements, size_t count, size_t size, int (*compare)(const void *, const void *)) {
    for (size_t at = count / 2; at > 0; at--) {
        sink(elements, at - 1, count, size, compare);
    }
    for (; count > 1; count--) {
        swap(elements, (char *)elements + (count - 1) * size, size);
        sink(elements, 0, count - 1, size, compare);
    }
}

void *bsearch(const void *key, const void *elements, size_t count, size_t size,
              int (*compare)(const void *, const void *)) {
    const char *first = elements;
    while (count > 0) {
        const char *middle = first + count / 2 * size;
        int order = compare(key, middle);
        if (order == 0) {
            return (void *)middle;
        }
        if (order > 0) {
            first = middle + size;
            count--;
        }
        count /= 2;
    }
    return NULL;
}
