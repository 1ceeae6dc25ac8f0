/*
 * A connection of QUIC that gets some honest messages and then whatever is in
 * the input. It may fail by what a peer can cause alone, for good; what it
 * sends is whole messages, and nothing behind a failure.
 */
#include "tests/fuzz/fuzz_quic.h"

#include <errno.h>

#include "libtls/bindings.h"
#include "libtls/handshake/message.h"
#include "tests/fuzz/chance.h"
#include "tests/fuzz/setup.h"
#include "tests/fuzz/target.h"

#define OUT_LIMIT (1 << 20)
#define ROUNDS 40
#define CALLS_MAX 1000

struct end {
	struct s2n_connection *conn;
	struct writer in, out;
	size_t taken;   /* of in */
	size_t carried; /* of out */
	bool through;
	int error; /* s2n_errno; 0: none */
	unsigned secrets;
};

static int
end_recv(void *ctx, uint8_t *buf, uint32_t len)
{
	struct end *end = ctx;
	size_t have = end->in.len - end->taken;

	if (have == 0) {
		errno = EAGAIN;
		return -1;
	}
	len = len < have ? len : (uint32_t)have;
	memcpy(buf, end->in.data + end->taken, len);
	end->taken += len;
	return (int)len;
}

static int
end_send(void *ctx, const uint8_t *buf, uint32_t len)
{
	struct end *end = ctx;

	must_hold(end->error == 0, "%u bytes behind a failure", len);
	writer_bytes(&end->out, slice_of(buf, len));
	must_hold(!end->out.failed, "room");
	return (int)len;
}

static int
end_secret(void *ctx, struct s2n_connection *conn, s2n_secret_type_t type,
    uint8_t *secret, uint8_t len)
{
	struct end *end = ctx;

	(void)conn;
	(void)secret;
	must_hold((end->secrets & 1u << type) == 0, "secret %u again", type);
	must_hold(len == 32 || len == 48, "%u bytes", len);
	end->secrets |= 1u << type;
	return 0;
}

static void
end_open(struct end *end, s2n_mode mode, struct s2n_config *config)
{
	struct s2n_connection *conn = s2n_connection_new(mode);

	*end = (struct end){ .conn = conn };
	writer_init(&end->in, OUT_LIMIT);
	writer_init(&end->out, OUT_LIMIT);
	must_hold(
	    conn != NULL && s2n_connection_set_config(conn, config) == 0 &&
		s2n_connection_enable_quic(conn) == 0 &&
		s2n_connection_set_secret_callback(conn, end_secret, end) == 0,
	    "a connection");
	s2n_connection_set_recv_cb(conn, end_recv);
	s2n_connection_set_send_cb(conn, end_send);
	s2n_connection_set_recv_ctx(conn, end);
	s2n_connection_set_send_ctx(conn, end);
	if (mode == S2N_CLIENT)
		must_hold(s2n_set_server_name(conn, SETUP_HOST) == 0, "a name");
}

static void
end_close(struct end *end)
{
	s2n_connection_free(end->conn);
	writer_free(&end->in);
	writer_free(&end->out);
}

/* ---- what must hold ---- */

static void
judge_error(struct end *end)
{
	s2n_blocked_status blocked;
	uint8_t alert;
	int value = s2n_errno;

	must_hold(s2n_error_get_type(value) == S2N_ERR_T_PROTO, "%s: ours",
	    s2n_strerror_debug(value, NULL));
	must_hold(s2n_error_get_alert(value, &alert) == 0, "no alert for %s",
	    s2n_strerror_name(value));
	end->error = value;
	if (!end->through)
		must_hold(s2n_negotiate(end->conn, &blocked) < 0 &&
			      s2n_error_get_type(s2n_errno) == S2N_ERR_T_CLOSED,
		    "%s", s2n_strerror_name(s2n_errno));
	must_hold(
	    s2n_recv_quic_post_handshake_message(end->conn, &blocked) < 0 &&
		s2n_error_get_type(s2n_errno) == S2N_ERR_T_CLOSED,
	    "%s", s2n_strerror_name(s2n_errno));
}

static void
judge_output(const struct end *end)
{
	struct reader out = reader_of(slice_of(end->out.data, end->out.len));

	while (reader_more(&out)) {
		reader_u8(&out);
		reader_vec24(&out);
	}
	must_hold(reader_done(&out), "a message that is not whole");
}

static void
judge_parameters(const struct end *end)
{
	const uint8_t *data;
	uint16_t len;

	must_hold(s2n_connection_get_quic_transport_parameters(
		      end->conn, &data, &len) == 0 &&
		      (data != NULL || (len == 0 && !end->through)),
	    "%u bytes of parameters", len);
}

/* ---- the run ---- */

/* Until it waits or has failed. */
static void
end_run(struct end *end)
{
	s2n_blocked_status blocked;
	int r = 0;

	for (unsigned i = 0; r == 0 && end->error == 0; i++) {
		must_hold(i < CALLS_MAX, "no end");
		chance_for(end->conn->mode);
		r = end->through ? s2n_recv_quic_post_handshake_message(
				       end->conn, &blocked)
				 : s2n_negotiate(end->conn, &blocked);
		end->through = end->through || r == 0;
	}
	if (r == 0)
		return;
	if (s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED)
		must_hold(blocked == S2N_BLOCKED_ON_READ, "waits for %d",
		    (int)blocked);
	else
		judge_error(end);
}

/* The next whole message, if it is there. */
static bool
carry(struct end *from, struct end *to)
{
	struct reader out = reader_of(slice_of(from->out.data, from->out.len));
	struct slice rest;
	size_t len;

	reader_bytes(&out, from->carried);
	rest = out.rest;
	reader_u8(&out);
	len = MESSAGE_HEADER + reader_vec24(&out).len;
	if (out.failed)
		return false;
	writer_bytes(&to->in, slice_of(rest.data, len));
	from->carried += len;
	return true;
}

void
fuzz_quic(struct reader *input)
{
	uint8_t control = reader_u8(input);
	bool server = (control & 1) != 0;
	unsigned honest = control >> 1;
	struct slice rest = reader_rest(input);
	const struct setup *setup = setup_row(S2N_TLS13, 0);
	struct end victim, other;

	end_open(&victim, server ? S2N_SERVER : S2N_CLIENT,
	    server ? setup_server(setup) : setup_client(setup));
	end_open(&other, server ? S2N_CLIENT : S2N_SERVER,
	    server ? setup_client(setup) : setup_server(setup));
	for (unsigned i = 0; i < ROUNDS; i++) {
		end_run(&other);
		if (honest > 0 && carry(&other, &victim))
			honest--;
		end_run(&victim);
		while (carry(&victim, &other))
			;
	}
	must_hold(victim.error == 0 && other.error == 0, "honest messages");
	writer_bytes(&victim.in, rest);
	end_run(&victim);
	judge_output(&victim);
	judge_parameters(&victim);
	end_close(&victim);
	end_close(&other);
}
