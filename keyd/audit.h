/*
 * A signer's half of the audit: each operation is told to keyd-audit before its
 * result leaves, without ever waiting for it.
 */
#ifndef KEYD_AUDIT_H
#define KEYD_AUDIT_H

#include "ipc/keyproto.h"
#include "keyd/rate.h"

struct channel;

struct audit {
	bool wanted;             /* by keyd; else nothing is told */
	bool stop;               /* what cannot be told is not done */
	struct channel *channel; /* NULL: keyd-audit is gone */
	uint32_t signer;         /* as told */
	uint64_t told;
	uint32_t skipped, lost;
	struct rate
	    refusals; /* that are told: who asks in vain fills no disk */
};

/* Nothing wanted yet; signer is its number, drawn at random. */
struct audit audit_of(uint32_t signer);
/* From now on all is told on fd, which it takes. */
must_check enum keyproto_status audit_begin(
    struct audit *, const struct keyproto_audit *, int fd);
/*
 * Tells of an operation (signer, skipped and lost are filled in here), or of a
 * refusal, of which no more than ten a second are told. False: it could not be
 * told, and so the result must not leave.
 */
must_check bool audit_tell(
    struct audit *, struct keyproto_record *, uint64_t now_ns);

#endif
