/*
 * struct s2n_config: what many connections share. Data only; immutable once a
 * connection uses it. libtls/config.c has its functions.
 */
#ifndef LIBTLS_STATE_CONFIG_H
#define LIBTLS_STATE_CONFIG_H

#include "libtls/cert/authorities.h"
#include "libtls/cert/select.h"
#include "libtls/cert/validate.h"
#include "libtls/crypto/dhe.h"
#include "libtls/registry/preference.h"
#include "libtls/s2n.h"
#include "libtls/session/ticket_keys.h"
#include "libtls/unstable/async_offload.h"
#include "libtls/unstable/cert_authorities.h"
#include "libtls/unstable/events.h"
#include "libtls/unstable/renegotiate.h"

/* A ProtocolNameList's content as it travels (RFC 7301 3.1). */
struct protocol_list {
	uint8_t *data;
	size_t len;
};

struct clock {
	s2n_clock_time_nanoseconds read;
	void *ctx;
};

/* Not made: the connection's choice gives way to the config's, and that to
 * what is usual for the role. */
struct auth_choice {
	bool made;
	s2n_cert_auth_type type;
};

/* An application's store of sessions (Guide: Stateful Session Resumption). */
struct session_cache {
	bool on; /* all three are there, and it is wanted */
	s2n_cache_store_callback store;
	void *store_ctx;
	s2n_cache_retrieve_callback retrieve;
	void *retrieve_ctx;
	s2n_cache_delete_callback forget;
	void *forget_ctx;
};

struct s2n_config {
	const struct preference *preference;
	struct cert_store *certs;
	s2n_cert_tiebreak_callback tiebreak;

	struct dhe_parameters *dh; /* NULL: no DHE */

	struct trust_store *trust;
	bool check_x509;
	bool check_time;
	bool check_intent;
	STACK_OF(ASN1_OBJECT) * custom_extensions;
	s2n_crl_lookup_callback crl_lookup; /* NULL: CRLs are not checked */
	void *crl_lookup_ctx;
	s2n_cert_validation_callback cert_validation; /* NULL: none */
	void *cert_validation_ctx;
	bool check_ocsp;      /* that the peer stapled */
	bool asks_ocsp;       /* peers to staple */
	bool asks_ocsp_by_ca; /* likewise a client, for its CA location */
	bool asks_scts;
	bool ip_in_cn; /* may be the name that a certificate is for */
	uint16_t max_depth;
	s2n_verify_host_fn verify_host; /* NULL: the built-in check */
	void *verify_host_ctx;

	struct clock wall;
	struct clock monotonic;
	struct protocol_list protocols;
	bool npn; /* for peers without ALPN */
	s2n_alert_behavior alert_behavior;
	struct auth_choice client_auth;
	bool asks_for_dss; /* below TLS 1.3; what comes is refused */
	struct authorities authorities; /* server: named when it asks */
	s2n_cert_request_callback request_callback; /* client; NULL: none */
	void *request_ctx;
	uint32_t send_buffer; /* 0: one record */
	bool multi_record;
	uint32_t max_blinding; /* seconds */
	uint8_t
	    fragment_code; /* client: s2n_max_frag_len to ask for, 0: none */
	bool accepts_fragment; /* server: does as such a client asks */

	s2n_async_pkey_fn key_callback;
	bool validate_strictly; /* asynchronous signatures are verified */
	bool verify_after_sign; /* all are */

	s2n_async_offload_cb offload; /* NULL: none */
	uint32_t offload_allowed;     /* s2n_async_offload_op_type, or'ed */
	void *offload_ctx;

	s2n_client_hello_fn *hello_callback; /* NULL: none */
	void *hello_ctx;
	s2n_client_hello_cb_mode hello_mode;

	/* Resumption; times in seconds. */
	bool tickets;                /* asked for, given and taken */
	bool forward_secret_tickets; /* none below TLS 1.3 */
	uint8_t initial_tickets;     /* TLS 1.3, after the handshake */
	struct ticket_keys *ticket_keys;
	uint64_t ticket_key_seals, ticket_key_opens;
	uint64_t session_lifetime;
	struct session_cache cache;
	uint32_t max_early_data;              /* bytes that tickets allow */
	s2n_early_data_cb early_data;         /* NULL: what can be taken is */
	s2n_session_ticket_fn session_ticket; /* NULL: none */
	void *session_ticket_ctx;

	s2n_psk_mode psk_mode; /* the keys that are expected */
	s2n_psk_selection_callback psk_selection; /* server; NULL: none */
	void *psk_selection_ctx;

	s2n_key_log_fn key_log;
	void *key_log_ctx;
	bool quic;       /* the connections are QUIC's */
	bool ktls_tls13; /* though it cannot follow key updates */
	void *subscriber;
	s2n_event_on_handshake_cb handshake_event;
	s2n_event_on_timing_checkpoint_cb checkpoint;
	s2n_serialization_version serialization;
	s2n_renegotiate_request_cb renegotiate;
	void *renegotiate_ctx;

	void *ctx;
};

#endif
