/*
 * How lines of an audit log are chained and signed; for who writes one and who
 * verifies it.
 *
 * A line is text, then " sha256=" and 64 hexadecimal digits: SHA-256 of the
 * hash before and the text. A checkpoint's signature is Ed25519 over a context,
 * its number (8 bytes, big-endian) and the hash before it.
 */
#ifndef KEYD_AUDIT_CHAIN_H
#define KEYD_AUDIT_CHAIN_H

#include "base/slice.h"

#define AUDIT_HASH 32
#define AUDIT_SIGNATURE 64
#define AUDIT_LINE_MAX 1024 /* with its end */
#define AUDIT_HASH_WORD " sha256="

/* The hash after a line's text; next may be before. */
must_check bool audit_chain_next(const uint8_t before[AUDIT_HASH],
    struct slice text, uint8_t next[AUDIT_HASH]);

#define AUDIT_MESSAGE 64
/* What is signed; its length, at most AUDIT_MESSAGE. */
size_t audit_chain_message(uint64_t number, const uint8_t before[AUDIT_HASH],
    uint8_t message[AUDIT_MESSAGE]);

/* Terminated; out has room for two digits a byte and the end. */
void audit_chain_hex(const uint8_t *bytes, size_t len, char *out);
/* False: text does not begin with len bytes in lower-case digits. */
must_check bool audit_chain_unhex(const char *text, uint8_t *bytes, size_t len);

#endif
