/*
 * The words policy, alpn, dh-params, tickets, client-ca and client-auth of
 * frontd.conf(5), and the proof that each listener can serve each site on what
 * they come to.
 */
#ifndef FRONTD_OPTION_TERMS_H
#define FRONTD_OPTION_TERMS_H

#include "base/conf.h"
#include "frontd/options.h"

/* The words, of a listener's or a site's section. */
#define OPTION_TERMS()                                                         \
	CFG_STR("policy", NULL, CFGF_NODEFAULT),                               \
	    CFG_STR_LIST("alpn", NULL, CFGF_NONE),                             \
	    CFG_STR("dh-params", NULL, CFGF_NODEFAULT),                        \
	    CFG_BOOL("tickets", cfg_false, CFGF_NODEFAULT),                    \
	    CFG_STR("client-ca", NULL, CFGF_NODEFAULT),                        \
	    CFG_STR("client-auth", NULL, CFGF_NODEFAULT)

/*
 * False after a message, as all that takes a section. What the terms say, and
 * files of authorities, are kept in the options.
 */
must_check bool option_terms_take(
    cfg_t *section, struct control_terms *, struct options *);
/* The number of the file of authorities that an option names, if it does; what
 * is new among them is read. */
must_check bool option_terms_take_ca(
    cfg_t *section, const char *option, struct client_cas *, uint16_t *number);
/*
 * Once listeners and sites are taken, from the whole file. Also notes the
 * policies that permit a version below TLS 1.2.
 */
must_check bool option_terms_prove(cfg_t *, struct options *);

#endif
