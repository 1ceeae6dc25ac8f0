/*
 * One client: TLS handshake, a backend, bytes both ways, the end. All exits go
 * through session_end(), which logs one line.
 */
#ifndef FRONTD_SESSION_H
#define FRONTD_SESSION_H

#include "frontd/worker.h"

enum session_state {
	SESSION_HANDSHAKE,
	SESSION_CONNECTING, /* to a backend */
	SESSION_SECURING,   /* TLS with it */
	SESSION_RELAY,
	SESSION_ENDING
};
#define SESSION_STATES (SESSION_ENDING + 1)

/* Takes fd, an accepted client; place is what it counts for. */
void session_start(struct listener *, int fd,
    const struct sockaddr_storage *peer, sources_place place);
/* Likewise, from a proxy that is trusted: a PROXY header comes first. */
void session_start_proxied(
    struct listener *, int fd, const struct sockaddr_storage *proxy);
/* A client's ClientHello is there, as s2n_client_hello_fn. */
int session_hello(struct s2n_connection *, void *);
/* A client's early data could be taken, as s2n_early_data_cb: it is, once. */
int session_early_data(
    struct s2n_connection *, struct s2n_offered_early_data *);
/* The library can go on: a key operation of this connection is done; of a
 * client's, or of one to a backend. */
void session_resume(struct s2n_connection *, void *worker);
void session_resume_backend(struct s2n_connection *, void *worker);
/* frontd-connect's answer; fd is -1 when error is not 0. Takes fd. */
void session_connected(
    struct worker *, const struct control_connected *, int fd);
/* There is another frontd-connect: what was asked of the last is asked again.
 */
void session_ask_again(struct worker *);
/* Ends what has timed out. True: that was much, and there may be more. */
must_check bool session_tick(struct worker *);
/* Frees those that are at their end: when a turn of the loop is over. */
void session_free_gone(struct worker *);
/* Ends all, as if each had timed out; those that end already go on to. */
void session_end_all(struct worker *, const char *reason);
/* What there is to tell of a session; the first is the worker's first. */
void session_tell(const struct session *, struct control_row *);
const struct session *session_next(const struct session *);
uint16_t session_site(const struct session *);
/* Frees all, with their line in the log. */
void session_free_all(struct worker *, const char *reason);

#endif
