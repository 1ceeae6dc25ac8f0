/*
 * Alerts (RFC 8446 6): what one means for the connection, both ways.
 */
#ifndef LIBTLS_HANDSHAKE_ALERT_H
#define LIBTLS_HANDSHAKE_ALERT_H

#include "libtls/state/connection.h"

/*
 * Takes the alert record that was just read. 0: it may be ignored; ERR_CLOSED:
 * close_notify, reading has ended; ERR_ALERT: fatal, all has ended.
 */
must_check int alert_receive(struct s2n_connection *);
/* Whether it is no_certificate at warning level (RFC 6101 5.6.6). */
bool alert_declines(struct slice alert);
/* Queues close_notify, once; later calls do nothing. */
must_check int alert_close_notify(struct s2n_connection *);
/* Queues one that ends nothing (below TLS 1.3). */
must_check int alert_warning(struct s2n_connection *, enum alert);
/* Queues the fatal alert that the table names for code, if it names one. */
void alert_fatal(struct s2n_connection *, int code);

#endif
