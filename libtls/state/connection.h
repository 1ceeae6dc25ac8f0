/*
 * struct s2n_connection: what lives as long as the connection. Data only;
 * libtls/connection.c has its life, the other files of libtls/ the rest.
 */
#ifndef LIBTLS_STATE_CONNECTION_H
#define LIBTLS_STATE_CONNECTION_H

#include "libtls/record/record.h"
#include "libtls/registry/version.h"
#include "libtls/session/psk.h"
#include "libtls/state/config.h"
#include "libtls/state/handshake_state.h"
#include "libtls/state/quic.h"

#define FINISHED_MAX 36 /* SSLv3; 12 in TLS (RFC 5246 7.4.9) */

/* The application's word on the peer's chain (unstable/crl.h). */
struct s2n_cert_validation_info {
	bool asked, answered, accepted;
};

/* RFC 8446 2.3, from the first ClientHello to EndOfEarlyData. */
enum early_state {
	EARLY_UNKNOWN,
	EARLY_NOT_REQUESTED,
	EARLY_REQUESTED,
	EARLY_REJECTED,
	EARLY_ACCEPTED,
	EARLY_ENDED
};

/* The application's word on it (Guide: Receiving early data). */
struct s2n_offered_early_data {
	struct s2n_connection *conn;
	bool asked, answered, accepted;
};

struct early {
	enum early_state state;
	bool wanted;           /* the application sends or receives some */
	bool in_call;          /* it does so now: the handshake stops for it */
	bool own_max;          /* server: max is the connection's */
	uint32_t max;          /* bytes that tickets allow */
	uint64_t used;         /* bytes that were sent or received */
	struct writer context; /* of tickets */
	struct s2n_offered_early_data offered;
};

struct s2n_connection {
	s2n_mode mode;
	struct s2n_config *config;
	const struct preference *preference_override;
	struct protocol_list protocols_override;
	struct auth_choice client_auth;
	s2n_verify_host_fn verify_host;
	void *verify_host_ctx;
	void *ctx;

	struct record_layer records;
	struct quic quic;
	struct inbox inbox;
	struct handshake *hs;           /* while negotiating */
	struct s2n_client_hello *hello; /* server: see kept_hello.h */
	bool negotiated;
	bool in_negotiate, in_send, in_recv; /* against reentrancy */

	/* What was agreed on. */
	uint8_t version;               /* S2N_TLS13 ... */
	uint8_t client_version;        /* server: the client's highest */
	uint16_t client_hello_version; /* on the wire, as it said */
	bool client_hello_v2;          /* it came as SSL 2.0's */
	const struct suite *suite;
	const struct group *group;
	const struct scheme *server_scheme;
	const struct scheme *client_scheme;
	struct s2n_cert_chain_and_key *own_chain;  /* borrowed */
	struct s2n_cert_chain_and_key *peer_chain; /* owned */
	struct crl_lookups lookups;                /* likewise */
	struct s2n_cert_validation_info validation;
	struct staple ocsp, scts; /* came with the peer's */
	bool ocsp_stapled;        /* by the server */
	s2n_cert_sni_match cert_match;
	char *server_name;
	char *protocol;
	char *handshake_type; /* its text, once it was asked for */
	union {
		uint8_t exporter[DIGEST_MAX]; /* TLS 1.3 */
		uint8_t master[MASTER_SECRET_SIZE];
	};
	/* For s2n_connection_serialize. */
	union {
		uint8_t resumption[DIGEST_MAX];  /* TLS 1.3 (RFC 8446 7.1) */
		uint8_t randoms[2][RANDOM_SIZE]; /* below, by s2n_mode */
	};
	/* Resumption. */
	struct session *session; /* client: to be resumed, then the newest to
				    be had; NULL: none */
	bool resumed;
	uint8_t session_id[SESSION_ID_MAX]; /* below TLS 1.3 */
	uint8_t session_id_len;
	bool ticket_sent;         /* below TLS 1.3, by the server */
	uint32_t ticket_lifetime; /* client: seconds, as told with the last */
	uint16_t tickets_due, tickets_sent; /* TLS 1.3 */
	uint32_t material_lifetime;         /* seconds */
	uint64_t material_expires; /* of what tickets derive from; wall clock */
	struct {
		bool made; /* else it is the config's */
		s2n_psk_mode mode;
	} psk_mode;
	struct psk_list psks;      /* of one kind */
	const struct s2n_psk *psk; /* agreed on, one of them; NULL: none */
	struct early early;

	bool moved;    /* it was: the keys are elsewhere */
	bool restored; /* it came from there: without exporter secret */
	/* RFC 5746: the last handshake's Finished values, by s2n_mode. */
	uint8_t finished[2][FINISHED_MAX];
	uint8_t finished_len;
	bool secure_renegotiation;
	bool renegotiating; /* client: under the keys of the one before */
	enum message last_message;
	s2n_mode last_sender;
	bool retried;      /* for the handshake type name */
	bool npn;          /* likewise */
	bool client_asked; /* a certificate was requested of the client */

