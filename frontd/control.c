/*
 * Control records; the contract is in control.h.
 */
#include "frontd/control.h"

uint32_t
control_type(struct slice packet)
{
	uint32_t type = 0;

	if (packet.len >= sizeof type)
		memcpy(&type, packet.data, sizeof type);
	return type;
}

bool
control_take(struct slice packet, void *record, size_t size)
{
	if (packet.len != size)
		return false;
	memcpy(record, packet.data, size);
	return true;
}
