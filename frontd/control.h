/*
 * What the master and its children say to each other over a child's control
 * channel (descriptor SPAWN_CONTROL_FD), and a worker to frontd-connect over
 * theirs: one packet, one record. No child parses text.
 *
 * A record is a struct in the machine's own layout, since both ends are of one
 * build. Its members of type struct slice are what it has of no fixed length:
 * their bytes travel behind the struct, one after another, and are borrowed
 * from the packet where they were received. Which record is of which type, and
 * how long each of its slices may be, is one table in control.c, by which
 * control_build() builds and control_take() takes. So a record that was taken
 * has only slices that lie in its packet, no longer than their bounds; what its
 * numbers are worth the receiver has to see.
 *
 * "text" is a slice that ends with a zero and has no other, or is empty; see
 * control_text(). What is too long for one packet comes as parts; see struct
 * control_part.
 */
#ifndef FRONTD_CONTROL_H
#define FRONTD_CONTROL_H

#include <sys/socket.h>

#include "frontd/sources.h"
#include "frontd/tally.h"
#include "ipc/channel.h"
#include "ipc/keyproto.h"
#include "policy/policy.h"

/* What a number of 16 bits can be; nothing is sized by it. */
#define CONTROL_SITES_MAX 65535
#define CONTROL_TITLE_MAX 64 /* with its zero, as of all texts */
#define CONTROL_LISTENERS_MAX 32
#define CONTROL_WORKERS_MAX 64
#define CONTROL_NAMES_MAX 8192
#define CONTROL_ALPN_MAX 64
#define CONTROL_PART_MAX 8192
#define CONTROL_POLICY_MAX 80
#define CONTROL_DH_MAX 4096
#define CONTROL_PROCESSES_MAX 64
#define CONTROL_CLIENT_CAS_MAX 64
#define CONTROL_BACKEND_NAME_MAX 256
#define CONTROL_TALLIES_MAX 128
#define CONTROL_ROWS_MAX 56
#define CONTROL_BACKEND_ROWS_MAX 64 /* in one record */
#define CONTROL_BACKENDS_MAX 16     /* of a site */
#define CONTROL_UNCOUNTED UINT16_MAX
#define CONTROL_ADDRESSES_MAX 16 /* of a name */
#define CONTROL_PLACES_MAX 64    /* addresses of a site's backends */
#define CONTROL_NETWORKS_MAX 16  /* of proxies that a listener trusts */
#define CONTROL_HOST_MAX 256
#define CONTROL_TARGET_MAX 768
#define CONTROL_FETCH_BODY_MAX 512
#define CONTROL_KEYLESS_MAX 32

