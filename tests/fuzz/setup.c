/*
 * Configurations by row; the contract is in setup.h.
 */
#include "tests/fuzz/setup.h"

#include <openssl/pem.h>

#include "libtls/crypto/library.h"
#include "libtls/registry/iana.h"
#include "libtls/unstable/cert_authorities.h"
#include "tests/fuzz/target.h"

#define NONE S2N_CERT_AUTH_NONE
#define OPTIONAL S2N_CERT_AUTH_OPTIONAL
#define REQUIRED S2N_CERT_AUTH_REQUIRED
#define NANOSECONDS UINT64_C(1000000000)

/* clang-format off */
static const struct setup rows[] = {
/*	  version    suite                                          key            auth      cert   retry */
	{ 0,         0,                                             CERTS_P256,    OPTIONAL, true,  false },
	{ S2N_TLS13, TLS_AES_128_GCM_SHA256,                        CERTS_P256,    NONE,     false, false },
	{ S2N_TLS13, TLS_AES_256_GCM_SHA384,                        CERTS_RSA,     NONE,     false, false },
	{ S2N_TLS13, TLS_CHACHA20_POLY1305_SHA256,                  CERTS_P384,    NONE,     false, true },
	{ S2N_TLS13, TLS_AES_128_GCM_SHA256,                        CERTS_RSA_PSS, REQUIRED, true,  false },
	{ S2N_TLS13, TLS_AES_128_GCM_SHA256,                        CERTS_P256,    OPTIONAL, false, true },
	{ S2N_TLS13, TLS_AES_256_GCM_SHA384,                        CERTS_P256,    OPTIONAL, true,  false },
	{ S2N_TLS12, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,       CERTS_P256,    NONE,     false, false },
	{ S2N_TLS12, TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,   CERTS_RSA,     NONE,     false, false },
	{ S2N_TLS12, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,         CERTS_RSA,     REQUIRED, true,  false },
	{ S2N_TLS12, TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,           CERTS_RSA,     NONE,     false, false },
	{ S2N_TLS12, TLS_RSA_WITH_AES_128_GCM_SHA256,               CERTS_RSA,     NONE,     false, false },
	{ S2N_TLS12, TLS_RSA_WITH_AES_256_CBC_SHA256,               CERTS_RSA,     REQUIRED, true,  false },
	{ S2N_TLS12, TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,       CERTS_P256,    OPTIONAL, false, false },
	{ S2N_TLS12, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,       CERTS_P384,    REQUIRED, true,  false },
	{ S2N_TLS11, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,            CERTS_RSA,     NONE,     false, false },
	{ S2N_TLS11, TLS_RSA_WITH_3DES_EDE_CBC_SHA,                 CERTS_RSA,     NONE,     false, false },
	{ S2N_TLS11, TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,          CERTS_P256,    REQUIRED, true,  false },
	{ S2N_TLS11, TLS_DHE_RSA_WITH_AES_256_CBC_SHA,              CERTS_RSA,     OPTIONAL, false, false },
	{ S2N_TLS10, TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,            CERTS_RSA,     NONE,     false, false },
	{ S2N_TLS10, TLS_RSA_WITH_RC4_128_SHA,                      CERTS_RSA,     REQUIRED, true,  false },
	{ S2N_TLS10, TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,          CERTS_P256,    REQUIRED, true,  false },
	{ S2N_TLS10, TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA,             CERTS_RSA,     NONE,     false, false },
	{ S2N_SSLv3, TLS_RSA_WITH_RC4_128_MD5,                      CERTS_RSA,     NONE,     false, false },
	{ S2N_SSLv3, TLS_RSA_WITH_3DES_EDE_CBC_SHA,                 CERTS_RSA,     REQUIRED, true,  false },
	{ S2N_SSLv3, TLS_DHE_RSA_WITH_AES_128_CBC_SHA,              CERTS_RSA,     OPTIONAL, false, false },
};
/* clang-format on */

static struct made {
	struct s2n_config *client, *server;
	struct preference preference, restricted;
} made[COUNT(rows)];

size_t
setup_count(uint8_t version)
{
	size_t count = 0;

	for (size_t i = 0; i < COUNT(rows); i++)
		count += rows[i].version == version ? 1 : 0;
	return count;
}

const struct setup *
setup_row(uint8_t version, unsigned number)
{
	size_t first = 0;

	while (rows[first].version != version)
		first++;
	return &rows[first + number % setup_count(version)];
}

const struct certs_cert *
setup_ca(void)
{
	static const struct certs_cert *ca;

	if (ca == NULL)
		ca = certs_make(
		    &(struct certs_spec){ .name = "CA", .ca = true });
	return ca;
}

const struct certs_cert *
setup_leaf(enum certs_key key, const char *name)
{
	return certs_make(&(struct certs_spec){
	    .name = name, .issuer = setup_ca(), .key = key });
}

/* Inside the certificates' life, and never moving on. */
static int
read_clock(void *ctx, uint64_t *nanoseconds)
{
	(void)ctx;
	*nanoseconds = CERTS_NOW * NANOSECONDS;
	return 0;
}

