/*
 * Where a key is in a token, as configured: a URI of RFC 7512 with token and
 * object or id; type=private may stand in it, and nothing else.
 */
#ifndef KEYD_P11_URI_H
#define KEYD_P11_URI_H

#include "ipc/keyproto.h"

/* Fills token, object and id. NULL; else why it is not one. */
const char *p11_uri_parse(const char *text, struct keyproto_keytoken *);

#endif
