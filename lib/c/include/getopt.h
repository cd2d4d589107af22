// SPDX-License-Identifier: MIT
// Options of one letter (POSIX, getopt). Operands are not moved: the first one ends the options.
#pragma once

extern char *optarg;
extern int optind; // 0 begins anew
extern int opterr;
extern int optopt;

int getopt(int argc, char *const argv[], const char *options);
