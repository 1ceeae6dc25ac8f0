/*
 * The blocks site and sites of frontd.conf(5): a site with a chain and names of
 * its own, and the sites that the chains in a directory make.
 */
#ifndef FRONTD_OPTION_SITES_H
#define FRONTD_OPTION_SITES_H

#include "base/conf.h"
#include "frontd/options.h"

/* The words that both have, besides those of backends and terms. */
#define OPTION_SITES()                                                         \
	CFG_STR("ocsp", NULL, CFGF_NODEFAULT),                                 \
	    CFG_STR("ocsp-responder", NULL, CFGF_NODEFAULT),                   \
	    CFG_INT_CB("proxy-protocol", 0, CFGF_NONE, option_sites_proxy),    \
	    CFG_INT_CB("early-data", 0, CFGF_NONE, option_sites_early_data)
int option_sites_proxy(cfg_t *, cfg_opt_t *, const char *value, void *result);
int option_sites_early_data(
    cfg_t *, cfg_opt_t *, const char *value, void *result);

/*
 * All sites of the file, those with a block of their own first, then those of
 * directories by the names of their files. False after a message.
 */
must_check bool option_sites_take(cfg_t *, struct options *);
/* The word by which a site's section names its chain. */
const char *option_sites_word(struct cfg_t *section);
void option_sites_free_one(struct option_site *);

#endif
