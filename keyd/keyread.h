/*
 * One private key out of what is in its file: PEM (PKCS#8, PKCS#1, SEC 1, each
 * encrypted or not) or PKCS#12. Never asks a terminal, and never opens a file:
 * it reads what others opened.
 */
#ifndef KEYD_KEYREAD_H
#define KEYD_KEYREAD_H

#include <openssl/evp.h>

#include "ipc/keyproto.h"
#include "keyd/encrypted.h"

#define KEYREAD_FILE_MAX (64 * 1024)
#define KEYREAD_PASSPHRASE_MAX 1023

/* Descriptors at the beginning of their files; -1: there is none. */
struct keysource {
	int key;
	int passphrase;  /* a line; then the key must be encrypted */
	int certificate; /* PEM; the first one in it must be the key's */
};

/*
 * SERVED: *key, which is the caller's, and when its certificate expires, in
 * seconds since 1970 (0: there was none, or it was before that). Otherwise why
 * not. What kind of key it is, is for others to judge. Descriptors stay the
 * caller's.
 */
must_check enum keyproto_verdict keyread(
    const struct keysource *, EVP_PKEY **key, uint64_t *expires);
/* Whether the first certificate in a file is that of a key, and until when. */
must_check enum keyproto_verdict keyread_certificate(
    int fd, EVP_PKEY *key, uint64_t *expires);
/* What is in a passphrase's file: one line, of which its end is no part. It is
 * the text's; without data there is none. */
struct passphrase keyread_passphrase(struct slice text);

#endif
