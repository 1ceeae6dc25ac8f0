/*
 * Expectations; the contract is in shim_expect.h.
 */
#include "tests/bogo/shim_expect.h"

#include <stdlib.h>
#include <string.h>

#include "libtls/bindings.h"
#include "libtls/cert/chain.h"
#include "libtls/state/connection.h"
#include "tests/bogo/shim_files.h"

/* 0: nothing is expected. */
static bool
number_is(const char *what, long expected, long seen)
{
	if (expected == 0 || expected == seen)
		return true;
	fprintf(stderr, "%s is %ld, not %ld\n", what, seen, expected);
	return false;
}

/* An empty text: that there is none. */
static bool
text_is(const char *what, const char *expected, const char *seen)
{
	if (seen == NULL)
		seen = "";
	if (expected == NULL || strcmp(expected, seen) == 0)
		return true;
	fprintf(stderr, "%s is \"%s\", not \"%s\"\n", what, seen, expected);
	return false;
}

static bool
holds(const char *what, bool expected, bool seen)
{
	if (!expected || seen)
		return true;
	fprintf(stderr, "not so: %s\n", what);
	return false;
}

/* No bytes: nothing is expected. */
static bool
bytes_are(const char *what, const struct bytes *expected, const uint8_t *seen,
    uint32_t len)
{
	if (expected->len == 0 ||
	    (expected->len == len && memcmp(expected->at, seen, len) == 0))
		return true;
	fprintf(stderr, "%s: other %u bytes\n", what, len);
	return false;
}

static bool
staples_are(struct s2n_connection *conn, const struct options *options)
{
	uint32_t ocsp_len, scts_len;
	const uint8_t *ocsp = s2n_connection_get_ocsp_response(conn, &ocsp_len);
	const uint8_t *scts = s2n_connection_get_sct_list(conn, &scts_len);

	return bytes_are("OCSP response", &options->ocsp, ocsp, ocsp_len) &&
	       bytes_are("SCT list", &options->scts, scts, scts_len);
}

static bool
same_chain(const struct s2n_cert_chain_and_key *one,
    const struct s2n_cert_chain_and_key *other)
{
	const uint8_t *der[2];
	struct s2n_cert *cert;
	uint32_t count[2], len[2];

	if (s2n_cert_chain_get_length(one, &count[0]) != 0 ||
	    s2n_cert_chain_get_length(other, &count[1]) != 0 ||
	    count[0] != count[1])
		return false;
	for (uint32_t i = 0; i < count[0]; i++) {
		if (s2n_cert_chain_get_cert(one, &cert, i) != 0 ||
		    s2n_cert_get_der(cert, &der[0], &len[0]) != 0 ||
		    s2n_cert_chain_get_cert(other, &cert, i) != 0 ||
		    s2n_cert_get_der(cert, &der[1], &len[1]) != 0 ||
		    len[0] != len[1] || memcmp(der[0], der[1], len[0]) != 0)
			return false;
	}
	return true;
}

static bool
certificate_is(const char *path, const struct s2n_cert_chain_and_key *seen)
{
	struct s2n_cert_chain_and_key *expected;
	bool same;

	if (path == NULL)
		return true;
	expected = files_chain(path, NULL);
	same = expected != NULL && seen != NULL && same_chain(expected, seen);
	s2n_cert_chain_and_key_free(expected);
	if (!same)
		fputs("the peer's chain is another\n", stderr);
	return same;
}

/* What a session does not keep: it is of the full handshake only. */
static bool
authentication_is(struct s2n_connection *conn, const struct options *options)
{
	const struct scheme *scheme =
	    is_server(conn) ? conn->client_scheme : conn->server_scheme;

	return number_is("group", options->curve,
		   conn->group != NULL ? conn->group->number : 0) &&
	       number_is("scheme", options->peer_scheme,
		   scheme != NULL ? scheme->number : 0) &&
	       staples_are(conn, options) &&
	       certificate_is(options->peer_certificate, conn->peer_chain);
}

