/*
 * Transport buffers; the contract is in io.h.
 */
#include "libtls/record/io.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libtls/core/memory.h"
#include "libtls/record/kernel.h"

/* A whole TLS 1.2 record with the largest expansion, or read-ahead. */
#define IN_ROOM (5 + 16384 + 2048)
/* RFC 8446 5.5: 2^24.5 full-size records under one AES-GCM key. */
#define KERNEL_SENT_MAX (UINT64_C(23726565) * 16384)
/* What may wait to be written: a server's flight with a long chain. */
#define OUT_LIMIT (1 << 20)

void
io_init(struct io *io)
{
	*io = (struct io){ .read_fd = -1, .write_fd = -1 };
	writer_init(&io->out, OUT_LIMIT);
}

void
io_free(struct io *io)
{
	memory_free_room(io->in, io->in_written);
	writer_free(&io->out);
	io_init(io);
}

static int
fd_read(void *ctx, uint8_t *buf, uint32_t len)
{
	return (int)read((int)(intptr_t)ctx, buf, len);
}

static int
fd_write(void *ctx, const uint8_t *buf, uint32_t len)
{
	return (int)write((int)(intptr_t)ctx, buf, len);
}

void
io_set_read_fd(struct io *io, int fd)
{
	io->read_fd = fd;
	io->recv = fd_read;
	io->recv_ctx = (void *)(intptr_t)fd;
}

void
io_set_write_fd(struct io *io, int fd)
{
	io->write_fd = fd;
	io->send = fd_write;
	io->send_ctx = (void *)(intptr_t)fd;
}

/* Room for len bytes behind in_start, moving what is there to the front. */
static int
make_room(struct io *io, size_t len)
{
	if (io->in == NULL) {
		if ((io->in = memory_room(IN_ROOM)) == NULL)
			return fail(memory_lack());
		io->in_room = IN_ROOM;
	}
	if (io->in_start == io->in_end)
		io->in_start = io->in_end = 0;
	if (len > io->in_room)
		return fail(ERR_RECORD_TOO_LONG);
	if (io->in_start + len > io->in_room) {
		memmove(
		    io->in, io->in + io->in_start, io->in_end - io->in_start);
		io->in_end -= io->in_start;
		io->in_start = 0;
	}
	return 0;
}

static void
wrote(struct io *io, size_t end)
{
	if (io->in_written < end)
		io->in_written = end;
}

static int
read_some(struct io *io, size_t want)
{
	int got;

	do {
		errno = 0;
		got =
		    io->recv(io->recv_ctx, io->in + io->in_end, (uint32_t)want);
	} while (got < 0 && errno == EINTR);
	if (got == 0)
		return fail(ERR_CLOSED);
	if (got < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK
			   ? fail(ERR_WANT_READ)
			   : fail(ERR_IO);
	if ((size_t)got > want)
		return fail(ERR_SAFETY);
	io->in_end += (size_t)got;
	wrote(io, io->in_end);
	io->bytes_in += (size_t)got;
	return 0;
}

int
io_need(struct io *io, size_t len)
{
	size_t have;
	int r;

	while ((have = io->in_end - io->in_start) < len) {
		if (io->recv == NULL)
			return fail(ERR_BAD_FD);
		if ((r = make_room(io, len)) != 0)
			return r;
		r = read_some(
		    io, io->read_ahead ? io->in_room - io->in_end : len - have);
		if (r != 0)
			return r;
	}
	return 0;
}

void
io_used(struct io *io, size_t len)
{
	io->in_start += len;
}

size_t
io_buffered(const struct io *io)
{
	return io->in_end - io->in_start;
}

int
io_kernel_limit(const struct io *io, size_t len)
{
	if (io->limited && (io->kernel_sent > KERNEL_SENT_MAX ||
			       len > KERNEL_SENT_MAX - io->kernel_sent))
		return fail(ERR_KTLS_KEY_LIMIT);
	return 0;
}

int
io_kernel_recv(struct io *io, uint8_t *type, struct slice *plain)
{
	enum content_type found;
	ssize_t got;
	int r;

	io->in_start = io->in_end = 0;
	if ((r = make_room(io, 1)) != 0)
		return r;
	do {
		errno = 0;
		got = kernel_recv(io->read_fd, &found, io->in, io->in_room);
	} while (got < 0 && errno == EINTR);
	if (got == 0)
		return fail(ERR_CLOSED);
	if (got < 0)
		switch (errno) {
		case EAGAIN:
			return fail(ERR_WANT_READ);
		case EBADMSG:
			return fail(ERR_DECRYPT);
		case EMSGSIZE:
			return fail(ERR_RECORD_TOO_LONG);
		case EPROTO:
			return fail(ERR_KTLS_CMSG);
		default:
			return fail(ERR_IO);
		}
	wrote(io, (size_t)got);
	*type = (uint8_t)found;
	*plain = slice_of(io->in, (size_t)got);
	return 0;
}

/* As the callback does. */
static int
send_some(struct io *io, const uint8_t *bytes, size_t len)
{
	ssize_t sent;

	if (!io->kernel_sends)
		return io->send(io->send_ctx, bytes, (uint32_t)len);
	sent = kernel_send(io->write_fd, io->out_type, bytes, len);
	if (sent > 0)
		io->kernel_sent += (size_t)sent;
	return (int)sent;
}

static void
set_cork(struct io *io, int on)
{
	if (io->write_fd >= 0)
		(void)setsockopt(
		    io->write_fd, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
}

void
io_cork(struct io *io)
{
	set_cork(io, 1);
}

void
io_uncork(struct io *io)
{
	set_cork(io, 0);
}

int
io_flush(struct io *io)
{
	struct slice all;
	int sent;

	if (!writer_result(&io->out, &all))
		return fail(ERR_NOMEM);
	while (io->out_sent < all.len) {
		if (io->send == NULL)
			return fail(ERR_BAD_FD);
		do {
			errno = 0;
			sent = send_some(io, all.data + io->out_sent,
			    all.len - io->out_sent);
		} while (sent < 0 && errno == EINTR);
		if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return fail(ERR_WANT_WRITE);
		if (sent < 0 || (size_t)sent > all.len - io->out_sent) {
			io->write_broken = true;
			return fail(ERR_IO);
		}
		io->out_sent += (size_t)sent;
		if (!io->kernel_sends)
			io->bytes_out += (size_t)sent;
	}
	if (io->kernel_sends)
		writer_clear(&io->out);
	io->out.len = 0; /* of ciphertext there is nothing to wipe */
	io->out_sent = 0;
	return 0;
}

bool
io_flushed(const struct io *io)
{
	return io->out.len == 0;
}

bool
io_release(struct io *io)
{
	if (io_buffered(io) > 0 || !io_flushed(io))
		return false;
	memory_free_room(io->in, io->in_written);
	io->in = NULL;
	io->in_room = io->in_start = io->in_end = io->in_written = 0;
	writer_free(&io->out);
	writer_init(&io->out, OUT_LIMIT);
	return true;
}
