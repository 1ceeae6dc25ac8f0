/*
 * A ticket: a session's state that only the server can open (RFC 5077 4, RFC
 * 8446 4.6.1). On the wire:
 *
 *	1  version of the format
 *	16 name of the ticket key
 *	32 random, from which and the ticket key comes this ticket's key
 *	12 nonce of AES-256-GCM
 *	   the state, encrypted
 *	16 tag
 *
 * bound to the ticket key, and to the name that the client asked the server
 * for, so that no site's session is resumed under another's name (RFC 6066 3).
 */
#ifndef LIBTLS_SESSION_TICKET_H
#define LIBTLS_SESSION_TICKET_H

#include "base/writer.h"
#include "libtls/session/ticket_keys.h"

#define TICKET_INFO 32
#define TICKET_EXPANSION                                                       \
	(1 + TICKET_KEY_NAME + TICKET_INFO + AEAD_NONCE + AEAD_TAG)

/* Appends the ticket of a state. */
must_check int ticket_seal(const struct ticket_key *, struct slice server_name,
    struct slice state, struct writer *out);
/*
 * The state, appended to a writer of the caller's, who wipes it. False for
 * what is not, or not now, a ticket of ours: that is no error.
 */
bool ticket_open(struct ticket_keys *, const struct ticket_times *,
    struct slice server_name, struct slice ticket, struct writer *state);

#endif
