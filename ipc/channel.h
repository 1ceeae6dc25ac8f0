/*
 * A channel is one end of a SOCK_SEQPACKET socket pair: one packet in, one
 * packet out, at most one descriptor with each. Non-blocking, with a bounded
 * queue of packets that wait to leave. It knows nothing of what they mean.
 */
#ifndef IPC_CHANNEL_H
#define IPC_CHANNEL_H

#include "base/slice.h"

#define CHANNEL_PACKET_MAX 16384

struct channel;

enum channel_event {
	CHANNEL_EMPTY,  /* nothing to read now (or nothing left to write) */
	CHANNEL_PACKET, /* a packet was read */
	CHANNEL_CLOSED, /* the other side is gone */
	CHANNEL_BROKEN /* truncated packet, several descriptors, socket error */
};

/*
 * Takes fd (closed by channel_free, also when this fails with NULL: no memory).
 * queue_max bounds the packets that channel_send holds back.
 */
struct channel *channel_new(int fd, size_t queue_max);
void channel_free(struct channel *);
int channel_fd(const struct channel *);

/*
 * One packet into buffer (room >= CHANNEL_PACKET_MAX is enough for any). When
 * fd_out is NULL a packet that brings a descriptor is CHANNEL_BROKEN and the
 * descriptor is closed; otherwise *fd_out is it, or -1, and the caller's. It is
 * -1 too where one came and this process may have no more of them.
 */
enum channel_event channel_receive(
    struct channel *, void *buffer, size_t room, size_t *len, int *fd_out);

/*
 * Queues a copy of packet; it leaves at channel_flush. fd (-1 for none) is
 * sent along and stays the caller's (the channel keeps a duplicate). False
 * when the queue is full: nothing was queued.
 */
must_check bool channel_send(struct channel *, struct slice packet, int fd);
/*
 * The same, but it leaves at once if it can, and then costs no copy and no
 * duplicate; else it waits for channel_flush, which tells of what went wrong.
 */
must_check bool channel_send_now(struct channel *, struct slice packet, int fd);
/* Writes what is queued. CHANNEL_EMPTY: all left; CHANNEL_PACKET: some wait. */
enum channel_event channel_flush(struct channel *);
/* True while packets wait to leave, so the loop must watch for writing. */
bool channel_waiting(const struct channel *);

/* A connected pair, close-on-exec, non-blocking. -1 and errno on failure. */
int channel_pair(int fds[2]);

#endif
