/*
 * The step tables and their driver; the contract is in handshake.h.
 */
#include "libtls/handshake/handshake.h"

#include <openssl/crypto.h>

#include "libtls/core/memory.h"
#include "libtls/handshake/alert.h"
#include "libtls/handshake/checkpoint.h"
#include "libtls/handshake/early.h"
#include "libtls/handshake/keys12.h"
#include "libtls/handshake/keys13.h"
#include "libtls/handshake/message.h"
#include "libtls/handshake/messages.h"
#include "libtls/handshake/offload.h"
#include "libtls/handshake/operation.h"
#include "libtls/handshake/transcript.h"

/* A server's flight, before it is in records. */
#define FLIGHT_LIMIT (1 << 19)
#define FLIGHT_EXPECTED 4096

static enum expect
always(const struct s2n_connection *conn)
{
	(void)conn;
	return YES;
}

/* A server knows whether it retries; to a client it may come, once. */
static enum expect
retry(const struct s2n_connection *conn)
{
	if (is_server(conn))
		return conn->hs->retry ? YES : NO;
	return MAYBE;
}

/* RFC 8446 4.5: what was taken has an end. */
static enum expect
early(const struct s2n_connection *conn)
{
	return conn->early.state == EARLY_ACCEPTED ? YES : NO;
}

static enum expect
retried(const struct s2n_connection *conn)
{
	return conn->hs->retry ? YES : NO;
}

/* RFC 8446 2.2: who resumes has shown already who it is. */
static enum expect
certifies(const struct s2n_connection *conn)
{
	return conn->psk == NULL ? YES : NO;
}

/* 4.3.2: and "MUST NOT" be asked again. */
static enum expect
asks(const struct s2n_connection *conn)
{
	if (conn->psk != NULL)
		return NO;
	if (!is_server(conn))
		return MAYBE;
	return connection_client_auth(conn) != S2N_CERT_AUTH_NONE ? YES : NO;
}

static enum expect
asked(const struct s2n_connection *conn)
{
	return conn->client_asked ? YES : NO;
}

/* RFC 8446 4.4.3: only after a Certificate that is not empty. */
static enum expect
proves(const struct s2n_connection *conn)
{
	bool sends = is_server(conn) ? conn->peer_chain != NULL
				     : conn->hs->chain != NULL;

	return asked(conn) == YES && sends ? YES : NO;
}

/* RFC 5246 7.4.3: not with a key exchange by RSA encryption. */
static enum expect
ephemeral(const struct s2n_connection *conn)
{
	return conn->suite->key_exchange != KX_RSA ? YES : NO;
}

/* RFC 6066 8: a server that said it would "MAY also choose not to". */
static enum expect
stapled(const struct s2n_connection *conn)
{
	const struct handshake *hs = conn->hs;

	if (!hs->status_due)
		return NO;
	if (!is_server(conn))
		return MAYBE;
	return hs->chain->ocsp.len > 0 ? YES : NO;
}

/* Both know, once the ServerHello is done. */
static enum expect
chooses(const struct s2n_connection *conn)
{
	return conn->hs->npn ? YES : NO;
}

/* RFC 5077 3.2: announced by the ServerHello. */
static enum expect
ticketed(const struct s2n_connection *conn)
{
	return conn->hs->ticket_due ? YES : NO;
}

static int
no_change(struct s2n_connection *conn)
{
	(void)conn;
	return 0;
}

static int
hello_seen(struct s2n_connection *conn)
{
	int r;

	/* 5.1, while both sides still read alerts in the clear */
	if ((r = message_boundary(conn)) != 0)
		return r;
	/* A client does not know yet whether it is TLS 1.3. */
	conn->records.drops_ccs =
	    (is_server(conn) ? conn->version : connection_most_version(conn)) >=
	    S2N_TLS13;
	/* RFC 8446 5.1: only the first may say less, and it is in no record
	 * yet */
	if (!is_server(conn)) {
		if ((r = message_flush(conn)) != 0)
			return r;
		conn->records.out.version = conn->client_hello_version;
	}
	return early_keys(conn);
}

/* Messages are kept only for a CertificateVerify that will come. */
static int
hello_done(struct s2n_connection *conn)
{
	if (!conn->client_asked)
		transcript_forget(&conn->hs->transcript);
	return 0;
}

/* The version is known: the rest of the way is that version's. */
static int
take_path(struct s2n_connection *conn)
{
	conn->hs->at = 0;
	conn->npn = conn->hs->npn;
	if (conn->version >= S2N_TLS13) {
		transcript_forget(&conn->hs->transcript);
		conn->hs->path = tls13_path;
		return keys13_handshake(conn);
	}
	conn->hs->path = conn->resumed ? tls12_resumed_path : tls12_path;
	conn->records.drops_ccs = false;
	conn->records.in.version = version_wire(conn->version);
	conn->records.out.version = version_wire(conn->version);
	return conn->resumed ? keys12_resume(conn) : 0;
}

