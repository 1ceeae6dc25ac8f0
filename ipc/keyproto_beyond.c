/*
 * Payloads that no signer takes or gives: those between keyd, masters and the
 * other children. The contract is in keyproto.h.
 */
#include "ipc/keyproto_layout.h"

/* clang-format off */
LAYOUT(newchannel, NUMBER(newchannel, tag), NUMBER(newchannel, group), NUMBER(newchannel, groups));
LAYOUT(keytoken, NUMBER(keytoken, file.slot), NUMBER(keytoken, file.operations), NUMBER(keytoken, file.rate.rate),
    NUMBER(keytoken, file.rate.burst), ARRAY(keytoken, file.name), ARRAY(keytoken, token), ARRAY(keytoken, object),
    NUMBER(keytoken, id_len), ARRAY(keytoken, id));
LAYOUT(generate, NUMBER(generate, algorithm), NUMBER(generate, bits));
LAYOUT(request, NUMBER(request, slot), SLICE(VECTOR, request, subject, 0), SLICE(REST, request, names, 0));
LAYOUT(module, ARRAY(module, path), ARRAY(module, environment));
LAYOUT(ticket, NUMBER(ticket, epoch), NUMBER(ticket, begins), NUMBER(ticket, ends), NUMBER(ticket, dies),
    ARRAY(ticket, name), ARRAY(ticket, secret));
LAYOUT(ticketkeys, NUMBER(ticketkeys, current), STRUCTS(PAIR, ticketkeys, key, &ticket_layout, KEYPROTO_TICKETS));
LAYOUT(ticketroot, NUMBER(ticketroot, rotate), NUMBER(ticketroot, lifetime));
LAYOUT(auditlog, NUMBER(auditlog, checkpoint), NUMBER(auditlog, stop));
/* clang-format on */

static bool
in_order(const struct keyproto_ticketkeys *keys)
{
	bool sound = true;

	for (size_t i = 0; i < KEYPROTO_TICKETS; i++)
		sound = sound && keys->key[i].begins < keys->key[i].ends &&
			keys->key[i].ends <= keys->key[i].dies;
	return sound;
}

CODEC(newchannel, newchannel, value->group < value->groups)
CODEC(keytoken, keytoken,
    value->file.slot < KEYPROTO_SLOTS && ENDS(value->file.name) &&
	ENDS(value->token) && ENDS(value->object) &&
	value->id_len <= sizeof value->id)
CODEC(generate, generate, true)
CODEC(request, request, true)
CODEC(module, module, ENDS(value->path) && ENDS(value->environment))
CODEC(ticketkeys, ticketkeys, in_order(value))
CODEC(ticketroot, ticketroot,
    value->rotate > 0 && value->lifetime >= value->rotate)
CODEC(auditlog, auditlog, value->checkpoint > 0)

const char *
keyproto_status_name(uint32_t status)
{
	static const char *const names[KEYPROTO_STATUS_COUNT] = { "ok",
		"badmsg", "version", "nokey", "denied", "rate", "credit",
		"deadline", "crypto", "stale", "unsupported", "shutdown",
		"backend", "cancelled", "internal" };

	return status < KEYPROTO_STATUS_COUNT ? names[status] : "unknown";
}
