/*
 * Records of an upgrade; the contract is in heritage.h.
 */
#include "frontd/heritage.h"

bool
heritage_say(
    struct channel *channel, struct heritage record, const char *text, int fd)
{
	uint8_t packet[sizeof record + HERITAGE_TEXT_MAX];
	size_t len = text != NULL ? strlen(text) : 0;

	if (len > HERITAGE_TEXT_MAX)
		len = HERITAGE_TEXT_MAX;
	record.version = HERITAGE_VERSION;
	memcpy(packet, &record, sizeof record);
	if (len > 0)
		memcpy(packet + sizeof record, text, len);
	return channel_send(
		   channel, slice_of(packet, sizeof record + len), fd) &&
	       channel_flush(channel) != CHANNEL_BROKEN;
}

bool
heritage_parse(struct slice packet, struct heritage *record,
    char text[static HERITAGE_TEXT_MAX + 1])
{
	size_t len = packet.len - sizeof *record;

	if (packet.len < sizeof *record || len > HERITAGE_TEXT_MAX)
		return false;
	memcpy(record, packet.data, sizeof *record);
	memcpy(text, packet.data + sizeof *record, len);
	text[len] = '\0';
	return record->version == HERITAGE_VERSION;
}
