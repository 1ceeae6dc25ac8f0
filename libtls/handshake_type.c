/*
 * The name of the way that a handshake went, as flags (Guide: Handshake types).
 */

#include "libtls/core/memory.h"
#include "libtls/state/connection.h"

#define NAME_MAX_LEN 160

static bool
always(const struct s2n_connection *conn)
{
	(void)conn;
	return true;
}

static bool
full(const struct s2n_connection *conn)
{
	return conn->psk == NULL && !conn->resumed;
}

static bool
ticketed(const struct s2n_connection *conn)
{
	return conn->ticket_sent;
}

static bool
asked(const struct s2n_connection *conn)
{
	return conn->client_asked;
}

static bool
unanswered(const struct s2n_connection *conn)
{
	return conn->client_asked && conn->negotiated &&
	       conn->client_scheme == NULL;
}

static bool
ephemeral(const struct s2n_connection *conn)
{
	return conn->version < S2N_TLS13 && !conn->resumed &&
	       conn->suite->key_exchange != KX_RSA;
}

static bool
stapled(const struct s2n_connection *conn)
{
	return conn->version < S2N_TLS13 && conn->ocsp_stapled;
}

static bool
npn(const struct s2n_connection *conn)
{
	return conn->npn;
}

static bool
retried(const struct s2n_connection *conn)
{
	return conn->retried;
}

static bool
compatible(const struct s2n_connection *conn)
{
	return conn->version >= S2N_TLS13;
}

static bool
early(const struct s2n_connection *conn)
{
	return conn->early.state == EARLY_ACCEPTED ||
	       conn->early.state == EARLY_ENDED;
}

/* A client that offers early data sends it behind its first ClientHello. */
static bool
early_ccs(const struct s2n_connection *conn)
{
	return conn->early.state > EARLY_NOT_REQUESTED;
}

/* In the order in which they stand in the name. */
static const struct {
	const char *name;
	bool (*is_set)(const struct s2n_connection *);
} flags[] = {
	{ "NEGOTIATED", always },
	{ "FULL_HANDSHAKE", full },
	{ "CLIENT_AUTH", asked },
	{ "NO_CLIENT_CERT", unanswered },
	{ "TLS12_PERFECT_FORWARD_SECRECY", ephemeral },
	{ "OCSP_STATUS", stapled },
	{ "WITH_SESSION_TICKET", ticketed },
	{ "WITH_NPN", npn },
	{ "HELLO_RETRY_REQUEST", retried },
	{ "MIDDLEBOX_COMPAT", compatible },
	{ "WITH_EARLY_DATA", early },
	{ "EARLY_CLIENT_CCS", early_ccs },
};

/* The text is the connection's, until it is asked for again. */
const char *
s2n_connection_get_handshake_type_name(struct s2n_connection *conn)
{
	char *at;

	if (conn == NULL)
		return errors_none(fail(ERR_NULL_ARGUMENT));
	if (conn->suite == NULL)
		return "INITIAL";
	if (conn->handshake_type == NULL &&
	    (conn->handshake_type = memory_new(NAME_MAX_LEN)) == NULL)
		return errors_none(fail(memory_lack()));
	at = conn->handshake_type;
	for (size_t i = 0; i < COUNT(flags); i++) {
		if (!flags[i].is_set(conn))
			continue;
		if (i > 0)
			*at++ = '|';
		at = stpcpy(at, flags[i].name);
	}
	return conn->handshake_type;
}
