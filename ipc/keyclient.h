/*
 * libkeyclient: the client's half of keyd, for programs on libs2n and libevent.
 * It holds pending private-key operations by request id, and is the library's
 * asynchronous key callback. One keyclient serves one libevent base. It has a
 * channel to each of keyd's signers: a program of one process gets them by
 * keyclient_connect; where a process without the means to connect is to have
 * keys, another gives it channels, each taken by keyclient_attach.
 *
 * This header is installed, and asks for nothing of this project but the
 * library's public names. No function may be called from another thread than
 * the one that runs the base.
 */
#ifndef KEYCLIENT_H
#define KEYCLIENT_H

#include <stdbool.h>
#include <stdint.h>

#define KEYCLIENT_API __attribute__((visibility("default")))

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

/*
 * NULL when out of memory. deadline_ms bounds each operation, in milliseconds,
 * parking for want of a signer included. keyclient_free cancels what is
 * pending, and closes all channels; NULL is fine.
 */
KEYCLIENT_API struct keyclient *keyclient_new(
    struct event_base *, unsigned deadline_ms, keyclient_resume *, void *ctx);
KEYCLIENT_API void keyclient_free(struct keyclient *);

/*
 * Connects to keyd, whose configuration must have a client of our account, and
 * from then on has a channel to each signer, while the base runs: at first,
 * when one was replaced, and again when keyd comes back, which is tried with
 * pauses of at most 5 s. Once, for the life of the keyclient. 0, or -1 with
 * errno when nobody can be reached now. Whoever confines itself afterwards so
 * that it can make no socket has the channels until keyd ends.
 */
KEYCLIENT_API int keyclient_connect(
    struct keyclient *, const char *socket_path);

/*
 * Takes fd, a channel to a signer: HELLO and KEYS are sent, and the keys that
 * it announces serve from then on (also what was parked for a dead signer). 0,
 * or -1 with errno; fd is closed then, too.
 */
KEYCLIENT_API int keyclient_attach(struct keyclient *, int fd);

/*
 * What keys are known by: the SHA-256 of the SubjectPublicKeyInfo of chain's
 * leaf. 0, or -1 when the chain is empty.
 */
KEYCLIENT_API int keyclient_spki(struct s2n_cert_chain_and_key *chain,
    uint8_t spki_sha256[KEYCLIENT_SPKI_SIZE]);

/*
 * Operations of chain (a public chain, loaded without key) shall go to the key
 * whose SubjectPublicKeyInfo has this SHA-256. Sets the chain's ctx and the
 * config's asynchronous key callback; both must live as long as the keyclient.
 * The key need not be known yet. 0, or -1.
 */
KEYCLIENT_API int keyclient_add(struct keyclient *, struct s2n_config *,
    struct s2n_cert_chain_and_key *chain,
    const uint8_t spki_sha256[KEYCLIENT_SPKI_SIZE]);

/*
 * Called with keyclient_new's ctx each time a signer has told of its keys: at
 * its start, and when they changed.
 */
typedef void keyclient_told(void *ctx);
KEYCLIENT_API void keyclient_when_told(struct keyclient *, keyclient_told *);

/*
 * What the key with this SubjectPublicKeyInfo may not be used for, of needs
 * (s2n_config_get_pkey_needs), as far as signers have told. False: none has
 * told of the key.
 */
KEYCLIENT_API bool keyclient_lacks(const struct keyclient *,
    const uint8_t spki_sha256[KEYCLIENT_SPKI_SIZE], uint32_t needs,
    uint32_t *lacks);

/**
 * A session ticket key: what s2n_config_add_ticket_crypto_key takes. It
 * encrypts from begins to ends and decrypts from begins to dies, all in seconds
 * since 1970. ends - begins and dies - ends are the same for all keys of one
 * keyd.
 */
struct keyclient_ticket_key {
	uint8_t name[16];   /**< as it stands in tickets */
	uint8_t secret[32]; /**< what their keys are made of */
	uint64_t begins;    /**< encrypts and decrypts from here */
	uint64_t ends;      /**< encrypts until here */
	uint64_t dies;      /**< decrypts until here */
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
KEYCLIENT_API void keyclient_ticket_keys(
    struct keyclient *, keyclient_ticket_fn *);

/* The connection is about to be freed: its operations are cancelled. */
KEYCLIENT_API void keyclient_forget(
    struct keyclient *, struct s2n_connection *);

/** Counters since start, for metrics and the page. */
struct keyclient_stats {
	uint64_t requested;  /**< operations asked for */
	uint64_t signed_ok;  /**< of them done, decryptions included */
	uint64_t refused;    /**< of them refused by keyd */
	uint64_t expired;    /**< of them not answered in time */
	uint64_t retried;    /**< asked for again, on another channel */
	uint32_t pending;    /**< not answered yet */
	uint32_t channels;   /**< to keyd's processes, now */
	uint32_t keys_known; /**< that can be asked for, now */
	uint32_t told;       /**< channels whose signer has told of its keys */
};
KEYCLIENT_API void keyclient_stats(
    const struct keyclient *, struct keyclient_stats *);

#endif
