/*
 * External pre-shared keys: made, and given to a connection (Guide: TLS1.3
 * Pre-Shared Key Related Calls). Which of them a handshake is made with:
 * libtls/handshake/choose_psk.c.
 */
#include "libtls/core/memory.h"
#include "libtls/state/connection.h"

/* What pre_shared_key is made of (RFC 8446 4.2, 4.2.11), and may have. */
#define EXTENSION_SIZE (2 + 2 + 2 + 2)
#define IDENTITY_SIZE (2 + 4)
#define BINDER_SIZE 1
#define OFFER_MAX UINT16_MAX

/* ---- a key ---- */

struct s2n_psk *
s2n_external_psk_new(void)
{
	struct s2n_psk *psk = psk_new(true);

	if (psk == NULL)
		(void)!errors_report(fail(memory_lack()));
	return psk;
}

int
s2n_psk_free(struct s2n_psk **psk)
{
	if (psk == NULL)
		return S2N_SUCCESS;
	psk_free(*psk);
	*psk = NULL;
	return S2N_SUCCESS;
}

/* In place of what there was. */
static int
put(struct writer *bytes, struct slice value)
{
	writer_set(bytes, value);
	return bytes->failed ? fail(ERR_NOMEM) : 0;
}

int
s2n_psk_set_identity(
    struct s2n_psk *psk, const uint8_t *identity, uint16_t identity_size)
{
	if (psk == NULL || identity == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (identity_size == 0)
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	return errors_report(
	    put(&psk->identity, slice_of(identity, identity_size)));
}

/* RFC 8446 7.1: zeroes are what stands for a key where there is none. */
static bool
is_zero(struct slice secret)
{
	uint8_t bits = 0;

	for (size_t i = 0; i < secret.len; i++)
		bits |= secret.data[i];
	return bits == 0;
}

int
s2n_psk_set_secret(
    struct s2n_psk *psk, const uint8_t *secret, uint16_t secret_size)
{
	struct slice bytes = slice_of(secret, secret_size);

	if (psk == NULL || secret == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (is_zero(bytes))
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	return errors_report(put(&psk->secret, bytes));
}

int
s2n_psk_set_hmac(struct s2n_psk *psk, s2n_psk_hmac hmac)
{
	if (psk == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	switch (hmac) {
	case S2N_PSK_HMAC_SHA256:
		psk->digest = &digest_sha256;
		return S2N_SUCCESS;
	case S2N_PSK_HMAC_SHA384:
		psk->digest = &digest_sha384;
		return S2N_SUCCESS;
	}
	return errors_report(fail(ERR_INVALID_ARGUMENT));
}

/* ---- a connection's keys ---- */

/* What a client's whole extension takes. */
static size_t
offer_size(const struct psk_list *list, const struct s2n_psk *psk)
{
	size_t size = EXTENSION_SIZE + IDENTITY_SIZE + psk->identity.len +
		      BINDER_SIZE + psk->digest->size;

	for (size_t i = 0; i < list->count; i++)
		size += IDENTITY_SIZE + list->psks[i]->identity.len +
			BINDER_SIZE + list->psks[i]->digest->size;
	return size;
}

/* A client's offer may not grow once it is made (RFC 8446 4.1.2); a server may
 * add keys until it has chosen. */
static bool
may_append(const struct s2n_connection *conn)
{
	return !conn->negotiated && conn->psk == NULL &&
	       (is_server(conn) || conn->hs == NULL);
}

static int
append(struct s2n_connection *conn, const struct s2n_psk *psk)
{
	const struct psk_list *list = &conn->psks;

	if (!may_append(conn))
		return fail(ERR_INVALID_STATE);
	if (psk->identity.len == 0 || psk->secret.len == 0)
		return fail(ERR_INVALID_ARGUMENT);
	if (list->count > 0 && !list->psks[0]->external)
		return fail(ERR_PSK_MODE);
	if (psk_list_find(list, psk_identity(psk)) != NULL)
		return fail(ERR_DUPLICATE_PSK);
	if (!is_server(conn) && offer_size(list, psk) > OFFER_MAX)
		return fail(ERR_OFFERED_PSKS_TOO_LONG);
	return psk_list_add(&conn->psks, psk_copy(psk));
}

int
s2n_connection_append_psk(struct s2n_connection *conn, struct s2n_psk *psk)
{
	if (conn == NULL || psk == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(append(conn, psk));
}

/* ---- which kind of keys ---- */

static bool
is_mode(s2n_psk_mode mode)
{
	return mode == S2N_PSK_MODE_RESUMPTION || mode == S2N_PSK_MODE_EXTERNAL;
}

int
s2n_config_set_psk_mode(struct s2n_config *config, s2n_psk_mode mode)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (!is_mode(mode))
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	config->psk_mode = mode;
	return S2N_SUCCESS;
}

int
s2n_connection_set_psk_mode(struct s2n_connection *conn, s2n_psk_mode mode)
{
	if (conn == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (!is_mode(mode))
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	if (conn->psks.count > 0 &&
	    conn->psks.psks[0]->external != (mode == S2N_PSK_MODE_EXTERNAL))
		return errors_report(fail(ERR_PSK_MODE));
	conn->psk_mode.made = true;
	conn->psk_mode.mode = mode;
	return S2N_SUCCESS;
}

/* ---- what was agreed on ---- */

int
s2n_connection_get_negotiated_psk_identity_length(
    struct s2n_connection *conn, uint16_t *identity_length)
{
	if (conn == NULL || identity_length == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*identity_length =
	    conn->psk == NULL ? 0 : (uint16_t)conn->psk->identity.len;
	return S2N_SUCCESS;
}

int
s2n_connection_get_negotiated_psk_identity(struct s2n_connection *conn,
    uint8_t *identity, uint16_t max_identity_length)
{
	struct slice chosen;

	if (conn == NULL || identity == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (conn->psk == NULL)
		return S2N_SUCCESS;
	chosen = psk_identity(conn->psk);
	if (chosen.len > max_identity_length)
		return errors_report(fail(ERR_INSUFFICIENT_MEM_SIZE));
	memcpy(identity, chosen.data, chosen.len);
	return S2N_SUCCESS;
}
