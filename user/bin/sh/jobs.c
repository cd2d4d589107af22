// SPDX-License-Identifier: MIT
#include "jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "redirect.h"
#include "shell.h"
#include "syntax.h"

// Of those that have ended and nobody has waited for, this many are remembered.
enum { ENDED_LIMIT = 100 };

struct job *jobs;

static int terminal = -1;
static struct termios modes; // of the terminal, as the shell wants them
static pid_t shell_group;
static bool have_children; // or had; before that there is no news

// What an interactive shell must not die of, and what job control must not stop it by.
static const int kept_signals[] = {SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU};

volatile sig_atomic_t interrupted;

static void on_interrupt(int number) {
    (void)number;
    interrupted = 1;
}

// SIGINT must end a read: no SA_RESTART.
static void catch_signals(void (*kept)(int), void (*interrupt)(int)) {
    for (size_t i = 0; i < sizeof kept_signals / sizeof kept_signals[0]; i++) {
        sigaction(kept_signals[i], &(struct sigaction){.sa_handler = kept}, NULL);
    }
    sigaction(SIGINT, &(struct sigaction){.sa_handler = interrupt}, NULL);
}

void terminal_give(pid_t group) {
    if (terminal >= 0) {
        tcsetpgrp(terminal, group != 0 ? group : shell_group);
    }
}

// Without a terminal that knows of groups the shell does without job control.
void jobs_begin(void) {
    catch_signals(SIG_IGN, on_interrupt);
    int fd = open("/dev/tty", O_RDWR);
    fd = fd >= 0 ? fd : dup(STDIN_FILENO);
    if (fd < 0 || tcgetpgrp(fd) < 0) {
        close(fd);
        return;
    }
    pid_t foreground;
    while ((foreground = tcgetpgrp(fd)) >= 0 && foreground != getpgrp()) {
        signal(SIGTTIN, SIG_DFL); // somebody else's turn: wait for ours
        kill(0, SIGTTIN);
        signal(SIGTTIN, SIG_IGN);
    }
    terminal = redirect_keep(fd);
    setpgid(0, 0); // fails in the leader of a session, which leads its group already
    shell_group = getpgrp();
    shell.job_control =
        terminal >= 0 && tcsetpgrp(terminal, shell_group) == 0 && tcgetattr(terminal, &modes) == 0;
}

// ---- Jobs ---------------------------------------------------------------------------------------

// The text of a command as it was typed, in one line.
static char *describe(const struct node *node) {
    const char *text = shell.tree != NULL ? shell.tree->text : "";
    size_t all = strlen(text);
    size_t start = node->text_start < all ? node->text_start : all;
    size_t length = node->text_length < all - start ? node->text_length : all - start;
    char *copy = get_memory(length + 1);
    memcpy(copy, text + start, length);
    while (length > 0 && strchr(" \t\n", copy[length - 1]) != NULL) {
        length--;
    }
    copy[length] = '\0';
    for (char *newline = copy; (newline = strchr(newline, '\n')) != NULL;) {
        *newline = ' ';
    }
    return copy;
}

struct job *job_create(const struct node *node) {
    struct job *job = get_memory(sizeof *job);
    *job = (struct job){.next = jobs, .text = describe(node)};
    jobs = job;
    return job;
}

void job_free(struct job *job) {
    struct job **link = &jobs;
    while (*link != job) {
        link = &(*link)->next;
    }
    *link = job->next;
    free(job->processes);
    free(job->text);
    free(job);
}

void job_drop(struct job *job) {
    job_free(job);
}

static void forget_jobs(void) {
    while (jobs != NULL) {
        job_free(jobs);
    }
}

// A script that starts jobs and never waits for them must not grow for ever.
static void forget_oldest(void) {
    struct job *oldest = NULL;
    int ended = 0;
    for (struct job *job = jobs; job != NULL; job = job->next) {
        if (job_state(job) == PROCESS_ENDED && job->count > 0) {
            oldest = job;
            ended++;
        }
    }
    if (ended > ENDED_LIMIT) {
        job_free(oldest);
    }
}

static void add_process(struct job *job, pid_t pid) {
    job->processes = grow_memory(job->processes, (size_t)(job->count + 1) * sizeof *job->processes);
    job->processes[job->count++] = (struct process){.pid = pid};
}

enum process_state job_state(const struct job *job) {
    enum process_state state = PROCESS_ENDED;
    for (int i = 0; i < job->count; i++) {
        if (job->processes[i].state < state) {
            state = job->processes[i].state;
        }
    }
    return state;
}

int status_of(int wait_status) {
    return WIFEXITED(wait_status)    ? WEXITSTATUS(wait_status)
           : WIFSTOPPED(wait_status) ? STATUS_SIGNAL + WSTOPSIG(wait_status)
                                     : STATUS_SIGNAL + WTERMSIG(wait_status);
}

int job_status(const struct job *job) {
    return job->count > 0 ? status_of(job->processes[job->count - 1].wait_status) : STATUS_WRONG;
}

// ---- Processes ----------------------------------------------------------------------------------

