/*
 * One end of a SOCK_SEQPACKET pair; the contract is in channel.h.
 */
#include "ipc/channel.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct packet {
	uint8_t *data;
	size_t len;
	int fd;
};

struct channel {
	int fd;
	size_t first, count, max;
	struct packet *queue; /* a ring of max places */
};

/* Room for more descriptors than are allowed, so that none is lost unseen. */
union control {
	struct cmsghdr align;
	uint8_t bytes[CMSG_SPACE(8 * sizeof(int))];
};

struct channel *
channel_new(int fd, size_t queue_max)
{
	struct channel *channel = calloc(1, sizeof *channel);

	if (channel == NULL) {
		close(fd);
		return NULL;
	}
	channel->fd = fd;
	channel->max = queue_max;
	channel->queue = calloc(queue_max, sizeof *channel->queue);
	if (channel->queue == NULL) {
		channel_free(channel);
		return NULL;
	}
	return channel;
}

static void
drop_first(struct channel *channel)
{
	struct packet *packet = &channel->queue[channel->first];

	/* It may have been a secret: a signer's answer. */
	explicit_bzero(packet->data, packet->len);
	free(packet->data);
	if (packet->fd != -1)
		close(packet->fd);
	channel->first = (channel->first + 1) % channel->max;
	/* One that is empty begins anew, so that places never needed are never
	 * touched, however many there are. */
	if (--channel->count == 0)
		channel->first = 0;
}

void
channel_free(struct channel *channel)
{
	if (channel == NULL)
		return;
	while (channel->count > 0)
		drop_first(channel);
	free(channel->queue);
	close(channel->fd);
	free(channel);
}

int
channel_fd(const struct channel *channel)
{
	return channel->fd;
}

/* Takes the descriptors out of msg: the first into *fd, others are closed. */
static size_t
take_descriptors(struct msghdr *msg, int *fd)
{
	struct cmsghdr *c;
	size_t seen = 0;

	*fd = -1;
	for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		size_t count;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int one;

			memcpy(&one, CMSG_DATA(c) + i * sizeof one, sizeof one);
			if (seen++ == 0)
				*fd = one;
			else
				close(one);
		}
	}
	return seen;
}

enum channel_event
channel_receive(struct channel *channel, void *buffer, size_t room, size_t *len,
    int *fd_out)
{
	union control control;
	struct iovec iov = { buffer, room };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof control.bytes };
	bool broken;
	ssize_t got;
	size_t fds;
	int fd;

	*len = 0;
	if (fd_out != NULL)
		*fd_out = -1;
	do
		got =
		    recvmsg(channel->fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (got == -1 && errno == EINTR);
	if (got == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return CHANNEL_EMPTY;
	if (got == -1)
		return errno == ECONNRESET ? CHANNEL_CLOSED : CHANNEL_BROKEN;
	fds = take_descriptors(&msg, &fd);
	/* Without any, it is ours that there was no room for one. */
	broken =
	    (msg.msg_flags & MSG_TRUNC) != 0 || fds > (fd_out != NULL) ||
	    ((msg.msg_flags & MSG_CTRUNC) != 0 && (fds > 0 || fd_out == NULL));
	/* An empty packet looks like the end and is as good a reason for it. */
	if (broken || got == 0) {
		if (fd != -1)
			close(fd);
		return broken ? CHANNEL_BROKEN : CHANNEL_CLOSED;
	}
	*len = (size_t)got;
	if (fd_out != NULL)
		*fd_out = fd;
	return CHANNEL_PACKET;
}

bool
channel_send(struct channel *channel, struct slice bytes, int fd)
{
	struct packet *packet;

	if (channel->count == channel->max || bytes.len == 0 ||
	    bytes.len > CHANNEL_PACKET_MAX)
		return false;
	packet =
	    &channel->queue[(channel->first + channel->count) % channel->max];
	if ((packet->data = malloc(bytes.len)) == NULL)
		return false;
	packet->fd = -1;
	if (fd != -1 && (packet->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)) == -1) {
		free(packet->data);
		return false;
	}
	memcpy(packet->data, bytes.data, bytes.len);
	packet->len = bytes.len;
	channel->count++;
	return true;
}

static ssize_t
send_packet(int fd, const struct packet *packet)
{
	union control control = { 0 };
	struct iovec iov = { packet->data, packet->len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t sent;

	if (packet->fd != -1) {
		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE(sizeof packet->fd);
		control.align.cmsg_level = SOL_SOCKET;
		control.align.cmsg_type = SCM_RIGHTS;
		control.align.cmsg_len = CMSG_LEN(sizeof packet->fd);
		memcpy(
		    CMSG_DATA(&control.align), &packet->fd, sizeof packet->fd);
	}
	do
		sent = sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (sent == -1 && errno == EINTR);
	return sent;
}

bool
channel_send_now(struct channel *channel, struct slice bytes, int fd)
{
	const struct packet now = { (uint8_t *)(uintptr_t)bytes.data, bytes.len,
		fd };

	return (channel->count == 0 && send_packet(channel->fd, &now) != -1) ||
	       channel_send(channel, bytes, fd);
}

enum channel_event
channel_flush(struct channel *channel)
{
	while (channel->count > 0) {
		if (send_packet(channel->fd, &channel->queue[channel->first]) ==
		    -1) {
			if (errno == EAGAIN || errno == EWOULDBLOCK)
				return CHANNEL_PACKET;
			return errno == EPIPE || errno == ECONNRESET
				   ? CHANNEL_CLOSED
				   : CHANNEL_BROKEN;
		}
		drop_first(channel);
	}
	return CHANNEL_EMPTY;
}

bool
channel_waiting(const struct channel *channel)
{
	return channel->count > 0;
}

int
channel_pair(int fds[2])
{
	return socketpair(
	    AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds);
}