/* clang-format off */
const struct step hello_path[] = {
/*	  message               sender      when      send                       recv                       after: what changes */
	{ CLIENT_HELLO,         S2N_CLIENT, always,   client_hello_send,         client_hello_recv,         hello_seen },
	{ HELLO_RETRY_REQUEST,  S2N_SERVER, retry,    hello_retry_send,          hello_retry_recv,          keys13_ccs },
	{ CLIENT_HELLO,         S2N_CLIENT, retried,  client_hello_send,         client_hello_recv,         hello_seen },
	{ SERVER_HELLO,         S2N_SERVER, always,   server_hello_send,         server_hello_recv,         take_path },
	{ .message = END_OF_PATH }
};
const struct step tls13_path[] = {
	{ ENCRYPTED_EXTENSIONS, S2N_SERVER, always,   encrypted_extensions_send, encrypted_extensions_recv, early_settle },
	{ CERTIFICATE_REQUEST,  S2N_SERVER, asks,     certificate_request_send,  certificate_request_recv,  no_change },
	{ CERTIFICATE,          S2N_SERVER, certifies, certificate_send,         certificate_recv,          no_change },
	{ CERTIFICATE_VERIFY,   S2N_SERVER, certifies, certificate_verify_send,   certificate_verify_recv,   no_change },
	{ FINISHED,             S2N_SERVER, always,   finished_send,             finished_recv,             keys13_application },
	{ END_OF_EARLY_DATA,    S2N_CLIENT, early,    empty_send,                empty_recv,                early_end },
	{ CERTIFICATE,          S2N_CLIENT, asked,    certificate_send,          certificate_recv,          no_change },
	{ CERTIFICATE_VERIFY,   S2N_CLIENT, proves,   certificate_verify_send,   certificate_verify_recv,   no_change },
	{ FINISHED,             S2N_CLIENT, always,   finished_send,             finished_recv,             keys13_complete },
	{ .message = END_OF_PATH }
};
/* TLS 1.2 and older */
const struct step tls12_path[] = {
	{ CERTIFICATE,          S2N_SERVER, always,   certificate_send,          certificate_recv,          no_change },
	{ CERTIFICATE_STATUS,   S2N_SERVER, stapled,  certificate_status_send,   certificate_status_recv,   no_change },
	{ SERVER_KEY_EXCHANGE,  S2N_SERVER, ephemeral, server_key_exchange_send, server_key_exchange_recv,  no_change },
	{ CERTIFICATE_REQUEST,  S2N_SERVER, asks,     certificate_request12_send, certificate_request12_recv, no_change },
	{ SERVER_HELLO_DONE,    S2N_SERVER, always,   empty_send,                empty_recv,                hello_done },
	{ CERTIFICATE,          S2N_CLIENT, asked,    certificate_send,          certificate_recv,          no_change },
	{ CLIENT_KEY_EXCHANGE,  S2N_CLIENT, always,   client_key_exchange_send,  client_key_exchange_recv,  keys12_master },
	{ CERTIFICATE_VERIFY,   S2N_CLIENT, proves,   certificate_verify12_send, certificate_verify12_recv, no_change },
	{ CHANGE_CIPHER_SPEC,   S2N_CLIENT, always,   change_cipher_spec_send,   change_cipher_spec_recv,   keys12_switch_client },
	{ NEXT_PROTOCOL,        S2N_CLIENT, chooses,  next_protocol_send,        next_protocol_recv,        no_change },
	{ FINISHED,             S2N_CLIENT, always,   finished12_send,           finished12_recv,           no_change },
	{ NEW_SESSION_TICKET,   S2N_SERVER, ticketed, new_session_ticket12_send, new_session_ticket12_recv, no_change },
	{ CHANGE_CIPHER_SPEC,   S2N_SERVER, always,   change_cipher_spec_send,   change_cipher_spec_recv,   keys12_switch_server },
	{ FINISHED,             S2N_SERVER, always,   finished12_send,           finished12_recv,           no_change },
	{ .message = END_OF_PATH }
};
/* Likewise, of a session that is resumed (RFC 5246 7.3, RFC 5077 3.1). */
const struct step tls12_resumed_path[] = {
	{ NEW_SESSION_TICKET,   S2N_SERVER, ticketed, new_session_ticket12_send, new_session_ticket12_recv, no_change },
	{ CHANGE_CIPHER_SPEC,   S2N_SERVER, always,   change_cipher_spec_send,   change_cipher_spec_recv,   keys12_switch_server },
	{ FINISHED,             S2N_SERVER, always,   finished12_send,           finished12_recv,           no_change },
	{ CHANGE_CIPHER_SPEC,   S2N_CLIENT, always,   change_cipher_spec_send,   change_cipher_spec_recv,   keys12_switch_client },
	{ NEXT_PROTOCOL,        S2N_CLIENT, chooses,  next_protocol_send,        next_protocol_recv,        no_change },
	{ FINISHED,             S2N_CLIENT, always,   finished12_send,           finished12_recv,           no_change },
	{ .message = END_OF_PATH }
};
/* clang-format on */

