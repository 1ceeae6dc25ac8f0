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
/* It has ended: those who asked for it are answered. */
void console_reloaded(struct master *, bool done);

#endif
