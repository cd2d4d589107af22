// SPDX-License-Identifier: MIT
// Redirections: XCU 2.7.
#pragma once

#include <stdbool.h>

struct redirection;

// What a descriptor was before a redirection took its place.
struct saved_fd {
    int fd;
    int copy; // -1: it was closed
    struct saved_fd *others;
};

// Carries out redirections, from the left to the right. With `saved`, what they replace is
// remembered there, also when one of them fails. False, and a message, if one fails.
bool redirect(const struct redirection *redirection, struct saved_fd **saved);

// Puts back what was saved.
void redirect_undo(struct saved_fd *saved);

// In a copy of the shell, which will not put back anything: closes what the shell keeps for itself.
void redirect_forget(void);

// Moves a descriptor to a number that no script uses. Returns the new one, -1 after an error; the
// old one is closed.
int redirect_keep(int fd);

// Closes what redirect_keep has returned.
void redirect_release(int fd);

// Puts `fd` in the place of `wanted`.
void redirect_move(int fd, int wanted);
