/*
 * Fingerprints of ClientHellos: the object, and the older calls without one
 * (unstable/fingerprint.h). How they are made is in ja3.c and ja4.c.
 */
#include "unstable/fingerprint.h"

#include "libtls/core/memory.h"
#include "libtls/crypto/digest.h"
#include "libtls/ja3.h"
#include "libtls/ja4.h"

/* More than a ClientHello of 64 KiB can give rise to. */
#define RAW_MAX (1 << 19)

static const struct method {
	uint32_t hash_size;
	int (*write)(const struct s2n_client_hello *, struct writer *);
	int (*hash)(struct slice, struct writer *);
} methods[] = {
	[S2N_FINGERPRINT_JA3] = { 32, ja3_write, ja3_hash },
	[S2N_FINGERPRINT_JA4] = { 36, ja4_write, ja4_hash },
};

struct s2n_fingerprint {
	const struct method *method;
	const struct s2n_client_hello *ch; /* borrowed; NULL: none */
	uint32_t raw_size;                 /* 0: not known yet */
};

struct s2n_fingerprint *
s2n_fingerprint_new(s2n_fingerprint_type type)
{
	struct s2n_fingerprint *fingerprint = NULL;
	int r = 0;

	if ((size_t)type >= COUNT(methods))
		r = fail(ERR_INVALID_ARGUMENT);
	else if ((fingerprint = memory_new(sizeof *fingerprint)) == NULL)
		r = fail(memory_lack());
	else
		fingerprint->method = &methods[type];
	(void)!errors_report(r);
	return fingerprint;
}

int
s2n_fingerprint_free(struct s2n_fingerprint **fingerprint)
{
	if (fingerprint != NULL) {
		memory_free(*fingerprint);
		*fingerprint = NULL;
	}
	return S2N_SUCCESS;
}

