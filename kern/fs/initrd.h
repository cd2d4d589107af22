// SPDX-License-Identifier: MIT
// The initial file system: a cpio archive in the "new ASCII" format that the loader left in memory.
#pragma once

// Makes all files of the archive. What regular files contain stays where the loader put it until it
// is read. Ends the machine with a setup: line if there is no archive, if it is damaged, or if
// there is too little memory.
void initrd_unpack(void);
