/*
 * A master's half of the keyd socket; the contract is in keymaster.h.
 */
#include "ipc/keymaster.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "ipc/channel.h"

#define QUEUE 128

struct keymaster {
	struct channel *channel;
	uint64_t last_id;
};

static bool
send_request(struct keymaster *master, uint16_t type, struct slice payload)
{
	struct keyproto_header header = { .type = type };
	uint8_t packet[KEYPROTO_PACKET_MAX];
	size_t len;

	header.id = ++master->last_id;
	len = keyproto_build(&header, payload, packet, sizeof packet);
	return len > 0 &&
	       channel_send(master->channel, slice_of(packet, len), -1);
}

struct keymaster *
keymaster_new(int fd)
{
	struct keyproto_hello hello = { .least = KEYPROTO_MAJOR,
		.most = KEYPROTO_MAJOR };
	struct keymaster *master = calloc(1, sizeof *master);
	uint8_t payload[8];
	size_t len = keyproto_hello_build(&hello, payload, sizeof payload);

	if (master == NULL) {
		close(fd);
		return NULL;
	}
	if ((master->channel = channel_new(fd, QUEUE)) == NULL ||
	    !send_request(master, KEYPROTO_HELLO, slice_of(payload, len))) {
		keymaster_free(master);
		errno = ENOMEM;
		return NULL;
	}
	return master;
}

struct keymaster *
keymaster_connect(const char *socket_path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t len = strlen(socket_path);
	int fd, error;

	if (len >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	memcpy(address.sun_path, socket_path, len);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return NULL;
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) !=
	    0) {
		error = errno;
		close(fd);
		errno = error;
		return NULL;
	}
	return keymaster_new(fd);
}

void
keymaster_free(struct keymaster *master)
{
	if (master == NULL)
		return;
	channel_free(master->channel);
	free(master);
}

int
keymaster_fd(const struct keymaster *master)
{
	return channel_fd(master->channel);
}

bool
keymaster_waiting(const struct keymaster *master)
{
	return channel_waiting(master->channel);
}

bool
keymaster_flush(struct keymaster *master)
{
	enum channel_event event = channel_flush(master->channel);

	return event == CHANNEL_EMPTY || event == CHANNEL_PACKET;
}

static bool
ask_channel(struct keymaster *master, uint16_t type, uint32_t tag)
{
	uint8_t payload[4];
	size_t len = keyproto_number_build(tag, payload, sizeof payload);

	return send_request(master, type, slice_of(payload, len));
}

bool
keymaster_newchannel(struct keymaster *master, uint32_t tag)
{
	return ask_channel(master, KEYPROTO_NEWCHANNEL, tag);
}

bool
keymaster_newclientchannel(struct keymaster *master, uint32_t tag)
{
	return ask_channel(master, KEYPROTO_NEWCLIENTCHANNEL, tag);
}

bool
keymaster_status(struct keymaster *master)
{
	return send_request(master, KEYPROTO_STATUS, NO_BYTES);
}

/* What an answer of keyd's means; DISCONNECTED when it makes no sense. */
static enum keymaster_event
take_answer(const struct keyproto_header *header, struct slice payload,
    struct keymaster_news *news)
{
	struct keyproto_welcome welcome;

	if ((header->flags & KEYPROTO_ANSWER) == 0)
		return KEYMASTER_DISCONNECTED;
	if (header->status != KEYPROTO_OK) {
		news->refused_type = header->type;
		news->status = header->status;
		return KEYMASTER_REFUSED;
	}
	if (header->type == KEYPROTO_HELLO &&
	    keyproto_welcome_parse(payload, &welcome))
		return KEYMASTER_WELCOME;
	news->of_client = header->type == KEYPROTO_NEWCLIENTCHANNEL;
	if ((header->type == KEYPROTO_NEWCHANNEL || news->of_client) &&
	    news->fd != -1 &&
	    keyproto_newchannel_parse(payload, &news->newchannel))
		return KEYMASTER_CHANNEL;
	if (header->type == KEYPROTO_STATUS &&
	    keyproto_processes_parse(payload, &news->processes))
		return KEYMASTER_STATUS;
	return KEYMASTER_DISCONNECTED;
}

enum keymaster_event
keymaster_receive(struct keymaster *master, struct keymaster_news *news)
{
	enum keymaster_event event = KEYMASTER_DISCONNECTED;
	uint8_t packet[KEYPROTO_PACKET_MAX];
	struct keyproto_header header;
	struct slice payload;
	size_t len;

	memset(news, 0, sizeof *news);
	news->fd = -1;
	switch (channel_receive(
	    master->channel, packet, sizeof packet, &len, &news->fd)) {
	case CHANNEL_EMPTY:
		return KEYMASTER_NOTHING;
	case CHANNEL_CLOSED:
	case CHANNEL_BROKEN:
		return KEYMASTER_DISCONNECTED;
	case CHANNEL_PACKET:
		break;
	}
	if (keyproto_parse(slice_of(packet, len), &header, &payload) ==
	    KEYPROTO_OK)
		event = take_answer(&header, payload, news);
	if (event != KEYMASTER_CHANNEL && news->fd != -1) {
		close(news->fd);
		news->fd = -1;
	}
	return event;
}
