/*
 * The list that the application chooses from; the contract is in
 * offered_psks.h, and what becomes of its choice in choose_psk.c.
 */
#include "libtls/handshake/offered_psks.h"

#include "libtls/core/memory.h"
#include "libtls/handshake/choose.h"

/* The application's own. The identity is lent by the list that it was read
 * from; what counts for a choice is the index, so that none that outlived its
 * list is looked at. */
struct s2n_offered_psk {
	struct slice identity;
	uint16_t index;
};

void
offered_psks_ask(struct s2n_connection *conn, const struct hello *hello)
{
	const struct s2n_config *config = conn->config;
	struct s2n_offered_psk_list list = { .conn = conn, .hello = hello };

	(void)!s2n_offered_psk_list_reread(&list);
	if (config->psk_selection(conn, config->psk_selection_ctx, &list) !=
	    S2N_SUCCESS)
		choose_no_psk(conn);
}

static struct slice
next_identity(struct reader *unread)
{
	struct slice identity = reader_vec16(unread);

	reader_u32(unread); /* its age */
	return identity;
}

struct s2n_offered_psk *
s2n_offered_psk_new(void)
{
	struct s2n_offered_psk *psk = memory_new(sizeof *psk);

	if (psk == NULL)
		(void)!errors_report(fail(memory_lack()));
	return psk;
}

int
s2n_offered_psk_free(struct s2n_offered_psk **psk)
{
	if (psk == NULL)
		return S2N_SUCCESS;
	memory_free(*psk);
	*psk = NULL;
	return S2N_SUCCESS;
}

int
s2n_offered_psk_get_identity(
    struct s2n_offered_psk *psk, uint8_t **identity, uint16_t *size)
{
	if (psk == NULL || identity == NULL || size == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*identity = (uint8_t *)(uintptr_t)psk->identity.data;
	*size = (uint16_t)psk->identity.len;
	return S2N_SUCCESS;
}

bool
s2n_offered_psk_list_has_next(struct s2n_offered_psk_list *psk_list)
{
	return psk_list != NULL && reader_more(&psk_list->unread);
}

int
s2n_offered_psk_list_next(
    struct s2n_offered_psk_list *psk_list, struct s2n_offered_psk *psk)
{
	if (psk_list == NULL || psk == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*psk = (struct s2n_offered_psk){ 0 };
	if (!reader_more(&psk_list->unread))
		return errors_report(fail(ERR_LIST_OUT_OF_DATA));
	psk->identity = next_identity(&psk_list->unread);
	psk->index = psk_list->next++;
	return S2N_SUCCESS;
}

int
s2n_offered_psk_list_reread(struct s2n_offered_psk_list *psk_list)
{
	if (psk_list == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	psk_list->unread = reader_of(psk_list->conn->hs->offer.psk_identities);
	psk_list->next = 0;
	return S2N_SUCCESS;
}

static int
choose(struct s2n_offered_psk_list *list, const struct s2n_offered_psk *psk)
{
	struct reader in = reader_of(list->conn->hs->offer.psk_identities);
	struct slice identity = NO_BYTES;

	for (uint16_t i = 0; i <= psk->index; i++)
		identity = next_identity(&in);
	if (psk->identity.len == 0 || in.failed)
		return fail(ERR_INVALID_ARGUMENT);
	return choose_offered_psk(
	    list->conn, list->hello, identity, psk->index);
}

int
s2n_offered_psk_list_choose_psk(
    struct s2n_offered_psk_list *psk_list, struct s2n_offered_psk *psk)
{
	if (psk_list == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (psk != NULL)
		return errors_report(choose(psk_list, psk));
	choose_no_psk(psk_list->conn);
	return S2N_SUCCESS;
}

int
s2n_config_set_psk_selection_callback(
    struct s2n_config *config, s2n_psk_selection_callback cb, void *context)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->psk_selection = cb;
	config->psk_selection_ctx = context;
	return S2N_SUCCESS;
}
