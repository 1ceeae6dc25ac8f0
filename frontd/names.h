/*
 * Host names of a site, or ALPN protocols, packed as they travel in TLS:
 * length, bytes, length ...
 */
#ifndef FRONTD_NAMES_H
#define FRONTD_NAMES_H

#include "base/slice.h"

/* Appends a text of 1 to 255 bytes; false when it does not fit. */
must_check bool names_append(
    uint8_t *list, size_t room, size_t *len, const char *name);
/* The text at *at, which moves on; NO_BYTES at the end, or where the list is
 * not well formed. */
struct slice names_next(struct slice list, size_t *at);

#endif
