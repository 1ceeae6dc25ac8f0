/*
 * What a client's TLS agreed on, as texts: for a backend, the page and the log.
 */
#ifndef FRONTD_AGREED_H
#define FRONTD_AGREED_H

#include "frontd/proxy.h"
#include "libtls/s2n.h"

/* "TLSv1.3" down to "SSLv3", as OpenSSL names them. */
const char *agreed_version_name(int version);
/* Of the connection; "" before it is agreed on. */
const char *agreed_version(struct s2n_connection *);
/* All of it; policy is whose name the site was served on. */
void agreed_tell(
    struct s2n_connection *, const char *policy, struct proxy_info *);

#endif
