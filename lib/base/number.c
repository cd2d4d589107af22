// SPDX-License-Identifier: MIT
#include "base/number.h"

static int digit_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return 16;
}

bool parse_number(const char *text, uint64_t *value) {
    uint64_t base = 10;
    if (text[0] == '0' && text[1] == 'x') {
        base = 16;
        text += 2;
    }
    uint64_t sum = 0;
    const char *at = text;
    for (; *at != '\0'; at++) {
        uint64_t digit = (uint64_t)digit_value(*at);
        if (digit >= base || sum > (UINT64_MAX - digit) / base) {
            return false;
        }
        sum = sum * base + digit;
    }
    if (at == text) {
        return false;
    }
    *value = sum;
    return true;
}

bool parse_hex(const char *text, unsigned digits, uint64_t *value) {
    uint64_t sum = 0;
    for (unsigned i = 0; i < digits; i++) {
        int digit = digit_value(text[i]);
        if (digit >= 16) {
            return false;
        }
        sum = sum << 4 | (uint64_t)digit;
    }
    *value = sum;
    return true;
}
