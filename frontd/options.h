/*
 * frontd.conf (frontd.conf(5)) as plain structs, checked as far as files and
 * words go: what is bound and started is the master's business.
 */
#ifndef FRONTD_OPTIONS_H
#define FRONTD_OPTIONS_H

#include <limits.h>

#include "admin/admin.h"
#include "frontd/client_ca.h"
#include "frontd/expiry.h"
#include "frontd/inquiry.h"
#include "frontd/nameservers.h"
#include "frontd/staple.h"
#include "frontd/texts.h"

#define OPTIONS_ADDRESS_TEXT 64

struct option_listen {
	char text[OPTIONS_ADDRESS_TEXT]; /* as the file says it, for messages */
	struct sockaddr_storage address;
	socklen_t address_len;
	struct control_listen what;
};

/* A backend that is a name, and so has no address here. */
struct option_name {
	struct option_name *next;
	uint16_t number; /* of the backend */
	uint16_t port;
	char host[]; /* in small letters */
};

struct cfg_t;

struct option_site {
	char title[CONTROL_TITLE_MAX];
	struct cfg_t *section; /* that says it; NULL once all is read */
	struct slice file;     /* text: the path of its chain */
	struct control_site what;
	/* Its own; where what.backends is another's, there are none. */
	struct control_balance balance;
	struct control_backend *backends;
	struct option_name *names; /* of backends; NULL: all are addresses */
	struct site_chain chain;
	struct site_chain *backend_chain; /* that backends are shown, or NULL */
	struct site_staple staple; /* of a file, to be served; else der is NULL
				    */
	struct control_fetch *fetch; /* how one is fetched; NULL: it is not */
	const char *stale; /* why none is served; NULL: one is, or none is to */
	uint64_t expiry_told; /* see expiry.h */
	enum expiry expiry_as;
	unsigned line;  /* of the file, where the site ends */
	bool keyless;   /* that keyd has no key for it was said */
	uint32_t lacks; /* s2n_pkey_need that keyd was said not to permit */
};

/* A policy in use that permits a version below TLS 1.2. */
struct option_old {
	const char *policy; /* borrowed from a listener or a site */
	int least;          /* S2N_TLS11 or less */
};

/* A chain in a directory that makes no site. */
struct option_unused {
	struct option_unused *next;
	struct slice file; /* text */
};

struct options {
	uint32_t workers;
	uint32_t strictness; /* enum strictness */
	uint32_t max_connections;
	uint32_t drain_timeout_ms;
	struct sources_limits sources;
	uint32_t log_format; /* enum log_format */
	bool access_log;     /* of listeners that do not say it themselves */
	char keyd_socket[108];
	char admin_socket[108]; /* empty: none */
	uid_t readers[ADMIN_READERS_MAX];
	size_t reader_count;
	char page_socket[108];     /* empty: no frontd-page */
	char ocsp_cache[PATH_MAX]; /* directory */
	bool fetches;              /* an OCSP response of some site */
	bool resolves;             /* the name of some backend */
	bool shows;                /* some backend a certificate */
	struct nameserver nameservers[NAMESERVERS_MAX];
	uint32_t nameserver_count; /* 0: those of the machine */
	struct option_listen listens[CONTROL_LISTENERS_MAX];
	uint16_t listen_count;
	struct option_site **sites;
	uint16_t site_count;
	struct option_unused *unused;  /* since other sites have its names */
	struct option_site **by_title; /* the same, sorted */
	struct client_cas client_cas;
	struct texts texts; /* where the slices of records lie */
	struct option_old *old;
	size_t old_count;
};

/* False after a message "file:line: reason" on standard error. */
must_check bool options_read(const char *path, struct options *);
void options_free(struct options *);
/* The site with this name, by its number; site_count: there is none. */
unsigned options_find_site(const struct options *, const char *title);

#endif
