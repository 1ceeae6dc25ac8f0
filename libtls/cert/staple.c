/*
 * Staples, and the public functions that give a chain its own.
 */
#include "libtls/cert/staple.h"

#include "libtls/cert/chain.h"
#include "libtls/core/memory.h"

int
staple_set(struct staple *staple, struct slice bytes)
{
	uint8_t *data = NULL;

	if (bytes.len > 0 && (data = memory_copy(bytes)) == NULL)
		return fail(memory_lack());
	memory_free(staple->data);
	*staple = (struct staple){ data, bytes.len };
	return 0;
}

void
staple_clear(struct staple *staple)
{
	memory_free(staple->data);
	*staple = (struct staple){ 0 };
}

static int
give(struct staple *staple, const uint8_t *data, uint32_t length)
{
	if (length > STAPLE_MAX)
		return fail(ERR_INVALID_ARGUMENT);
	return staple_set(
	    staple, data != NULL ? slice_of(data, length) : NO_BYTES);
}

int
s2n_cert_chain_and_key_set_ocsp_data(
    struct s2n_cert_chain_and_key *chain, const uint8_t *data, uint32_t length)
{
	if (chain == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(give(&chain->ocsp, data, length));
}

int
s2n_cert_chain_and_key_set_sct_list(
    struct s2n_cert_chain_and_key *chain, const uint8_t *data, uint32_t length)
{
	if (chain == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	return errors_report(give(&chain->scts, data, length));
}
