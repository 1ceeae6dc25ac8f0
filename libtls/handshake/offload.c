/*
 * Verification handed to the application; the contract is in offload.h. The
 * operation is the handshake's. Only while another thread is at it does that
 * thread free it, if the handshake has ended meanwhile.
 */
#include "libtls/handshake/offload.h"

#include <stdatomic.h>

#include "libtls/core/memory.h"

enum offload_state {
	OFFLOAD_NEW,
	OFFLOAD_WORKING, /* some thread verifies */
	OFFLOAD_DONE,    /* result tells */
	OFFLOAD_ORPHANED /* while it was verified its handshake ended */
};

struct s2n_async_offload_op {
	_Atomic enum offload_state state;
	const struct scheme *scheme;
	EVP_PKEY *key;
	int result;
	struct slice input, signature; /* both in bytes */
	uint8_t bytes[];
};

static struct s2n_async_offload_op *
op_new(const struct scheme *scheme, EVP_PKEY *key, struct slice input,
    struct slice signature)
{
	struct s2n_async_offload_op *op =
	    memory_new(sizeof *op + input.len + signature.len);

	if (op == NULL)
		return NULL;
	if (EVP_PKEY_up_ref(key) != 1) {
		memory_free(op);
		return NULL;
	}
	atomic_init(&op->state, OFFLOAD_NEW);
	op->scheme = scheme;
	op->key = key;
	op->input = slice_of(op->bytes, input.len);
	memcpy(op->bytes, input.data, input.len);
	op->signature = slice_of(op->bytes + input.len, signature.len);
	if (signature.len > 0)
		memcpy(op->bytes + input.len, signature.data, signature.len);
	return op;
}

static void
op_free(struct s2n_async_offload_op *op)
{
	EVP_PKEY_free(op->key);
	memory_free(op);
}

static bool
offered(const struct s2n_connection *conn)
{
	return conn->config->offload != NULL &&
	       (conn->config->offload_allowed &
		   S2N_ASYNC_OFFLOAD_PKEY_VERIFY) != 0;
}

static int
offer(struct s2n_connection *conn, const struct scheme *scheme, EVP_PKEY *key,
    struct slice input, struct slice signature)
{
	struct handshake *hs = conn->hs;

	if ((hs->offload = op_new(scheme, key, input, signature)) == NULL)
		return fail(memory_lack());
	return conn->config->offload(
		   conn, hs->offload, conn->config->offload_ctx) == 0
		   ? 0
		   : fail(ERR_CANCELLED);
}

int
offload_verify(struct s2n_connection *conn, const struct scheme *scheme,
    EVP_PKEY *key, struct slice input, struct slice signature)
{
	struct handshake *hs = conn->hs;
	int r;

	if (hs->offload == NULL && !offered(conn))
		return scheme_verify(scheme, key, input, signature);
	if (hs->offload == NULL &&
	    (r = offer(conn, scheme, key, input, signature)) != 0)
		return r;
	if (atomic_load(&hs->offload->state) != OFFLOAD_DONE)
		return fail(ERR_WANT_VERIFY);
	r = hs->offload->result;
	offload_release(hs);
	/* It failed in the thread that performed it: noted here again. */
	return r == 0 ? 0 : fail(r);
}

void
offload_release(struct handshake *hs)
{
	struct s2n_async_offload_op *op = hs->offload;

	hs->offload = NULL;
	if (op != NULL &&
	    atomic_exchange(&op->state, OFFLOAD_ORPHANED) != OFFLOAD_WORKING)
		op_free(op);
}

static int
perform(struct s2n_async_offload_op *op)
{
	enum offload_state state = OFFLOAD_NEW;

	if (op == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if (!atomic_compare_exchange_strong(
		&op->state, &state, OFFLOAD_WORKING))
		return fail(ERR_ALREADY_PERFORMED);
	op->result =
	    scheme_verify(op->scheme, op->key, op->input, op->signature);
	state = OFFLOAD_WORKING;
	if (!atomic_compare_exchange_strong(&op->state, &state, OFFLOAD_DONE))
		op_free(op);
	return 0;
}

int
s2n_async_offload_op_perform(struct s2n_async_offload_op *op)
{
	return errors_report(perform(op));
}

int
s2n_config_set_async_offload_callback(struct s2n_config *config,
    uint32_t allow_list, s2n_async_offload_cb fn, void *ctx)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	config->offload_allowed = allow_list;
	config->offload = fn;
	config->offload_ctx = ctx;
	return S2N_SUCCESS;
}
