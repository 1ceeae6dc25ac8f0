/*
 * A connection as bytes, and back. Version 1, big-endian:
 *
 *	8  version of the format
 *	2  protocol version
 *	2  suite
 *	8  the client's record number
 *	8  the server's
 *	2  most bytes in a record of ours
 *
 * then below TLS 1.3:
 *
 *	48 master secret
 *	32 client random
 *	32 server random
 *	   where CBC has no IVs of its own, the client's and the server's next
 *
 * and for TLS 1.3, each as long as the suite's hash: the client's and the
 * server's application traffic secret, the resumption secret.
 */
#include <openssl/crypto.h>

#include "base/reader.h"
#include "libtls/handshake/schedule12.h"
#include "libtls/record/protect12.h"
#include "libtls/state/connection.h"

#define V1 1
#define FIXED_SIZE 30
/* The most there is: SHA-384 in TLS 1.3, or TLS 1.0 with AES. */
#define SERIALIZED_MAX 174

int
s2n_config_set_serialization_version(
    struct s2n_config *config, s2n_serialization_version version)
{
	if (config == NULL)
		return errors_report(fail(ERR_NULL_ARGUMENT));
	if (version != S2N_SERIALIZED_CONN_V1)
		return errors_report(fail(ERR_SAFETY));
	if (config->renegotiate != NULL)
		return errors_report(fail(ERR_INVALID_STATE));
	config->serialization = version;
	return S2N_SUCCESS;
}

/* Bytes of an IV that the record before it decides; 0 elsewhere. */
static size_t
chained_iv(const struct suite *suite, uint8_t version)
{
	return version <= S2N_TLS10 && suite->cipher != NULL
		   ? suite->cipher->block
		   : 0;
}

static uint32_t
serialized_size(const struct suite *suite, uint8_t version)
{
	size_t size = FIXED_SIZE;

	if (version >= S2N_TLS13)
		size += 3u * suite->digest->size;
	else
		size += MASTER_SECRET_SIZE + 2 * RANDOM_SIZE +
			2 * chained_iv(suite, version);
	return (uint32_t)size;
}

/* What protects the records that a role sends. */
static struct protection *
protection_of(struct s2n_connection *conn, s2n_mode sender)
{
	return conn->mode == sender ? &conn->records.out : &conn->records.in;
}

/* ---- out ---- */

static bool
bytes_wait(const struct s2n_connection *conn)
{
	return conn->records.plain.len > 0 || conn->inbox.joined.len > 0 ||
	       conn->inbox.arrived != END_OF_PATH ||
	       io_buffered(&conn->records.io) > 0 ||
	       !io_flushed(&conn->records.io);
}

static int
serializable(const struct s2n_connection *conn)
{
	if (conn->config->serialization == S2N_SERIALIZED_CONN_NONE)
		return fail(ERR_SAFETY);
	if (conn->failed || conn->read_closed || conn->write_closed)
		return fail(ERR_CLOSED);
	if (!conn->negotiated)
		return fail(ERR_HANDSHAKE_NOT_COMPLETE);
	if (conn->quic.on || bytes_wait(conn) ||
	    conn->records.io.kernel_sends || conn->records.io.kernel_receives ||
	    (conn->suite->cipher != NULL && conn->suite->cipher->block == 0))
		return fail(ERR_INVALID_STATE);
	return 0;
}

static int
write_chained_ivs(struct s2n_connection *conn, struct writer *out)
{
	size_t len = chained_iv(conn->suite, conn->version);
	uint8_t iv[CIPHER_BLOCK_MAX];
	int r;

	if (len == 0)
		return 0;
	if ((r = cipher_key_iv(&protection_of(conn, S2N_CLIENT)->cipher, iv)) !=
	    0)
		return r;
	writer_bytes(out, slice_of(iv, len));
	if ((r = cipher_key_iv(&protection_of(conn, S2N_SERVER)->cipher, iv)) !=
	    0)
		return r;
	writer_bytes(out, slice_of(iv, len));
	return 0;
}

static int
write_secrets(struct s2n_connection *conn, struct writer *out)
{
	size_t len = conn->suite->digest->size;

	if (conn->version < S2N_TLS13) {
		writer_bytes(out, slice_of(conn->master, MASTER_SECRET_SIZE));
		writer_bytes(
		    out, slice_of(conn->randoms[S2N_CLIENT], RANDOM_SIZE));
		writer_bytes(
		    out, slice_of(conn->randoms[S2N_SERVER], RANDOM_SIZE));
		return write_chained_ivs(conn, out);
	}
	writer_bytes(
	    out, slice_of(protection_of(conn, S2N_CLIENT)->secret, len));
	writer_bytes(
	    out, slice_of(protection_of(conn, S2N_SERVER)->secret, len));
	writer_bytes(out, slice_of(conn->resumption, len));
	return 0;
}

