/*
 * Answers to keyd; the contract is in telling.h.
 */
#include "keyd/telling.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ipc/channel.h"

void
telling(struct channel *control, uint16_t type, uint64_t id,
    enum keyproto_status status, struct slice payload)
{
	struct keyproto_header header = { .type = type,
		.id = id,
		.flags = KEYPROTO_ANSWER,
		.status = status };
	uint8_t packet[KEYPROTO_PACKET_MAX];
	size_t len = keyproto_build(&header, payload, packet, sizeof packet);

	if (len == 0 || !channel_send(control, slice_of(packet, len), -1))
		exit(EXIT_FAILURE);
}

size_t
telling_confinement(const char *name, uint32_t keys,
    const struct confinement *reached, uint8_t *payload, size_t room)
{
	struct keyproto_processes what = { .count = 1 };
	struct keyproto_process *own = &what.process[0];

	snprintf(own->name, sizeof own->name, "%s", name);
	own->pid = (uint32_t)getpid();
	own->uid = reached->uid;
	own->seccomp = reached->seccomp_mode;
	own->namespaces = reached->namespaces;
	own->keys = keys;
	static_assert(LAYER_COUNT <= KEYPROTO_LAYERS, "each has its place");
	memcpy(own->levels, reached->level, sizeof reached->level);
	return keyproto_processes_build(&what, payload, room);
}
