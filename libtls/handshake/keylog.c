/*
 * Key log; the contract is in keylog.h.
 */
#include "libtls/handshake/keylog.h"

#include <openssl/crypto.h>

#define LABEL_MAX 32
#define LINE_ROOM (LABEL_MAX + 2 + 2 * RANDOM_SIZE + 2 * DIGEST_MAX)

static void
put_hex(struct writer *out, struct slice bytes)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < bytes.len; i++) {
		writer_u8(out, (uint8_t)digits[bytes.data[i] >> 4]);
		writer_u8(out, (uint8_t)digits[bytes.data[i] & 15]);
	}
}

static void
log_line(struct s2n_connection *conn, const char *label, struct slice secret)
{
	uint8_t line[LINE_ROOM];
	struct writer out;

	if (conn->config->key_log == NULL)
		return;
	writer_init_fixed(&out, line, sizeof line);
	writer_bytes(&out, slice_of_string(label));
	writer_u8(&out, ' ');
	put_hex(&out, slice_of(conn->hs->client_random, RANDOM_SIZE));
	writer_u8(&out, ' ');
	put_hex(&out, secret);
	if (!out.failed)
		conn->config->key_log(
		    conn->config->key_log_ctx, conn, line, out.len);
	OPENSSL_cleanse(line, sizeof line);
}

void
keylog_secret(
    struct s2n_connection *conn, const char *label, const uint8_t *secret)
{
	log_line(conn, label, slice_of(secret, conn->hs->keys.digest->size));
}

void
keylog_master(struct s2n_connection *conn, const uint8_t *master)
{
	log_line(conn, "CLIENT_RANDOM", slice_of(master, MASTER_SECRET_SIZE));
}
