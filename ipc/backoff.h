/*
 * How long to wait before something that failed is tried again: 100 ms,
 * doubling to 5 s; 10 s of life are a fresh start. Eight lives in a row that
 * were all shorter are a loop, for whoever minds.
 */
#ifndef IPC_BACKOFF_H
#define IPC_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

#define BACKOFF_RESET_MS 10000
#define BACKOFF_LOOP 8

struct backoff {
	unsigned failures;
	uint64_t started_ms;
};

/* Notes a start at now (monotonic ms). */
void backoff_started(struct backoff *, uint64_t now_ms);
/* Notes a death and tells how many ms to wait before the next start. */
unsigned backoff_died(struct backoff *, uint64_t now_ms);
/* Whether it is in a loop, until backoff_lived() is true, which finds once that
 * what was started last lives long enough. */
bool backoff_looping(const struct backoff *);
bool backoff_lived(struct backoff *, uint64_t now_ms);

#endif
