/*
 * Where clients come from: how many connections a source has, and how fast new
 * ones come. A source is an IPv4 address, or an IPv6 network of 64 bits, since
 * those are what one customer is given. A table of a fixed size, which holds at
 * least all sources that have connections; where many sources come and go, what
 * is forgotten first is who came least lately. Each worker has one, and sees
 * what the others have (see crowd.h).
 */
#ifndef FRONTD_SOURCES_H
#define FRONTD_SOURCES_H

#include <sys/socket.h>

#include "base/slice.h"

struct crowd;
struct sources;

struct sources_limits {
	uint32_t connections; /* of one source at a time; 0: any */
	uint32_t rate;        /* new ones a second; 0: any */
	uint32_t burst;       /* so many at once before the rate counts */
};

enum sources_verdict { SOURCES_TAKEN, SOURCES_TOO_MANY, SOURCES_TOO_FAST };

/* What a connection keeps, to give it back. */
typedef uint32_t sources_place;
#define SOURCES_NOWHERE UINT32_MAX

/*
 * For so many connections of all sources together. NULL with no errno when no
 * limit is set, so that there is nothing to count; NULL with errno ENOMEM.
 */
struct sources *sources_new(
    const struct sources_limits *, uint32_t connections_max);
void sources_free(struct sources *);
/* From now on the limits are of all workers together: what this one counts is
 * told, and what others have is added. It is borrowed. Before the first
 * connection. False with errno. */
must_check bool sources_share(struct sources *, struct crowd *);

/* A connection has come, at a time of the monotonic clock. Only one that is
 * TAKEN counts, and has a place. */
enum sources_verdict sources_come(struct sources *,
    const struct sockaddr_storage *, uint64_t now_us, sources_place *);
/* It has gone. */
void sources_go(struct sources *, sources_place);

#endif
