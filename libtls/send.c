/*
 * s2n_send and its like (Guide: I/O functions). Records are sealed from the
 * caller's bytes right into what is written.
 */
#include "libtls/buffers.h"
#include "libtls/ending.h"
#include "libtls/handshake/new_ticket.h"
#include "libtls/handshake/post.h"

#define SLICES_MAX 16
/* Of a record that fits an Ethernet frame of 1500 bytes behind the headers of
 * IPv6 (40) and TCP (20) with any options (40), and its own. */
#define SMALL_FRAGMENT (1500 - 40 - 20 - 40 - RECORD_HEADER)
#define NANOSECONDS 1000000000u

/* The caller's bytes, from which what was taken is left out. */
struct source {
	const struct iovec *bufs;
	size_t count;
	size_t skip; /* of the first */
};

static void
source_skip(struct source *source, size_t len)
{
	source->skip += len;
	while (source->count > 0 && source->skip >= source->bufs->iov_len) {
		source->skip -= source->bufs->iov_len;
		source->bufs++;
		source->count--;
	}
}

/* Up to len bytes as slices; gives their number and sum. */
static size_t
source_peek(const struct source *source, size_t len,
    struct slice slices[SLICES_MAX], size_t *sum)
{
	size_t skip = source->skip, count = 0, part;

	*sum = 0;
	for (size_t i = 0; i < source->count && count < SLICES_MAX; i++) {
		part = source->bufs[i].iov_len - skip;
		if (part > len - *sum)
			part = len - *sum;
		if (part > 0)
			slices[count++] = slice_of(
			    (const uint8_t *)source->bufs[i].iov_base + skip,
			    part);
		*sum += part;
		skip = 0;
		if (*sum == len)
			break;
	}
	return count;
}

/* A pause is none without a clock, or with a timeout of 0. */
static bool
paused(struct s2n_connection *conn)
{
	const struct clock *clock = &conn->config->monotonic;
	uint64_t now, since;

	if (conn->resize_timeout == 0 || clock->read(clock->ctx, &now) != 0)
		return false;
	since = now - conn->resize_last;
	conn->resize_last = now;
	return since > (uint64_t)conn->resize_timeout * NANOSECONDS;
}

/* Plaintext in the next record: little until enough was sent, and again after a
 * pause (Guide: Dynamic Record Sizing). */
static size_t
fragment_size(struct s2n_connection *conn)
{
	size_t most = record_fragment(&conn->records), small;

	if (conn->resize_threshold == 0)
		return most;
	if (paused(conn))
		conn->resize_sent = 0;
	if (conn->resize_sent >= conn->resize_threshold)
		return most;
	small = protection_room(&conn->records.out, SMALL_FRAGMENT);
	return small < most ? small : most;
}

/* Room at once for the records of so many bytes, as far as the buffer goes. */
static void
expect(struct s2n_connection *conn, size_t left)
{
	struct record_layer *records = &conn->records;
	size_t most = record_fragment(records);
	size_t around = RECORD_HEADER + records->out.kind->expansion;
	size_t whole = conn->config->send_buffer;

	if (whole < most)
		whole = most;
	if (left > whole)
		left = whole;
	writer_expect(&records->io.out, left + (left / most + 1) * around);
}

/* Seals records of what is left until the buffer is as full as it is meant to
 * be. */
static int
seal_some(struct s2n_connection *conn, struct source *source, size_t left,
    size_t *sealed)
{
	struct record_layer *records = &conn->records;
	struct slice slices[SLICES_MAX];
	size_t fragment, count, len;
	int r;

	expect(conn, left);
	do {
		if ((r = post_key_update(conn)) != 0 ||
		    (r = new_ticket_write(conn)) != 0)
			return r;
		fragment = fragment_size(conn);
		count = source_peek(source, fragment, slices, &len);
		r = record_write_slices(
		    records, CONTENT_APPLICATION_DATA, slices, count);
		if (r != 0)
			return r;
		source_skip(source, len);
		*sealed += len;
		conn->resize_sent += len;
	} while (source->count > 0 &&
		 records->io.out.len + fragment < conn->config->send_buffer);
	return 0;
}

