/*
 * Verifies an audit log: each line's number and hash, each checkpoint's
 * signature. A record that was changed, taken out, put in or moved breaks the
 * chain there. What was cut off at the end is found when it was signed for: the
 * lines after the last checkpoint are chained, and no more than that.
 */
#ifndef KEYD_AUDIT_VERIFY_H
#define KEYD_AUDIT_VERIFY_H

#include <stdio.h>

#include <openssl/evp.h>

#include "keyd/audit_chain.h"

struct audit_verdict {
	uint64_t lines, operations, checkpoints;
	uint64_t first, last; /* numbers of lines; 0: there is none */
	uint64_t last_signed; /* the last that a checkpoint vouches for */
	uint64_t lost;        /* operations that the log says it lacks */
	uint64_t untold;      /* that signers told of and it lacks */
	uint64_t broken_off;  /* lines in whose midst the machine stopped */
	uint8_t previous[AUDIT_HASH]; /* the hash before the first line */
	uint8_t hash[AUDIT_HASH];     /* of the last line */
	/* NULL: all is well; else what is wrong, and in which line of the file,
	 * from 1. */
	const char *fault;
	uint64_t fault_line;
};

/*
 * Reads the file to its end or to its first fault. key: the public half of the
 * audit key, Ed25519. True when nothing is wrong. A log that was rotated is
 * several files: previous of each is hash of the one before.
 */
must_check bool audit_verify(
    FILE *file, EVP_PKEY *key, struct audit_verdict *verdict);

#endif
