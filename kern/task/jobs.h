// SPDX-License-Identifier: MIT
// Job control: tasks that signals stop and let go on, what their parents hear of it, and process
// groups that nobody is left to look after. tree_lock is held in every call.
#pragma once

#include <stdbool.h>

struct task;

// What wait4 stores for a child that has stopped, and for one that goes on.
#define STATUS_STOPPED(signal) ((signal) << 8 | 0x7f)
#define STATUS_CONTINUED 0xffff

// Stops the current task as `signal` demands; returns when it shall go on, because of SIGCONT or to
// die of SIGKILL. A terminal's signals do not stop a group that is orphaned. Lets tree_lock go
// meanwhile.
void job_stop(int signal);

// SIGCONT has been sent to `task`: if it is stopped, it goes on.
void job_continue(struct task *task);

// True if no member of the group has a parent in another group of the same session, who could let
// it go on after a stop (POSIX, orphaned process group). A parent that has exited is init by then.
bool group_is_orphaned(int pgid);

// The session of a process group; 0 if there is no such group.
int group_session(int pgid);

// `task` has exited, but its children are not init's yet. Hangs up the groups that have lost in it
// the last one to look after them, if any of their members is stopped: SIGHUP, then SIGCONT.
void job_leave(const struct task *task);

// Sends the parent of `task` a signal (0: none) that tells what has become of it, a CLD_ code and
// the exit status or the signal that did it.
void parent_tell(const struct task *task, int signal, int code, int status);