static bool
resumption_is(struct s2n_connection *conn, bool expected)
{
	bool seen = s2n_connection_is_session_resumed(conn) == 1;

	return holds("resumed", expected, seen) &&
	       holds("not resumed", !expected, !seen);
}

/* A server's, which names what its cache keeps. */
static bool
ids_are(struct s2n_connection *conn, const struct options *options)
{
	bool seen = s2n_connection_get_session_id_length(conn) > 0;

	/* One that resumes by a ticket has the id that the client made up. */
	return holds("a session id", options->session_id, seen) &&
	       holds("no session id", options->no_session_id && !conn->resumed,
		   !seen);
}

static bool
ticket_allows(struct s2n_connection *conn, bool expected)
{
	bool seen = conn->session != NULL && conn->session->early.max > 0;

	return holds("a ticket for early data", expected, seen) &&
	       holds("a ticket for no early data", !expected, !seen);
}

/* Of a full handshake, and in TLS 1.3 of any. */
bool
expect_session(
    struct s2n_connection *conn, const struct options *options, bool seen)
{
	bool resumed = s2n_connection_is_session_resumed(conn) == 1;
	bool due = !options->server && !options->no_session &&
		   !options->shuts_down &&
		   (conn->version >= S2N_TLS13 || !resumed);

	return holds("a session", due, seen) &&
	       holds("no session", options->no_session, !seen) &&
	       (!due || conn->version < S2N_TLS13 ||
		   ticket_allows(conn, options->early_ticket));
}

bool
expect_early_data(struct s2n_connection *conn, const struct options *options)
{
	s2n_early_data_status_t status;

	if (s2n_connection_get_early_data_status(conn, &status) != 0)
		return false;
	return holds("early data was accepted", options->early_accepted,
		   status == S2N_EARLY_DATA_STATUS_END) &&
	       /* "disabled" by who neither offers nor takes it */
	       holds("early data was not wanted", options->early_reason != NULL,
		   status != S2N_EARLY_DATA_STATUS_END) &&
	       holds("early data was rejected", options->early_rejected,
		   status == S2N_EARLY_DATA_STATUS_REJECTED) &&
	       holds("no early data was offered", options->early_unoffered,
		   status == S2N_EARLY_DATA_STATUS_NOT_REQUESTED);
}

/* What a server of QUIC told, or a client. */
static bool
parameters_are(struct s2n_connection *conn, const struct options *options)
{
	const uint8_t *data;
	uint16_t len;

	return s2n_connection_get_quic_transport_parameters(
		   conn, &data, &len) == 0 &&
	       bytes_are(
		   "transport parameters", &options->parameters, data, len);
}

bool
expect_all(struct s2n_connection *conn, const struct options *options,
    bool extended_master, bool resumes)
{
	long cipher =
	    options->cipher_aes != 0 ? options->cipher_aes : options->cipher;
	/* RFC 8446 D: what the extensions say is built in. */
	bool tls13 = conn->version >= S2N_TLS13;
	bool secure = tls13 || conn->secure_renegotiation;

	return resumption_is(conn, resumes && !options->session_miss) &&
	       parameters_are(conn, options) && ids_are(conn, options) &&
	       (conn->resumed || authentication_is(conn, options)) &&
	       number_is("suite", cipher, conn->suite->number) &&
	       number_is(
		   "version", options->version, version_wire(conn->version)) &&
	       text_is("protocol", options->protocol, conn->protocol) &&
	       text_is(
		   "server name", options->server_name, conn->server_name) &&
	       holds("retry", options->retry, conn->retried) &&
	       holds("no retry", options->no_retry, !conn->retried) &&
	       holds("secure renegotiation", options->secure_renegotiation,
		   secure) &&
	       holds("extended master secret", options->extended_master,
		   tls13 || extended_master) &&
	       holds("no secure renegotiation",
		   options->no_secure_renegotiation, !secure);
}

bool
expect_renegotiations(const struct options *options, long seen)
{
	return number_is("renegotiations", options->renegotiations, seen);
}