/* The parameters of RFC 7919's ffdhe2048, as a server's file has them. */
static const char *
dh_parameters(void)
{
	static char pem[1024];
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	BIO *bio = BIO_new(BIO_s_mem());
	EVP_PKEY *key = NULL;

	must_hold(EVP_PKEY_keygen_init(ctx) == 1 &&
		      EVP_PKEY_CTX_set_group_name(ctx, "ffdhe2048") == 1 &&
		      EVP_PKEY_generate(ctx, &key) == 1 &&
		      PEM_write_bio_Parameters(bio, key) == 1 &&
		      BIO_read(bio, pem, sizeof pem - 1) > 0,
	    "DH parameters");
	EVP_PKEY_free(key);
	EVP_PKEY_CTX_free(ctx);
	BIO_free(bio);
	return pem;
}

struct s2n_cert_chain_and_key *
setup_chain(struct s2n_config *config, enum certs_key key, const char *name)
{
	const struct certs_cert *leaf = setup_leaf(key, name);
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();

	must_hold(
	    s2n_cert_chain_and_key_load_pem(
		chain, certs_chain_pem(leaf), leaf->key_pem) == 0 &&
		s2n_config_add_cert_chain_and_key_to_store(config, chain) == 0,
	    "a chain of key %d", (int)key);
	return chain;
}

struct s2n_config *
setup_config(const struct preference *preference)
{
	struct s2n_config *config = s2n_config_new_minimal();
	const char *protocols[] = { "h2", "http/1.1" };

	must_hold(config != NULL, "a config");
	must_hold(
	    s2n_config_set_wall_clock(config, read_clock, NULL) == 0 &&
		s2n_config_set_monotonic_clock(config, read_clock, NULL) == 0 &&
		s2n_config_set_max_blinding_delay(config, 0) == 0 &&
		s2n_config_set_protocol_preferences(config, protocols, 2) ==
		    0 &&
		s2n_config_add_pem_to_trust_store(config, setup_ca()->pem) == 0,
	    "a config is set up");
	config->preference = preference;
	return config;
}

static void
make_preferences(struct made *one, const struct setup *row)
{
	const struct preference *all;

	must_hold(preference_find("test_all", &all) == 0, "test_all");
	one->preference = *all;
	if (row->version != 0) {
		one->preference.min_version = row->version;
		one->preference.max_version = row->version;
		one->preference.suites.numbers = &row->suite;
		one->preference.suites.count = 1;
	}
	one->restricted = one->preference;
	/* The first group that the client has a share for is not the server's
	 * choice. */
	if (row->retry) {
		static const uint16_t other[] = { GROUP_SECP521R1 };

		one->restricted.groups =
		    (struct number_list){ other, COUNT(other) };
	}
	if (preference_wants_legacy(&one->preference))
		library_load_legacy();
}

/* Clients have names of their own. */
static uint8_t
any_name(const char *name, size_t len, void *ctx)
{
	(void)name;
	(void)len;
	(void)ctx;
	return 1;
}

/* Every byte of every name is read, which a sanitizer sees. */
static int
on_request(struct s2n_connection *conn, void *ctx,
    struct s2n_certificate_request *request)
{
	struct s2n_certificate_authority_list *list =
	    s2n_certificate_request_get_ca_list(request);
	static volatile uint8_t sum;
	uint16_t len;
	uint8_t *name;

	(void)conn;
	while (s2n_certificate_authority_list_has_next(list)) {
		must_hold(s2n_certificate_authority_list_next(
			      list, &name, &len) == 0 &&
			      len > 0,
		    "a name of %u bytes", len);
		for (uint16_t i = 0; i < len; i++)
			sum ^= name[i];
	}
	(void)sum;
	return s2n_certificate_request_set_certificate(request, ctx);
}

static struct made *
make(const struct setup *row)
{
	struct made *one = &made[row - rows];

	if (one->server != NULL)
		return one;
	make_preferences(one, row);
	one->server = setup_config(&one->restricted);
	one->client = setup_config(&one->preference);
	(void)setup_chain(one->server, row->key, SETUP_HOST);
	if (row->version == 0)
		(void)setup_chain(one->server, CERTS_RSA, SETUP_HOST);
	must_hold(
	    s2n_config_add_dhparams(one->server, dh_parameters()) == 0 &&
		s2n_config_set_client_auth_type(one->server, row->auth) == 0 &&
		s2n_config_set_verify_host_callback(
		    one->server, any_name, NULL) == 0 &&
		s2n_config_set_cert_authorities_from_trust_store(one->server) ==
		    0 &&
		s2n_config_accept_max_fragment_length(one->server) == 0,
	    "a server is set up");
	if (row->client_cert)
		must_hold(
		    s2n_config_set_cert_request_callback(one->client,
			on_request,
			setup_chain(one->client, row->key, "client")) == 0,
		    "a client is set up");
	return one;
}

struct s2n_config *
setup_client(const struct setup *row)
{
	return make(row)->client;
}

struct s2n_config *
setup_server(const struct setup *row)
{
	return make(row)->server;
}

void
setup_all(void)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		make(&rows[i]);
}
