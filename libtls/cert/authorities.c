/*
 * Lists of authorities; the contract is in authorities.h.
 */
#include "libtls/cert/authorities.h"

#include "base/reader.h"
#include "base/writer.h"
#include "libtls/core/memory.h"

/* All names and the two bytes of each; the shortest name has as many. */
#define LIST_MAX (2 * AUTHORITIES_MAX)

int
authorities_copy(struct authorities *authorities, struct slice list)
{
	uint8_t *data = NULL;

	if (list.len > 0 && (data = memory_copy(list)) == NULL)
		return fail(memory_lack());
	authorities_clear(authorities);
	*authorities = (struct authorities){ data, list.len };
	return 0;
}

void
authorities_clear(struct authorities *authorities)
{
	memory_free(authorities->data);
	*authorities = (struct authorities){ 0 };
}

static bool
listed(struct slice list, struct slice name)
{
	struct reader in = reader_of(list);

	while (reader_more(&in))
		if (slice_equal(reader_vec16(&in), name))
			return true;
	return false;
}

/* Takes the room of a name from what is left of it. */
static int
add_subject(const X509 *anchor, size_t *room, struct writer *out)
{
	const X509_NAME *subject = X509_get_subject_name(anchor);
	const unsigned char *der;
	struct slice name;
	size_t len;

	if (X509_NAME_get0_der(subject, &der, &len) != 1)
		return fail(ERR_NOMEM);
	name = slice_of(der, len);
	if (listed(slice_of(out->data, out->len), name))
		return 0;
	if (name.len > *room)
		return fail(ERR_TOO_MANY_CAS);
	*room -= name.len;
	writer_vec16(out, name);
	return out->failed ? fail(ERR_NOMEM) : 0;
}

static int
add_subjects(STACK_OF(X509) * anchors, struct writer *out)
{
	size_t room = AUTHORITIES_MAX;
	int r = 0;

	for (int i = 0; r == 0 && i < sk_X509_num(anchors); i++)
		r = add_subject(sk_X509_value(anchors, i), &room, out);
	return r;
}

int
authorities_collect(
    struct authorities *authorities, const struct trust_store *store)
{
	STACK_OF(X509) * anchors;
	struct writer out;
	int r;

	if (trust_store_has_system(store))
		return fail(ERR_INVALID_STATE);
	if (trust_store_x509(store) == NULL ||
	    (anchors = X509_STORE_get1_all_certs(trust_store_x509(store))) ==
		NULL)
		return fail(ERR_NOMEM);
	writer_init(&out, LIST_MAX);
	if ((r = add_subjects(anchors, &out)) == 0)
		r = authorities_copy(authorities, slice_of(out.data, out.len));
	writer_free(&out);
	sk_X509_pop_free(anchors, X509_free);
	return r;
}

bool
authorities_sound(struct slice list)
{
	struct reader in = reader_of(list);

	while (reader_more(&in))
		if (reader_vec16(&in).len == 0)
			return false;
	return reader_done(&in);
}
