/*
 * libtls/policies.c and what is asked of a policy: groups, and whether a
 * connection fits one.
 */
#include "libtls/crypto/group.h"
#include "libtls/state/config.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"
#include "unstable/ktls.h"

#define GROUPS 16

static void
assert_error(int result, const char *name)
{
	ck_assert_int_eq(result, S2N_FAILURE);
	ck_assert_str_eq(s2n_strerror_name(s2n_errno), name);
}

START_TEST(a_connection_fits_policies_of_its_version_and_suite)
{
	static const struct {
		const char *policy;
		int fits;
	} cases[] = {
		{ "default_tls13", 1 },
		{ "CloudFront-Upstream-TLS-1-3-2025", 1 },
		{ "DEFAULT_TLS13", 1 },
		{ "20170210", 0 }, /* no TLS 1.3 */
		{ "null", 0 },
		{ "no such policy", -1 },
	};
	struct peers peers;

	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert_int_eq(s2n_connection_is_valid_for_cipher_preferences(
			     peers.server, "default_tls13"),
	    0);
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(s2n_connection_is_valid_for_cipher_preferences(
			     peers.server, cases[_i].policy),
	    cases[_i].fits);
	ck_assert_int_eq(s2n_connection_is_valid_for_cipher_preferences(
			     peers.client, cases[_i].policy),
	    cases[_i].fits);
	ck_assert_int_eq(s2n_connection_is_valid_for_cipher_preferences(
			     NULL, cases[_i].policy),
	    -1);
	ck_assert_int_eq(
	    s2n_connection_is_valid_for_cipher_preferences(peers.client, NULL),
	    -1);
	peers_close(&peers);
}
END_TEST

/* ---- certificates of ours ---- */

#define INCOMPATIBLE "S2N_ERR_SECURITY_POLICY_INCOMPATIBLE_CERT"

static const struct {
	const char *what;
	enum certs_key issuer, key;
	bool fits;
} own_cases[] = {
	{ "P-384 by P-384", CERTS_P384, CERTS_P384, true },
	{ "P-256", CERTS_P384, CERTS_P256, false },
	{ "P-521", CERTS_P384, CERTS_P521, false },
	{ "RSA of 2048 bits", CERTS_P384, CERTS_RSA, false },
	{ "signed with SHA-256", CERTS_P256, CERTS_P384, false },
};

static struct s2n_cert_chain_and_key *
own_chain(enum certs_key issuer, enum certs_key key)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	const struct certs_cert *ca, *leaf;

	ca = certs_make(
	    &(struct certs_spec){ .name = "CA", .ca = true, .key = issuer });
	leaf = certs_make(&(struct certs_spec){
	    .name = "a.example", .issuer = ca, .key = key });
	ck_assert_int_eq(
	    s2n_cert_chain_and_key_load_pem(chain, leaf->pem, leaf->key_pem),
	    0);
	return chain;
}

/* RFC 9151 2, and the policies that follow it. */
static const char *const strict[] = { "rfc9151", "cnsa_1", "20250429",
	"20251013" };

START_TEST(a_policy_may_bind_our_own_certificates)
{
	struct s2n_cert_chain_and_key *chain =
	    own_chain(own_cases[_i].issuer, own_cases[_i].key);
	struct s2n_config *config, *other;
	struct s2n_connection *conn;
	int wanted = own_cases[_i].fits ? 0 : -1;

	for (size_t i = 0; i < COUNT(strict); i++) {
		/* the certificate first, then the policy */
		config = s2n_config_new_minimal();
		ck_assert_int_eq(
		    s2n_config_add_cert_chain_and_key_to_store(config, chain),
		    0);
		ck_assert_msg(s2n_config_set_cipher_preferences(
				  config, strict[i]) == wanted,
		    "%s: %s", strict[i], own_cases[_i].what);
		if (wanted != 0)
			ck_assert_str_eq(
			    s2n_strerror_name(s2n_errno), INCOMPATIBLE);
		/* the policy of a connection */
		conn = s2n_connection_new(S2N_SERVER);
		ck_assert_int_eq(s2n_connection_set_config(conn, config), 0);
		ck_assert_int_eq(
		    s2n_connection_set_cipher_preferences(conn, strict[i]),
		    wanted);
		ck_assert_int_eq(s2n_connection_wipe(conn), 0);
		ck_assert_int_eq(s2n_connection_free(conn), 0);
		/* its policy first, then the config */
		other = s2n_config_new_minimal();
		conn = s2n_connection_new(S2N_SERVER);
		ck_assert_int_eq(s2n_connection_set_config(conn, other), 0);
		ck_assert_int_eq(
		    s2n_connection_set_cipher_preferences(conn, strict[i]), 0);
		ck_assert_int_eq(
		    s2n_connection_set_config(conn, config), wanted);
		ck_assert_int_eq(s2n_connection_free(conn), 0);
		ck_assert_int_eq(s2n_config_free(config), 0);
		/* the policy first, then the certificate, or the defaults */
		ck_assert_int_eq(
		    s2n_config_set_cipher_preferences(other, strict[i]), 0);
		ck_assert_int_eq(s2n_config_set_cert_chain_and_key_defaults(
				     other, &chain, 1),
		    wanted);
		ck_assert_int_eq(
		    s2n_config_add_cert_chain_and_key_to_store(other, chain),
		    wanted);
		ck_assert_int_eq(s2n_config_free(other), 0);
	}
	ck_assert_int_eq(s2n_cert_chain_and_key_free(chain), 0);
}
END_TEST

