/*
 * What s2nc and s2nd share, on the public interface of libtls alone: errors,
 * the config that options ask for, one connection from handshake to end.
 */
#ifndef EXAMPLES_PEER_H
#define EXAMPLES_PEER_H

#include <s2n.h>

#include "examples/words.h"

/* The options that both have; each program's struct begins with them. */
struct common {
	const char *alpn, *policy, *ca_file, *ca_dir, *key_log;
	struct texts psks;
	long send_buffer;
	bool insecure, corked, non_blocking, npn;
	bool low_latency, throughput;
	bool no_tickets;
};

/* Prints what and the library's last error to stderr, and exits 1. */
_Noreturn void peer_die(const char *what);
/* The same for a failed system call. */
_Noreturn void peer_die_errno(const char *what);
/* The whole file, the caller's, with a NUL after it; dies when it cannot. */
uint8_t *peer_read(const char *path, uint32_t *len);
/* A chain with its key from PEM files, or dies. */
struct s2n_cert_chain_and_key *peer_pair(const char *chain, const char *key);

/*
 * A config as the options say, without certificates. Without a CA it trusts
 * what the system trusts.
 */
struct s2n_config *peer_config(const struct common *);
/* A connection over a socket, as the options say; dies when there is none. */
struct s2n_connection *peer_connection(
    s2n_mode, struct s2n_config *, const struct common *, int fd);

/* Waits for what the failed call waits for; false if it failed for good. */
bool peer_await(int fd, s2n_blocked_status);
/* True when the handshake is done. */
bool peer_negotiate(struct s2n_connection *, int fd);
/* All of it; false when the connection failed. */
bool peer_send(struct s2n_connection *, int fd, const void *, size_t);
/* What the handshake agreed on, a line each, on stdout at once. */
void peer_describe(struct s2n_connection *, const char *title);
/* The same as a text, the caller's. */
char *peer_description(struct s2n_connection *);
/* Why it failed, on stderr. */
void peer_describe_failure(struct s2n_connection *, const char *title);
/* Ends both directions, TLS's and the socket's; frees the connection. Gives
 * whether the peer ended it in TLS's way, too. */
bool peer_close(struct s2n_connection *, int fd);

/*
 * What comes goes to stdout, standard input goes to the peer, until the peer
 * ends; at the end of standard input if until_input_ends. Between the two asks
 * turn (may be NULL) whether all is well.
 */
bool peer_talk(struct s2n_connection *, int fd, bool until_input_ends,
    bool (*turn)(struct s2n_connection *, int fd, void *ctx), void *ctx);

#endif
