/*
 * What workers count, in tables of a fixed size, and the master adds up: what
 * became of connections, by site and in all. Counts only grow, but for those of
 * what is there now.
 */
#ifndef FRONTD_TALLY_H
#define FRONTD_TALLY_H

#include "base/slice.h"

#define TALLY_AGREED_MAX 64
#define TALLY_BUCKETS 12 /* the last is of what takes longer than all */

/* Of one site; a connection without a ClientHello is its listener's default
 * site's. */
struct tally_site {
	uint64_t open; /* connections that there are now */
	uint64_t connections;
	uint64_t agreed, failed;      /* handshakes, when they ended */
	uint64_t resumed, early;      /* of those agreed */
	uint64_t bytes_in, bytes_out; /* on the wire, of those that ended */
	uint64_t backend_failed;
};

/* Handshakes that agreed on the same. */
struct tally_agreed {
	char version[8], suite[56]; /* empty: a free row */
	uint64_t count;
};

/* Durations in microseconds. */
struct tally_times {
	uint64_t buckets[TALLY_BUCKETS];
	uint64_t sum_us;
};

/* Why connections ended; tally_end_name() has the words. */
enum tally_end {
	TALLY_CLOSED,
	TALLY_HANDSHAKE, /* it failed */
	TALLY_CLIENT,    /* it broke off, or broke TLS */
	TALLY_BACKEND,
	TALLY_TIMEOUT,
	TALLY_DRAINED, /* at the drain timeout, or when frontd ended */
	TALLY_LIMITED, /* by a limit, before the first byte */
	TALLY_OTHER,
	TALLY_ENDS
};

/* Why a worker accepted nobody for a while; tally_pause_name() has the words.
 */
enum tally_pause {
	TALLY_CONNECTIONS, /* it had as many as it may have */
	TALLY_DESCRIPTORS, /* it had none left */
	TALLY_PAUSES
};

/* Of a worker, or of all. */
struct tally_all {
	uint64_t ends[TALLY_ENDS];
	uint64_t pauses[TALLY_PAUSES];
	struct tally_times handshake; /* of those that were agreed */
	struct tally_times key;       /* waits for keyd, of those that did */
	/* Key operations; see ipc/keyclient.h. */
	uint64_t key_requested, key_done, key_refused, key_expired, key_retried;
	struct tally_agreed agreed[TALLY_AGREED_MAX];
	uint64_t agreed_lost; /* for which there was no row */
};

/* The bounds of the buckets but the last, ascending. */
extern const uint32_t tally_bounds_us[TALLY_BUCKETS - 1];

void tally_time(struct tally_times *, uint64_t us);
void tally_agree(struct tally_all *, const char *version, const char *suite);
const char *tally_end_name(enum tally_end);
const char *tally_pause_name(enum tally_pause);
/* By the reason in the log: what stands before its colon, or all of it. */
enum tally_end tally_end_of(const char *reason);

/* Adds all of the second. */
void tally_add_site(struct tally_site *, const struct tally_site *);
void tally_add_all(struct tally_all *, const struct tally_all *);

#endif
