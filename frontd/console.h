/*
 * What frontctl asks of the master, and how it is answered: frontctl(8) has the
 * commands, frontd(8) the metrics.
 */
#ifndef FRONTD_CONSOLE_H
#define FRONTD_CONSOLE_H

#include "frontd/master.h"

/* Opens the socket of the administration, if the configuration has one, before
 * the seal. False after a message. */
must_check bool console_open(struct master *);
/* Other accounts may ask from now on. */
void console_reconfigure(struct master *);
void console_close(struct master *);

/* A reload begins: what is wrong with it is kept for who asked. */
void console_reloading(struct master *);
/* Those who visit are let in: an heir is in force now. */
void console_go_on(void);
/* The socket; -1: there is none. */
int console_listener(void);
/* An upgrade has ended: who asked for it is answered. reason NULL: another
 * frontd has the socket from now on; else why it was refused, lines. */
void console_upgraded(struct master *, const char *reason);
/* It has ended: those who asked for it are answered. */
void console_reloaded(struct master *, bool done);

#endif
