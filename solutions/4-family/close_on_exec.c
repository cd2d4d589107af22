// SPDX-License-Identifier: MIT
// Lab 4b: what a program does not leave to the next one.
//
// Handout: handouts/4-family.md#close-on-exec. Contract: kern/labs.h. You need of the kernel
// that is given:
//
//     files->close_on_exec, ->end   the flags; no descriptor is at or above `end`   fs/files.h
//     fd_close(files, fd)           closes one                                      fs/files.h
#include "fs/files.h"
#include "kernel.h"
#include "labs.h"

void files_close_on_exec(struct files *files) {
    //: solution
    for (int fd = 0; fd < files->end; fd++) {
        if ((files->close_on_exec[fd / 64] >> (fd % 64)) & 1) {
            fd_close(files, fd);
        }
    }
    //: skeleton
    //| for (int i = 0; i < FD_FLAG_WORDS; i++) {
    //|     if (files->close_on_exec[i] != 0) {
    //|         lab_unwritten("files_close_on_exec", __FILE__); // all stay open
    //|     }
    //| }
    //: end
}