enum control_type {
	/* master to worker */
	CONTROL_SITE = 1,     /* struct control_site, in the order of numbers */
	CONTROL_CHAIN,        /* struct control_part: of the site's PEM */
	CONTROL_STAPLE,       /* struct control_staple: from now on this one */
	CONTROL_STAPLE_PART,  /* struct control_part: of its DER */
	CONTROL_LISTEN,       /* struct control_listen + the listening socket */
	CONTROL_KEYS,         /* struct control_keys + a channel to a signer */
	CONTROL_BACKEND_KEYS, /* struct control_plain + likewise: to sign as a
			       * client of backends */
	CONTROL_BACKEND_CHAIN, /* struct control_part: of the PEM that the
				* site's backends are shown */
	CONTROL_CONNECTOR, /* struct control_plain + a channel to frontd-connect
			    * (to frontd-connect: a channel to a worker) */
	CONTROL_CLIENT_CA, /* struct control_client_ca, before those that name
			    * it */
	CONTROL_CLIENT_CA_PART, /* struct control_part: of its PEM */
	CONTROL_REPLAY, /* struct control_plain + the register of early data
			 * (see frontd/replay.h), if a site takes any */
	CONTROL_CROWD,  /* struct control_crowd + the memory in which workers
			 * see each other's sources, if there are limits */
	CONTROL_SOCKET, /* struct control_socket + another listening socket */
	CONTROL_START,  /* struct control_start: seal, then serve */
	CONTROL_SERVE,  /* struct control_plain: accept from now on */
	CONTROL_DRAIN,  /* struct control_drain: accept no more, and end with
			 * the last connection */
	CONTROL_ASK,    /* struct control_ask: to be answered by what it says,
			 * and then CONTROL_ANSWERED */
	/* master to frontd-connect */
	CONTROL_BALANCE,   /* struct control_balance, before the backends */
	CONTROL_BACKEND,   /* struct control_backend */
	CONTROL_ADDRESSES, /* struct control_addresses: from now on these */
	/* master to frontd-page */
	CONTROL_PROCESSES, /* struct control_processes, whenever they change */
	/* master to frontd-fetch, and back */
	CONTROL_NAMESERVER, /* struct control_nameserver, before it seals */
	CONTROL_FETCH,      /* struct control_fetch */
	CONTROL_FETCHED,    /* struct control_fetched, then its parts */
	CONTROL_RESOLVE,    /* struct control_resolve */
	CONTROL_RESOLVED,   /* struct control_resolved */
	/* master to frontd-prove, and back */
	CONTROL_PROVE,  /* struct control_prove, then its parts */
	CONTROL_PROVEN, /* struct control_proven */
	CONTROL_PART,   /* struct control_part: of a request */
	/* child to master */
	CONTROL_UNJOINED, /* struct control_plain, of a worker: it has no way to
			   * frontd-connect any more */
	CONTROL_CONFINED, /* struct control_confined, once, when sealed */
	CONTROL_LACKS,    /* struct control_lacks, of a worker, on change */
	CONTROL_KEYED,    /* struct control_keyed, likewise, when sealed */
	CONTROL_STALE,   /* struct control_stale, of a worker: not served now */
	CONTROL_STOPPED, /* struct control_plain, of a worker that was to
			  * drain: it accepts no more */
	CONTROL_TALLY_SITES, /* struct control_tally_sites, of a worker */
	CONTROL_TALLY,       /* struct control_tally, likewise, after them; also
			      * unasked, at its end */
	CONTROL_ROWS,        /* struct control_rows, of a worker */
	CONTROL_ANSWERED,    /* struct control_answered: all has been told */
	CONTROL_BACKEND_ROWS, /* struct control_backend_rows, of
			       * frontd-connect */
	/* worker to frontd-connect, and back with a connected socket */
	CONTROL_CONNECT,   /* struct control_connect */
	CONTROL_RELEASED,  /* struct control_released: it is closed again */
	CONTROL_CONNECTED, /* struct control_connected + socket when error is 0
			    */
	CONTROL_TYPES
};

/* Every record begins with its type. */
struct control_plain {
	uint32_t type;
};

/* A part of something, as the type says, in order. */
struct control_part {
	uint32_t type;
	uint32_t number; /* of what it is a part: a site, a file, a request */
	struct slice bytes;
};

enum control_choice { CONTROL_UNSAID, CONTROL_ON, CONTROL_OFF };

enum control_client_auth {
	CLIENT_AUTH_UNSAID,
	CLIENT_AUTH_NONE,
	CLIENT_AUTH_OPTIONAL,
	CLIENT_AUTH_REQUIRE
};

/* See frontd/terms.h. Empty is what the configuration does not say. */
struct control_terms {
	struct slice policy;  /* text */
	struct slice alpn;    /* protocols: length, bytes ... */
	struct slice dh;      /* text: PEM */
	uint32_t tickets;     /* enum control_choice */
	uint16_t client_auth; /* enum control_client_auth */
	uint16_t client_ca;   /* its number, from 1; 0: not said */
};

struct control_site {
	uint32_t type;
	uint16_t site; /* index, from 0 */
	uint8_t proxy; /* version of a PROXY header before the bytes; 0: none */
	uint16_t beside;          /* the site whose names it has as well, with
				   * a key of another kind; else its own */
	uint16_t backends;        /* the site whose backends are its, too; no
				   * later one */
	uint8_t spki[32];         /* SHA-256 of the leaf's public key */
	uint32_t chain_size;      /* bytes of PEM that CONTROL_CHAIN brings */
	uint32_t backend_ms;      /* for a backend to be connected */
	uint16_t backend_ca;      /* of those, by its number; 0: no TLS */
	uint32_t early_data;      /* most bytes of it; 0: none is taken */
	uint8_t backend_spki[32]; /* as spki, of what backends are shown */
	uint32_t backend_chain_size; /* 0: they are shown nothing */
	struct slice title;          /* text, for the log */
	struct slice names;          /* length, bytes ...; see frontd/names.h */
	struct slice backend_name;   /* text: that TLS to backends is to show */
	struct control_terms terms;
};

/* It replaces what the site had, when all of it has come. */
struct control_staple {
	uint32_t type;
	uint32_t site;
	uint32_t size;  /* of DER that CONTROL_STAPLE_PART brings; 0: none */
	uint64_t until; /* served before that; seconds since 1970 */
};

