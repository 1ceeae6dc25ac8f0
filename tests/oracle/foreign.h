/*
 * What others than TLS sign: the bytes that a signature is worth something on
 * elsewhere, for the oracle to ask for and to recognise. Nothing here is
 * keyd's: formats are made and told by libcrypto, or by their own documents.
 */
#ifndef TESTS_ORACLE_FOREIGN_H
#define TESTS_ORACLE_FOREIGN_H

#include <openssl/evp.h>

#include "base/slice.h"

#define FOREIGN_MAX 64

struct foreign {
	const char *name;
	struct slice bytes;
};

/*
 * Makes the corpus, about this key where a format names one. Some are crafted:
 * they are at once lawful parts of a ServerKeyExchange, with its parameters in
 * a place where the format has room for anything. Gives how many; aborts where
 * one cannot be made.
 */
size_t foreign_make(EVP_PKEY *about, struct foreign items[FOREIGN_MAX]);

/* What else these bytes are, whole; NULL: nothing that is known here. */
const char *foreign_told(struct slice content);

#endif
