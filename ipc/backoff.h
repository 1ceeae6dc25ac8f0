/*
 * How long to wait before something that failed is tried again: 100 ms,
 * doubling to 5 s; 10 s of life are a fresh start.
 */
#ifndef IPC_BACKOFF_H
#define IPC_BACKOFF_H

#include <stdint.h>

struct backoff {
	unsigned failures;
	uint64_t started_ms;
};

/* Notes a start at now (monotonic ms). */
void backoff_started(struct backoff *, uint64_t now_ms);
/* Notes a death and tells how many ms to wait before the next start. */
unsigned backoff_died(struct backoff *, uint64_t now_ms);

#endif
