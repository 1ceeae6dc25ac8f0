/*
 * Lists of application protocols (RFC 7301), as they travel.
 */
#ifndef LIBTLS_PROTOCOLS_H
#define LIBTLS_PROTOCOLS_H

#include "libtls/state/config.h"

/* ERR_INVALID_PROTOCOL for an empty name or a list that grows too long. */
must_check int protocols_append(
    struct protocol_list *, const uint8_t *protocol, size_t len);
/* Replaces the list; count 0 clears it. On failure it stays as it was. */
must_check int protocols_set(
    struct protocol_list *, const char *const *protocols, int count);

#endif