int
s2n_fingerprint_wipe(struct s2n_fingerprint *fingerprint)
{
	if (fingerprint == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	fingerprint->ch = NULL;
	fingerprint->raw_size = 0;
	return S2N_SUCCESS;
}

int
s2n_fingerprint_set_client_hello(
    struct s2n_fingerprint *fingerprint, struct s2n_client_hello *ch)
{
	if (fingerprint == NULL || ch == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (ch->v2)
		return errors_report(fail(ERR_VERSION));
	fingerprint->ch = ch;
	fingerprint->raw_size = 0;
	return S2N_SUCCESS;
}

int
s2n_fingerprint_get_hash_size(
    const struct s2n_fingerprint *fingerprint, uint32_t *size)
{
	if (fingerprint == NULL || size == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*size = fingerprint->method->hash_size;
	return S2N_SUCCESS;
}

/* The string, in a writer that the caller has initialised and frees. */
static int
write_raw(const struct method *method, const struct s2n_client_hello *ch,
    struct writer *raw, struct slice *string)
{
	int r;

	if (ch == NULL || ch->body == NULL)
		return fail(ERR_INVALID_STATE);
	if (ch->v2)
		return fail(ERR_VERSION);
	if ((r = method->write(ch, raw)) != 0)
		return r;
	return writer_result(raw, string) ? 0 : fail(ERR_NOMEM);
}

static int
get_hash(struct s2n_fingerprint *fingerprint, uint32_t room, uint8_t *output,
    uint32_t *size)
{
	struct writer raw, out;
	struct slice string;
	int r;

	if (fingerprint == NULL || output == NULL || size == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if (room < fingerprint->method->hash_size)
		return fail(ERR_INSUFFICIENT_MEM_SIZE);
	writer_init(&raw, RAW_MAX);
	writer_init_fixed(&out, output, fingerprint->method->hash_size);
	r = write_raw(fingerprint->method, fingerprint->ch, &raw, &string);
	if (r == 0 && (r = fingerprint->method->hash(string, &out)) == 0) {
		fingerprint->raw_size = (uint32_t)string.len;
		*size = (uint32_t)out.len;
	}
	writer_free(&raw);
	return r;
}

int
s2n_fingerprint_get_hash(struct s2n_fingerprint *fingerprint,
    uint32_t max_output_size, uint8_t *output, uint32_t *output_size)
{
	return errors_report(
	    get_hash(fingerprint, max_output_size, output, output_size));
}

int
s2n_fingerprint_get_raw_size(
    const struct s2n_fingerprint *fingerprint, uint32_t *size)
{
	if (fingerprint == NULL || size == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (fingerprint->raw_size == 0)
		return errors_report(fail(ERR_INVALID_STATE));
	*size = fingerprint->raw_size;
	return S2N_SUCCESS;
}

/* Copies the string if there is room, and tells its size in any case. */
static int
copy_raw(const struct method *method, const struct s2n_client_hello *ch,
    uint32_t room, uint8_t *output, uint32_t *size)
{
	struct writer raw;
	struct slice string;
	int r;

	writer_init(&raw, RAW_MAX);
	if ((r = write_raw(method, ch, &raw, &string)) == 0) {
		*size = (uint32_t)string.len;
		if (string.len > room)
			r = fail(ERR_INSUFFICIENT_MEM_SIZE);
		else
			memcpy(output, string.data, string.len);
	}
	writer_free(&raw);
	return r;
}

static int
get_raw(struct s2n_fingerprint *fingerprint, uint32_t room, uint8_t *output,
    uint32_t *size)
{
	int r;

	if (fingerprint == NULL || output == NULL || size == NULL)
		return fail(ERR_NULL_ARGUMENT);
	r = copy_raw(fingerprint->method, fingerprint->ch, room, output,
	    &fingerprint->raw_size);
	if (r == 0)
		*size = fingerprint->raw_size;
	return r;
}

int
s2n_fingerprint_get_raw(struct s2n_fingerprint *fingerprint,
    uint32_t max_output_size, uint8_t *output, uint32_t *output_size)
{
	return errors_report(
	    get_raw(fingerprint, max_output_size, output, output_size));
}

/* ---- JA3 in one call ---- */

static int
one_hash(const struct s2n_client_hello *ch, s2n_fingerprint_type type,
    uint32_t room, uint8_t *hash, uint32_t *hash_size, uint32_t *str_size)
{
	struct writer raw;
	struct slice string;
	int r;

	if (ch == NULL || hash == NULL || hash_size == NULL || str_size == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if (type != S2N_FINGERPRINT_JA3)
		return fail(ERR_INVALID_ARGUMENT);
	if (room < JA3_MD5_SIZE)
		return fail(ERR_INSUFFICIENT_MEM_SIZE);
	writer_init(&raw, RAW_MAX);
	r = write_raw(&methods[type], ch, &raw, &string);
	if (r == 0 && (r = digest_once(&digest_md5, string, hash)) == 0) {
		*hash_size = JA3_MD5_SIZE;
		*str_size = (uint32_t)string.len;
	}
	writer_free(&raw);
	return r;
}

int
s2n_client_hello_get_fingerprint_hash(struct s2n_client_hello *ch,
    s2n_fingerprint_type type, uint32_t max_hash_size, uint8_t *hash,
    uint32_t *hash_size, uint32_t *str_size)
{
	return errors_report(
	    one_hash(ch, type, max_hash_size, hash, hash_size, str_size));
}

static int
one_string(const struct s2n_client_hello *ch, s2n_fingerprint_type type,
    uint32_t room, uint8_t *output, uint32_t *size)
{
	if (ch == NULL || output == NULL || size == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if (type != S2N_FINGERPRINT_JA3)
		return fail(ERR_INVALID_ARGUMENT);
	return copy_raw(&methods[type], ch, room, output, size);
}

int
s2n_client_hello_get_fingerprint_string(struct s2n_client_hello *ch,
    s2n_fingerprint_type type, uint32_t max_size, uint8_t *output,
    uint32_t *output_size)
{
	return errors_report(
	    one_string(ch, type, max_size, output, output_size));
}
