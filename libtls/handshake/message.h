/*
 * Handshake messages (RFC 8446 4): from records and into records. The type and
 * length are looked at here, the bodies elsewhere.
 */
#ifndef LIBTLS_HANDSHAKE_MESSAGE_H
#define LIBTLS_HANDSHAKE_MESSAGE_H

#include "libtls/state/connection.h"

#define MESSAGE_HEADER 4
#define MESSAGE_MAX 65536
/* Messages that ask for nothing, in a row; more would only keep us busy. */
#define MESSAGE_EMPTY_MAX 32

/*
 * Makes the next message available in conn->inbox, once: until message_taken()
 * a further call changes nothing. Writes what waits before it reads.
 */
must_check int message_read(struct s2n_connection *);
/* The same from the handshake record that was just read; ERR_WANT_READ when
 * the message goes on in the next record. */
must_check int message_from_record(struct s2n_connection *);
void message_taken(struct s2n_connection *);
/* ERR_BAD_MESSAGE when a message has begun and is not yet taken. */
must_check int message_boundary(const struct s2n_connection *);

/* Opens a message at the end of the flight; bodies are written into it. */
struct mark message_open(struct writer *flight, enum message);
/* Puts the flight into records (not yet onto the wire). */
must_check int message_flush(struct s2n_connection *);
/* The same, and onto the wire; ERR_WANT_WRITE. */
must_check int message_write(struct s2n_connection *);

#endif
