/*
 * inmemory: handshakes without sockets, to compare what libraries spend. The
 * client, which is not measured, is libtls; servers are libtls and libssl, each
 * behind this table. Nothing but the program inmemory is linked with libssl.
 */
#ifndef TESTS_BENCH_INMEMORY_H
#define TESTS_BENCH_INMEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LANE_MAX 32768

/* What one side has sent and the other not taken yet. */
struct lane {
	uint8_t bytes[LANE_MAX];
	size_t start, end;
};

enum bench_kind {
	BENCH_FULL,      /* the key is in the server */
	BENCH_OFFLOADED, /* its signature is made elsewhere, and not measured */
	BENCH_RESUMED,
	BENCH_KINDS
};

struct bench_plan {
	const char *chain, *key; /* files */
	enum bench_kind kind;
	bool tls12;       /* else TLS 1.3 */
	unsigned tickets; /* that a server gives after a handshake, TLS 1.3 */
};

struct bench_server {
	const char *name;
	/* False: it has no such kind. Ends the program when something fails. */
	bool (*set_up)(const struct bench_plan *);
	/* A connection that reads from one lane and writes to the other. */
	void *(*begin)(struct lane *from, struct lane *to);
	/* Goes on as far as it can; true when the handshake is complete. */
	bool (*step)(void *);
	/* What others do for it meanwhile, which is not measured. */
	void (*elsewhere)(void *);
	void (*end)(void *);
};

extern const struct bench_server bench_libtls, bench_libssl;

/* Takes up to len bytes out of it; 0: there are none. */
size_t lane_take(struct lane *, uint8_t *, size_t len);
/* Puts len bytes in; ends the program when there is no room. */
void lane_put(struct lane *, const uint8_t *, size_t len);
/* For s2n_connection_set_recv_cb and _set_send_cb, with a lane as context. */
int lane_receive(void *lane, uint8_t *, uint32_t len);
int lane_send(void *lane, const uint8_t *, uint32_t len);
/* The whole file with a NUL; ends the program when it cannot. */
char *bench_read(const char *path);
__attribute__((noreturn)) void bench_die(const char *what);

#endif
