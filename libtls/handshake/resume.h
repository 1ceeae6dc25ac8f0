/*
 * Sessions between connections: sealing this one's for a later, and judging
 * that of an earlier one. What is on the wire are other files' matters.
 */
#ifndef LIBTLS_HANDSHAKE_RESUME_H
#define LIBTLS_HANDSHAKE_RESUME_H

#include "libtls/session/ticket.h"
#include "libtls/state/connection.h"

/* RFC 8446 4.6.1: what a lifetime may be at most, seven days. */
#define TICKET_LIFETIME_MAX 604800u

/* The wall clock in nanoseconds; ERR_SAFETY when it fails. */
must_check int resume_now(const struct s2n_connection *, uint64_t *now);

/*
 * Whether sessions of this server's connection may be resumed, and resume
 * others. Who asks for client certificates resumes none: a ticket does not say
 * who the client was.
 */
bool resume_allowed(const struct s2n_connection *);

/*
 * Server: seals the session for the name that the client asked for, and says
 * for how many seconds it will be taken (session->lifetime). Without a key to
 * seal with nothing is written, which is no error.
 */
must_check int resume_seal(
    const struct s2n_connection *, struct session *, struct writer *ticket);
/*
 * Server: the session of a ticket, or of a cache's entry, if it is of the
 * connection's version and not too old. False: none, which is no error.
 */
bool resume_open(
    const struct s2n_connection *, struct slice ticket, struct session *);

/* ---- TLS 1.2 and older ---- */

/*
 * Server: looks for the session that the client offers; conn->resumed says
 * whether it was found and may be resumed, then with suite and master secret.
 * ERR_WANT_CACHE; ERR_EXTENDED_MASTER.
 */
must_check int resume12_find(struct s2n_connection *, const struct hello *);
/* Server, full handshake: how the client can name the session later. */
must_check int resume12_name(struct s2n_connection *);
/* What a later handshake needs of this one, but for how it is named. */
must_check int resume12_session(
    const struct s2n_connection *, struct session *);
/* Client: whether the ServerHello resumes the session that was offered, and
 * then whether it fits it. */
must_check int resume12_judge(struct s2n_connection *, struct slice session_id);
/* The session of the handshake that is complete: kept, told, stored. */
must_check int resume12_keep(struct s2n_connection *);
/* Server: it ended badly, the cache shall forget it (RFC 5246 7.2.2). */
void resume12_forget(struct s2n_connection *);

#endif
