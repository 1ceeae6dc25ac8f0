/*
 * struct handshake: what only a handshake needs. Made when negotiation starts,
 * wiped and freed when the last row of the path is done. Data only.
 */
#ifndef LIBTLS_STATE_HANDSHAKE_STATE_H
#define LIBTLS_STATE_HANDSHAKE_STATE_H

#include "base/reader.h"
#include "base/writer.h"
#include "libtls/cert/select.h"
#include "libtls/crypto/group.h"
#include "libtls/registry/suite.h"
#include "libtls/s2n.h"

struct s2n_async_pkey_op;
struct step;

#define RANDOM_SIZE 32
#define SESSION_ID_MAX 32

/* RFC 8446 4; the number on the wire, but for the last ones. */
enum message {
	END_OF_PATH = 0,
	CLIENT_HELLO = 1,
	SERVER_HELLO = 2,
	NEW_SESSION_TICKET = 4,
	END_OF_EARLY_DATA = 5,
	ENCRYPTED_EXTENSIONS = 8,
	CERTIFICATE = 11,
	CERTIFICATE_REQUEST = 13,
	CERTIFICATE_VERIFY = 15,
	FINISHED = 20,
	KEY_UPDATE = 24,
	MESSAGE_HASH = 254,
	/* A ServerHello with a certain random (RFC 8446 4.1.3). */
	HELLO_RETRY_REQUEST = 256
};

/* Running hash of all messages; held as bytes until the hash is known. */
struct transcript {
	struct writer held;
	struct hasher hash;
};

/* Secrets of RFC 8446 7.1, each digest->size bytes. */
struct schedule13 {
	const struct digest *digest;
	uint8_t secret[DIGEST_MAX]; /* early, handshake, then master secret */
	uint8_t client_handshake[DIGEST_MAX];
	uint8_t server_handshake[DIGEST_MAX];
	uint8_t client_application[DIGEST_MAX];
	uint8_t server_application[DIGEST_MAX];
};

/* Our half of the key exchange. */
struct exchange {
	struct group_key key;             /* client: of the share we sent */
	uint16_t shared;                  /* client: its group's number */
	const struct group *group;        /* agreed */
	uint8_t secret[GROUP_SECRET_MAX]; /* wiped once it is in the schedule */
	size_t secret_len;
	struct writer share; /* ours, as it travels */
};

/* What the peer's hello said, borrowed from the message while it is handled. */
struct hello {
	uint16_t legacy_version;
	uint8_t random[RANDOM_SIZE];
	struct slice session_id;
	struct slice suites;
	struct slice compression;
	struct slice extensions;
};

/* What the extensions of a ClientHello said, likewise borrowed. */
struct offer {
	struct slice versions; /* of uint16, likewise the next two */
	struct slice groups;
	struct slice schemes;
	struct slice key_shares; /* KeyShareEntry list */
	struct slice server_name;
	struct slice protocols;
	bool has_groups, has_schemes, has_key_shares, has_protocols;
};

/* A pending private-key operation: see sign.h. */
struct sign_state {
	struct s2n_async_pkey_op *op;
};

/* The incoming handshake message, from one record or joined from several. */
struct inbox {
	enum message arrived; /* END_OF_PATH: none yet */
	struct slice body;
	struct slice whole; /* with its header */
	struct writer joined;
};

struct handshake {
	const struct step *path;
	size_t at;
	struct writer flight; /* our messages, not yet in records */

	struct transcript transcript;
	struct schedule13 keys;
	struct exchange exchange;
	struct sign_state sign;

	uint8_t client_random[RANDOM_SIZE];
	uint8_t session_id[SESSION_ID_MAX];
	uint8_t session_id_len;

	bool retry;           /* a HelloRetryRequest was or will be sent */
	uint16_t retry_group; /* the group that it asks for, 0: none */
	uint16_t retry_suite;
	uint8_t first_offer[DIGEST_MAX]; /* server: what the 2nd hello may not
					    change */
	uint8_t *cookie;                 /* client: to be echoed */
	size_t cookie_len;

	struct offer offer;       /* server */
	uint64_t sent_extensions; /* rows of the extension table that we sent */
	struct cert_choice choice;
	struct s2n_cert_chain_and_key *chain; /* ours, borrowed */
	const struct scheme *scheme;          /* that we sign with */

	bool ccs_sent;
	bool acknowledge_name; /* server: empty server_name in the answer */
};

#endif
