/*
 * CertificateStatus (RFC 6066 8), a message below TLS 1.3 only; and the
 * judgement of what came in it or in an extension of a certificate.
 */
#include "libtls/handshake/certificate_status.h"

#include "libtls/cert/ocsp.h"
#include "libtls/extension/stapled.h"
#include "libtls/handshake/messages.h"

#define NANOSECONDS 1000000000u

int
certificate_status_send(struct s2n_connection *conn, struct writer *out)
{
	stapled_status_write(conn, out);
	return 0;
}

int
certificate_status_recv(struct s2n_connection *conn, struct reader *in)
{
	int r = stapled_status_read(conn, in);

	return r != 0 ? r : certificate_status_check(conn);
}

int
certificate_status_check(struct s2n_connection *conn)
{
	const struct s2n_config *config = conn->config;
	struct ocsp_subject subject = {
		.leaf = conn->peer_chain->leaf,
		.issuer = chain_issuer(conn->peer_chain),
		.check_time = config->check_time,
		.version = conn->version,
	};
	uint64_t now;

	if (conn->ocsp.len == 0 || !config->check_x509 || !config->check_ocsp)
		return 0;
	if (config->wall.read(config->wall.ctx, &now) != 0)
		return fail(ERR_SAFETY);
	subject.now = now / NANOSECONDS;
	return ocsp_check(staple_bytes(&conn->ocsp), &subject);
}
