/*
 * The ends of the sites' certificates: told of in the log, in time and every
 * day.
 */
#ifndef FRONTD_EXPIRY_H
#define FRONTD_EXPIRY_H

#include <stdbool.h>
#include <stdint.h>

struct master;
struct options;

enum expiry {
	EXPIRY_FAR,
	EXPIRY_NEAR, /* within 14 days */
	EXPIRY_PAST
};

enum expiry expiry_of(uint64_t expires, uint64_t now);
/*
 * Whether it is to be said at now of a certificate of which as was said at told
 * (0: nothing was): when it has come to another than EXPIRY_FAR, and a day
 * later again.
 */
bool expiry_due(uint64_t expires, uint64_t now, uint64_t told, enum expiry as);

/* Says what is due of these sites. */
void expiry_tell(struct options *);
/* From now on the serving fleet's are looked at every hour. False when out of
 * memory. */
bool expiry_start(struct master *);

#endif
