/*
 * The words of frontd.conf(5) that say where a site's plaintext goes.
 */
#ifndef FRONTD_OPTION_BACKENDS_H
#define FRONTD_OPTION_BACKENDS_H

#include "base/conf.h"
#include "frontd/options.h"

#define OPTION_BACKENDS_CONNECT_MS 5000
#define OPTION_BACKENDS_FAILURES 3
#define OPTION_BACKENDS_DOWN_MS 10000

#define OPTION_BACKENDS()                                                      \
	CFG_STR("backend", NULL, CFGF_NODEFAULT),                              \
	    CFG_STR_LIST("backends", NULL, CFGF_NONE),                         \
	    CFG_STR("balance", "round-robin", CFGF_NONE),                      \
	    CFG_INT_CB("connect-timeout", OPTION_BACKENDS_CONNECT_MS,          \
		CFGF_NONE, conf_duration),                                     \
	    CFG_INT_CB("backend-failures", OPTION_BACKENDS_FAILURES,           \
		CFGF_NONE, conf_count),                                        \
	    CFG_INT_CB("backend-down", OPTION_BACKENDS_DOWN_MS, CFGF_NONE,     \
		conf_duration),                                                \
	    CFG_INT_CB("backend-check", 0, CFGF_NODEFAULT, conf_duration),     \
	    CFG_STR("backend-tls", NULL, CFGF_NODEFAULT),                      \
	    CFG_STR("backend-ca", NULL, CFGF_NODEFAULT),                       \
	    CFG_STR("backend-certificate", NULL, CFGF_NODEFAULT)

/*
 * Of a site that has its number; files of authorities are read into the
 * options.
 * False after a message.
 */
must_check bool option_backends_take(
    cfg_t *, struct option_site *, struct options *);
/* What that has allocated. */
void option_backends_free(struct option_site *);

#endif
