/*
 * Channels in the event loop; the contract is in link.h.
 */
#include "keyd/link.h"

#define QUEUE_MAX 1024

static bool
flush(struct link *link)
{
	bool sound = channel_flush(link->channel) <= CHANNEL_PACKET;

	if (sound && channel_waiting(link->channel))
		return event_add(link->writable, NULL) == 0;
	return sound;
}

/* A side that is gone is found out by reading. */
static void
room_again(evutil_socket_t fd, short what, void *ctx)
{
	struct link *link = ctx;

	(void)fd;
	(void)what;
	link->gone = !flush(link);
	if (link->resting && (link->gone || !channel_waiting(link->channel))) {
		link->resting = false;
		event_add(link->readable, NULL);
	}
}

bool
link_open(struct link *link, struct event_base *base, int fd,
    event_callback_fn ready, void *ctx)
{
	*link = (struct link){ .channel = channel_new(fd, QUEUE_MAX) };
	if (link->channel == NULL)
		return false;
	link->readable = event_new(base, fd, EV_READ | EV_PERSIST, ready, ctx);
	link->writable = event_new(base, fd, EV_WRITE, room_again, link);
	if (link->readable != NULL && link->writable != NULL &&
	    event_add(link->readable, NULL) == 0)
		return true;
	link_close(link);
	return false;
}

void
link_in_turn(struct link *link)
{
	link->in_turn = true;
}

static bool
rests(struct link *link)
{
	if (!link->in_turn || link->gone || !channel_waiting(link->channel))
		return false;
	if (!link->resting)
		link->resting = event_del(link->readable) == 0;
	return true;
}

enum channel_event
link_receive(
    struct link *link, void (*take)(void *ctx, struct slice packet), void *ctx)
{
	uint8_t packet[KEYPROTO_PACKET_MAX];
	enum channel_event event = CHANNEL_PACKET;
	size_t len;

	while (link->channel != NULL && event == CHANNEL_PACKET) {
		if (rests(link))
			return CHANNEL_EMPTY;
		event = channel_receive(
		    link->channel, packet, sizeof packet, &len, NULL);
		if (event == CHANNEL_PACKET)
			take(ctx, slice_of(packet, len));
	}
	return link->channel != NULL ? event : CHANNEL_EMPTY;
}

void
link_close(struct link *link)
{
	if (link->readable != NULL)
		event_free(link->readable);
	if (link->writable != NULL)
		event_free(link->writable);
	channel_free(link->channel);
	*link = (struct link){ 0 };
}

bool
link_say(struct link *link, const struct keyproto_header *header,
    struct slice payload, int fd)
{
	uint8_t packet[KEYPROTO_PACKET_MAX];
	size_t len = keyproto_build(header, payload, packet, sizeof packet);

	return len > 0 &&
	       channel_send(link->channel, slice_of(packet, len), fd) &&
	       flush(link);
}
