/* Guide: Certificates and Authentication: trust store, server and mutual
 * authentication, inspection, OCSP stapling, certificate transparency. */
#include "pair.h"

static uint8_t
known(const char *name, size_t len, void *ctx)
{
	unsigned *asked = (unsigned *)ctx;

	(*asked)++;
	return len == strlen("localhost") &&
	       memcmp(name, "localhost", len) == 0;
}

/* The peer's leaf has the subject alternative name of the test. */
static void
inspect(struct s2n_connection *conn)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	const uint8_t *der, oid[] = "2.5.29.17";
	uint8_t value[256];
	struct s2n_cert *cert;
	uint32_t len;
	bool critical;

	CHECK(chain != NULL);
	CHECK(s2n_connection_get_peer_cert_chain(conn, chain) == 0);
	CHECK(s2n_cert_chain_get_length(chain, &len) == 0 && len == 1);
	CHECK(s2n_cert_chain_get_cert(chain, &cert, 0) == 0);
	CHECK(s2n_cert_get_der(cert, &der, &len) == 0 && der[0] == 0x30);
	CHECK(s2n_cert_get_x509_extension_value_length(cert, oid, &len) == 0);
	CHECK(len <= sizeof value);
	CHECK(s2n_cert_get_x509_extension_value(
		  cert, oid, value, &len, &critical) == 0);
	CHECK(!critical && memcmp(value + len - 9, "localhost", 9) == 0);
	CHECK(s2n_cert_chain_and_key_free(chain) == 0);
}

int
main(int argc, char **argv)
{
	static const uint8_t response[] = "response", scts[] = "timestamps";
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	struct s2n_config *client, *server;
	unsigned asked = 0;
	char *cert, *key;
	struct pair pair;
	uint32_t len;

	CHECK(argc == 3 && s2n_init() == 0);
	cert = read_file(argv[1]);
	key = read_file(argv[2]);
	CHECK(s2n_cert_chain_and_key_load_pem_bytes(chain, (uint8_t *)cert,
		  (uint32_t)strlen(cert), (uint8_t *)key,
		  (uint32_t)strlen(key)) == 0);
	CHECK(s2n_cert_chain_and_key_set_ocsp_data(
		  chain, response, sizeof response) == 0);
	CHECK(
	    s2n_cert_chain_and_key_set_sct_list(chain, scts, sizeof scts) == 0);
	CHECK((server = s2n_config_new_minimal()) != NULL);
	CHECK((client = s2n_config_new()) != NULL);
	CHECK(s2n_config_add_cert_chain_and_key_to_store(server, chain) == 0);
	CHECK(s2n_config_add_cert_chain_and_key_to_store(client, chain) == 0);
	CHECK(s2n_config_wipe_trust_store(client) == 0);
	CHECK(s2n_config_set_verification_ca_location(client, argv[1], NULL) ==
	      0);
	CHECK(s2n_config_add_pem_to_trust_store(server, cert) == 0);

	/* The server wants a certificate, and says whose. */
	CHECK(s2n_config_set_client_auth_type(server, S2N_CERT_AUTH_REQUIRED) ==
	      0);
	CHECK(s2n_config_set_client_auth_type(client, S2N_CERT_AUTH_OPTIONAL) ==
	      0);
	CHECK(s2n_config_set_verify_host_callback(server, known, &asked) == 0);

	CHECK(s2n_config_set_status_request_type(
		  client, S2N_STATUS_REQUEST_OCSP) == 0);
	CHECK(s2n_config_set_status_request_type(
		  server, S2N_STATUS_REQUEST_OCSP) == 0);
	CHECK(s2n_config_set_check_stapled_ocsp_response(client, 0) == 0);
	CHECK(s2n_config_set_check_stapled_ocsp_response(server, 0) == 0);
	CHECK(s2n_config_set_ct_support_level(client, S2N_CT_SUPPORT_REQUEST) ==
	      0);

	pair_open(&pair, client, server);
	CHECK(pair_negotiate(&pair));
	CHECK(asked > 0);
	CHECK(s2n_connection_client_cert_used(pair.server) == 1);
	CHECK(s2n_connection_get_selected_cert(pair.server) == chain);
	CHECK(memcmp(s2n_connection_get_ocsp_response(pair.client, &len),
		  response, sizeof response) == 0);
	CHECK(memcmp(s2n_connection_get_sct_list(pair.client, &len), scts,
		  sizeof scts) == 0);
	inspect(pair.client);
	inspect(pair.server);
	pair_close(&pair);

	/* Another name than the certificate's. */
	pair_open(&pair, client, server);
	CHECK(s2n_set_server_name(pair.client, "elsewhere.example") == 0);
	CHECK(!pair_negotiate(&pair));
	pair_close(&pair);
	CHECK(s2n_config_free(client) == 0 && s2n_config_free(server) == 0);
	CHECK(s2n_cert_chain_and_key_free(chain) == 0);
	puts("ok");
	return 0;
}
