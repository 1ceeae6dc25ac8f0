/*
 * The send and receive of each handshake message: what the rows of the step
 * tables name. Each message has a file of its own.
 *
 * A send handler appends the body; a receive handler takes it, and the driver
 * insists that nothing is left. The transcript holds the messages before. A
 * handler that returns a waiting code is run again from its first line and
 * leaves no trace but in conn->hs->operation.
 */
#ifndef LIBTLS_HANDSHAKE_MESSAGES_H
#define LIBTLS_HANDSHAKE_MESSAGES_H

#include "libtls/state/connection.h"

#define MESSAGE_ROW(name)                                                      \
	must_check int name##_send(struct s2n_connection *, struct writer *);  \
	must_check int name##_recv(struct s2n_connection *, struct reader *)

MESSAGE_ROW(client_hello);
MESSAGE_ROW(hello_retry);
MESSAGE_ROW(server_hello);
MESSAGE_ROW(encrypted_extensions);
MESSAGE_ROW(certificate_request);
MESSAGE_ROW(certificate);
MESSAGE_ROW(certificate_verify);
MESSAGE_ROW(finished);
/* Of TLS 1.2 and older. */
MESSAGE_ROW(server_key_exchange);
MESSAGE_ROW(client_key_exchange);
MESSAGE_ROW(certificate_status);
MESSAGE_ROW(certificate_request12);
MESSAGE_ROW(certificate_verify12);
MESSAGE_ROW(new_session_ticket12);
MESSAGE_ROW(change_cipher_spec);
MESSAGE_ROW(next_protocol);
MESSAGE_ROW(finished12);
/* A message that is only a header: ServerHelloDone. */
MESSAGE_ROW(empty);

#undef MESSAGE_ROW

#endif
