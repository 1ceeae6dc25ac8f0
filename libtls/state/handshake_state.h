/*
 * struct handshake: what only a handshake needs. Made when negotiation starts,
 * wiped and freed when the last row of the path is done. Data only.
 */
#ifndef LIBTLS_STATE_HANDSHAKE_STATE_H
#define LIBTLS_STATE_HANDSHAKE_STATE_H

#include "base/reader.h"
#include "base/writer.h"
#include "libtls/cert/authorities.h"
#include "libtls/cert/select.h"
#include "libtls/crypto/dhe.h"
#include "libtls/crypto/group.h"
#include "libtls/crypto/prf.h"
#include "libtls/registry/suite.h"
#include "libtls/s2n.h"
#include "libtls/session/session.h"

struct s2n_async_pkey_op;
struct s2n_async_offload_op;
struct step;

#define RANDOM_SIZE 32

/* RFC 8446 4, RFC 5246 7.4; the number on the wire, but for those above 255.
 */
enum message {
	END_OF_PATH = 0, /* also: none yet */
	CLIENT_HELLO = 1,
	SERVER_HELLO = 2,
	NEW_SESSION_TICKET = 4,
	END_OF_EARLY_DATA = 5,
	ENCRYPTED_EXTENSIONS = 8,
	CERTIFICATE = 11,
	SERVER_KEY_EXCHANGE = 12,
	CERTIFICATE_REQUEST = 13,
	SERVER_HELLO_DONE = 14,
	CERTIFICATE_VERIFY = 15,
	CLIENT_KEY_EXCHANGE = 16,
	FINISHED = 20,
	CERTIFICATE_STATUS = 22,
	KEY_UPDATE = 24,
	NEXT_PROTOCOL = 67,
	MESSAGE_HASH = 254,
	/* A ServerHello with a certain random (RFC 8446 4.1.3). */
	HELLO_RETRY_REQUEST = 256,
	/* A record of its own, which no transcript has (RFC 5246 7.1). */
	CHANGE_CIPHER_SPEC = 257,
	HELLO_REQUEST = 258 /* 0 on the wire */
};

/*
 * Running hash of all messages; held as bytes until the hash is known, and as
 * long as a CertificateVerify of TLS 1.2 or older may need another hash.
 */
struct transcript {
	struct writer held;
	struct hasher hash;
	bool keeps;
};

/* Secrets of RFC 8446 7.1, each digest->size bytes. */
struct schedule13 {
	const struct digest *digest;
	uint8_t secret[DIGEST_MAX]; /* early, handshake, then master secret */
	uint8_t salt[DIGEST_MAX];   /* of the next of them */
	uint8_t client_early[DIGEST_MAX];
	uint8_t client_handshake[DIGEST_MAX];
	uint8_t server_handshake[DIGEST_MAX];
	uint8_t client_application[DIGEST_MAX];
	uint8_t server_application[DIGEST_MAX];
};

/* The key block of RFC 5246 6.3: two MAC keys, keys and IVs. */
#define KEY_BLOCK_MAX (2 * (DIGEST_MAX + AEAD_KEY_MAX + CIPHER_BLOCK_MAX))

/* Below TLS 1.3; the master secret is the connection's. */
struct schedule12 {
	uint8_t block[KEY_BLOCK_MAX];
};

/* A shared secret, or the premaster secret of RFC 5246 8.1. */
#define EXCHANGE_SECRET_MAX DHE_PRIME_MAX

/* Our half of the key exchange. */
struct exchange {
	struct group_key key; /* who starts: of the share we sent */
	struct dhe_key dhe;
	uint16_t shared;           /* client: the key's group's number */
	const struct group *group; /* agreed */
	/* Wiped once it is in the schedule. */
	uint8_t secret[EXCHANGE_SECRET_MAX];
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
	struct slice ticket; /* below TLS 1.3; empty: gives none */
	struct slice psks, psk_identities, psk_binders;
	struct slice certificate_types; /* CertificateRequest below TLS 1.3 */
	struct slice authorities;       /* CertificateRequest */
	bool has_versions, has_groups, has_schemes, has_key_shares;
	bool has_protocols, has_ticket, has_psks, has_psk_modes;
	bool psk_dhe;         /* the one mode of use that we know */
	bool extended_master; /* RFC 7627 */
	bool early_data;
	bool renegotiation; /* RFC 5746: the extension or its suite */
};

/* What the application is shown of a CertificateRequest. */
struct s2n_certificate_authority_list {
	struct authorities names;
	struct reader unread;
};

struct s2n_certificate_request {
	struct s2n_certificate_authority_list authorities;
	struct s2n_cert_chain_and_key *chain; /* its answer, borrowed */
};

/* The incoming handshake message, from one record or joined from several. */
struct inbox {
	enum message arrived; /* END_OF_PATH: none yet */
	struct slice body;
	struct slice whole; /* with its header */
	struct writer joined;
};

/* How far the application's callback is. */
enum hello_callback { CALLBACK_DUE, CALLBACK_RUNS, CALLBACK_DONE };

struct handshake {
	const struct step *path;
	size_t at;
	bool passed;          /* this row's message has; what changes is due */
	struct writer flight; /* our messages, not yet in records */

	struct transcript transcript;
	struct schedule13 keys;
	struct schedule12 keys12;
	struct exchange exchange;
	struct s2n_async_pkey_op *operation;  /* pending: see operation.h */
	struct s2n_async_offload_op *offload; /* likewise: see offload.h */

	uint8_t client_random[RANDOM_SIZE];
	uint8_t server_random[RANDOM_SIZE];
	uint8_t session_id[SESSION_ID_MAX];
	uint8_t session_id_len;

	bool retry;           /* a HelloRetryRequest was or will be sent */
	uint16_t retry_group; /* the group that it asks for, 0: none */
	uint16_t retry_suite;
	bool retry_psk;                  /* server: one was chosen */
	uint8_t first_offer[DIGEST_MAX]; /* server: what the 2nd hello may not
					    change */
	uint8_t *cookie;                 /* client: to be echoed */
	size_t cookie_len;

	struct offer offer;                     /* server */
	struct s2n_certificate_request request; /* client: see
						   request_callback.h */
	bool offer_npn;                         /* the client knows NPN */
	bool npn;                    /* and the server has told its protocols */
	bool wants_ocsp, wants_scts; /* the peer, with our certificate */
	bool status_due; /* below TLS 1.3: CertificateStatus may come */
	bool at_leaf;    /* the certificate entry that is built or parsed */
	enum hello_callback hello_callback;
	uint64_t sent_extensions; /* rows of the extension table that we sent */
	struct cert_choice choice;
	struct s2n_cert_chain_and_key *chain; /* ours, borrowed */
	const struct scheme *scheme;          /* that we sign with */

	uint16_t psk_index; /* server: of the chosen, in the offer */
	bool takes_tickets; /* server of TLS 1.3: the client has use for them */
	bool ticket_due;    /* below TLS 1.3: NewSessionTicket comes */
	struct writer new_ticket; /* client: below TLS 1.3, came */
	bool extended_master;     /* agreed (RFC 7627) */
	bool point_formats;       /* server: the client sent its formats */
	bool renegotiation;       /* client: the server sent the extension */
	struct writer v2_suites;  /* of an SSLv2 ClientHello, as ours are */
	bool ccs_sent;
	uint8_t
	    fragment_code; /* server: max_fragment_length that was accepted */
	bool acknowledge_name; /* server: empty server_name in the answer */
};

#endif