// In the copy. Both sides call setpgid: whoever comes first, the group is right before either goes
// on.
static void begin_copy(const struct job *job, bool background) {
    pid_t group = job != NULL && shell.job_control ? job->group : -1;
    if (group >= 0) {
        setpgid(0, group);
        if (!background) {
            terminal_give(getpgrp());
        }
    }
    if (shell.interactive) {
        catch_signals(SIG_DFL, SIG_DFL);
    }
    if (background && !shell.job_control) { // what is typed is for the one in front
        signal(SIGINT, SIG_IGN);
        signal(SIGQUIT, SIG_IGN);
        redirect_move(open("/dev/null", O_RDONLY), STDIN_FILENO);
    }
    shell.interactive = false;
    shell.job_control = false;
    terminal = -1;
    redirect_forget();
    forget_jobs();
}

pid_t process_start(struct job *job, bool background) {
    pid_t pid = shell.cannot_fork ? -1 : fork();
    have_children = have_children || pid > 0;
    if (pid == 0) {
        begin_copy(job, background);
    } else if (pid > 0 && job != NULL) {
        if (shell.job_control) {
            setpgid(pid, job->group);
            job->group = job->group != 0 ? job->group : pid;
        }
        add_process(job, pid);
    } else if (pid < 0) {
        shell.cannot_fork = shell.cannot_fork || errno == ENOSYS;
        complain("cannot make a process: %s",
                 shell.cannot_fork ? "that comes with lab 1 (fork)" : strerror(errno));
    }
    return pid;
}

static void note(pid_t pid, int wait_status) {
    for (struct job *job = jobs; job != NULL; job = job->next) {
        for (int i = 0; i < job->count; i++) {
            struct process *process = &job->processes[i];
            if (process->pid == pid && process->state != PROCESS_ENDED) {
                bool continued = WIFCONTINUED(wait_status);
                process->wait_status = continued ? process->wait_status : wait_status;
                process->state = continued                 ? PROCESS_RUNS
                                 : WIFSTOPPED(wait_status) ? PROCESS_STOPPED
                                                           : PROCESS_ENDED;
                job->told = false;
            }
        }
    }
}

bool jobs_collect(int options) {
    int wait_status;
    pid_t pid = waitpid(-1, &wait_status, options | (shell.job_control ? WUNTRACED : 0));
    if (pid > 0) {
        note(pid, wait_status);
    }
    return pid > 0;
}

int process_wait(pid_t pid) {
    int wait_status;
    while (waitpid(pid, &wait_status, 0) < 0) {
        if (errno != EINTR) {
            return STATUS_NOT_FOUND;
        }
    }
    return status_of(wait_status);
}

// A message for those who ended in another way than they wanted.
static void tell_end(const struct job *job) {
    int wait_status = job->processes[job->count - 1].wait_status;
    int number = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0;
    if (number == SIGINT && shell.job_control) {
        interrupted = 1; // it was meant for the whole line
    } else if (number != 0 && number != SIGINT && number != SIGPIPE) {
        fprintf(stderr, "%s\n", strsignal(number));
    }
}

static void give_number(struct job *job) {
    int highest = 0;
    for (const struct job *other = jobs; other != NULL; other = other->next) {
        highest = other->number > highest ? other->number : highest;
    }
    job->number = job->number != 0 ? job->number : highest + 1;
}

// A job that ended in good order may have changed how the terminal works; one that did not has left
// it in whatever state it was.
static void take_terminal_back(bool in_order) {
    terminal_give(0);
    if (in_order) {
        tcgetattr(terminal, &modes);
    } else {
        tcsetattr(terminal, TCSADRAIN, &modes);
    }
}

int job_wait(struct job *job) {
    if (job->count == 0) { // nothing could be started
        job_free(job);
        return STATUS_WRONG;
    }
    while (job_state(job) == PROCESS_RUNS) {
        if (!jobs_collect(0) && errno != EINTR) {
            job_free(job); // somebody else has waited for it
            return STATUS_NOT_FOUND;
        }
    }
    int status = job_status(job);
    if (shell.job_control) {
        take_terminal_back(status < STATUS_SIGNAL);
    }
    if (job_state(job) == PROCESS_STOPPED) {
        give_number(job);
        fputc('\n', stderr);
        job_print(job);
        job->told = true;
        return status;
    }
    tell_end(job);
    job_free(job);
    return status;
}

void job_to_background(struct job *job) {
    forget_oldest();
    give_number(job);
    shell.last_background = job->processes[job->count - 1].pid;
    if (shell.interactive) {
        fprintf(stderr, "[%d] %d\n", job->number, (int)shell.last_background);
    }
}

void jobs_report(void) {
    while (have_children && jobs_collect(WNOHANG)) {
    }
    struct job *next;
    for (struct job *job = jobs; job != NULL; job = next) {
        next = job->next;
        enum process_state state = job_state(job);
        if (state != PROCESS_RUNS && !job->told) {
            job_print(job);
            job->told = true;
        }
        if (state == PROCESS_ENDED) {
            job_free(job);
        }
    }
}
