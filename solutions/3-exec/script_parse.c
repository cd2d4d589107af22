// SPDX-License-Identifier: MIT
// Lab 3e: who is to read this script?
//
// Handout: handouts/3-exec.md#script-parse. Contract: kern/labs.h.
#include "errno.h"
#include "kernel.h"
#include "labs.h"

//: solution
static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static bool is_end(char c) {
    return c == '\n' || c == '\0';
}

//: end
int script_parse(const char *head, size_t bytes, struct script_line *line) {
    //: solution
    if (bytes < 2 || head[0] != '#' || head[1] != '!') {
        return -ENOEXEC;
    }
    size_t end = 2;
    while (end < bytes && !is_end(head[end])) {
        end++;
    }
    bool whole = end < bytes || bytes < SCRIPT_LINE_BYTES; // or the file ends there
    size_t start = 2;
    while (start < end && is_blank(head[start])) {
        start++;
    }
    size_t path_end = start;
    while (path_end < end && !is_blank(head[path_end])) {
        path_end++;
    }
    if (path_end == start || (path_end == end && !whole)) {
        return -ENOEXEC;
    }
    if (!whole) {
        end--; // Linux keeps room for a NUL
    }
    size_t argument = path_end;
    while (argument < end && is_blank(head[argument])) {
        argument++;
    }
    while (end > argument && is_blank(head[end - 1])) {
        end--;
    }
    *line = (struct script_line){.path = head + start, .path_bytes = path_end - start};
    if (argument < end) {
        line->argument = head + argument;
        line->argument_bytes = end - argument;
    }
    return 0;
    //: skeleton
    //| (void)head;
    //| (void)bytes;
    //| (void)line;
    //| lab_missing("script_parse", __FILE__);
    //: end
}
