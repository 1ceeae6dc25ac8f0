/*
 * Certificates and keys from files.
 */
#ifndef TESTS_BOGO_SHIM_FILES_H
#define TESTS_BOGO_SHIM_FILES_H

#include <s2n.h>

/* A chain with its key, or without one where key is NULL. NULL: s2n_errno. */
struct s2n_cert_chain_and_key *files_chain(const char *chain, const char *key);

#endif
