/*
 * What a site is served on at a listener: a security policy of libtls, ALPN
 * protocols, Diffie-Hellman parameters, whether with session tickets, and
 * whether clients are asked for a certificate and by whom. The site's word goes
 * before the listener's, each for itself. The master proves terms before it
 * starts anything, and a worker makes the same configs of them.
 */
#ifndef FRONTD_TERMS_H
#define FRONTD_TERMS_H

#include "frontd/client_ca.h"
#include "libtls/s2n.h"

#define TERMS_DEFAULT_POLICY "default"

/* Borrowed from the records that they were told in. */
struct terms {
	const char *policy;
	struct slice alpn; /* protocols, the one liked best first */
	const char *dh;    /* PEM; empty: none, and no suite of DHE is used */
	bool tickets;
	s2n_cert_auth_type client_auth;
	const char *client_ca; /* PEM; empty where clients are not asked */
};

/* Each distinct terms once, with a config on them. Zeroed means empty. */
struct terms_row {
	struct terms terms;
	struct s2n_config *config;
};
struct terms_table {
	struct terms_row *rows; /* moves when one is added */
	size_t count;
};

struct terms terms_between(const struct control_terms *listener,
    const struct control_terms *site, const struct client_cas *);
/* NULL, or why these cannot be though each word of them can. */
const char *terms_check_client_auth(struct terms);

/*
 * The number of the row with these terms, which is added with a minimal config
 * when there is none; -1 when that cannot be, for the reason in s2n_errno.
 */
int terms_row(struct terms_table *, struct terms);
/* Frees the configs, and the rows. */
void terms_table_free(struct terms_table *);

/* NULL, or why these are no authorities of clients. */
const char *terms_check_client_ca(const char *pem);
/* NULL, or why this is no policy that can be used here. */
const char *terms_check_policy(const char *name);
/*
 * NULL, or why the file holds no parameters that can be used. Of the file only
 * the part between the PEM lines is kept, terminated.
 */
const char *terms_read_dh(const char *path, char out[CONTROL_DH_MAX]);

#endif
