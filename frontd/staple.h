/*
 * A site's OCSP response (RFC 6960), as the master reads it: one that the
 * site's clients would take, or refused. When it is served is another matter:
 * between its two times, which the workers look after.
 */
#ifndef FRONTD_STAPLE_H
#define FRONTD_STAPLE_H

#include <time.h>

#include "frontd/site.h"

#define STAPLE_SIZE_MAX 32000 /* what the library sends at most */

struct site_staple {
	uint8_t *der; /* free() */
	size_t len;
	time_t from, until;
};

/*
 * NULL, or why the file cannot go along with the chain's certificate: it cannot
 * be read, is too large, is no response in DER, has no answer, is of another
 * certificate, or says anything but "good". The signature is checked where the
 * chain has the issuer. Fills staple only on success.
 */
const char *staple_read(
    const char *path, const struct site_chain *, struct site_staple *staple);
/* Whether the chain's certificate says that one comes along (RFC 7633). */
bool staple_demanded(const struct site_chain *);
void staple_free(struct site_staple *);

#endif
