// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char *optarg;
int optind = 1;
int opterr = 1;
int optopt;

static int place; // of the next letter in argv[optind]; 0: at its beginning

static int refuse(const char *program, const char *options, const char *why) {
    if (options[0] == ':') {
        return *why == 'o' ? ':' : '?'; // an argument is missing: the caller wants to know
    }
    if (opterr != 0) {
        fprintf(stderr, "%s: %s -- '%c'\n", program, why, optopt);
    }
    return '?';
}

// The argument of the option at argv[optind][place - 1]: the rest of the word, or the next one.
static int take_argument(int argc, char *const argv[], const char *options) {
    const char *rest = argv[optind] + place;
    place = 0;
    optind++;
    optarg = (char *)rest;
    if (*rest == '\0') {
        if (optind >= argc) {
            return refuse(argv[0], options, "option requires an argument");
        }
        optarg = argv[optind++];
    }
    return optopt;
}

int getopt(int argc, char *const argv[], const char *options) {
    if (optind == 0) {
        optind = 1;
        place = 0;
    }
    options += *options == '+'; // elsewhere this means what is always so here
    optarg = NULL;
    const char *word = optind < argc ? argv[optind] : NULL;
    if (word == NULL) {
        return -1;
    }
    if (place == 0) {
        if (word[0] != '-' || word[1] == '\0') {
            return -1;
        }
        if (strcmp(word, "--") == 0) {
            optind++;
            return -1;
        }
        place = 1;
    }
    optopt = (unsigned char)word[place++];
    const char *known = optopt == ':' ? NULL : strchr(options, optopt);
    if (known != NULL && known[1] == ':') {
        return take_argument(argc, argv, options);
    }
    if (word[place] == '\0') {
        place = 0;
        optind++;
    }
    return known != NULL ? optopt : refuse(argv[0], options, "invalid option");
}
