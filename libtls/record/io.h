/*
 * The transport below the records: callbacks, what was read and not yet used,
 * what waits to be written. Knows nothing of TLS.
 */
#ifndef LIBTLS_RECORD_IO_H
#define LIBTLS_RECORD_IO_H

#include "base/writer.h"
#include "libtls/core/errors.h"
#include "libtls/s2n.h"

struct io {
	s2n_recv_fn *recv;
	void *recv_ctx;
	s2n_send_fn *send;
	void *send_ctx;
	int read_fd; /* -1 when the callbacks are the application's */
	int write_fd;
	bool read_ahead; /* take more than was asked for, if it is there */
	bool write_broken;

	uint8_t *in; /* allocated while needed */
	size_t in_room;
	size_t in_start; /* first byte not yet used */
	size_t in_end;
	size_t in_written; /* so far there were ever bytes */
	struct writer out; /* whole records */
	size_t out_sent;

	/* The kernel protects the records: see kernel.h. Then out has plaintext
	 * of one type of content. */
	bool kernel_sends, kernel_receives;
	uint8_t out_type;
	bool limited;         /* TLS 1.3: a key is for so many records */
	uint64_t kernel_sent; /* bytes of plaintext */

	uint64_t bytes_in;
	uint64_t bytes_out;
};

void io_init(struct io *);
void io_free(struct io *);
void io_set_read_fd(struct io *, int fd);
void io_set_write_fd(struct io *, int fd);

/*
 * Makes at least len bytes available behind in_start, in one piece.
 * ERR_WANT_READ, ERR_CLOSED, ERR_IO, ERR_NOMEM.
 */
must_check int io_need(struct io *, size_t len);
/* The available bytes are used up to len more. */
void io_used(struct io *, size_t len);
/* Bytes that were read and not used. */
size_t io_buffered(const struct io *);

/* A TCP socket of ours holds packets back until they are full or it is
 * uncorked; nothing for others. */
void io_cork(struct io *);
void io_uncork(struct io *);
/* Whether the kernel may send len bytes more; ERR_KTLS_KEY_LIMIT. */
must_check int io_kernel_limit(const struct io *, size_t len);
/* What the kernel received next: of one type, at the front of the buffer.
 * Errors as of io_need, ERR_DECRYPT, ERR_KTLS_CMSG. */
must_check int io_kernel_recv(struct io *, uint8_t *type, struct slice *);
/* Writes all that waits. ERR_WANT_WRITE, ERR_IO. */
must_check int io_flush(struct io *);
bool io_flushed(const struct io *);
/* Frees the buffers; false while they hold bytes. */
bool io_release(struct io *);

#endif
