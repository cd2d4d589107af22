// SPDX-License-Identifier: MIT
// Terminals.
#include <errno.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int tcgetattr(int fd, struct termios *termios) {
    return ioctl(fd, TCGETS, termios);
}

int tcsetattr(int fd, int when, const struct termios *termios) {
    if (when < TCSANOW || when > TCSAFLUSH) {
        errno = EINVAL;
        return -1;
    }
    return ioctl(fd, (unsigned long)(TCSETS + when), termios);
}

int tcflush(int fd, int which) {
    return ioctl(fd, TCFLSH, which);
}

int tcdrain(int fd) {
    return ioctl(fd, TCSBRK, 1);
}

static pid_t ask(int fd, unsigned long request) {
    pid_t answer;
    return ioctl(fd, request, &answer) < 0 ? -1 : answer;
}

pid_t tcgetsid(int fd) {
    return ask(fd, TIOCGSID);
}

pid_t tcgetpgrp(int fd) {
    return ask(fd, TIOCGPGRP);
}

int tcsetpgrp(int fd, pid_t group) {
    return ioctl(fd, TIOCSPGRP, &group);
}

int isatty(int fd) {
    struct termios termios;
    return tcgetattr(fd, &termios) == 0;
}

void cfmakeraw(struct termios *termios) {
    termios->c_iflag &=
        ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    termios->c_oflag &= ~(tcflag_t)OPOST;
    termios->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    termios->c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
    termios->c_cflag |= CS8;
}