/* From here on it is settled, whatever config a callback sets. */
static int
begin_quic(struct s2n_connection *conn)
{
	struct record_layer *records = &conn->records;

	conn->quic.on = true;
	records->reads = records->writes = &framing_bare;
	/* What is read ahead may be of other keys. */
	if (records->io.read_ahead)
		return fail(ERR_INVALID_STATE);
	return connection_most_version(conn) >= S2N_TLS13 ? 0
							  : fail(ERR_VERSION);
}

int
handshake_start(struct s2n_connection *conn)
{
	struct handshake *hs;
	int r;

	if (connection_is_quic(conn) && (r = begin_quic(conn)) != 0)
		return r;
	if ((hs = memory_new(sizeof *hs)) == NULL)
		return fail(memory_lack());
	hs->path = hello_path;
	conn->records.accepts_v2 = is_server(conn) && !conn->negotiated;
	writer_init(&hs->flight, FLIGHT_LIMIT);
	writer_expect(&hs->flight, FLIGHT_EXPECTED);
	transcript_init(&hs->transcript);
	conn->hs = hs;
	return 0;
}

void
handshake_end(struct s2n_connection *conn)
{
	struct handshake *hs = conn->hs;

	if (hs == NULL)
		return;
	operation_release(hs);
	offload_release(hs);
	writer_free(&hs->flight);
	writer_free(&hs->exchange.share);
	writer_free(&hs->v2_suites);
	writer_free(&hs->new_ticket);
	transcript_wipe(&hs->transcript);
	group_key_wipe(&hs->exchange.key);
	dhe_key_wipe(&hs->exchange.dhe);
	memory_free(hs->cookie);
	authorities_clear(&hs->request.authorities.names);
	psk_list_keep(&conn->psks, conn->psk);
	memory_free(hs);
	conn->hs = NULL;
}

/* RFC 5246 7.1: a record of its own, not a handshake message. */
static int
send_ccs(struct s2n_connection *conn, const struct step *step)
{
	uint8_t body[1];
	struct writer out;
	int r;

	writer_init_fixed(&out, body, sizeof body);
	if ((r = step->send(conn, &out)) != 0 || (r = message_flush(conn)) != 0)
		return r;
	return record_write(&conn->records, CONTENT_CHANGE_CIPHER_SPEC,
	    slice_of(body, out.len));
}

/* RFC 6101 5.6.6: what a client of SSLv3 sends that has no certificate. */
static bool
declines(const struct s2n_connection *conn, const struct step *step)
{
	return step->message == CERTIFICATE && !is_server(conn) &&
	       conn->version == S2N_SSLv3 && conn->hs->chain == NULL;
}

static int
send_declined(struct s2n_connection *conn)
{
	int r;

	if ((r = message_flush(conn)) != 0)
		return r;
	return alert_warning(conn, ALERT_NO_CERTIFICATE);
}

static int
step_send(struct s2n_connection *conn, const struct step *step)
{
	struct handshake *hs = conn->hs;
	struct writer *flight = &hs->flight;
	size_t start = flight->len;
	struct mark body;
	int r;

	if (step->message == CHANGE_CIPHER_SPEC)
		return send_ccs(conn, step);
	if (declines(conn, step))
		return send_declined(conn);
	body = message_open(flight, step->message);
	if ((r = step->send(conn, flight)) != 0) {
		flight->failed = false;
		writer_truncate(flight, start);
		return r;
	}
	writer_close(flight, body);
	if (flight->failed)
		return fail(ERR_NOMEM);
	return transcript_add(&hs->transcript,
	    slice_of(flight->data + start, flight->len - start));
}

static int
step_recv(struct s2n_connection *conn, const struct step *step)
{
	struct reader in = reader_of(conn->inbox.body);
	int r;

	if (conn->inbox.arrived != step->message)
		return fail(ERR_BAD_MESSAGE);
	if ((r = step->recv(conn, &in)) != 0)
		return r;
	if (!reader_done(&in))
		return fail(ERR_DECODE);
	if (step->message != CHANGE_CIPHER_SPEC)
		r = transcript_add(&conn->hs->transcript, conn->inbox.whole);
	message_taken(conn);
	return r;
}