struct control_client_ca {
	uint32_t type;
	uint16_t number; /* from 1 */
	uint32_t size;   /* of PEM that CONTROL_CLIENT_CA_PART brings */
};

struct control_network {
	uint8_t family; /* AF_INET, AF_INET6 */
	uint8_t bits;
	uint8_t bytes[16]; /* of the address, the first 4 or all */
};

struct control_listen {
	uint32_t type;
	uint16_t default_site;
	uint16_t trusted_count;
	struct control_network trusted[CONTROL_NETWORKS_MAX]; /* proxies */
	uint32_t handshake_timeout_ms;
	uint32_t idle_timeout_ms;
	uint32_t lifetime_ms; /* 0: without end */
	uint32_t access_log;  /* 0: ends of sessions are debug's alone */
	struct control_terms terms;
};

struct control_crowd {
	uint32_t type;
	uint32_t region; /* see frontd/crowd.h */
};

struct control_socket {
	uint32_t type;
	uint32_t listener; /* by the order in which they were told */
};

struct control_drain {
	uint32_t type;
	uint32_t timeout_ms; /* then it ends, whatever there is */
	/* Bit by listener: nobody else has its socket, so that what waits there
	 * is accepted before. */
	uint32_t last_of;
};

enum control_what {
	CONTROL_ASK_TALLY,
	CONTROL_ASK_ROWS,
	CONTROL_ASK_BACKENDS /* of frontd-connect */
};

struct control_ask {
	uint32_t type;
	uint32_t what;   /* enum control_what */
	uint32_t number; /* of the question */
};

struct control_answered {
	uint32_t type;
	uint32_t number;
	uint32_t left_out; /* connections for which there was no room */
};

struct control_tally_sites {
	uint32_t type;
	uint16_t first;
	struct slice sites; /* struct tally_site, of as many as there are */
};

struct control_tally {
	uint32_t type;
	uint32_t open;        /* connections that there are */
	uint32_t key_pending; /* operations */
	struct tally_all all;
};

/* A connection that there is. Texts are terminated. */
struct control_row {
	char peer[48], name[64], version[8], suite[56];
	uint16_t site;
	uint16_t state; /* enum session_state */
	uint64_t age_ms, bytes_in, bytes_out;
};

struct control_rows {
	uint32_t type;
	uint32_t number;   /* of the question */
	struct slice rows; /* struct control_row */
};

enum control_backend_state {
	BACKEND_UP,
	BACKEND_DOWN,
	BACKEND_AWAITED, /* its name is still to be looked up */
	BACKEND_NOWHERE  /* its name has no address */
};

/* An address of a backend's. */
struct control_backend_row {
	uint16_t site, number;
	uint16_t state; /* enum control_backend_state */
	int32_t error; /* of the last attempt that failed, errno; 0: none has */
	uint64_t age_ms; /* it is up, or down */
	uint64_t connections, failures;
	uint64_t open; /* UINT64_MAX: they are not counted */
	char address[128];
};

struct control_backend_rows {
	uint32_t type;
	uint32_t number;   /* of the question */
	struct slice rows; /* struct control_backend_row */
};

struct control_start {
	uint32_t type;
	uint32_t strictness;           /* enum strictness */
	uint32_t max_connections;      /* worker */
	struct sources_limits sources; /* worker */
	uint32_t debug;                /* log level debug */
};

/* See frontd/backends.h. */
struct control_balance {
	uint32_t type;
	uint16_t site;
	uint16_t least_connections;    /* else in turn */
	uint32_t count;                /* of backends */
	uint32_t connect_ms;           /* for one to answer */
	uint32_t failures;             /* so many in a row: it is down */
	uint32_t down_ms;              /* for so long */
	uint32_t check_ms;             /* looked at as often; 0: never */
	char title[CONTROL_TITLE_MAX]; /* of the site, for the log */
};

struct control_backend {
	uint32_t type;
	uint16_t site;
	uint16_t number;      /* from 0 */
	uint32_t address_len; /* 0: a name, see CONTROL_ADDRESSES */
	struct sockaddr_storage address;
};

struct control_address {
	uint8_t family;    /* AF_INET, AF_INET6 */
	uint8_t bytes[16]; /* the first 4 or all */
};

/* Those that the name of a backend has. */
struct control_addresses {
	uint32_t type;
	uint16_t site, number;
	uint16_t port;
	uint16_t count; /* 0: it has none, or nobody could say */
	struct control_address at[CONTROL_ADDRESSES_MAX];
};