START_TEST(the_version_has_to_fit_too)
{
	struct peers peers;

	peers_open(&peers, &(struct peers_spec){ .client_policy = "20170210",
			       .server_policy = "20170210",
			       .key = CERTS_RSA });
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(s2n_connection_is_valid_for_cipher_preferences(
			     peers.server, "20170210"),
	    1);
	ck_assert_int_eq(s2n_connection_is_valid_for_cipher_preferences(
			     peers.server, "CloudFront-Upstream-TLS-1-3-2025"),
	    0);
	peers_close(&peers);
}
END_TEST

START_TEST(groups_are_those_that_libcrypto_has_too)
{
	struct s2n_config *config = s2n_config_new_minimal();
	uint16_t groups[GROUPS], count = 7;
	bool hybrids_over = false;

	ck_assert_int_eq(s2n_config_set_cipher_preferences(
			     config, _i == 0 ? "default_pq" : "default_tls13"),
	    0);
	ck_assert_int_eq(
	    s2n_config_get_supported_groups(config, groups, GROUPS, &count), 0);
	ck_assert_uint_gt(count, 1);
	for (uint16_t i = 0; i < count; i++) {
		const struct group *group = group_find(groups[i]);

		ck_assert_ptr_nonnull(group);
		ck_assert(group_available(group));
		if (group->kind != GROUP_HYBRID)
			hybrids_over = true;
		ck_assert(group->kind != GROUP_HYBRID || !hybrids_over);
	}
	assert_error(s2n_config_get_supported_groups(
			 config, groups, (uint16_t)(count - 1), &count),
	    "S2N_ERR_INSUFFICIENT_MEM_SIZE");
	ck_assert_uint_eq(count, 0);
	ck_assert_int_ne(
	    s2n_config_get_supported_groups(NULL, groups, GROUPS, &count), 0);
	ck_assert_int_ne(
	    s2n_config_get_supported_groups(config, NULL, GROUPS, &count), 0);
	ck_assert_int_ne(
	    s2n_config_get_supported_groups(config, groups, GROUPS, NULL), 0);
	s2n_config_free(config);
}
END_TEST

START_TEST(there_is_no_kem_below_tls13)
{
	struct s2n_connection *conn = s2n_connection_new(S2N_CLIENT);

	ck_assert_str_eq(s2n_connection_get_kem_name(conn), "NONE");
	s2n_connection_free(conn);
}
END_TEST

START_TEST(key_updates_are_counted_up_to_255)
{
	struct peers peers;
	uint8_t sent = 9, received = 9;

	peers_open(&peers, &(struct peers_spec){ 0 });
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(s2n_connection_get_key_update_counts(
			     peers.client, &sent, &received),
	    0);
	ck_assert_uint_eq(sent, 0);
	ck_assert_uint_eq(received, 0);
	for (unsigned i = 1; i <= 257; i++) {
		ck_assert_int_eq(s2n_connection_request_key_update(peers.client,
				     S2N_KEY_UPDATE_NOT_REQUESTED),
		    0);
		peers_transfer(peers.client, peers.server, 1);
		ck_assert_int_eq(s2n_connection_get_key_update_counts(
				     peers.client, &sent, &received),
		    0);
		ck_assert_uint_eq(sent, i < 255 ? i : 255);
		ck_assert_uint_eq(received, 0);
		ck_assert_int_eq(s2n_connection_get_key_update_counts(
				     peers.server, &sent, &received),
		    0);
		ck_assert_uint_eq(sent, 0);
		ck_assert_uint_eq(received, i < 255 ? i : 255);
	}
	ck_assert_int_ne(
	    s2n_connection_get_key_update_counts(NULL, &sent, &received), 0);
	ck_assert_int_ne(
	    s2n_connection_get_key_update_counts(peers.client, NULL, &received),
	    0);
	ck_assert_int_ne(
	    s2n_connection_get_key_update_counts(peers.client, &sent, NULL), 0);
	peers_close(&peers);
}
END_TEST

static Suite *
policies_suite(void)
{
	Suite *suite = suite_create("policies");
	TCase *tcase = tcase_create("policies");

	with_library(tcase);
	tcase_add_loop_test(
	    tcase, a_connection_fits_policies_of_its_version_and_suite, 0, 6);
	tcase_add_loop_test(tcase, a_policy_may_bind_our_own_certificates, 0,
	    (int)COUNT(own_cases));
	tcase_add_test(tcase, the_version_has_to_fit_too);
	tcase_add_loop_test(
	    tcase, groups_are_those_that_libcrypto_has_too, 0, 2);
	tcase_add_test(tcase, there_is_no_kem_below_tls13);
	tcase_add_test(tcase, key_updates_are_counted_up_to_255);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(policies_suite)
