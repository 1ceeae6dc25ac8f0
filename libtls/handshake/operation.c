/*
 * The private-key operation; the contract is in operation.h.
 *
 * An operation is shared: the connection and the application each hold a
 * reference, and neither follows a pointer to the other. So either may be
 * freed at any moment, on any thread; only apply() has both in hand.
 */
#include "libtls/handshake/operation.h"

#include <stdatomic.h>

#include <openssl/crypto.h>

#include "libtls/core/memory.h"
#include "libtls/crypto/premaster.h"

enum op_state {
	OP_NEW,       /* waits for its output */
	OP_WORKING,   /* perform or set_output is at it */
	OP_PERFORMED, /* has its output */
	OP_FAILED,    /* ended in failure, by set_error or a wrong signature */
	OP_CANCELLED,
	OP_ORPHANED /* the connection is gone or has its answer */
};

struct s2n_async_pkey_op {
	atomic_int references;
	_Atomic enum op_state state;
	bool applied; /* touched by apply() and the connection only */
	bool verify;

	const struct scheme *scheme; /* NULL: decrypts */
	EVP_PKEY *public_key;
	struct slice input;              /* what is signed; points into parts */
	struct s2n_pkey_binding binding; /* likewise */

	uint8_t output[SIGNATURE_MAX];
	size_t output_len;
	uint8_t parts[];
};

static void
release(struct s2n_async_pkey_op *op)
{
	if (op == NULL || atomic_fetch_sub(&op->references, 1) > 1)
		return;
	EVP_PKEY_free(op->public_key);
	memory_free(op);
}

/* Moves a part of a binding to where the operation keeps it. */
static void
keep(uint8_t **parts, const uint8_t **part, size_t len)
{
	if (*part == NULL)
		return;
	memcpy(*parts, *part, len);
	*part = *parts;
	*parts += len;
}

static size_t
parts_size(const struct operation_request *request)
{
	const struct s2n_pkey_binding *binding = &request->binding;

	return request->input.len + binding->transcript_hash_length +
	       2 * RANDOM_SIZE + binding->parameters_length +
	       binding->messages_length + binding->ciphertext_length;
}

static void
keep_parts(
    struct s2n_async_pkey_op *op, const struct operation_request *request)
{
	struct s2n_pkey_binding *own = &op->binding;
	uint8_t *parts = op->parts;

	op->input = request->input;
	keep(&parts, &op->input.data, op->input.len);
	*own = request->binding;
	keep(&parts, &own->transcript_hash, own->transcript_hash_length);
	keep(&parts, &own->client_random, RANDOM_SIZE);
	keep(&parts, &own->server_random, RANDOM_SIZE);
	keep(&parts, &own->parameters, own->parameters_length);
	keep(&parts, &own->messages, own->messages_length);
	keep(&parts, &own->ciphertext, own->ciphertext_length);
}

/* One reference for the connection, one for the application. */
static struct s2n_async_pkey_op *
op_new(
    const struct s2n_connection *conn, const struct operation_request *request)
{
	size_t size = sizeof(struct s2n_async_pkey_op) + parts_size(request);
	struct s2n_async_pkey_op *op = memory_new(size);

	if (op == NULL)
		return NULL;
	atomic_init(&op->references, 2);
	atomic_init(&op->state, OP_NEW);
	op->verify = conn->config->verify_after_sign ||
		     (conn->config->validate_strictly &&
			 conn->config->key_callback != NULL);
	op->scheme = request->scheme;
	op->public_key = request->chain->public_key;
	EVP_PKEY_up_ref(op->public_key);
	keep_parts(op, request);
	return op;
}

/* Signs or decrypts, into op->output. */
static int
compute(struct s2n_async_pkey_op *op, EVP_PKEY *key)
{
	if (op->scheme == NULL) {
		op->output_len = PREMASTER_SIZE;
		return premaster_decrypt(key, op->binding.client_version,
		    slice_of(
			op->binding.ciphertext, op->binding.ciphertext_length),
		    op->output);
	}
	op->output_len = sizeof op->output;
	return scheme_sign(
	    op->scheme, key, op->input, op->output, &op->output_len);
}

