// SPDX-License-Identifier: MIT
// The built-ins that are about jobs.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "jobs.h"
#include "shell.h"

// The current job is the newest one that has a number; "-" is the one before.
static struct job *find_current(int skip) {
    struct job *job = jobs;
    while (job != NULL && (job->number == 0 || skip-- > 0)) {
        job = job->next;
    }
    return job;
}

void job_print(const struct job *job) {
    enum process_state state = job_state(job);
    char words[48];
    int wait_status = job->processes[job->count - 1].wait_status;
    if (state == PROCESS_RUNS) {
        snprintf(words, sizeof words, "Running");
    } else if (state == PROCESS_STOPPED) {
        snprintf(words, sizeof words, "Stopped");
    } else if (WIFSIGNALED(wait_status)) {
        snprintf(words, sizeof words, "%s", strsignal(WTERMSIG(wait_status)));
    } else if (WEXITSTATUS(wait_status) != 0) {
        snprintf(words, sizeof words, "Done(%d)", WEXITSTATUS(wait_status));
    } else {
        snprintf(words, sizeof words, "Done");
    }
    char place = job == find_current(0) ? '+' : job == find_current(1) ? '-' : ' ';
    printf("[%d] %c %-20s %s\n", job->number, place, words, job->text);
    fflush(stdout);
}

// %n %% %+ %- %text, or a process's number. NULL if there is none.
static struct job *find(const char *specification) {
    bool percent = *specification == '%';
    const char *rest = specification + percent;
    if (percent && (*rest == '\0' || *rest == '%' || *rest == '+')) {
        return find_current(0);
    }
    if (percent && *rest == '-') {
        return find_current(1);
    }
    char *end;
    long number = strtol(rest, &end, 10);
    bool is_number = *end == '\0';
    for (struct job *job = jobs; job != NULL; job = job->next) {
        bool same = percent     ? is_number ? job->number == number
                                            : strncmp(job->text, rest, strlen(rest)) == 0
                    : is_number ? job->processes[job->count - 1].pid == number
                                : false;
        if (job->number != 0 && same) {
            return job;
        }
    }
    return NULL;
}

static struct job *find_or_complain(const char *who, const char *specification) {
    struct job *job = find(specification != NULL ? specification : "%%");
    if (job == NULL) {
        complain("%s: %s: no such job", who, specification != NULL ? specification : "current");
    }
    return job;
}

// Whom to send a signal that is for the whole job.
static pid_t job_group(const struct job *job) {
    return job->group != 0 ? -job->group : job->processes[job->count - 1].pid;
}

pid_t job_target(const char *specification) {
    const struct job *job = find_or_complain("kill", specification);
    return job == NULL ? 0 : job_group(job);
}

void job_continue(struct job *job) {
    for (int i = 0; i < job->count; i++) {
        if (job->processes[i].state == PROCESS_STOPPED) {
            job->processes[i].state = PROCESS_RUNS;
        }
    }
    job->told = false;
    kill(job_group(job), SIGCONT);
}

int jobs_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    while (jobs_collect(WNOHANG)) {
    }
    struct job *next;
    for (struct job *job = jobs; job != NULL; job = next) {
        next = job->next;
        if (job->number != 0) {
            job_print(job);
            job->told = true;
        }
        if (job->number != 0 && job_state(job) == PROCESS_ENDED && shell.interactive) {
            job_free(job);
        }
    }
    return 0;
}

static bool have_control(const char *who) {
    if (!shell.job_control) {
        complain("%s: there is no job control here", who);
    }
    return shell.job_control;
}

int fg_main(int argc, char **argv) {
    struct job *job = have_control("fg") ? find_or_complain("fg", argc > 1 ? argv[1] : NULL) : NULL;
    if (job == NULL) {
        return STATUS_WRONG;
    }
    printf("%s\n", job->text);
    fflush(stdout);
    terminal_give(job->group);
    job_continue(job);
    return job_wait(job);
}

int bg_main(int argc, char **argv) {
    struct job *job = have_control("bg") ? find_or_complain("bg", argc > 1 ? argv[1] : NULL) : NULL;
    if (job == NULL) {
        return STATUS_WRONG;
    }
    printf("[%d] %s\n", job->number, job->text);
    job_continue(job);
    return 0;
}

// Until the job has ended, or somebody has typed ^C.
static int wait_for(struct job *job) {
    while (job_state(job) != PROCESS_ENDED) {
        if (!jobs_collect(0) && (errno != EINTR || interrupted)) {
            return errno == EINTR ? STATUS_SIGNAL + SIGINT : STATUS_NOT_FOUND;
        }
    }
    int status = job_status(job);
    job_free(job);
    return status;
}

static struct job *first_running(void) {
    struct job *job = jobs;
    while (job != NULL && job_state(job) != PROCESS_RUNS) {
        job = job->next;
    }
    return job;
}

static int wait_for_all(void) {
    while (first_running() != NULL) {
        if (!jobs_collect(0) && (errno != EINTR || interrupted)) {
            return errno == EINTR ? STATUS_SIGNAL + SIGINT : 0;
        }
    }
    struct job *next;
    for (struct job *job = jobs; job != NULL; job = next) {
        next = job->next;
        if (job_state(job) == PROCESS_ENDED) {
            job_free(job);
        }
    }
    return 0;
}

int wait_main(int argc, char **argv) {
    if (argc < 2) {
        return wait_for_all();
    }
    int status = 0;
    for (int i = 1; i < argc; i++) {
        struct job *job = find(argv[i]);
        bool number = argv[i][strspn(argv[i], "0123456789")] == '\0';
        status = job != NULL ? wait_for(job) : number ? STATUS_NOT_FOUND : STATUS_WRONG;
    }
    return status;
}
