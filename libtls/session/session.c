/*
 * Sessions as bytes; the contract is in session.h.
 */
#include "libtls/session/session.h"

#include <openssl/crypto.h>

#include "libtls/core/memory.h"
#include "libtls/registry/version.h"

#define STATE_TLS13 2
#define STATE_TLS12 4
#define BY_ID 0
#define BY_TICKET 1
#define CONTEXT_MAX UINT16_MAX
#define PROTOCOL_MAX UINT8_MAX

void
early_terms_init(struct early_terms *terms)
{
	*terms = (struct early_terms){ 0 };
	writer_init(&terms->protocol, PROTOCOL_MAX);
	writer_init(&terms->context, CONTEXT_MAX);
}

void
early_terms_wipe(struct early_terms *terms)
{
	writer_free(&terms->protocol);
	writer_free(&terms->context);
	early_terms_init(terms);
}

static struct slice
bytes_of(const struct writer *bytes)
{
	return slice_of(bytes->data, bytes->len);
}

int
early_terms_copy(struct early_terms *to, const struct early_terms *from)
{
	early_terms_wipe(to);
	to->max = from->max;
	to->suite = from->suite;
	writer_bytes(&to->protocol, bytes_of(&from->protocol));
	writer_bytes(&to->context, bytes_of(&from->context));
	return to->protocol.failed || to->context.failed ? fail(ERR_NOMEM) : 0;
}

void
session_init(struct session *session)
{
	*session = (struct session){ 0 };
	early_terms_init(&session->early);
	writer_init(&session->ticket, SESSION_TICKET_MAX);
}

void
session_wipe(struct session *session)
{
	early_terms_wipe(&session->early);
	writer_free(&session->ticket);
	OPENSSL_cleanse(session, sizeof *session);
	session_init(session);
}

struct session *
session_new(void)
{
	struct session *session = memory_new(sizeof *session);

	if (session != NULL)
		session_init(session);
	return session;
}

void
session_drop(struct session **session)
{
	if (*session != NULL)
		session_wipe(*session);
	memory_free(*session);
	*session = NULL;
}

int
session_set_ticket(struct session *session, struct slice ticket)
{
	if (ticket.len > SESSION_TICKET_MAX)
		return fail(ERR_SERIALIZED_SESSION);
	writer_set(&session->ticket, ticket);
	return session->ticket.failed ? fail(ERR_NOMEM) : 0;
}

/* ---- the state ---- */

static void
write_early(const struct early_terms *early, struct writer *out)
{
	writer_u32(out, early->max);
	if (early->max == 0)
		return;
	writer_vec8(out, bytes_of(&early->protocol));
	writer_vec16(out, bytes_of(&early->context));
}

void
session_write_state(
    const struct session *session, bool sealed, struct writer *out)
{
	bool tls13 = session->version >= S2N_TLS13;

	writer_u8(out, tls13 ? STATE_TLS13 : STATE_TLS12);
	writer_u8(out, session->version);
	writer_u16(out, session->suite->number);
	writer_u64(out, session->issued);
	if (!tls13) {
		writer_bytes(
		    out, slice_of(session->secret, session->secret_len));
		writer_u8(out, session->extended_master);
		return;
	}
	writer_u32(out, session->age_add);
	writer_vec8(out, slice_of(session->secret, session->secret_len));
	if (sealed)
		writer_u64(out, session->material_expires);
	write_early(&session->early, out);
}

static void
read_early(struct reader *in, struct session *session)
{
	struct early_terms *early = &session->early;

	early->max = reader_u32(in);
	if (early->max == 0)
		return;
	early->suite = session->suite;
	writer_bytes(&early->protocol, reader_vec8(in));
	writer_bytes(&early->context, reader_vec16(in));
	if (early->protocol.failed || early->context.failed)
		reader_fail(in);
}

/* Behind what both forms begin with. */
static void
read_secrets(struct reader *in, bool sealed, struct session *session)
{
	struct slice secret;
	uint8_t flag;

	if (session->version < S2N_TLS13) {
		secret = reader_bytes(in, SESSION_SECRET_MAX);
		flag = reader_u8(in);
		session->extended_master = flag == 1;
		if (flag > 1)
			reader_fail(in);
	} else {
		session->age_add = reader_u32(in);
		secret = reader_vec8(in);
		if (secret.len != session->suite->digest->size)
			reader_fail(in);
		if (sealed)
			session->material_expires = reader_u64(in);
	}
	if (in->failed)
		return;
	memcpy(session->secret, secret.data, secret.len);
	session->secret_len = (uint8_t)secret.len;
	if (session->version >= S2N_TLS13)
		read_early(in, session);
}

bool
session_read_state(struct slice state, bool sealed, struct session *session)
{
	struct reader in = reader_of(state);
	uint8_t format = reader_u8(&in);
	uint8_t version = reader_u8(&in);
	const struct suite *suite = suite_find(reader_u16(&in));

	session->issued = reader_u64(&in);
	session->version = version;
	session->suite = suite;
	if (in.failed || suite == NULL || version < S2N_SSLv3 ||
	    version > S2N_TLS13 || !suite_fits(suite, version) ||
	    suite->digest->size > SESSION_SECRET_MAX ||
	    format != (version >= S2N_TLS13 ? STATE_TLS13 : STATE_TLS12))
		return false;
	read_secrets(&in, sealed, session);
	return reader_done(&in);
}

/* ---- what an application keeps ---- */

void
session_write(const struct session *session, struct writer *out)
{
	if (session->ticket.len > 0) {
		writer_u8(out, BY_TICKET);
		writer_vec16(out, bytes_of(&session->ticket));
	} else if (session->id_len > 0) {
		writer_u8(out, BY_ID);
		writer_vec8(out, slice_of(session->id, session->id_len));
	} else {
		return;
	}
	session_write_state(session, false, out);
}

static int
read_name(struct reader *in, struct session *session)
{
	uint8_t form = reader_u8(in);
	struct slice id;

	if (form == BY_TICKET)
		return session_set_ticket(session, reader_vec16(in));
	id = reader_vec8(in);
	if (form != BY_ID || id.len > SESSION_ID_MAX)
		return fail(ERR_SERIALIZED_SESSION);
	if (id.len > 0)
		memcpy(session->id, id.data, id.len);
	session->id_len = (uint8_t)id.len;
	return 0;
}

int
session_read(struct slice bytes, struct session *session)
{
	struct reader in = reader_of(bytes);
	int r;

	if ((r = read_name(&in, session)) != 0)
		return r;
	if (in.failed || !session_read_state(reader_rest(&in), false, session))
		return fail(ERR_SERIALIZED_SESSION);
	/* Of TLS 1.3 there are only tickets; and one of the two names it. */
	if (session->ticket.len == 0 &&
	    (session->id_len == 0 || session->version >= S2N_TLS13))
		return fail(ERR_SERIALIZED_SESSION);
	return 0;
}