/* Whether the output may leave, where that is to be looked at. */
static int
verify(const struct s2n_async_pkey_op *op)
{
	if (!op->verify || op->scheme == NULL)
		return 0;
	return scheme_verify(op->scheme, op->public_key, op->input,
	    slice_of(op->output, op->output_len));
}

/* Without a callback: now, with the chain's own key. */
static int
compute_now(
    const struct operation_request *request, struct s2n_async_pkey_op *op)
{
	int r;

	if (request->chain->key.pkey == NULL)
		return fail(ERR_NO_PRIVATE_KEY);
	if ((r = compute(op, request->chain->key.pkey)) == 0 && verify(op) != 0)
		r = fail(ERR_OWN_SIGNATURE);
	op->applied = r == 0;
	return r;
}

static int
start(struct s2n_connection *conn, const struct operation_request *request)
{
	struct s2n_async_pkey_op *op = op_new(conn, request);

	if (op == NULL)
		return fail(memory_lack());
	conn->hs->operation = op;
	if (conn->config->key_callback == NULL) {
		release(op); /* the application never sees it */
		return compute_now(request, op);
	}
	if (conn->config->key_callback(conn, op) != S2N_SUCCESS)
		return fail(ERR_KEY_CALLBACK_FAILED);
	return 0;
}

int
operation_result(struct s2n_connection *conn,
    const struct operation_request *request, struct slice *output)
{
	struct s2n_async_pkey_op *op;
	enum op_state state;
	int r;

	if (conn->hs->operation == NULL && (r = start(conn, request)) != 0)
		return r;
	op = conn->hs->operation;
	state = atomic_load(&op->state);
	if (state == OP_CANCELLED)
		return fail(ERR_KEY_CALLBACK_FAILED);
	if (state == OP_FAILED && op->applied)
		return fail(op->output_len > 0 ? ERR_OWN_SIGNATURE
					       : ERR_KEY_CALLBACK_FAILED);
	if (!op->applied)
		return fail(ERR_WANT_KEY);
	*output = slice_of(op->output, op->output_len);
	return 0;
}

void
operation_release(struct handshake *hs)
{
	if (hs->operation == NULL)
		return;
	atomic_store(&hs->operation->state, OP_ORPHANED);
	release(hs->operation);
	hs->operation = NULL;
}

/* Whoever moves the state from NEW may write the output. */
static int
claim(struct s2n_async_pkey_op *op)
{
	enum op_state expected = OP_NEW;

	if (atomic_compare_exchange_strong(&op->state, &expected, OP_WORKING))
		return 0;
	return expected == OP_PERFORMED ? fail(ERR_ALREADY_PERFORMED)
					: fail(ERR_INVALID_STATE);
}

/* Gives up the claim, unless the operation was cancelled meanwhile. */
static void
settle(struct s2n_async_pkey_op *op, enum op_state state)
{
	enum op_state expected = OP_WORKING;

	atomic_compare_exchange_strong(&op->state, &expected, state);
}

