/*
 * The callbacks for CRLs and for the validation of a chain; the contract is in
 * review.h. Both answers may come later, so each is asked for once.
 */
#include "libtls/handshake/review.h"

int
review_lookups(struct s2n_connection *conn)
{
	const struct s2n_config *config = conn->config;
	struct crl_lookups *lookups = &conn->lookups;
	int r;

	if (config->crl_lookup == NULL)
		return 0;
	if (lookups->list == NULL &&
	    ((r = crl_lookups_open(lookups, conn->peer_chain)) != 0 ||
		(r = crl_lookups_ask(lookups, config->crl_lookup,
		     config->crl_lookup_ctx)) != 0))
		return r;
	return crl_lookups_answered(lookups) ? 0 : fail(ERR_WANT_VALIDATION);
}

int
review_chain(struct s2n_connection *conn)
{
	const struct s2n_config *config = conn->config;
	struct s2n_cert_validation_info *info = &conn->validation;

	if (config->cert_validation == NULL)
		return 0;
	if (!info->asked) {
		info->asked = true;
		if (config->cert_validation(
			conn, info, config->cert_validation_ctx) != S2N_SUCCESS)
			return fail(ERR_CANCELLED);
	}
	if (!info->answered)
		return fail(ERR_WANT_VALIDATION);
	return info->accepted ? 0 : fail(ERR_CERT_REJECTED);
}

void
review_end(struct s2n_connection *conn)
{
	crl_lookups_free(&conn->lookups);
	conn->validation = (struct s2n_cert_validation_info){ 0 };
}

int
s2n_config_set_crl_lookup_cb(
    struct s2n_config *config, s2n_crl_lookup_callback callback, void *context)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->crl_lookup = callback;
	config->crl_lookup_ctx = context;
	return S2N_SUCCESS;
}

int
s2n_config_set_cert_validation_cb(struct s2n_config *config,
    s2n_cert_validation_callback callback, void *context)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->cert_validation = callback;
	config->cert_validation_ctx = context;
	return S2N_SUCCESS;
}

static int
answer(struct s2n_cert_validation_info *info, bool accepted)
{
	if (info == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if (!info->asked || info->answered)
		return fail(ERR_INVALID_STATE);
	info->answered = true;
	info->accepted = accepted;
	return 0;
}

int
s2n_cert_validation_accept(struct s2n_cert_validation_info *info)
{
	return errors_report(answer(info, true));
}

int
s2n_cert_validation_reject(struct s2n_cert_validation_info *info)
{
	return errors_report(answer(info, false));
}
