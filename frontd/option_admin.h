/*
 * The words admin-socket and admin-readers of frontd.conf(5).
 */
#ifndef FRONTD_OPTION_ADMIN_H
#define FRONTD_OPTION_ADMIN_H

#include "base/conf.h"
#include "frontd/options.h"

#define OPTION_ADMIN()                                                         \
	CFG_STR("admin-socket", NULL, CFGF_NODEFAULT),                         \
	    CFG_STR_LIST("admin-readers", NULL, CFGF_NONE)

/* False after a message. */
must_check bool option_admin_take(cfg_t *, struct options *);

#endif
