/*
 * frontd-worker's state: the loop, its listeners, its sessions, and the ways to
 * keyd's signers and to frontd-connect. It faces the clients and holds no key.
 */
#ifndef FRONTD_WORKER_H
#define FRONTD_WORKER_H

#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/clock.h"
#include "frontd/control.h"
#include "frontd/gathered.h"
#include "frontd/lookup.h"
#include "frontd/terms.h"
#include "frontd/texts.h"
#include "ipc/keyclient.h"
#include "libtls/s2n.h"

/* Sessions that wait for a backend at one time, of all sites. */
#define BACKEND_WAITING 1024

struct replay;
struct session;
struct worker;

struct site {
	struct control_site what;
	struct gathered pem;         /* of its chain, until it is loaded */
	struct gathered backend_pem; /* likewise */
	struct s2n_cert_chain_and_key *backend_chain; /* NULL: none is shown */
	struct gathered staple; /* empty again when it is not to be served */
	uint64_t staple_until;  /* seconds since 1970 */
	struct gathered coming; /* the next one, while it is not complete */
	struct control_staple coming_what;
	struct s2n_cert_chain_and_key *chain;
	struct s2n_config *backend_config; /* NULL: plaintext to them */
	uint32_t lacks;   /* what the master was told of its key */
	uint32_t waiting; /* sessions that wait for a backend */
	struct tally_site tally;
	bool touched; /* it has had a connection */
};

/* A listening socket that this worker shares with no other but, for a moment,
 * with one of a fleet before or after its own. */
struct acceptor {
	struct acceptor *next;
	struct listener *listener;
	int fd;
	struct event *acceptable;
};

struct listener {
	struct worker *worker;
	struct control_listen what;
	struct acceptor *acceptors;
	struct terms_table table;
	uint16_t *rows; /* of each site in the table */
};

struct worker {
	struct event_base *base;
	struct keyclient *keys;
	struct keyclient *backend_keys; /* as a client of backends */
	struct channel *control;
	struct event *control_writable;
	struct channel *connector; /* NULL: frontd-connect is gone */
	struct event connector_readable;
	uint32_t connector_number; /* of this way, among those that were */
	bool connector_lost;       /* it came, and there was no room for it */
	struct site *sites;        /* which may move until we are sealed */
	uint16_t site_count;
	struct lookup lookup; /* of their names */
	struct texts texts;   /* where the slices of records lie */
	struct client_cas client_cas;
	struct listener listeners[CONTROL_LISTENERS_MAX];
	size_t listener_count;
	struct replay *replay;    /* NULL: no site takes early data */
	struct session *sessions; /* a doubly linked list */
	struct session *gone;     /* of them: to be freed */
	struct event *turn;       /* the end of this turn of the loop */
	uint32_t session_count;
	uint32_t session_max;
	struct session *waiting[BACKEND_WAITING]; /* by request, modulo */
	uint32_t waiting_count;
	uint32_t next_request; /* to frontd-connect */
	bool serving;          /* it was told to; until it drains */
	bool paused;           /* at the limit: nothing is accepted */
	bool no_files;         /* paused since there were no descriptors left */
	struct event *more_ticks; /* before the next is due */
	struct sources *sources;  /* NULL: no limits */
	struct crowd *crowd;      /* NULL: likewise */
	uint64_t limit_said_ms;
	uint64_t stale_looked; /* when responses were last looked at, seconds */
	struct tally_all tally;
	uint64_t drained_ms; /* draining: it ends then at last; 0: not */
};

/* Ends the process when a call of the library failed: the master has proven
 * what it tells. */
void worker_must(int result, const char *what);
/* From now on no site serves an OCSP response that has expired. */
void worker_drop_stale(struct worker *);
/* When all that has happened was looked at: frontd-connect is sent what it is
 * asked, and sessions at their end are freed. */
void worker_turn(struct worker *);
/* Sends the master what waits for it, now or when there is room. */
void worker_flush(struct worker *);
/* Logs a limit that was reached, once a second: who floods us shall not flood
 * the log. peer may be NULL. */
void worker_say_limit(const struct sockaddr_storage *peer, const char *reason);
/* A session is gone: there is room for another, or no more to wait for. */
void worker_session_gone(struct worker *);

#endif
