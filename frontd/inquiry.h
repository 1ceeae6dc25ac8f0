/*
 * What is asked of a certificate's OCSP responder (RFC 6960 4.1), and where it
 * is: made by the master out of the configuration and the chain, so that who
 * asks needs to know neither.
 */
#ifndef FRONTD_INQUIRY_H
#define FRONTD_INQUIRY_H

#include "frontd/control.h"
#include "frontd/site.h"

/* See struct control_fetch, which tells of it. */
struct inquiry {
	uint16_t port;
	uint16_t body_len; /* 0: a GET */
	char host[CONTROL_HOST_MAX];
	char target[CONTROL_TARGET_MAX];
	uint8_t body[CONTROL_FETCH_BODY_MAX];
};

/*
 * NULL, or why nothing can be asked: "no-responder" (the certificate names none
 * that speaks HTTP), "no-issuer" (its certificate is not in the chain), "url"
 * (it is none, or too long). url: instead of the one in the certificate; NULL:
 * none.
 */
const char *inquiry_make(
    const struct site_chain *, const char *url, struct inquiry *out);

#endif
