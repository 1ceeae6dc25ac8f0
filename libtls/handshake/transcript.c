/*
 * Transcript hash; the contract is in transcript.h.
 */
#include "libtls/handshake/transcript.h"

#define HELD_LIMIT (1 << 17)

void
transcript_init(struct transcript *transcript)
{
	*transcript = (struct transcript){ 0 };
	writer_init(&transcript->held, HELD_LIMIT);
}

void
transcript_wipe(struct transcript *transcript)
{
	writer_free(&transcript->held);
	hasher_wipe(&transcript->hash);
}

int
transcript_add(struct transcript *transcript, struct slice message)
{
	if (transcript->hash.digest == NULL || transcript->keeps) {
		writer_bytes(&transcript->held, message);
		if (transcript->held.failed)
			return fail(ERR_NOMEM);
	}
	if (transcript->hash.digest == NULL)
		return 0;
	return hasher_add(&transcript->hash, message);
}

void
transcript_keep(struct transcript *transcript)
{
	transcript->keeps = true;
}

void
transcript_forget(struct transcript *transcript)
{
	transcript->keeps = false;
	writer_clear(&transcript->held);
}

int
transcript_start(struct transcript *transcript, const struct digest *digest)
{
	struct slice held;
	int r;

	if (transcript->hash.digest != NULL)
		return 0;
	if (!writer_result(&transcript->held, &held))
		return fail(ERR_NOMEM);
	if ((r = hasher_start(&transcript->hash, digest)) != 0 ||
	    (r = hasher_add(&transcript->hash, held)) != 0)
		return r;
	if (!transcript->keeps)
		writer_clear(&transcript->held);
	return 0;
}

int
transcript_restart(struct transcript *transcript)
{
	const struct digest *digest = transcript->hash.digest;
	uint8_t message[4 + DIGEST_MAX] = { MESSAGE_HASH, 0, 0, digest->size };
	int r;

	if ((r = hasher_peek(&transcript->hash, message + 4)) != 0 ||
	    (r = hasher_start(&transcript->hash, digest)) != 0)
		return r;
	return hasher_add(
	    &transcript->hash, slice_of(message, 4u + digest->size));
}

int
transcript_hash(const struct transcript *transcript, uint8_t *out)
{
	return hasher_peek(&transcript->hash, out);
}

int
transcript_hash_with(const struct transcript *transcript,
    const struct digest *digest, const struct slice *in, size_t count,
    uint8_t *out)
{
	struct hasher hasher = { 0 };
	int r;

	if (transcript->hash.digest == digest)
		return hasher_peek_with(&transcript->hash, in, count, out);
	if (transcript->hash.digest != NULL)
		return fail(ERR_SAFETY);
	if ((r = hasher_start(&hasher, digest)) == 0 &&
	    (r = hasher_add(&hasher,
		 slice_of(transcript->held.data, transcript->held.len))) == 0)
		r = hasher_peek_with(&hasher, in, count, out);
	hasher_wipe(&hasher);
	return r;
}