static int
write_all(struct s2n_connection *conn, struct writer *out)
{
	int r;

	writer_u64(out, V1);
	writer_u16(out, version_wire(conn->version));
	writer_u16(out, conn->suite->number);
	writer_u64(out, protection_of(conn, S2N_CLIENT)->sequence);
	writer_u64(out, protection_of(conn, S2N_SERVER)->sequence);
	writer_u16(out, (uint16_t)record_fragment(&conn->records));
	if ((r = write_secrets(conn, out)) != 0)
		return r;
	return out->failed ? fail(ERR_SAFETY) : 0;
}

/* The peer shall not notice: nothing is sent. */
static void
leave(struct s2n_connection *conn)
{
	protection_wipe(&conn->records.in);
	protection_wipe(&conn->records.out);
	OPENSSL_cleanse(conn->exporter, sizeof conn->exporter);
	OPENSSL_cleanse(conn->master, sizeof conn->master);
	OPENSSL_cleanse(conn->resumption, sizeof conn->resumption);
	OPENSSL_cleanse(conn->randoms, sizeof conn->randoms);
	conn->moved = conn->failed = true;
	conn->read_closed = conn->write_closed = conn->close_sent = true;
}

static int
serialize(struct s2n_connection *conn, uint8_t *buffer, uint32_t room)
{
	uint8_t bytes[SERIALIZED_MAX];
	struct writer out;
	int r;

	if (conn == NULL || buffer == NULL || conn->config == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if ((r = serializable(conn)) != 0)
		return r;
	if (room < serialized_size(conn->suite, conn->version))
		return fail(ERR_INSUFFICIENT_MEM_SIZE);
	writer_init_fixed(&out, bytes, sizeof bytes);
	if ((r = write_all(conn, &out)) == 0) {
		memcpy(buffer, bytes, out.len);
		leave(conn);
	}
	OPENSSL_cleanse(bytes, sizeof bytes);
	return r;
}

int
s2n_connection_serialize(
    struct s2n_connection *conn, uint8_t *buffer, uint32_t buffer_length)
{
	return errors_report(serialize(conn, buffer, buffer_length));
}

static int
serialization_length(const struct s2n_connection *conn, uint32_t *length)
{
	int r;

	if (conn == NULL || length == NULL || conn->config == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if ((r = serializable(conn)) != 0)
		return r;
	*length = serialized_size(conn->suite, conn->version);
	return 0;
}

int
s2n_connection_serialization_length(
    struct s2n_connection *conn, uint32_t *length)
{
	return errors_report(serialization_length(conn, length));
}

/* ---- in ---- */

struct serialized {
	uint64_t format;
	uint8_t version;
	const struct suite *suite;
	uint64_t sequence[2]; /* by s2n_mode */
	uint16_t fragment;
	/* Of TLS 1.3 by s2n_mode as well. */
	struct slice secret[2], resumption;
	struct slice master, random[2], iv[2];
};

static void
read_secrets(struct reader *in, struct serialized *from)
{
	size_t len = from->suite->digest->size;
	size_t iv = chained_iv(from->suite, from->version);

	if (from->version >= S2N_TLS13) {
		from->secret[S2N_CLIENT] = reader_bytes(in, len);
		from->secret[S2N_SERVER] = reader_bytes(in, len);
		from->resumption = reader_bytes(in, len);
		return;
	}
	from->master = reader_bytes(in, MASTER_SECRET_SIZE);
	from->random[S2N_CLIENT] = reader_bytes(in, RANDOM_SIZE);
	from->random[S2N_SERVER] = reader_bytes(in, RANDOM_SIZE);
	from->iv[S2N_CLIENT] = reader_bytes(in, iv);
	from->iv[S2N_SERVER] = reader_bytes(in, iv);
}

/* What lies behind it, as in a buffer that is larger, is not looked at. */
static int
parse(struct slice bytes, struct serialized *from)
{
	struct reader in = reader_of(bytes);
	const struct suite *suite;

	from->format = reader_u64(&in);
	from->version = version_of_wire(reader_u16(&in));
	from->suite = suite = suite_find(reader_u16(&in));
	from->sequence[S2N_CLIENT] = reader_u64(&in);
	from->sequence[S2N_SERVER] = reader_u64(&in);
	from->fragment = reader_u16(&in);
	if (in.failed || from->format != V1 || from->version == 0 ||
	    suite == NULL || !suite_fits(suite, from->version) ||
	    !suite_available(suite) ||
	    (suite->cipher != NULL && suite->cipher->block == 0) ||
	    from->fragment == 0 || from->fragment > RECORD_PLAINTEXT_MAX)
		return fail(ERR_SERIALIZED_CONNECTION);
	read_secrets(&in, from);
	return in.failed ? fail(ERR_SERIALIZED_CONNECTION) : 0;
}

static int
restore13(struct s2n_connection *conn, const struct serialized *from)
{
	const struct suite *suite = from->suite;
	s2n_mode peer = is_server(conn) ? S2N_CLIENT : S2N_SERVER;
	int r;

	memcpy(conn->resumption, from->resumption.data, from->resumption.len);
	if ((r = protection_set13(&conn->records.in, suite->aead, suite->digest,
		 AEAD_OPENS, from->secret[peer].data)) != 0)
		return r;
	return protection_set13(&conn->records.out, suite->aead, suite->digest,
	    AEAD_SEALS, from->secret[conn->mode].data);
}

/* The key block has the first records' IVs at its end: these are later ones. */
static void
put_ivs(const struct serialized *from, uint8_t *end)
{
	size_t len = from->iv[S2N_CLIENT].len;

	if (len == 0)
		return;
	memcpy(end - 2 * len, from->iv[S2N_CLIENT].data, len);
	memcpy(end - len, from->iv[S2N_SERVER].data, len);
}

static int
restore12(struct s2n_connection *conn, const struct serialized *from)
{
	uint8_t block[KEY_BLOCK_MAX];
	size_t len = protection12_block_size(from->suite, from->version);
	s2n_mode peer = is_server(conn) ? S2N_CLIENT : S2N_SERVER;
	struct terms terms = {
		.version = from->version,
		.digest = from->suite->digest,
		.client_random = conn->randoms[S2N_CLIENT],
		.server_random = conn->randoms[S2N_SERVER],
	};
	int r;

	memcpy(conn->master, from->master.data, MASTER_SECRET_SIZE);
	for (size_t i = 0; i < 2; i++)
		memcpy(conn->randoms[i], from->random[i].data, RANDOM_SIZE);
	if (len > sizeof block)
		return fail(ERR_SAFETY);
	if ((r = schedule12_key_block(&terms, conn->master, block, len)) == 0) {
		put_ivs(from, block + len);
		r = protection_set12(&conn->records.in, from->suite,
		    from->version, AEAD_OPENS, peer, block);
	}
	if (r == 0)
		r = protection_set12(&conn->records.out, from->suite,
		    from->version, AEAD_SEALS, conn->mode, block);
	OPENSSL_cleanse(block, sizeof block);
	return r;
}

static void
settle(struct s2n_connection *conn, const struct serialized *from)
{
	conn->version = from->version;
	conn->suite = from->suite;
	protection_of(conn, S2N_CLIENT)->sequence = from->sequence[S2N_CLIENT];
	protection_of(conn, S2N_SERVER)->sequence = from->sequence[S2N_SERVER];
	conn->records.fragment_max = from->fragment;
	conn->records.takes_data = true;
	conn->negotiated = conn->restored = true;
}

static int
deserialize(struct s2n_connection *conn, const uint8_t *buffer, uint32_t len)
{
	struct serialized from = { 0 };
	int r;

	if (conn == NULL || buffer == NULL || conn->config == NULL)
		return fail(ERR_NULL_ARGUMENT);
	if (conn->negotiated || conn->hs != NULL || conn->failed)
		return fail(ERR_INVALID_STATE);
	if ((r = parse(slice_of(buffer, len), &from)) != 0)
		return r;
	r = from.version >= S2N_TLS13 ? restore13(conn, &from)
				      : restore12(conn, &from);
	if (r != 0) {
		protection_wipe(&conn->records.in);
		protection_wipe(&conn->records.out);
		return r;
	}
	settle(conn, &from);
	return 0;
}

int
s2n_connection_deserialize(
    struct s2n_connection *conn, uint8_t *buffer, uint32_t buffer_length)
{
	return errors_report(deserialize(conn, buffer, buffer_length));
}
