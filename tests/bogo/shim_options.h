/*
 * The command line of the test runner: which connection to make and what to
 * expect of it. A flag that is not in the table ends the shim with the status
 * that the runner takes for "not implemented".
 */
#ifndef TESTS_BOGO_SHIM_OPTIONS_H
#define TESTS_BOGO_SHIM_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NUMBERS_MAX 64
#define BYTES_MAX 256

struct numbers {
	uint16_t at[NUMBERS_MAX];
	size_t count;
};

struct bytes {
	uint8_t at[BYTES_MAX];
	size_t len; /* 0: not given */
};

struct options {
	/* the connection */
	long port;
	bool server;
	const char *key_file, *cert_file, *host_name;
	long least_version, most_version; /* on the wire; 0: none given */
	bool no_tls10, no_tls11, no_tls12, no_tls13;
	const char *ciphers;
	struct numbers curves, signing, verifying;
	const char *own_protocols; /* client: as they travel */
	const char *chosen_protocol;
	bool reject_protocols;
	bool verify_peer, require_certificate, verify_fail;
	const char *own_authorities; /* server: hex of names, with commas */
	bool refuses_hello;
	bool asks_ocsp, asks_scts;
	struct bytes own_ocsp, own_scts;
	/* The staple comes, or not, while the ClientHello is judged. */
	bool late_ocsp, declines_ocsp, fails_ocsp;
	bool renegotiates, renegotiates_once, ignores_requests;
	long max_fragment; /* 0: the library's */
	bool quic;
	struct bytes own_parameters;
	long legacy_codepoint; /* of them: before RFC 9001 */
	/* how it is driven */
	bool buffers; /* reads ahead */
	bool async, writes_first, shuts_down, check_close, unfinished_write;
	bool record_sizes, extra_handshake, sends_alert, updates_keys;
	bool export_secrets, no_tickets, early_data;
	long resumptions; /* connections after the first */
	long delay;       /* seconds between them */
	long read_size;
	long export_len; /* 0: no export */
	const char *export_label, *export_context;
	bool has_export_context;
	/* what is expected of it */
	long curve, cipher, cipher_aes, peer_scheme, version, renegotiations;
	const char *protocol, *server_name, *peer_certificate;
	const char *authorities; /* client: likewise */
	struct bytes ocsp, scts;
	bool retry, no_retry, extended_master, secure_renegotiation;
	bool no_secure_renegotiation;
	bool early_accepted, early_rejected, early_ticket, early_unoffered;
	const char *early_reason; /* why there is no early data */
	struct bytes parameters;
	bool session_miss, no_session, session_id, no_session_id;
	/* of flags that ask for what is so anyway */
	bool nothing;
};

/* Ends the process: exit status 89, with why on stderr. */
_Noreturn void unimplemented(const char *why);

/* Of the first connection, of those that resume its session, and of what comes
 * of one whose early data is refused. */
enum connection { INITIAL, RESUMPTION, RETRY, CONNECTIONS };

void options_parse(int argc, char **argv, struct options[CONNECTIONS]);

#endif