/*
 * done: bytes that are on the wire and that the caller is told of. What is
 * sealed and not yet written is told of by the call that writes it.
 */
static int
send_all(struct s2n_connection *conn, struct source *source, size_t total,
    size_t *done)
{
	size_t sealed = conn->send_taken;
	int r;

	*done = 0;
	if (total < sealed)
		return fail(ERR_SEND_SIZE);
	source_skip(source, sealed);
	for (;;) {
		if ((r = io_flush(&conn->records.io)) != 0) {
			conn->send_taken = sealed - *done;
			return r;
		}
		*done = sealed;
		conn->send_taken = 0;
		if (sealed == total)
			return 0;
		if ((r = seal_some(conn, source, total - sealed, &sealed)) != 0)
			return r;
	}
}

static size_t
sum(const struct iovec *bufs, size_t count)
{
	size_t total = 0;

	for (size_t i = 0; i < count; i++)
		total += bufs[i].iov_len;
	return total;
}

static int
send_from(struct s2n_connection *conn, const struct iovec *bufs, size_t count,
    size_t offset, size_t *done)
{
	struct source source = { .bufs = bufs, .count = count };
	size_t total = sum(bufs, count);

	*done = 0;
	if (conn->quic.on)
		return fail(ERR_UNSUPPORTED_WITH_QUIC);
	if (conn->write_closed)
		return fail(ERR_CLOSED);
	/* RFC 5246 7.2.1: the peer's close_notify ends both directions. */
	if (conn->read_closed && conn->version < S2N_TLS13)
		return fail(ERR_CLOSED);
	if (!conn->negotiated)
		return fail(ERR_HANDSHAKE_NOT_COMPLETE);
	if (offset > total)
		return fail(ERR_INVALID_ARGUMENT);
	source_skip(&source, offset);
	return send_all(conn, &source, total - offset, done);
}

ssize_t
s2n_sendv_with_offset(struct s2n_connection *conn, const struct iovec *bufs,
    ssize_t count, ssize_t offs, s2n_blocked_status *blocked)
{
	size_t done;
	int r;

	if (conn == NULL || blocked == NULL || (bufs == NULL && count > 0))
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (count < 0 || offs < 0)
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	if (conn->in_send)
		return errors_report(fail(ERR_REENTRANCY));
	conn->in_send = true;
	r = send_from(conn, bufs, (size_t)count, (size_t)offs, &done);
	*blocked = S2N_NOT_BLOCKED;
	/* A call that was wrong changes nothing; a broken pipe ends it. */
	if (r != 0 && errors_type(r) != S2N_ERR_T_USAGE && r != ERR_CLOSED)
		r = ending_judge(conn, r, blocked);
	buffers_rest(conn);
	conn->in_send = false;
	if (done > 0)
		return (ssize_t)done;
	return errors_report(r);
}

ssize_t
s2n_sendv(struct s2n_connection *conn, const struct iovec *bufs, ssize_t count,
    s2n_blocked_status *blocked)
{
	return s2n_sendv_with_offset(conn, bufs, count, 0, blocked);
}

ssize_t
s2n_send(struct s2n_connection *conn, const void *buf, ssize_t size,
    s2n_blocked_status *blocked)
{
	struct iovec one;

	if (size < 0)
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	/* An iovec cannot say const; nothing is written through it. */
	memcpy(&one.iov_base, &buf, sizeof buf);
	one.iov_len = (size_t)size;
	return s2n_sendv_with_offset(conn, &one, 1, 0, blocked);
}

int
s2n_connection_request_key_update(
    struct s2n_connection *conn, s2n_peer_key_update peer_request)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	/* RFC 9001 6: "Endpoints MUST NOT send a TLS KeyUpdate message." */
	if (connection_is_quic(conn))
		return errors_report(fail(ERR_UNSUPPORTED_WITH_QUIC));
	if (peer_request != S2N_KEY_UPDATE_NOT_REQUESTED ||
	    (conn->negotiated && conn->version < S2N_TLS13))
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	if (conn->records.io.kernel_sends)
		return errors_report(fail(ERR_KTLS_KEYUPDATE));
	conn->update_due = true;
	return S2N_SUCCESS;
}
