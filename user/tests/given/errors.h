// SPDX-License-Identifier: MIT
// What tests of system calls share: printing results and errors by name.
#pragma once

#include <errno.h>
#include <stdio.h>

static inline const char *error_name(int error) {
    static const struct {
        int error;
        const char *name;
    } names[] = {
        {EPERM, "EPERM"},         {ENOENT, "ENOENT"},
        {ENXIO, "ENXIO"},         {ESRCH, "ESRCH"},
        {EINTR, "EINTR"},         {ECHILD, "ECHILD"},
        {EBADF, "EBADF"},         {EAGAIN, "EAGAIN"},
        {ENOMEM, "ENOMEM"},       {EACCES, "EACCES"},
        {EFAULT, "EFAULT"},       {EBUSY, "EBUSY"},
        {EEXIST, "EEXIST"},       {EIO, "EIO"},
        {E2BIG, "E2BIG"},         {ENOEXEC, "ENOEXEC"},
        {ELIBBAD, "ELIBBAD"},     {EXDEV, "EXDEV"},
        {EROFS, "EROFS"},         {ENOTDIR, "ENOTDIR"},
        {EISDIR, "EISDIR"},       {EINVAL, "EINVAL"},
        {EMFILE, "EMFILE"},       {ENOTTY, "ENOTTY"},
        {EFBIG, "EFBIG"},         {ENOSPC, "ENOSPC"},
        {ESPIPE, "ESPIPE"},       {EPIPE, "EPIPE"},
        {ERANGE, "ERANGE"},       {ENAMETOOLONG, "ENAMETOOLONG"},
        {ENOTEMPTY, "ENOTEMPTY"}, {ELOOP, "ELOOP"},
        {ENOSYS, "ENOSYS"},       {ENODEV, "ENODEV"},
        {EOVERFLOW, "EOVERFLOW"}, {EOPNOTSUPP, "EOPNOTSUPP"},
    };
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].error == error) {
            return names[i].name;
        }
    }
    return "another error";
}

// Prints `ok`, or the error's name.
static inline void result(const char *what, long value) {
    printf("%s: %s\n", what, value == -1 ? error_name(errno) : "ok");
}

// Prints the value, or the error's name.
static inline void number(const char *what, long value) {
    if (value == -1) {
        result(what, value);
    } else {
        printf("%s: %ld\n", what, value);
    }
}