struct control_processes {
	uint32_t type;
	uint32_t count;
	struct keyproto_process processes[CONTROL_PROCESSES_MAX];
};

struct control_nameserver {
	uint32_t type;
	uint32_t address_len;
	struct sockaddr_storage address;
};

/* One HTTP request to a responder; see frontd/inquiry.h. */
struct control_fetch {
	uint32_t type;
	uint32_t request; /* the master's number for it */
	uint16_t port;
	struct slice host, target; /* texts */
	struct slice body; /* POSTed; none: a GET, and all is in the target */
};

enum control_fetch_error {
	FETCH_DONE,
	FETCH_NAME,    /* has no address */
	FETCH_CONNECT, /* nobody there */
	FETCH_TIMEOUT,
	FETCH_STATUS, /* another than 200 */
	FETCH_TOO_LONG,
	FETCH_BROKEN /* no answer in HTTP, or an empty one */
};

/* Bytes of a stranger's choice. */
struct control_fetched {
	uint32_t type;
	uint32_t request;
	uint32_t error;  /* enum control_fetch_error; size is 0 then */
	uint32_t status; /* of HTTP, where there was one */
	uint32_t size;   /* that CONTROL_PART will bring */
};

struct control_resolve {
	uint32_t type;
	uint32_t request;  /* the master's number for it */
	struct slice name; /* text */
};

enum control_resolve_error {
	RESOLVE_DONE,
	RESOLVE_NONE,  /* there is no such name, or it has no such address */
	RESOLVE_FAILED /* nobody could say */
};

struct control_resolved {
	uint32_t type;
	uint32_t request;
	uint32_t error_v4, error_v6; /* enum control_resolve_error */
	uint32_t ttl_s;              /* the least, of what was found */
	uint32_t count;
	struct control_address at[CONTROL_ADDRESSES_MAX];
};

/* Whether a response is good for a chain. */
struct control_prove {
	uint32_t type;
	uint32_t request;
	uint32_t chain_size;    /* PEM, first */
	uint32_t response_size; /* DER, after it */
};

struct control_proven {
	uint32_t type;
	uint32_t request;
	uint32_t verdict; /* enum staple_verdict */
	uint64_t from, until;
};

struct control_confined {
	uint32_t type;
	struct confinement confinement;
};

struct control_keys {
	uint32_t type;
	uint32_t signers; /* that the worker is to have channels to */
};

/* Sites whose key, or that of the certificate which backends are shown, no
 * signer has told of, or of none of its uses that they may need. */
struct control_keyed {
	uint32_t type;
	uint32_t whole; /* all signers that are asked for these have told */
	uint32_t count; /* of these keys; the first of them: */
	uint16_t sites[CONTROL_KEYLESS_MAX];
	uint16_t of_backend[CONTROL_KEYLESS_MAX]; /* 1: what they are shown */
};

/* What keyd does not permit, and the policies of a site may need. */
struct control_lacks {
	uint32_t type;
	uint32_t site;
	uint32_t needs; /* of s2n_pkey_need */
};

/* An OCSP response has expired. */
struct control_stale {
	uint32_t type;
	uint32_t site;
};

struct control_connect {
	uint32_t type;
	uint32_t request; /* the worker's number for it */
	uint16_t site;
};

struct control_released {
	uint32_t type;
	uint16_t site, backend;
};

struct control_connected {
	uint32_t type;
	uint32_t request;
	/* To be said when it is closed; CONTROL_UNCOUNTED: nothing is. */
	uint16_t site, backend;
	int32_t error; /* errno, 0: the socket came along, connected */
};

/* The type of a packet; 0 when it is too short to have one. */
uint32_t control_type(struct slice packet);

/*
 * Copies a record of size bytes, which is the one of the packet's type, and has
 * its slices point into the packet. False when the packet has another type or
 * another length than the slices say, or a slice breaks its bounds.
 */
must_check bool control_take(struct slice packet, void *record, size_t size);

/* The record as a packet; its length. 0: a slice breaks its bounds. */
size_t control_build(
    const void *record, size_t size, uint8_t packet[CHANNEL_PACKET_MAX]);
/* The same, queued on a channel as by channel_send(); false also on 0. */
must_check bool control_send(
    struct channel *, const void *record, size_t size, int fd);

/* A text's characters, "" if it is empty; and the text that a string is. */
const char *control_text(struct slice text);
struct slice control_text_of(const char *string);

/* Takes the next part off the front of bytes; false when nothing is left. */
must_check bool control_part_next(struct control_part *, struct slice *bytes);

#endif
