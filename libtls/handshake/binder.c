/*
 * Binders; the contract is in binder.h.
 */
#include "libtls/handshake/binder.h"

#include "base/reader.h"
#include "libtls/crypto/secret.h"
#include "libtls/extension/psk.h"
#include "libtls/handshake/message.h"
#include "libtls/handshake/schedule13.h"
#include "libtls/handshake/transcript.h"

static int
binder_of(const struct s2n_connection *conn, const struct s2n_psk *psk,
    const struct slice *hello, size_t count, uint8_t *binder)
{
	uint8_t hash[DIGEST_MAX];
	int r;

	r = transcript_hash_with(
	    &conn->hs->transcript, psk->digest, hello, count, hash);
	if (r != 0)
		return r;
	return schedule13_binder(
	    psk->digest, psk_secret(psk), psk->external, hash, binder);
}

int
binder_fill(const struct s2n_connection *conn, struct writer *out, size_t start)
{
	uint8_t header[MESSAGE_HEADER], binder[DIGEST_MAX];
	size_t size = psk_binders_size(conn);
	const struct s2n_psk *psk;
	struct slice hello[2];
	struct writer head;
	uint8_t *at;
	int r;

	if (psk_offered(conn, 0) == NULL)
		return 0;
	if (out->failed || out->len - start < size)
		return fail(ERR_NOMEM);
	/* The header says the length that the message will have. */
	writer_init_fixed(&head, header, sizeof header);
	writer_u8(&head, CLIENT_HELLO);
	writer_u24(&head, (uint32_t)(out->len - start));
	hello[0] = slice_of(header, sizeof header);
	hello[1] = slice_of(out->data + start, out->len - start - size);
	at = out->data + out->len - size + 2;
	for (size_t i = 0; (psk = psk_offered(conn, i)) != NULL; i++) {
		if ((r = binder_of(conn, psk, hello, COUNT(hello), binder)) !=
		    0)
			return r;
		memcpy(at + 1, binder, psk->digest->size);
		at += 1u + psk->digest->size;
	}
	return 0;
}

int
binder_check(const struct s2n_connection *conn)
{
	const struct offer *offer = &conn->hs->offer;
	struct reader binders = reader_of(offer->psk_binders);
	struct slice whole = conn->inbox.whole, theirs = NO_BYTES;
	uint8_t binder[DIGEST_MAX];
	struct slice hello;
	int r;

	for (size_t i = 0; i <= conn->hs->psk_index; i++)
		theirs = reader_vec8(&binders);
	/* pre_shared_key is the last extension, and binders are its end. */
	hello = slice_of(whole.data, whole.len - 2 - offer->psk_binders.len);
	if ((r = binder_of(conn, conn->psk, &hello, 1, binder)) != 0)
		return r;
	if (theirs.len != conn->psk->digest->size ||
	    !secret_equal(theirs.data, binder, theirs.len))
		return fail(ERR_BINDER);
	return 0;
}
