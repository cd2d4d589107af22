// SPDX-License-Identifier: MIT
// Two 16550 serial ports (National Semiconductor PC16550D data sheet), polled.
#include "arch/machine.h"
#include "arch/x86_64/x86.h"

enum { COM1 = 0x3f8, COM2 = 0x2f8 };

enum { // registers, as offsets from the port
    UART_DATA = 0,
    UART_INTERRUPTS = 1,
    UART_FIFO = 2,
    UART_LINE_CONTROL = 3,
    UART_MODEM_CONTROL = 4,
    UART_LINE_STATUS = 5,
};

enum { LINE_STATUS_RECEIVED = 0x01, LINE_STATUS_SENT = 0x20, NO_PORT = 0xff };

static void uart_setup(uint16_t port) {
    outb(port + UART_INTERRUPTS, 0);
    outb(port + UART_LINE_CONTROL, 0x80); // the next two bytes are the divisor:
    outb(port + UART_DATA, 1);            // 115200 baud
    outb(port + UART_INTERRUPTS, 0);
    outb(port + UART_LINE_CONTROL, 0x03); // 8 bits, no parity, 1 stop bit
    outb(port + UART_FIFO, 0);            // off: switching it on would lose what was typed early
    outb(port + UART_MODEM_CONTROL, 0x03);
}

static void uart_put(uint16_t port, char c) {
    while ((inb(port + UART_LINE_STATUS) & LINE_STATUS_SENT) == 0) {
    }
    outb(port + UART_DATA, (uint8_t)c);
}

void serial_setup(void) {
    uart_setup(COM1);
    uart_setup(COM2);
}

bool serial_is_there(void) {
    return inb(COM1 + UART_LINE_STATUS) != NO_PORT;
}

void serial_put(char c) {
    if (serial_is_there()) {
        uart_put(COM1, c);
    } else {
        debugcon_put(c);
    }
}

// The port holds one byte; the emulator hands over the next one when this one has been read, but
// from another thread. So once something has come, it is worth asking again.
int serial_get(void) {
    enum { ASK_AGAIN = 300 };
    static bool something_came;
    for (int asked = something_came ? 0 : ASK_AGAIN; asked <= ASK_AGAIN; asked++) {
        uint8_t status = inb(COM1 + UART_LINE_STATUS);
        if (status != NO_PORT && (status & LINE_STATUS_RECEIVED)) {
            something_came = true;
            return inb(COM1 + UART_DATA);
        }
    }
    something_came = false;
    return -1;
}

void serial_mirror_put(char c) {
    uart_put(COM2, c);
}

void debugcon_put(char c) {
    outb(0xe9, (uint8_t)c);
}