static int
perform(struct s2n_async_pkey_op *op, s2n_cert_private_key *key)
{
	int r;

	if (op == NULL || key == NULL || key->pkey == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if ((r = claim(op)) != 0)
		return r;
	r = compute(op, key->pkey);
	settle(op, r == 0 ? OP_PERFORMED : OP_NEW);
	return r;
}

int
s2n_async_pkey_op_perform(
    struct s2n_async_pkey_op *op, s2n_cert_private_key *key)
{
	return errors_report(perform(op, key));
}

static int
set_output(struct s2n_async_pkey_op *op, const uint8_t *data, uint32_t len)
{
	enum op_state performed = OP_PERFORMED;
	int r;

	if (op == NULL || data == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if (len == 0 || len > sizeof op->output)
		return fail(ERR_INVALID_ARGUMENT);
	if (op->applied)
		return fail(ERR_ALREADY_APPLIED);
	/* It may be set again until it is applied. */
	if (!atomic_compare_exchange_strong(
		&op->state, &performed, OP_WORKING) &&
	    (r = claim(op)) != 0)
		return r;
	memcpy(op->output, data, len);
	op->output_len = len;
	settle(op, OP_PERFORMED);
	return 0;
}

int
s2n_async_pkey_op_set_output(
    struct s2n_async_pkey_op *op, const uint8_t *data, uint32_t data_len)
{
	return errors_report(set_output(op, data, data_len));
}

/* A wrong signature fails the handshake, rather than block it for ever. */
static int
check_output(struct s2n_async_pkey_op *op)
{
	if (verify(op) == 0)
		return 0;
	atomic_store(&op->state, OP_FAILED);
	return fail(ERR_VERIFY_SIGNATURE);
}

static int
apply(struct s2n_async_pkey_op *op, struct s2n_connection *conn)
{
	if (op == NULL || conn == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if (op->applied)
		return fail(ERR_ALREADY_APPLIED);
	if (conn->hs == NULL || conn->hs->operation != op)
		return fail(ERR_WRONG_CONNECTION);
	switch (atomic_load(&op->state)) {
	case OP_NEW:
	case OP_WORKING:
		return fail(ERR_NOT_PERFORMED);
	case OP_CANCELLED:
	case OP_ORPHANED:
		return fail(ERR_INVALID_STATE);
	case OP_FAILED:
		op->applied = true;
		return 0;
	case OP_PERFORMED:
		op->applied = true;
		return check_output(op);
	}
	return fail(ERR_SAFETY);
}

int
s2n_async_pkey_op_apply(
    struct s2n_async_pkey_op *op, struct s2n_connection *conn)
{
	return errors_report(apply(op, conn));
}

int
s2n_async_pkey_op_free(struct s2n_async_pkey_op *op)
{
	if (op == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	release(op);
	return S2N_SUCCESS;
}

int
s2n_async_pkey_op_get_op_type(
    struct s2n_async_pkey_op *op, s2n_async_pkey_op_type *type)
{
	if (op == NULL || type == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*type = op->scheme != NULL ? S2N_ASYNC_SIGN : S2N_ASYNC_DECRYPT;
	return S2N_SUCCESS;
}

/* What is signed, or decrypted. */
static struct slice
input_of(const struct s2n_async_pkey_op *op)
{
	return op->scheme != NULL ? op->input
				  : slice_of(op->binding.ciphertext,
					op->binding.ciphertext_length);
}

int
s2n_async_pkey_op_get_input_size(
    struct s2n_async_pkey_op *op, uint32_t *data_len)
{
	if (op == NULL || data_len == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*data_len = (uint32_t)input_of(op).len;
	return S2N_SUCCESS;
}

int
s2n_async_pkey_op_get_input(
    struct s2n_async_pkey_op *op, uint8_t *data, uint32_t data_len)
{
	if (op == NULL || data == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (data_len < input_of(op).len)
		return errors_report(fail(ERR_SAFETY));
	memcpy(data, input_of(op).data, input_of(op).len);
	return S2N_SUCCESS;
}

int
s2n_async_pkey_op_get_signature_scheme(
    struct s2n_async_pkey_op *op, uint16_t *scheme)
{
	if (op == NULL || scheme == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (op->scheme == NULL)
		return errors_report(fail(ERR_INVALID_ARGUMENT));
	*scheme = op->scheme->number;
	return S2N_SUCCESS;
}

int
s2n_async_pkey_op_get_binding(
    struct s2n_async_pkey_op *op, struct s2n_pkey_binding *binding)
{
	if (op == NULL || binding == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	*binding = op->binding;
	return S2N_SUCCESS;
}

static int
set_error(struct s2n_async_pkey_op *op)
{
	int r;

	if (op == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if ((r = claim(op)) != 0)
		return r;
	op->output_len = 0;
	settle(op, OP_FAILED);
	return 0;
}

int
s2n_async_pkey_op_set_error(struct s2n_async_pkey_op *op)
{
	return errors_report(set_error(op));
}

int
s2n_async_pkey_op_cancel(struct s2n_async_pkey_op *op)
{
	enum op_state state;

	if (op == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (op->applied)
		return errors_report(fail(ERR_ALREADY_APPLIED));
	state = atomic_load(&op->state);
	while (state != OP_ORPHANED &&
	       !atomic_compare_exchange_weak(&op->state, &state, OP_CANCELLED))
		;
	return S2N_SUCCESS;
}
