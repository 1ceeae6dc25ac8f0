/*
 * max_fragment_length (libtls/extension/fragment.c): who asks, who agrees, and
 * how long the records are then.
 */
#include "base/reader.h"
#include "libtls/state/connection.h"
#include "tests/unit/peers.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

#define TLS12_POLICY "20240501"
#define TLS13_POLICY "default_tls13"
#define DATA 20000

/* The longest fragment that went one way, its protection left out. */
static size_t
longest(const struct pipe *pipe, size_t expansion)
{
	struct reader in =
	    reader_of(slice_of(pipe->bytes.data, pipe->bytes.len));
	size_t most = 0, len;

	while (reader_more(&in)) {
		reader_u8(&in);
		reader_u16(&in);
		len = reader_vec16(&in).len;
		most = len > most ? len : most;
	}
	ck_assert(reader_done(&in));
	return most - expansion;
}

static const struct {
	const char *what, *policy;
	size_t expansion; /* of AES-GCM in this version */
	s2n_max_frag_len code;
	bool accepts;
	size_t most;
} cases[] = {
	{ "512 in TLS 1.2", TLS12_POLICY, 24, S2N_TLS_MAX_FRAG_LEN_512, true,
	    512 },
	{ "1024 in TLS 1.2", TLS12_POLICY, 24, S2N_TLS_MAX_FRAG_LEN_1024, true,
	    1024 },
	{ "512 in TLS 1.3", TLS13_POLICY, 17, S2N_TLS_MAX_FRAG_LEN_512, true,
	    512 },
	{ "4096 in TLS 1.3", TLS13_POLICY, 17, S2N_TLS_MAX_FRAG_LEN_4096, true,
	    4096 },
	{ "a server that does not", TLS12_POLICY, 24, S2N_TLS_MAX_FRAG_LEN_512,
	    false, 8087 },
};

START_TEST(records_are_as_long_as_was_agreed)
{
	struct peers_spec spec = { .client_policy = cases[_i].policy,
		.server_policy = cases[_i].policy };
	struct peers peers;

	peers_open(&peers, &spec);
	ck_assert_int_eq(s2n_config_send_max_fragment_length(
			     peers.client_config, cases[_i].code),
	    0);
	if (cases[_i].accepts)
		ck_assert_int_eq(
		    s2n_config_accept_max_fragment_length(peers.server_config),
		    0);
	ck_assert_msg(peers_negotiate(&peers), "%s", cases[_i].what);
	peers_transfer(peers.client, peers.server, DATA);
	peers_transfer(peers.server, peers.client, DATA);
	ck_assert_msg(
	    longest(&peers.to_server, cases[_i].expansion) == cases[_i].most,
	    "%s: the client's longest: %zu", cases[_i].what,
	    longest(&peers.to_server, cases[_i].expansion));
	ck_assert_msg(
	    longest(&peers.to_client, cases[_i].expansion) == cases[_i].most,
	    "%s: the server's longest: %zu", cases[_i].what,
	    longest(&peers.to_client, cases[_i].expansion));
	peers_close(&peers);
}
END_TEST

/* Guide, Maximum Fragment Length: "it will override the behavior configured by
 * s2n_connection_prefer_throughput and s2n_connection_prefer_low_latency." */
START_TEST(what_was_agreed_overrides_what_is_preferred)
{
	struct peers peers;

	peers_open(&peers, &(struct peers_spec){ 0 });
	s2n_config_send_max_fragment_length(
	    peers.client_config, S2N_TLS_MAX_FRAG_LEN_2048);
	s2n_config_accept_max_fragment_length(peers.server_config);
	ck_assert_int_eq(s2n_connection_prefer_low_latency(peers.client), 0);
	ck_assert(peers_negotiate(&peers));
	ck_assert_int_eq(s2n_connection_prefer_throughput(peers.server), 0);
	peers_transfer(peers.server, peers.client, DATA);
	ck_assert_uint_eq(longest(&peers.to_client, 17), 2048);
	peers_transfer(peers.client, peers.server, DATA);
	ck_assert_uint_eq(longest(&peers.to_server, 17), 2048);
	peers_close(&peers);
}
END_TEST

START_TEST(there_are_four_codes)
{
	struct s2n_config *config = s2n_config_new_minimal();

	for (int code = -1; code <= 6; code++)
		ck_assert_int_eq(s2n_config_send_max_fragment_length(
				     config, (s2n_max_frag_len)code),
		    code >= 1 && code <= 4 ? 0 : -1);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_INVALID_MAX_FRAG_LEN");
	ck_assert_int_eq(s2n_config_accept_max_fragment_length(NULL), -1);
	ck_assert_int_eq(
	    s2n_config_send_max_fragment_length(NULL, S2N_TLS_MAX_FRAG_LEN_512),
	    -1);
	s2n_config_free(config);
}
END_TEST

static Suite *
fragment_suite(void)
{
	Suite *suite = suite_create("fragment");
	TCase *tcase = tcase_create("fragment");

	with_library(tcase);
	tcase_add_loop_test(
	    tcase, records_are_as_long_as_was_agreed, 0, (int)COUNT(cases));
	tcase_add_test(tcase, what_was_agreed_overrides_what_is_preferred);
	tcase_add_test(tcase, there_are_four_codes);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(fragment_suite)
