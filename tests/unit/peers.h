/*
 * A client and a server of libtls, joined by two pipes in memory, for the tests
 * of handshakes. Reads and writes can be cut to one byte; every private-key
 * operation can be left pending once before it is done.
 */
#ifndef TESTS_PEERS_H
#define TESTS_PEERS_H

#include "base/writer.h"
#include "libtls/registry/preference.h"
#include "libtls/s2n.h"
#include "tests/unit/certs.h"

#define PEERS_EARLY_MAX 100

struct pipe {
	struct writer bytes;
	size_t taken;
	size_t step;  /* most bytes a call moves; 0: any */
	size_t room;  /* most bytes that wait to be taken; 0: any */
	bool hiccup;  /* every other call would block */
	bool blocked; /* the next call does */
	bool closed;
};

struct peers {
	struct pipe to_server, to_client;
	struct s2n_config *client_config, *server_config;
	struct s2n_connection *client, *server;
	struct s2n_cert_chain_and_key *chain, *client_chain;
	struct preference restricted, narrow[2]; /* by s2n_mode */
	uint16_t suites[2];
	struct s2n_async_pkey_op *pending;
	struct s2n_connection *pending_for;
	unsigned key_operations, decryptions;
	int client_error, server_error; /* s2n_errno where it failed */
	/* Bytes, any, that the client sends early, and what came of them: to be
	 * set before it negotiates; likewise whether the server takes some. */
	size_t early_left, early_got;
	bool early_taken;
	void (*prepare)(struct peers *);
};

/* What a pair is made of; zero is ordinary. */
struct peers_spec {
	const char *client_policy, *server_policy; /* NULL: "default_tls13" */
	/* Not 0: both sides do this version with this suite and no other, or
	 * more versions where the highest is given for a side. */
	uint8_t version, client_most, server_most;
	uint16_t suite;
	enum certs_key key;
	const char *alpn_client, *alpn_server;
	bool slow;        /* one byte at a time, would-block in between */
	bool pending_key; /* every key operation comes later */
	bool retry;       /* the server wants another group */
	/* The server asks for a certificate, and the client has one. */
	s2n_cert_auth_type client_auth;
	bool client_cert;
	bool npn; /* both sides do */
	/* The client asks for an OCSP response and SCTs, which it does not look
	 * into, and the server has some. */
	bool staples;
	bool no_chain; /* the server has no certificate */
	/* Called whenever both connections have been made, not yet talking. */
	void (*prepare)(struct peers *);
};

/* Both made, not yet talking. Fails the test when that cannot be done. */
void peers_open(struct peers *, const struct peers_spec *);
/* Runs both until both are done (true) or one has failed (false). Early data
 * first, if there is any. */
bool peers_negotiate(struct peers *);
void peers_close(struct peers *);
/* New connections of the same configs, not yet talking. */
void peers_reconnect(struct peers *);

/* Moves len bytes from one side to the other; fails the test if they differ. */
void peers_transfer(
    struct s2n_connection *from, struct s2n_connection *to, size_t len);

/* The transport callbacks, for tests that set up a side themselves. */
int pipe_recv(void *pipe, uint8_t *buf, uint32_t len);
int pipe_send(void *pipe, const uint8_t *buf, uint32_t len);

#endif
