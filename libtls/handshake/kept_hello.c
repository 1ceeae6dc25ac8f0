/*
 * Copies of ClientHellos; the contract is in kept_hello.h.
 */
#include "libtls/handshake/kept_hello.h"

#include "libtls/core/memory.h"
#include "libtls/extension/extension.h"
#include "libtls/handshake/client_hello.h"
#include "libtls/handshake/client_hello_v2.h"
#include "libtls/handshake/message.h"

#define RANDOM_AT 2 /* behind the version */

static int
split(struct s2n_client_hello *kept)
{
	struct reader in = reader_of(slice_of(kept->body, kept->len));
	int r;

	if ((r = client_hello_parse(&in, &kept->said)) != 0)
		return r;
	memset(kept->body + RANDOM_AT, 0, RANDOM_SIZE);
	return 0;
}

static int
split_v2(struct s2n_client_hello *kept)
{
	struct reader in = reader_of(slice_of(kept->body, kept->len));
	struct client_hello_v2 parts;
	int r;

	if ((r = client_hello_v2_split(&in, &parts)) != 0)
		return r;
	kept->said.legacy_version = parts.version;
	client_hello_v2_random(parts.challenge, kept->said.random);
	kept->said.session_id = parts.session_id;
	kept->said.suites = parts.specs;
	return 0;
}

static int
fill(struct s2n_client_hello *kept, struct slice body)
{
	kept_hello_empty(kept);
	kept->said = (struct hello){ 0 };
	if ((kept->body = memory_new(body.len)) == NULL)
		return fail(memory_lack());
	memcpy(kept->body, body.data, body.len);
	kept->len = body.len;
	return kept->v2 ? split_v2(kept) : split(kept);
}

int
kept_hello_take(struct s2n_connection *conn)
{
	bool first = conn->hello == NULL;

	/* It is shown to an application that has not said it is done. */
	if (!first && conn->hs->hello_callback == CALLBACK_RUNS)
		return 0;
	if (first && (conn->hello = memory_new(sizeof *conn->hello)) == NULL)
		return fail(memory_lack());
	if (first)
		conn->hello->record_version =
		    conn->records.v2 ? S2N_SSLv2
				     : version_of_wire(conn->records.version);
	conn->hello->v2 = conn->records.v2;
	return fill(conn->hello, conn->inbox.body);
}

int
kept_hello_parse(struct slice message, struct s2n_client_hello **out)
{
	struct reader in = reader_of(message);
	uint8_t type = reader_u8(&in);
	struct slice body = reader_vec24(&in);
	struct s2n_client_hello *kept;
	int r;

	if (!reader_done(&in) || type != CLIENT_HELLO || body.len == 0 ||
	    body.len > MESSAGE_MAX)
		return fail(ERR_DECODE);
	if ((kept = memory_new(sizeof *kept)) == NULL)
		return fail(memory_lack());
	kept->own = true;
	if ((r = fill(kept, body)) != 0 ||
	    (r = extension_check(kept->said.extensions)) != 0) {
		kept_hello_free(kept);
		return r;
	}
	*out = kept;
	return 0;
}

void
kept_hello_empty(struct s2n_client_hello *kept)
{
	if (kept == NULL)
		return;
	memory_free(kept->body);
	kept->body = NULL;
	kept->len = 0;
	kept->said.session_id = kept->said.suites = NO_BYTES;
	kept->said.compression = kept->said.extensions = NO_BYTES;
}

void
kept_hello_free(struct s2n_client_hello *kept)
{
	kept_hello_empty(kept);
	memory_free(kept);
}
