/*
 * Telling of operations; the contract is in audit.h.
 */
#include "keyd/audit.h"

#include <unistd.h>

#include "ipc/channel.h"

#define REFUSALS 10 /* a second */
#define REFUSALS_AT_ONCE 100

struct audit
audit_of(uint32_t signer)
{
	static const struct keyproto_rate refusals = { REFUSALS,
		REFUSALS_AT_ONCE };

	return (
	    struct audit){ .signer = signer, .refusals = rate_of(&refusals) };
}

enum keyproto_status
audit_begin(struct audit *audit, const struct keyproto_audit *what, int fd)
{
	channel_free(audit->channel);
	audit->wanted = true;
	audit->stop = what->stop != 0;
	audit->channel = channel_new(fd, 1);
	return audit->channel != NULL ? KEYPROTO_OK : KEYPROTO_INTERNAL;
}

/* The kernel has it, or at most this one waits here. */
static bool
say(struct audit *audit, const struct keyproto_record *record)
{
	struct keyproto_header header = { .type = KEYPROTO_RECORD,
		.id = audit->told + 1 };
	uint8_t payload[512], packet[512];
	size_t len = keyproto_record_build(record, payload, sizeof payload);

	len = keyproto_build(
	    &header, slice_of(payload, len), packet, sizeof packet);
	if (audit->channel == NULL ||
	    channel_flush(audit->channel) != CHANNEL_EMPTY ||
	    !channel_send(audit->channel, slice_of(packet, len), -1))
		return false;
	return channel_flush(audit->channel) <= CHANNEL_PACKET;
}

bool
audit_tell(struct audit *audit, struct keyproto_record *record, uint64_t now_ns)
{
	bool done = record->status == KEYPROTO_OK;

	if (!audit->wanted)
		return true;
	if (!done && !rate_allows(&audit->refusals, now_ns)) {
		audit->skipped++;
		return true;
	}
	record->signer = audit->signer;
	record->skipped = audit->skipped;
	record->lost = audit->lost;
	if (!say(audit, record)) {
		audit->lost += !audit->stop;
		return !audit->stop;
	}
	if (!done)
		rate_count(&audit->refusals, now_ns);
	audit->told++;
	audit->skipped = audit->lost = 0;
	return true;
}
