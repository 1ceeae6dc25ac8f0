/*
 * Pre-shared keys; the contract is in psk.h.
 */
#include "libtls/session/psk.h"

#include <openssl/crypto.h>

#include "libtls/core/memory.h"

struct s2n_psk *
psk_new(bool external)
{
	struct s2n_psk *psk = memory_new(sizeof *psk);

	if (psk == NULL)
		return NULL;
	psk->external = external;
	psk->digest = &digest_sha256;
	writer_init(&psk->identity, PSK_BYTES_MAX);
	writer_init(&psk->secret, PSK_BYTES_MAX);
	early_terms_init(&psk->early);
	return psk;
}

void
psk_free(struct s2n_psk *psk)
{
	if (psk == NULL)
		return;
	writer_free(&psk->identity);
	writer_free(&psk->secret);
	early_terms_wipe(&psk->early);
	memory_free(psk);
}

/* Both copies are there, or the key is given up. */
static struct s2n_psk *
filled(struct s2n_psk *psk, struct slice identity, struct slice secret,
    const struct early_terms *early)
{
	writer_bytes(&psk->identity, identity);
	writer_bytes(&psk->secret, secret);
	if (early_terms_copy(&psk->early, early) == 0 &&
	    !psk->identity.failed && !psk->secret.failed)
		return psk;
	psk_free(psk);
	return NULL;
}

struct s2n_psk *
psk_copy(const struct s2n_psk *from)
{
	struct s2n_psk *psk = psk_new(from->external);

	if (psk == NULL)
		return NULL;
	psk->digest = from->digest;
	psk->issued = from->issued;
	psk->age_add = from->age_add;
	psk->material_expires = from->material_expires;
	return filled(psk, psk_identity(from), psk_secret(from), &from->early);
}

struct s2n_psk *
psk_of_session(const struct session *session, struct slice ticket)
{
	struct s2n_psk *psk = psk_new(false);

	if (psk == NULL)
		return NULL;
	psk->digest = session->suite->digest;
	psk->issued = session->issued;
	psk->age_add = session->age_add;
	psk->material_expires = session->material_expires;
	return filled(psk, ticket,
	    slice_of(session->secret, session->secret_len), &session->early);
}

int
psk_list_add(struct psk_list *list, struct s2n_psk *psk)
{
	struct s2n_psk **psks;

	if (psk == NULL)
		return fail(ERR_NOMEM);
	psks = memory_new((list->count + 1) * sizeof *psks);
	if (psks == NULL) {
		psk_free(psk);
		return fail(memory_lack());
	}
	if (list->count > 0)
		memcpy(psks, list->psks, list->count * sizeof *psks);
	psks[list->count++] = psk;
	memory_free(list->psks);
	list->psks = psks;
	return 0;
}

struct s2n_psk *
psk_list_find(const struct psk_list *list, struct slice identity)
{
	for (size_t i = 0; i < list->count; i++)
		if (slice_equal(psk_identity(list->psks[i]), identity))
			return list->psks[i];
	return NULL;
}

void
psk_list_clear(struct psk_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		psk_free(list->psks[i]);
	memory_free(list->psks);
	*list = (struct psk_list){ 0 };
}

void
psk_list_keep(struct psk_list *list, const struct s2n_psk *kept)
{
	struct s2n_psk *psk = NULL;

	for (size_t i = 0; i < list->count; i++) {
		if (list->psks[i] == kept)
			psk = list->psks[i];
		else
			psk_free(list->psks[i]);
	}
	if (psk == NULL) {
		memory_free(list->psks);
		*list = (struct psk_list){ 0 };
		return;
	}
	writer_free(&psk->secret);
	list->psks[0] = psk;
	list->count = 1;
}