/*
 * The handshake that runs in a call for early data goes no further than that
 * needs. A client sends without waiting for an answer, a server goes on to the
 * client's next message once it is known that no more comes.
 */
static bool
stops_for_early_data(const struct s2n_connection *conn, const struct step *step,
    enum expect when)
{
	if (!conn->early.in_call || when == NO || step->sender == conn->mode)
		return false;
	return !is_server(conn) || early_over(conn);
}

/* A row's message, sent or taken; there: false when it has none. */
static int
pass_message(struct s2n_connection *conn, const struct step *step, bool *there)
{
	bool ours = step->sender == conn->mode;
	enum expect when = step->when(conn);
	int r;

	*there = false;
	if (stops_for_early_data(conn, step, when))
		return fail(ERR_WANT_EARLY_DATA);
	if (when != NO && !ours && (r = message_read(conn)) != 0)
		return r; /* ERR_WANT_READ: nothing has changed */
	if (when == NO ||
	    (when == MAYBE && conn->inbox.arrived != step->message))
		return 0;
	r = ours ? step_send(conn, step) : step_recv(conn, step);
	if (r != 0)
		return r; /* ERR_WANT_KEY: the same row runs again */
	*there = true;
	conn->last_message = step->message;
	conn->last_sender = step->sender;
	return 0;
}

/*
 * What a message of QUIC is protected with, those who send it tell by when they
 * are given it: all of it, before they are told other secrets.
 */
static int
leave_before(struct s2n_connection *conn, const struct step *step)
{
	return conn->quic.on && step->after != no_change ? message_write(conn)
							 : 0;
}

int
handshake_run(struct s2n_connection *conn)
{
	struct handshake *hs = conn->hs;
	const struct step *step;
	int r;

	while ((step = &hs->path[hs->at])->message != END_OF_PATH) {
		if (!hs->passed &&
		    (r = pass_message(conn, step, &hs->passed)) != 0)
			return r;
		if (!hs->passed) {
			hs->at++;
			continue;
		}
		if ((r = leave_before(conn, step)) != 0)
			return r; /* ERR_WANT_WRITE: here it goes on */
		hs->passed = false;
		hs->at++;
		if ((r = step->after(conn)) != 0)
			return r;
		checkpoint_tell(
		    conn, handshake_message_name(step->message, step->sender));
	}
	return message_write(conn);
}

const char *
handshake_message_name(enum message message, s2n_mode sender)
{
	static const struct {
		enum message message;
		const char *server, *client;
	} names[] = {
		{ CLIENT_HELLO, "CLIENT_HELLO", "CLIENT_HELLO" },
		{ SERVER_HELLO, "SERVER_HELLO", "SERVER_HELLO" },
		{ HELLO_RETRY_REQUEST, "HELLO_RETRY_MSG", "HELLO_RETRY_MSG" },
		{ END_OF_EARLY_DATA, "END_OF_EARLY_DATA", "END_OF_EARLY_DATA" },
		{ ENCRYPTED_EXTENSIONS, "ENCRYPTED_EXTENSIONS",
		    "ENCRYPTED_EXTENSIONS" },
		{ CERTIFICATE_REQUEST, "SERVER_CERT_REQ", "SERVER_CERT_REQ" },
		{ CERTIFICATE, "SERVER_CERT", "CLIENT_CERT" },
		{ CERTIFICATE_VERIFY, "SERVER_CERT_VERIFY",
		    "CLIENT_CERT_VERIFY" },
		{ CERTIFICATE_STATUS, "SERVER_CERT_STATUS",
		    "SERVER_CERT_STATUS" },
		{ SERVER_KEY_EXCHANGE, "SERVER_KEY", "SERVER_KEY" },
		{ SERVER_HELLO_DONE, "SERVER_HELLO_DONE", "SERVER_HELLO_DONE" },
		{ CLIENT_KEY_EXCHANGE, "CLIENT_KEY", "CLIENT_KEY" },
		{ CHANGE_CIPHER_SPEC, "SERVER_CHANGE_CIPHER_SPEC",
		    "CLIENT_CHANGE_CIPHER_SPEC" },
		{ NEXT_PROTOCOL, "CLIENT_NPN", "CLIENT_NPN" },
		{ NEW_SESSION_TICKET, "SERVER_NEW_SESSION_TICKET",
		    "SERVER_NEW_SESSION_TICKET" },
		{ FINISHED, "SERVER_FINISHED", "CLIENT_FINISHED" },
	};

	for (size_t i = 0; i < COUNT(names); i++)
		if (names[i].message == message)
			return sender == S2N_SERVER ? names[i].server
						    : names[i].client;
	return "CLIENT_HELLO"; /* nothing was sent or received yet */
}
