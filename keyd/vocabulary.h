/*
 * The words for what keyd's numbers mean, as configuration, reports and metrics
 * have them.
 */
#ifndef KEYD_VOCABULARY_H
#define KEYD_VOCABULARY_H

#include "ipc/keyproto.h"

#define VOCABULARY_OPERATIONS_MAX 64

/* A request's type; "unknown" for what is none. */
const char *vocabulary_type(uint16_t);
/* The type behind a word that a key may be given as operation; 0: none. */
uint16_t vocabulary_operation(const char *word);
/* Those words for bits of keyproto_operation(), in out, which is returned. */
char *vocabulary_operations(uint32_t bits, char out[VOCABULARY_OPERATIONS_MAX]);
const char *vocabulary_algorithm(uint16_t); /* enum keyproto_algorithm */
/* A SignatureScheme (RFC 8446 4.2.3); "" for 0. */
const char *vocabulary_scheme(uint16_t);
const char *vocabulary_role(uint32_t); /* enum keyproto_role */

#endif
