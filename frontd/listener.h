/*
 * One of a worker's listeners, as far as TLS goes: a config for each terms that
 * its sites are served on, and which site a client asked for.
 */
#ifndef FRONTD_LISTENER_H
#define FRONTD_LISTENER_H

#include "frontd/worker.h"

/* Makes the configs; ends the process when that cannot be. */
void listener_configure(struct listener *, s2n_client_hello_fn *);
/* The site that has the name (NULL: none was given), or else the default. */
uint16_t listener_site(const struct listener *, const char *name);
/* What the site is served on here. */
const struct terms_row *listener_terms(const struct listener *, uint16_t site);
/* What the site's key may be asked for here: bits of s2n_pkey_need. */
uint32_t listener_needs(const struct listener *, uint16_t site);

#endif
