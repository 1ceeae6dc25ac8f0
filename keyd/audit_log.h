/*
 * An audit log as it is written: lines that are chained (audit_chain.h), and
 * now and then a checkpoint that is signed. What the file does not take waits,
 * and is written before anything else when it takes more again.
 */
#ifndef KEYD_AUDIT_LOG_H
#define KEYD_AUDIT_LOG_H

#include <openssl/evp.h>

#include "ipc/keyproto.h"
#include "keyd/audit_chain.h"

#define AUDIT_LOG_HELD (32 * 1024)

struct audit_log {
	int fd;        /* -1: none yet */
	EVP_PKEY *key; /* signs checkpoints */
	uint32_t checkpoint;
	uint64_t number; /* of the next line */
	uint8_t before[AUDIT_HASH];
	uint32_t unsigned_lines;
	uint64_t lost; /* operations that nobody could write down */
	char held[AUDIT_LOG_HELD];
	size_t len, sent;
	uint8_t held_before[AUDIT_HASH]; /* of the first line that is held */
};

/*
 * Goes on in this file, at its end: after its last line, or after the last
 * line that was written when it is empty. It begins with a line "start", which
 * says what hash was before, and with what the file before did not take. fd is
 * then the log's, which closes the one before. key is there already.
 * False, errno: it cannot be read, or is none (EBADMSG).
 */
must_check bool audit_log_open(struct audit_log *, int fd);
/* Whether there is room for what one record may take. */
must_check bool audit_log_has_room(const struct audit_log *);
/* An operation; told: how many its signer has told of. */
void audit_log_add(struct audit_log *, const char *group, uint64_t told,
    const struct keyproto_record *);
/* Signs all up to here, unless that is done already. */
void audit_log_sign(struct audit_log *);
/*
 * Writes what waits, and has it on the disk after a checkpoint. False: the
 * file took not all of it; reason is the errno.
 */
must_check bool audit_log_write(struct audit_log *, int *reason);

#endif
