/*
 * OCSP responses on disk, so that a restart needs no responder: one file for
 * each certificate. What is read of it is as good as what comes from the
 * network, and to be proven like that.
 */
#ifndef FRONTD_STAPLE_CACHE_H
#define FRONTD_STAPLE_CACHE_H

#include "base/slice.h"

/* SHA-256 of the certificate, DER. */
#define STAPLE_CACHE_ID 32

/* A descriptor of the directory, the caller's; -1 with errno. */
int staple_cache_open(const char *path);
/* malloc()ed bytes, 1 to room of them; NULL: there is none such. */
uint8_t *staple_cache_read(
    int dir, const uint8_t id[STAPLE_CACHE_ID], size_t room, size_t *len);
/* Replaces the file as a whole, or not at all: false with errno. */
must_check bool staple_cache_write(
    int dir, const uint8_t id[STAPLE_CACHE_ID], struct slice response);
void staple_cache_remove(int dir, const uint8_t id[STAPLE_CACHE_ID]);

#endif
