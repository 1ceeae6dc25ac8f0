/*
 * The master's state. It binds, starts, tells, watches; it reads no byte from
 * a client and holds no key.
 */
#ifndef FRONTD_MASTER_H
#define FRONTD_MASTER_H

#include <event2/event.h>

#include "frontd/options.h"
#include "ipc/backoff.h"
#include "ipc/keymaster.h"
#include "ipc/spawn.h"

struct child_kind;
struct master;

struct child {
	struct master *master;
	const struct child_kind *kind;
	uint32_t index; /* of a worker, which is also its tag at keyd */
	pid_t pid;      /* 0: not running */
	struct channel *control;
	struct event *readable, *writable, *respawn;
	struct backoff backoff;
	struct confinement confinement;
	bool confined; /* it has said so: sealed, and serving */
};

/* The way to keyd; see keylink.h. */
struct keylink {
	struct keymaster *keyd; /* NULL: not connected */
	struct event *readable, *writable, *retry, *ask;
	struct backoff backoff;
	bool welcomed;                       /* it may be asked */
	bool complained;                     /* that it is gone has been said */
	struct keyproto_processes processes; /* as it last told */
};

struct master {
	struct event_base *base;
	struct options options;
	bool debug;
	int sockets[CONTROL_LISTENERS_MAX][CONTROL_WORKERS_MAX];
	int page_socket;
	int replay; /* register of early data; -1: no site takes any */
	struct child connect, page, workers[CONTROL_WORKERS_MAX];
	struct keylink link;
	struct confinement own;
	bool failed; /* a child cannot be what the configuration demands */
};

#endif
