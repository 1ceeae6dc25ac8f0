/*
 * NewSessionTicket of TLS 1.3 (RFC 8446 4.6.1), which comes after the
 * handshake. That of TLS 1.2 is a step of it: messages.h.
 */
#ifndef LIBTLS_HANDSHAKE_NEW_TICKET_H
#define LIBTLS_HANDSHAKE_NEW_TICKET_H

#include "libtls/state/connection.h"

/* Server, once the handshake is complete: as many as the config says are due.
 */
void new_ticket_due(struct s2n_connection *);
/* Server: puts those that are due into records. */
must_check int new_ticket_write(struct s2n_connection *);
/* Client: keeps the session and tells the application. */
must_check int new_ticket_read(struct s2n_connection *, struct reader *);

/* Tells the application of the ticket of conn->session. */
must_check int new_ticket_tell(struct s2n_connection *);

#endif
