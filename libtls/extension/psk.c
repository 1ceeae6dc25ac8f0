/*
 * pre_shared_key (RFC 8446 4.2.11) and psk_key_exchange_modes (4.2.9). Binders
 * are written as zeroes, and filled in once the rest of the ClientHello is
 * there: libtls/handshake/binder.c.
 */
#include "libtls/extension/psk.h"

#include "libtls/extension/rows.h"

#define PSK_DHE_KE 1
#define BINDER_MIN 32
#define MILLISECOND 1000000u

/*
 * After a HelloRetryRequest the hash is known, and keys for another "SHOULD
 * NOT" be offered any more (4.1.4). A renegotiation is of TLS 1.2 or older.
 */
const struct s2n_psk *
psk_offered(const struct s2n_connection *conn, size_t index)
{
	const struct psk_list *list = &conn->psks;

	if (connection_most_version(conn) < S2N_TLS13 || conn->renegotiating)
		return NULL;
	for (size_t i = 0; i < list->count; i++) {
		if (conn->hs->retry &&
		    list->psks[i]->digest != conn->suite->digest)
			continue;
		if (index-- == 0)
			return list->psks[i];
	}
	return NULL;
}

size_t
psk_binders_size(const struct s2n_connection *conn)
{
	const struct s2n_psk *psk;
	size_t size = 2;

	for (size_t i = 0; (psk = psk_offered(conn, i)) != NULL; i++)
		size += 1u + psk->digest->size;
	return size;
}

bool
psk_key_exchange_modes_wanted(
    const struct s2n_connection *conn, enum where where)
{
	(void)where;
	return connection_most_version(conn) >= S2N_TLS13 &&
	       (conn->psks.count > 0 || conn->config->tickets);
}

void
psk_key_exchange_modes_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	(void)conn;
	(void)where;
	writer_u8(out, 1);
	writer_u8(out, PSK_DHE_KE);
}

int
psk_key_exchange_modes_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	struct slice modes = reader_vec8(in);

	(void)where;
	if (!reader_done(in) || modes.len == 0)
		return fail(ERR_DECODE);
	conn->hs->offer.has_psk_modes = true;
	conn->hs->offer.psk_dhe =
	    memchr(modes.data, PSK_DHE_KE, modes.len) != NULL;
	return 0;
}

bool
pre_shared_key_wanted(const struct s2n_connection *conn, enum where where)
{
	if (where == IN_CLIENT_HELLO)
		return psk_offered(conn, 0) != NULL;
	return conn->psk != NULL;
}

/* 4.2.11.1: milliseconds, with what hides them from others added; 0 for keys
 * that are no sessions'. */
static uint32_t
obfuscated_age(const struct s2n_connection *conn, const struct s2n_psk *psk)
{
	const struct clock *clock = &conn->config->wall;
	uint64_t now;

	if (psk->external)
		return 0;
	if (clock->read(clock->ctx, &now) != 0 || now < psk->issued)
		now = psk->issued;
	return (uint32_t)((now - psk->issued) / MILLISECOND) + psk->age_add;
}

static void
build_offer(struct s2n_connection *conn, struct writer *out)
{
	static const uint8_t zeroes[DIGEST_MAX];
	const struct s2n_psk *psk;
	struct mark list = writer_open(out, 2);

	for (size_t i = 0; (psk = psk_offered(conn, i)) != NULL; i++) {
		writer_vec16(out, psk_identity(psk));
		writer_u32(out, obfuscated_age(conn, psk));
	}
	writer_close(out, list);
	list = writer_open(out, 2);
	for (size_t i = 0; (psk = psk_offered(conn, i)) != NULL; i++)
		writer_vec8(out, slice_of(zeroes, psk->digest->size));
	writer_close(out, list);
}

void
pre_shared_key_build(
    struct s2n_connection *conn, enum where where, struct writer *out)
{
	if (where == IN_CLIENT_HELLO)
		build_offer(conn, out);
	else
		writer_u16(out, conn->hs->psk_index);
}

/* Both lists are well formed, and equally long. */
int
psk_offer_parse(struct s2n_connection *conn)
{
	struct offer *offer = &conn->hs->offer;
	struct reader in = reader_of(offer->psks), identities, binders;
	size_t count = 0;

	offer->psk_identities = reader_vec16(&in);
	offer->psk_binders = reader_vec16(&in);
	identities = reader_of(offer->psk_identities);
	binders = reader_of(offer->psk_binders);
	if (!reader_done(&in) || !reader_more(&identities) ||
	    !reader_more(&binders))
		return fail(ERR_DECODE);
	for (; reader_more(&identities); count++) {
		if (reader_vec16(&identities).len == 0)
			return fail(ERR_DECODE);
		reader_u32(&identities);
	}
	for (; reader_more(&binders) && count > 0; count--)
		if (reader_vec8(&binders).len < BINDER_MIN)
			return fail(ERR_DECODE);
	if (identities.failed || binders.failed)
		return fail(ERR_DECODE);
	return count == 0 && !reader_more(&binders)
		   ? 0
		   : fail(ERR_ILLEGAL_PARAMETER);
}

/* 4.2.11: a key of ours, and of the suite's hash, which is known by now. */
int
pre_shared_key_parse(
    struct s2n_connection *conn, enum where where, struct reader *in)
{
	uint16_t index;

	if (where == IN_CLIENT_HELLO) {
		conn->hs->offer.psks = reader_rest(in);
		conn->hs->offer.has_psks = true;
		return 0;
	}
	index = reader_u16(in);
	if (!reader_done(in))
		return fail(ERR_DECODE);
	conn->psk = psk_offered(conn, index);
	if (conn->psk == NULL || conn->psk->digest != conn->suite->digest)
		return fail(ERR_ILLEGAL_PARAMETER);
	conn->resumed = !conn->psk->external;
	return 0;
}
