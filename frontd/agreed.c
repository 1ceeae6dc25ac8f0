/*
 * What was agreed on; the contract is in agreed.h.
 */
#include "frontd/agreed.h"

const char *
agreed_version_name(int version)
{
	switch (version) {
	case S2N_TLS13:
		return "TLSv1.3";
	case S2N_TLS12:
		return "TLSv1.2";
	case S2N_TLS11:
		return "TLSv1.1";
	case S2N_TLS10:
		return "TLSv1";
	case S2N_SSLv3:
		return "SSLv3";
	}
	return "";
}

/* Until a suite is chosen the library tells what it would like best. */
const char *
agreed_version(struct s2n_connection *conn)
{
	uint8_t first = 0, second = 0;

	(void)!s2n_connection_get_cipher_iana_value(conn, &first, &second);
	if (first == 0 && second == 0)
		return "";
	return agreed_version_name(
	    s2n_connection_get_actual_protocol_version(conn));
}

void
agreed_tell(
    struct s2n_connection *conn, const char *policy, struct proxy_info *info)
{
	const char *scheme = NULL, *group = NULL;

	(void)!s2n_connection_get_signature_scheme(conn, &scheme);
	(void)!s2n_connection_get_key_exchange_group(conn, &group);
	/* An RSA key exchange signs nothing. */
	if (scheme != NULL && strcmp(scheme, "none") == 0)
		scheme = NULL;
	proxy_set(info->version, agreed_version(conn));
	proxy_set(info->cipher, s2n_connection_get_cipher(conn));
	proxy_set(info->scheme, scheme);
	proxy_set(info->group, group);
	proxy_set(info->name, s2n_get_server_name(conn));
	proxy_set(info->alpn, s2n_get_application_protocol(conn));
	proxy_set(info->policy, policy);
}
