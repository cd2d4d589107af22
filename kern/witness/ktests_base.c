// SPDX-License-Identifier: MIT
// Kernel tests of lib/base, frames, heap and stacks.
#include "arch/machine.h"
#include "arch/pagetable.h"
#include "base/format.h"
#include "base/number.h"
#include "base/string.h"
#include "kernel.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "mm/kstack.h"
#include "witness/ktest.h"

static bool formats_as(const char *expected, const char *pattern, ...) {
    char text[64];
    va_list arguments;
    va_start(arguments, pattern);
    int length = vsnprintf(text, sizeof text, pattern, arguments);
    va_end(arguments);
    return strcmp(text, expected) == 0 && (size_t)length == strlen(expected);
}

KTEST(format_conversions) {
    KTEST_CHECK(formats_as("-2147483648 4294967295 ff", "%d %u %x", INT32_MIN, UINT32_MAX, 255));
    KTEST_CHECK(formats_as("-9223372036854775808", "%ld", INT64_MIN));
    KTEST_CHECK(formats_as("[   42][42   ][00042]", "[%5d][%-5d][%05d]", 42, 42, 42));
    KTEST_CHECK(formats_as("-0042", "%05d", -42));
    KTEST_CHECK(
        formats_as("ab|  ab|(null)|c|%", "%.2s|%4.2s|%s|%c|%%", "abc", "abc", (char *)NULL, 'c'));
    KTEST_CHECK(formats_as("%y 7", "%y %d", 7));
    char small[4];
    KTEST_CHECK(snprintf(small, sizeof small, "%s", "abcdef") == 6 && strcmp(small, "abc") == 0);
}

KTEST(number_parsing) {
    uint64_t value = 77;
    KTEST_CHECK(parse_number("0", &value) && value == 0);
    KTEST_CHECK(parse_number("18446744073709551615", &value) && value == UINT64_MAX);
    KTEST_CHECK(parse_number("0xffffffffffffffff", &value) && value == UINT64_MAX);
    value = 77;
    KTEST_CHECK(!parse_number("18446744073709551616", &value) && value == 77);
    KTEST_CHECK(!parse_number("", &value) && !parse_number("0x", &value));
    KTEST_CHECK(!parse_number("12a", &value) && !parse_number("-1", &value));
}

KTEST(string_functions) {
    char buffer[] = "0123456789";
    memmove(buffer + 2, buffer, 8);
    KTEST_CHECK(strcmp(buffer, "0101234567") == 0);
    memmove(buffer, buffer + 2, 8);
    KTEST_CHECK(strcmp(buffer, "0123456767") == 0);
    char abc[] = "abc";
    char high[] = "\x80";
    KTEST_CHECK(strncmp(abc, "abd", 2) == 0 && strcmp(abc, "abd") < 0);
    KTEST_CHECK(strcmp(high, "\x7f") > 0); // compared as unsigned char
    KTEST_CHECK(strlcpy(buffer, "abcdefghijklmn", sizeof buffer) == 14);
    KTEST_CHECK(strcmp(buffer, "abcdefghij") == 0);
}

KTEST(frame_kinds_and_counts) {
    uint64_t before = frame_total_of(FRAME_USER);
    struct frame *frame = frame_alloc(FRAME_USER);
    KTEST_CHECK(frame != NULL && frame->kind == FRAME_USER && frame->count == 1);
    KTEST_CHECK(frame_total_of(FRAME_USER) == before + 1);
    KTEST_CHECK(frame_at(frame_address(frame)) == frame);
    frame_free(frame);
    KTEST_CHECK(frame->kind == FRAME_FREE && frame_total_of(FRAME_USER) == before);
}

// All of memory can be taken, no frame twice, and all of it comes back.
KTEST(frame_exhaustion) {
    struct list taken = LIST_INIT(taken);
    uint64_t available = frame_total_of(FRAME_FREE);
    uint64_t got = 0;
    for (struct frame *frame = frame_alloc(FRAME_USER); frame != NULL;
         frame = frame_alloc(FRAME_USER)) {
        list_push_back(&taken, &frame->link);
        got++;
    }
    KTEST_CHECK(kmalloc(64) == NULL || frame_total_of(FRAME_FREE) == 0);
    list_for_each_safe(link, &taken) {
        struct frame *frame = list_entry(link, struct frame, link);
        list_remove(link);
        frame_free(frame);
    }
    KTEST_CHECK(got == available);
}

KTEST(frame_clear_and_copy) {
    struct frame *a = frame_alloc(FRAME_USER);
    struct frame *b = frame_alloc(FRAME_USER);
    KTEST_CHECK(a != NULL && b != NULL && a != b);
    memset(frame_memory(a), 0x5a, PAGE_SIZE);
    frame_copy(b, a);
    KTEST_CHECK(memcmp(frame_memory(a), frame_memory(b), PAGE_SIZE) == 0);
    frame_clear(a);
    const char *bytes = frame_memory(a);
    KTEST_CHECK(bytes[0] == 0 && bytes[PAGE_SIZE - 1] == 0);
    bytes = frame_memory(b);
    KTEST_CHECK(bytes[0] == 0x5a && bytes[PAGE_SIZE - 1] == 0x5a);
    frame_free(a);
    frame_free(b);
}

KTEST(heap_sizes) {
    static const size_t sizes[] = {1, 31, 32, 33, 64, 1000, 2048, 2049, 4096};
    enum { SIZES = sizeof sizes / sizeof sizes[0] };
    char *pieces[SIZES];
    for (unsigned i = 0; i < SIZES; i++) {
        pieces[i] = kmalloc(sizes[i]);
        KTEST_CHECK(pieces[i] != NULL && (uintptr_t)pieces[i] % 16 == 0);
        for (size_t k = 0; k < sizes[i]; k++) {
            KTEST_CHECK(pieces[i][k] == 0);
        }
        memset(pieces[i], (int)i, sizes[i]);
    }
    for (unsigned i = 0; i < SIZES; i++) {
        KTEST_CHECK(pieces[i][0] == (char)i && pieces[i][sizes[i] - 1] == (char)i);
        kfree(pieces[i]);
    }
    KTEST_CHECK(kmalloc(0) == NULL && kmalloc(4097) == NULL);
    kfree(NULL);
}

// More objects than one frame holds, freed in another order.
KTEST(heap_many) {
    enum { OBJECTS = 300 };
    static void *objects[OBJECTS];
    for (unsigned i = 0; i < OBJECTS; i++) {
        objects[i] = kmalloc(100);
        KTEST_CHECK(objects[i] != NULL);
    }
    for (unsigned i = 0; i < OBJECTS; i++) {
        kfree(objects[i * 7 % OBJECTS]);
    }
}

KTEST(kstack_recycled) {
    uintptr_t first = kstack_alloc();
    KTEST_CHECK(first != 0 && kstack_contains(first - 8) &&
                kstack_is_guard(first - 8 - KSTACK_BYTES));
    kstack_free(first);
    KTEST_CHECK(kstack_alloc() == first);
    kstack_free(first);
}
