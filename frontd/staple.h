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

enum staple_verdict {
	STAPLE_GOOD,
	STAPLE_MALFORMED, /* no OCSP response in DER */
	STAPLE_NO_ANSWER, /* the responder's status is not "successful" */
	STAPLE_OTHER,     /* of another certificate */
	STAPLE_UNSIGNED,  /* not by the issuer, nor by who may for it */
	STAPLE_REVOKED,
	STAPLE_UNKNOWN
};

struct staple_times {
	time_t from, until; /* thisUpdate, nextUpdate */
};

struct site_staple {
	uint8_t *der; /* free() */
	size_t len;
	struct staple_times times;
};

/*
 * What a response is to the chain's certificate. The signature is checked where
 * the chain has the issuer. Fills times only if it is good; whether it is now
 * within them is another question.
 */
enum staple_verdict staple_prove(
    const struct site_chain *, struct slice der, struct staple_times *times);
/* As a sentence about the response; NULL of STAPLE_GOOD. */
const char *staple_reason(enum staple_verdict);

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
