/*
 * Telling secrets; the contract is in secrets.h.
 */
#include "libtls/handshake/secrets.h"

#include <openssl/crypto.h>

#include "libtls/handshake/keylog.h"

/* In the key log. */
static const char *const labels[] = {
	[S2N_CLIENT_EARLY_TRAFFIC_SECRET] = "CLIENT_EARLY_TRAFFIC_SECRET",
	[S2N_CLIENT_HANDSHAKE_TRAFFIC_SECRET] =
	    "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
	[S2N_SERVER_HANDSHAKE_TRAFFIC_SECRET] =
	    "SERVER_HANDSHAKE_TRAFFIC_SECRET",
	[S2N_CLIENT_APPLICATION_TRAFFIC_SECRET] = "CLIENT_TRAFFIC_SECRET_0",
	[S2N_SERVER_APPLICATION_TRAFFIC_SECRET] = "SERVER_TRAFFIC_SECRET_0",
	[S2N_EXPORTER_SECRET] = "EXPORTER_SECRET",
};

int
secrets_tell(
    struct s2n_connection *conn, s2n_secret_type_t type, const uint8_t *secret)
{
	const struct quic *quic = &conn->quic;
	size_t size = conn->hs->keys.digest->size;
	uint8_t copy[DIGEST_MAX]; /* theirs to write into */
	int r;

	keylog_secret(conn, labels[type], secret);
	if (!quic->on || quic->secret == NULL)
		return 0;
	memcpy(copy, secret, size);
	r = quic->secret(quic->secret_ctx, conn, type, copy, (uint8_t)size);
	OPENSSL_cleanse(copy, sizeof copy);
	return r == 0 ? 0 : fail(ERR_CANCELLED);
}
