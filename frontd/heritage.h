/*
 * What a frontd passes on to the one that takes its place (an upgrade), and how
 * the two agree when: records over a SOCK_SEQPACKET pair, one a packet, each
 * perhaps with a descriptor. The two may be of unlike builds, so that a record
 * has one shape for good, and a version; who is told a type that it does not
 * know does nothing.
 *
 *	the one there is                       the heir
 *	SOCKET ... ADMIN, PAGE, REPLAY, WHOLE ->
 *	                                      <- READY, or REFUSED and its end
 *	TAKE                                  ->
 *	                                      <- SERVING
 *	BEFORE ..., DONE                      ->
 *	WORKER ..., WORKERS, again and again  ->
 *	                                      <- END, if it may not drain to its
 *end
 *
 * Until SERVING has come the one there is serves as ever, and the end of the
 * heir, or of anybody's patience, has changed nothing. Both accept from the
 * very sockets between TAKE and the moment when the old workers stop.
 */
#ifndef FRONTD_HERITAGE_H
#define FRONTD_HERITAGE_H

#include "base/slice.h"
#include "ipc/channel.h"

/* In the environment of the heir: the number of its end of the pair. */
#define HERITAGE_VARIABLE "SALLYPORT_HERITAGE"
#define HERITAGE_VERSION 1
#define HERITAGE_NUMBERS 12
#define HERITAGE_TEXT_MAX 8192
/* Packets: each worker's socket of each listener, and what else there is. */
#define HERITAGE_QUEUE 4096

/* Numbers that are in use stay what they are. */
enum heritage_type {
	HERITAGE_SOCKET = 1,  /* it listens; numbers: the listener, from 0 */
	HERITAGE_ADMIN = 2,   /* a Unix socket that listens */
	HERITAGE_PAGE = 3,    /* likewise */
	HERITAGE_REPLAY = 4,  /* memory; numbers: its layout */
	HERITAGE_WHOLE = 5,   /* numbers: the pid of who passes on */
	HERITAGE_REFUSED = 6, /* text: why, lines */
	HERITAGE_READY = 7,   /* numbers: bit by listener: it is listened on;
			       * 1: the register is shared; the heir's pid.
			       * Text: its version */
	HERITAGE_TAKE = 8,
	HERITAGE_SERVING = 9,
	HERITAGE_DONE = 10,   /* numbers: 1: a reload was asked for meanwhile */
	HERITAGE_WORKER = 11, /* numbers: enum heritage_worker */
	HERITAGE_WORKERS = 12, /* these were all */
	HERITAGE_END = 13,
	HERITAGE_BEFORE = 14 /* the way to one before, which drains still */
};

/* What is told of a worker that drains. */
enum heritage_worker {
	HERITAGE_MASTER, /* pid */
	HERITAGE_PID,
	HERITAGE_OPEN, /* connections */
	HERITAGE_CONNECTIONS,
	HERITAGE_AGREED,
	HERITAGE_FAILED,
	HERITAGE_RESUMED,
	HERITAGE_BYTES_IN,
	HERITAGE_BYTES_OUT,
	HERITAGE_KEY_PENDING,
	HERITAGE_STARTS
};

struct heritage {
	uint32_t version, type; /* enum heritage_type */
	uint64_t numbers[HERITAGE_NUMBERS];
};

/* What frontd-upgrade answers. */
struct heritage_started {
	int32_t pid;   /* 0: none */
	int32_t error; /* errno then */
};

/* Queues the record with the text, which is cut to fit, and sends what can be;
 * fd, or -1, stays the caller's. False: it does not take it. */
must_check bool heritage_say(
    struct channel *, struct heritage, const char *text, int fd);
/* The record of a packet and its text, terminated. False: it is none. */
must_check bool heritage_parse(struct slice packet, struct heritage *,
    char text[static HERITAGE_TEXT_MAX + 1]);

#endif
