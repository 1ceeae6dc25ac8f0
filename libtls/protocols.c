/*
 * Lists of application protocols; the contract is in protocols.h.
 */
#include "libtls/protocols.h"

#include "libtls/core/memory.h"

#define LIST_MAX 65535
#define PROTOCOL_MAX 255

int
protocols_append(
    struct protocol_list *list, const uint8_t *protocol, size_t len)
{
	uint8_t *data;

	if (protocol == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if (len == 0 || len > PROTOCOL_MAX || list->len + 1 + len > LIST_MAX)
		return fail(ERR_INVALID_PROTOCOL);
	if ((data = memory_resize(list->data, list->len + 1 + len)) == NULL)
		return fail(memory_lack());
	data[list->len] = (uint8_t)len;
	memcpy(data + list->len + 1, protocol, len);
	list->data = data;
	list->len += 1 + len;
	return 0;
}

int
protocols_set(
    struct protocol_list *list, const char *const *protocols, int count)
{
	struct protocol_list next = { 0 };
	int r = 0;

	if (count > 0 && protocols == NULL)
		return fail(ERR_NULL_ARGUMENT);
	for (int i = 0; r == 0 && i < count; i++)
		r = protocols[i] == NULL
			? fail(ERR_NULL_ARGUMENT)
			: protocols_append(&next, (const uint8_t *)protocols[i],
			      strlen(protocols[i]));
	if (r != 0) {
		memory_free(next.data);
		return r;
	}
	memory_free(list->data);
	*list = next;
	return 0;
}
