/*
 * The CertificateRequest callback and what it may ask; the contract is in
 * request_callback.h.
 */
#include "libtls/handshake/request_callback.h"

static int
show(struct s2n_connection *conn, struct s2n_certificate_request *request)
{
	struct s2n_certificate_authority_list *list = &request->authorities;
	int r;

	if ((r = authorities_copy(&list->names, conn->hs->offer.authorities)) !=
	    0)
		return r;
	return s2n_certificate_authority_list_reread(list);
}

int
request_callback_run(struct s2n_connection *conn)
{
	const struct s2n_config *config = conn->config;
	struct s2n_certificate_request *request = &conn->hs->request;
	struct cert_choice *choice = &conn->hs->choice;
	int r;

	if (config->request_callback == NULL ||
	    cert_store_default_count(config->certs) == 0)
		return 0;
	if ((r = show(conn, request)) != 0)
		return r;
	if (config->request_callback(conn, config->request_ctx, request) !=
	    S2N_SUCCESS)
		return fail(ERR_CANCELLED);
	if (request->chain == NULL)
		return fail(ERR_NO_CERT_FOUND);
	*choice = (struct cert_choice){ .match = choice->match };
	choice->chain[request->chain->kind] = request->chain;
	return 0;
}

int
s2n_config_set_cert_request_callback(struct s2n_config *config,
    s2n_cert_request_callback cert_req_callback, void *ctx)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->request_callback = cert_req_callback;
	config->request_ctx = ctx;
	return S2N_SUCCESS;
}

struct s2n_certificate_authority_list *
s2n_certificate_request_get_ca_list(struct s2n_certificate_request *request)
{
	if (request != NULL)
		return &request->authorities;
	return errors_none(fail(ERR_NULL_ARGUMENT));
}

int
s2n_certificate_request_set_certificate(struct s2n_certificate_request *request,
    struct s2n_cert_chain_and_key *chain)
{
	if (request == NULL || chain == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (chain->count == 0)
		return errors_report(fail(ERR_NO_CERT_FOUND));
	request->chain = chain;
	return S2N_SUCCESS;
}

bool
s2n_certificate_authority_list_has_next(
    struct s2n_certificate_authority_list *list)
{
	return list != NULL && reader_more(&list->unread);
}

int
s2n_certificate_authority_list_next(struct s2n_certificate_authority_list *list,
    uint8_t **name, uint16_t *length)
{
	struct slice next;

	if (list == NULL || name == NULL || length == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (!reader_more(&list->unread))
		return errors_report(fail(ERR_LIST_OUT_OF_DATA));
	next = reader_vec16(&list->unread);
	*name = list->names.data + (next.data - list->names.data);
	*length = (uint16_t)next.len;
	return S2N_SUCCESS;
}

int
s2n_certificate_authority_list_reread(
    struct s2n_certificate_authority_list *list)
{
	if (list == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	list->unread = reader_of(authorities_bytes(&list->names));
	return S2N_SUCCESS;
}
