/*
 * A site's host names, packed as its ALPN protocols are (length, bytes, ...),
 * and the match of a client's server name against them: as a certificate's
 * names are matched, a leading "*." stands for exactly one label (RFC 6125
 * 6.4.3), letters without regard to case.
 */
#ifndef FRONTD_NAMES_H
#define FRONTD_NAMES_H

#include "base/slice.h"

/* Appends a text of 1 to 255 bytes; false when it does not fit. */
must_check bool names_append(
    uint8_t *list, size_t room, size_t *len, const char *name);
/* 0: no match; 1: a wildcard's; 2: the very name. */
int names_match(struct slice list, const char *name);
/* The text at *at, which moves on; NO_BYTES at the end, or where the list is
 * not well formed. */
struct slice names_next(struct slice list, size_t *at);

#endif
