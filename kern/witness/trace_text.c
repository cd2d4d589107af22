// SPDX-License-Identifier: MIT
#include "witness/trace_text.h"

#include <stdarg.h>

#include "arch/pagetable.h"
#include "base/format.h"
#include "base/string.h"
#include "sys/syscall.h"

struct text {
    char *at;
    size_t room;
};

static void add(struct text *text, const char *pattern, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *text, const char *pattern, ...) {
    va_list arguments;
    va_start(arguments, pattern);
    int length = vsnprintf(text->at, text->room, pattern, arguments);
    va_end(arguments);
    size_t kept = (size_t)length < text->room ? (size_t)length : text->room - 1;
    text->at += kept;
    text->room -= kept;
}

static void add_pte(struct text *text, uint64_t bits) {
    char letters[8];
    pte_t pte = pte_from_bits(bits);
    if (pte_none(pte)) {
        add(text, "none");
        return;
    }
    pte_letters(pte, letters);
    add(text, "0x%lx:%s", pte_address(pte) >> PAGE_SHIFT, letters);
}

// The value of one argument; `how` is the word behind the colon in events.def.
static void add_value(struct text *text, const char *how, size_t length, uint64_t value) {
    if (length == 3 && strncmp(how, "pte", 3) == 0) {
        add_pte(text, value);
    } else if (length == 3 && strncmp(how, "str", 3) == 0) {
        add(text, "%.8s", (const char *)&value);
    } else if (length == 4 && strncmp(how, "kind", 4) == 0) {
        add(text, "%s", frame_kind_name((enum frame_kind)value));
    } else if (length == 3 && strncmp(how, "sys", 3) == 0) {
        const char *name = syscall_name(value);
        name != NULL ? add(text, "%s", name) : add(text, "%lu", value);
    } else if (how[0] == 'd' || strncmp(how, "err", 3) == 0) {
        add(text, "%ld", (int64_t)value);
    } else if (how[0] == 'x' || strncmp(how, "frame", 5) == 0) {
        add(text, "0x%lx", value);
    } else {
        add(text, "%lu", value);
    }
}

void trace_text(const struct trace_event *event, char *to, size_t bytes) {
    struct text text = {to, bytes};
    const struct trace_format *format = &trace_formats[event->type];
    add(&text, "%s pid=%d cpu=%d", format->name, event->pid, event->cpu);
    const char *at = format->arguments;
    for (unsigned i = 0; *at != '\0'; i++) {
        const char *colon = strchr(at, ':');
        const char *end = strchr(colon, ' ');
        size_t how_bytes = end == NULL ? strlen(colon + 1) : (size_t)(end - colon - 1);
        add(&text, " %.*s=", (int)(colon - at), at);
        add_value(&text, colon + 1, how_bytes, event->arguments[i]);
        at = end == NULL ? colon + 1 + how_bytes : end + 1;
    }
}
