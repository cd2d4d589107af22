// SPDX-License-Identifier: MIT
// Processes, and jobs, which are made of them: XCU 2.11. With job control (an interactive shell on
// a terminal that knows of process groups) each job has a group of its own, and one of them, or the
// shell, has the terminal.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct job;
struct node;

// Called once in an interactive shell: takes the terminal, if there can be job control.
void jobs_begin(void);

// A job without processes, described by the node's text.
struct job *job_create(const struct node *node);

// Gives up a job that never got a process.
void job_drop(struct job *job);

// fork: returns 0 in the copy, which is no interactive shell any more and has no jobs, and -1 after
// a message. The process becomes a part of `job`; with NULL it belongs to the shell itself (a
// command substitution), and process_wait waits for it.
pid_t process_start(struct job *job, bool background);
int process_wait(pid_t pid);

// Waits in the foreground until the job has ended or stopped. Returns the status of its last
// process. The job is gone afterwards, unless it was stopped.
int job_wait(struct job *job);

// The job goes on by itself; sets $!.
void job_to_background(struct job *job);

// Says what has become of background jobs since the last time; done before each prompt.
void jobs_report(void);

// Whom `kill %1` is for: a group (negative), or a process. 0, and a message, if there is no such
// job.
pid_t job_target(const char *specification);

// The built-ins; each gets its words, ended by NULL.
int jobs_main(int argc, char **argv);
int fg_main(int argc, char **argv);
int bg_main(int argc, char **argv);
int wait_main(int argc, char **argv);

// A wait status as $? shows it.
int status_of(int wait_status);

// For jobs.c and job_commands.c:

enum process_state { PROCESS_RUNS, PROCESS_STOPPED, PROCESS_ENDED };

struct process {
    pid_t pid;
    enum process_state state;
    int wait_status;
};

struct job {
    struct job *next; // the newest comes first: it is the current one
    int number;       // 0: in the foreground, and never stopped
    pid_t group;      // 0: the shell's
    char *text;
    bool told; // its state has been reported
    int count;
    struct process *processes;
};

extern struct job *jobs;

// The state of the whole: it runs as long as anything in it does.
enum process_state job_state(const struct job *job);
int job_status(const struct job *job);
void job_free(struct job *job);

// Waits for any child, or with WNOHANG looks whether there is news, and notes what it learns. False
// if there is nothing: look at errno.
bool jobs_collect(int options);

// Lets a stopped job go on.
void job_continue(struct job *job);

// Prints a line about the job.
void job_print(const struct job *job);

// Gives the terminal to a process group; 0: to the shell.
void terminal_give(pid_t group);
