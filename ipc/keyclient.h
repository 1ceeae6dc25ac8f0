/*
 * The client's half of keyd: pending private-key operations by request id, and
 * the library's asynchronous key callback. One keyclient serves one libevent
 * base; its channels (one to each signer) arrive as descriptors from the
 * master, at start and again whenever a signer was replaced.
 *
 * Uses the library's public API only, and keyproto for the words.
 */
#ifndef IPC_KEYCLIENT_H
#define IPC_KEYCLIENT_H

#include "base/slice.h"

struct event_base;
struct keyclient;
struct s2n_cert_chain_and_key;
struct s2n_config;
struct s2n_connection;

#define KEYCLIENT_SPKI_SIZE 32

/*
 * Called once for each operation that completed, well or badly, after it was
 * applied to its connection: run s2n_negotiate again. Never called from inside
 * s2n_negotiate, nor after keyclient_forget.
 */
typedef void keyclient_resume(struct s2n_connection *, void *ctx);

/* NULL when out of memory. deadline_ms bounds each operation, parking included.
 */
struct keyclient *keyclient_new(
    struct event_base *, unsigned deadline_ms, keyclient_resume *, void *ctx);
void keyclient_free(struct keyclient *);

/*
 * Takes fd, a channel to a signer: HELLO and KEYS are sent, and the keys that
 * it announces serve from then on (also those parked for a dead signer). 0, or
 * -1 with errno.
 */
int keyclient_attach(struct keyclient *, int fd);

/*
 * Operations of chain (a public chain, loaded without key) shall go to the key
 * whose SubjectPublicKeyInfo has this SHA-256. Sets the chain's ctx and the
 * config's asynchronous key callback; both must live as long as the keyclient.
 * The key need not be known yet. 0, or -1.
 */
int keyclient_add(struct keyclient *, struct s2n_config *,
    struct s2n_cert_chain_and_key *chain,
    const uint8_t spki_sha256[KEYCLIENT_SPKI_SIZE]);

/*
 * Called with keyclient_new's ctx each time a signer has told of its keys: at
 * its start, and when they changed.
 */
typedef void keyclient_told(void *ctx);
void keyclient_when_told(struct keyclient *, keyclient_told *);

/*
 * What the key with this SubjectPublicKeyInfo may not be used for, of needs
 * (s2n_config_get_pkey_needs), as far as signers have told. False: none has
 * told of the key.
 */
must_check bool keyclient_lacks(const struct keyclient *,
    const uint8_t spki_sha256[KEYCLIENT_SPKI_SIZE], uint32_t needs,
    uint32_t *lacks);

/*
 * A session ticket key: what s2n_config_add_ticket_crypto_key takes. It
 * encrypts from begins to ends and decrypts from begins to dies, all in seconds
 * since 1970. ends - begins and dies - ends are the same for all keys of one
 * keyd.
 */
struct keyclient_ticket_key {
	uint8_t name[16], secret[32];
	uint64_t begins, ends, dies;
};
/*
 * Called with keyclient_new's ctx for each ticket key that may be used now or
 * next, newest first, and again with those that were given before whenever new
 * ones are. The key is the callback's for as long as it runs; then it is wiped.
 */
typedef void keyclient_ticket_fn(const struct keyclient_ticket_key *, void *);
/*
 * Has keyd asked for its ticket keys: now, when a channel is attached, and
 * before the last key has ended, by the clock of the day, wherever it jumps.
 * Without keyd, or where it gives none, nothing is called.
 */
void keyclient_ticket_keys(struct keyclient *, keyclient_ticket_fn *);

/* The connection is about to be freed: its operations are cancelled. */
void keyclient_forget(struct keyclient *, struct s2n_connection *);

/* Counters since start, for metrics and the page. */
struct keyclient_stats {
	uint64_t requested, signed_ok, refused, expired, retried;
	uint32_t pending;
	uint32_t channels;
	uint32_t keys_known;
};
void keyclient_stats(const struct keyclient *, struct keyclient_stats *);

#endif