	/* Closing. */
	bool read_closed;  /* close_notify came, or no more may be read */
	bool write_closed; /* close_notify or a fatal alert left */
	bool close_sent;
	bool failed;        /* an error ended the connection */
	int alert_received; /* -1: none */

	/* After the handshake. */
	bool update_due; /* our keys are to be updated at the next send */
	uint8_t updates_sent, updates_received; /* 255: or more */
	uint8_t updates_in_a_row; /* and other messages that carry nothing */
	uint16_t tickets_in_a_row;
	size_t
	    send_taken; /* bytes of the caller's in records not yet written */

	/* Record sizes. */
	uint32_t resize_threshold; /* 0: no dynamic record sizes */
	uint16_t resize_timeout;
	uint64_t resize_sent;
	uint64_t resize_last; /* when we last sent, monotonic nanoseconds */

	bool dynamic_buffers; /* freed whenever they are empty */
	bool corks;           /* a flight leaves in as few packets as can be */
	struct {
		uint64_t start; /* of the handshake, monotonic nanoseconds */
		uint64_t spent; /* in calls of s2n_negotiate */
		bool told;      /* it has ended */
	} timing;

	s2n_blinding blinding;
	uint64_t delay_until; /* monotonic nanoseconds, 0: none */
};

static inline bool
is_server(const struct s2n_connection *conn)
{
	return conn->mode == S2N_SERVER;
}

static inline const struct preference *
connection_preference(const struct s2n_connection *conn)
{
	return conn->preference_override != NULL ? conn->preference_override
						 : conn->config->preference;
}

/* Before the handshake begins it may be the config that says so. */
static inline bool
connection_is_quic(const struct s2n_connection *conn)
{
	return conn->quic.on || (conn->hs == NULL && !conn->negotiated &&
				    conn->config != NULL && conn->config->quic);
}

/* RFC 9001 4.2: "MUST NOT" negotiate less than TLS 1.3. */
static inline uint8_t
connection_least_version(const struct s2n_connection *conn)
{
	return conn->quic.on ? S2N_TLS13
			     : connection_preference(conn)->min_version;
}

/* A renegotiation does not leave the version that it began in. */
static inline uint8_t
connection_most_version(const struct s2n_connection *conn)
{
	return conn->renegotiating
		   ? conn->version
		   : preference_most_version(connection_preference(conn));
}

/* A server does not ask and a client answers, unless told otherwise. */
static inline s2n_cert_auth_type
connection_client_auth(const struct s2n_connection *conn)
{
	if (conn->client_auth.made)
		return conn->client_auth.type;
	if (conn->config->client_auth.made)
		return conn->config->client_auth.type;
	return is_server(conn) ? S2N_CERT_AUTH_NONE : S2N_CERT_AUTH_OPTIONAL;
}

/* Client: the session of TLS 1.2 or older that its ClientHello offers; NULL:
 * none. A renegotiation makes a new one. */
static inline const struct session *
connection_offered_session(const struct s2n_connection *conn)
{
	const struct session *session = conn->session;

	if (is_server(conn) || session == NULL || conn->renegotiating ||
	    session->version >= S2N_TLS13 ||
	    session->version < connection_least_version(conn) ||
	    session->version > connection_most_version(conn) ||
	    preference_suite(
		connection_preference(conn), session->suite->number) == NULL)
		return NULL;
	/* By a ticket only where tickets may be used. */
	return session->ticket.len == 0 ||
		       (conn->config->tickets &&
			   !conn->config->forward_secret_tickets)
		   ? session
		   : NULL;
}

/* Bytes of early data that a server's tickets allow. */
static inline uint32_t
connection_server_early_max(const struct s2n_connection *conn)
{
	uint32_t max = conn->early.own_max ? conn->early.max
					   : conn->config->max_early_data;

	return conn->quic.on && max > 0 ? QUIC_EARLY_MAX : max;
}

/* That was agreed on; empty: none. */
static inline struct slice
connection_protocol(const struct s2n_connection *conn)
{
	return conn->protocol != NULL ? slice_of_string(conn->protocol)
				      : NO_BYTES;
}

/* The kind of keys that there are, or that are expected. */
static inline s2n_psk_mode
connection_psk_mode(const struct s2n_connection *conn)
{
	if (conn->psks.count > 0)
		return conn->psks.psks[0]->external ? S2N_PSK_MODE_EXTERNAL
						    : S2N_PSK_MODE_RESUMPTION;
	return conn->psk_mode.made ? conn->psk_mode.mode
				   : conn->config->psk_mode;
}

static inline const struct protocol_list *
connection_protocols(const struct s2n_connection *conn)
{
	return conn->protocols_override.len > 0 ? &conn->protocols_override
						: &conn->config->protocols;
}

#endif
