// SPDX-License-Identifier: MIT
// Calls with 0 to 20 arguments that are listed one by one: w[0] to w[19].
#pragma once

enum { MOST = 20, MANY = 2000 };

#define LIST_0
#define LIST_1 , w[0]
#define LIST_2 LIST_1, w[1]
#define LIST_3 LIST_2, w[2]
#define LIST_4 LIST_3, w[3]
#define LIST_5 LIST_4, w[4]
#define LIST_6 LIST_5, w[5]
#define LIST_7 LIST_6, w[6]
#define LIST_8 LIST_7, w[7]
#define LIST_9 LIST_8, w[8]
#define LIST_10 LIST_9, w[9]
#define LIST_11 LIST_10, w[10]
#define LIST_12 LIST_11, w[11]
#define LIST_13 LIST_12, w[12]
#define LIST_14 LIST_13, w[13]
#define LIST_15 LIST_14, w[14]
#define LIST_16 LIST_15, w[15]
#define LIST_17 LIST_16, w[16]
#define LIST_18 LIST_17, w[17]
#define LIST_19 LIST_18, w[18]
#define LIST_20 LIST_19, w[19]

// MANY of them: the same again and again.
#define LIST_100 LIST_20 LIST_20 LIST_20 LIST_20 LIST_20
#define LIST_500 LIST_100 LIST_100 LIST_100 LIST_100 LIST_100
#define LIST_MANY LIST_500 LIST_500 LIST_500 LIST_500

// Calls `function`(`first`, so many words, the rest).
#define WITH(n, function, first, ...) \
    case n:                           \
        return function(first LIST_##n, __VA_ARGS__)
#define WITH_COUNT(count, ...) \
    switch (count) {           \
        WITH(0, __VA_ARGS__);  \
        WITH(1, __VA_ARGS__);  \
        WITH(2, __VA_ARGS__);  \
        WITH(3, __VA_ARGS__);  \
        WITH(4, __VA_ARGS__);  \
        WITH(5, __VA_ARGS__);  \
        WITH(6, __VA_ARGS__);  \
        WITH(7, __VA_ARGS__);  \
        WITH(8, __VA_ARGS__);  \
        WITH(9, __VA_ARGS__);  \
        WITH(10, __VA_ARGS__); \
        WITH(11, __VA_ARGS__); \
        WITH(12, __VA_ARGS__); \
        WITH(13, __VA_ARGS__); \
        WITH(14, __VA_ARGS__); \
        WITH(15, __VA_ARGS__); \
        WITH(16, __VA_ARGS__); \
        WITH(17, __VA_ARGS__); \
        WITH(18, __VA_ARGS__); \
        WITH(19, __VA_ARGS__); \
        WITH(20, __VA_ARGS__); \
    }

// So many words, no two of them the same.
static inline char **some_words(int count) {
    static char texts[MOST][24];
    static char *words[MOST + 1];
    for (int i = 0; i < count; i++) {
        snprintf(texts[i], sizeof texts[i], "word %d of %d%.*s", i + 1, count, i % 8, "........");
        words[i] = texts[i];
    }
    words[count] = NULL;
    return words;
}
