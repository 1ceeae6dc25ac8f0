/*
 * The keys that a client offers, read and chosen from by the application
 * (Guide: Selecting a Pre-Shared Key).
 */
#include "libtls/registry/iana.h"
#include "tests/unit/keyed.h"
#include "tests/unit/unit.h"
#include "tests/unit/unit_library.h"

static struct {
	unsigned calls;
	/* What the callback does. */
	const struct key *known;  /* appended, once it is offered */
	const char *wanted;       /* chosen */
	const char *choose_error; /* which fails so */
	bool then_none;           /* and then none is */
	int answer;
	struct s2n_offered_psk *kept; /* of the first call */
	unsigned offered;
} app;

static bool
is_named(struct slice identity, const char *name)
{
	return name != NULL && slice_equal(identity, slice_of_string(name));
}

static const struct key *
look_up(struct slice identity)
{
	const struct key *key = app.known;

	for (size_t i = 0; key != NULL && i < KEYS_MAX; i++)
		if (is_named(identity, key[i].name))
			return &key[i];
	return NULL;
}

static void
choose(struct s2n_offered_psk_list *list, struct s2n_offered_psk *psk)
{
	int r = s2n_offered_psk_list_choose_psk(list, psk);

	if (app.choose_error != NULL)
		keyed_error(r, app.choose_error);
	else
		ck_assert_msg(r == 0, "%s", s2n_strerror_name(s2n_errno));
	if (app.then_none)
		ck_assert_int_eq(
		    s2n_offered_psk_list_choose_psk(list, NULL), 0);
}

static struct slice
identity_of(struct s2n_offered_psk *psk)
{
	uint8_t *identity = NULL;
	uint16_t len = 0;

	ck_assert_int_eq(s2n_offered_psk_get_identity(psk, &identity, &len), 0);
	return slice_of(identity, len);
}

/* As the guide's example does it, but for what it does not look at. */
static int
select_key(
    struct s2n_connection *conn, void *ctx, struct s2n_offered_psk_list *list)
{
	struct s2n_offered_psk *psk = s2n_offered_psk_new();
	const struct key *key;
	struct slice identity;

	ck_assert_ptr_eq(ctx, &app);
	ck_assert_ptr_nonnull(psk);
	ck_assert_uint_eq(identity_of(psk).len, 0);
	keyed_error(s2n_offered_psk_list_choose_psk(list, psk),
	    "S2N_ERR_INVALID_ARGUMENT");
	app.calls++;
	for (int round = 0; round < 2; round++) {
		app.offered = 0;
		while (s2n_offered_psk_list_has_next(list)) {
			ck_assert_int_eq(
			    s2n_offered_psk_list_next(list, psk), 0);
			identity = identity_of(psk);
			ck_assert_uint_gt(identity.len, 0);
			app.offered++;
			key = look_up(identity);
			if (round == 0 && key != NULL && app.calls == 1)
				keyed_give(conn, key);
			if (round == 1 && is_named(identity, app.wanted))
				choose(list, psk);
		}
		keyed_error(s2n_offered_psk_list_next(list, psk),
		    "S2N_ERR_STUFFER_OUT_OF_DATA");
		ck_assert_uint_eq(identity_of(psk).len, 0);
		keyed_error(s2n_offered_psk_list_choose_psk(list, psk),
		    "S2N_ERR_INVALID_ARGUMENT");
		ck_assert_int_eq(s2n_offered_psk_list_reread(list), 0);
	}
	ck_assert_int_eq(s2n_offered_psk_free(&psk), 0);
	ck_assert_ptr_null(psk);
	return app.answer;
}

/* clang-format off */
static const struct {
	const char *what;
	const struct key *client, *server, *known;
	const char *wanted, *choose_error;
	bool then_none;
	int answer;
	const char *chosen;
} selections[] = {
	{ "looked up", keyed_one, NULL, keyed_one, "name", NULL, false, 0, "name" },
	{ "the second", keyed_two, NULL, keyed_two, "other", NULL, false, 0, "other" },
	{ "there already", keyed_two, keyed_two, NULL, "other", NULL, false, 0, "other" },
	{ "of SHA-384", keyed_mixed, keyed_mixed, NULL, "other", NULL, false, 0, "other" },
	{ "not there", keyed_two, keyed_one, NULL, "other", "S2N_ERR_INVALID_ARGUMENT", false, 0, NULL },
	{ "nothing chosen", keyed_two, keyed_two, NULL, NULL, NULL, false, 0, NULL },
	{ "then none", keyed_two, keyed_two, NULL, "name", NULL, true, 0, NULL },
	{ "a callback that fails", keyed_two, keyed_two, NULL, "name", NULL, false, -1, NULL },
	{ "answers something else", keyed_two, keyed_two, NULL, "name", NULL, false, 1, NULL },
};
/* clang-format on */

START_TEST(an_application_chooses)
{
	int i = _i / 2;
	struct peers peers;

	keyed_open(&peers, &(struct peers_spec){ .retry = _i % 2 == 1 },
	    selections[i].client, selections[i].server);
	memset(&app, 0, sizeof app);
	app.known = selections[i].known;
	app.wanted = selections[i].wanted;
	app.choose_error = selections[i].choose_error;
	app.then_none = selections[i].then_none;
	app.answer = selections[i].answer;
	ck_assert_int_eq(
	    s2n_config_set_psk_mode(peers.server_config, S2N_PSK_MODE_EXTERNAL),
	    0);
	ck_assert_int_eq(s2n_config_set_psk_selection_callback(
			     peers.server_config, select_key, &app),
	    0);
	keyed_converse(&peers, selections[i].what);
	keyed_agreed(&peers, selections[i].chosen, selections[i].what);
	ck_assert_uint_eq(app.calls, _i % 2 == 1 ? 2 : 1);
	/* After a retry it is known that SHA-384 is no use, or that only it is.
	 */
	ck_assert_uint_eq(app.offered,
	    selections[i].client == keyed_one ||
		    (selections[i].client == keyed_mixed && _i % 2 == 1)
		? 1
		: 2);
	/* Without the callback it is the server's order again. */
	ck_assert_int_eq(s2n_config_set_psk_selection_callback(
			     peers.server_config, NULL, NULL),
	    0);
	peers_reconnect(&peers);
	keyed_converse(&peers, selections[i].what);
	ck_assert_uint_le(app.calls, 2);
	peers_close(&peers);
}
END_TEST

START_TEST(without_an_offer_nobody_is_asked)
{
	struct peers peers;

	keyed_open(&peers, &(struct peers_spec){ 0 }, NULL, keyed_one);
	memset(&app, 0, sizeof app);
	ck_assert_int_eq(s2n_config_set_psk_selection_callback(
			     peers.server_config, select_key, &app),
	    0);
	keyed_converse(&peers, "no offer");
	ck_assert_uint_eq(app.calls, 0);
	peers_close(&peers);
}
END_TEST

/* One suite, of the other hash: there is nothing to choose. */
START_TEST(an_application_cannot_choose_what_has_no_suite)
{
	struct peers_spec spec = {
		.version = S2N_TLS13,
		.suite = TLS_AES_128_GCM_SHA256,
	};
	struct peers peers;

	keyed_open(&peers, &spec, keyed_mixed, keyed_mixed);
	memset(&app, 0, sizeof app);
	app.wanted = "other";
	app.choose_error = "S2N_ERR_INVALID_ARGUMENT";
	ck_assert_int_eq(s2n_config_set_psk_selection_callback(
			     peers.server_config, select_key, &app),
	    0);
	keyed_converse(&peers, "no suite");
	ck_assert_uint_eq(app.calls, 1);
	keyed_agreed(&peers, NULL, "no suite");
	peers_close(&peers);
}
END_TEST

/* What was read from the list of a first ClientHello is chosen from that of the
 * second, whose bytes are others. */
static int
select_kept(
    struct s2n_connection *conn, void *ctx, struct s2n_offered_psk_list *list)
{
	(void)conn;
	(void)ctx;
	if (app.calls++ == 0) {
		app.kept = s2n_offered_psk_new();
		while (s2n_offered_psk_list_has_next(list))
			ck_assert_int_eq(
			    s2n_offered_psk_list_next(list, app.kept), 0);
		return s2n_offered_psk_list_choose_psk(list, NULL);
	}
	choose(list, app.kept);
	return 0;
}

START_TEST(what_is_kept_too_long_is_a_number)
{
	/* The first list has three, of the second, after a retry for SHA-256,
	 * the one of SHA-384 is gone. */
	static const struct key keys[KEYS_MAX] = { { "name", "secret", SHA256 },
		{ "other", "terces", SHA384 }, { "third", "3", SHA256 } };
	struct peers peers;

	for (int i = 0; i < 2; i++) {
		keyed_open(&peers, &(struct peers_spec){ .retry = true },
		    i == 0 ? keys : keyed_two, keys);
		memset(&app, 0, sizeof app);
		app.choose_error = i == 0 ? "S2N_ERR_INVALID_ARGUMENT" : NULL;
		if (i == 1)
			keyed_server = keyed_two;
		peers_reconnect(&peers);
		ck_assert_int_eq(s2n_config_set_psk_selection_callback(
				     peers.server_config, select_kept, NULL),
		    0);
		keyed_converse(&peers, "kept");
		ck_assert_uint_eq(app.calls, 2);
		keyed_agreed(&peers, i == 0 ? NULL : "other", "kept");
		ck_assert_int_eq(s2n_offered_psk_free(&app.kept), 0);
		peers_close(&peers);
	}
}
END_TEST

/* Where sessions are expected, a ticket can be chosen as well. */
static int
select_ticket(
    struct s2n_connection *conn, void *ctx, struct s2n_offered_psk_list *list)
{
	struct s2n_offered_psk *psk = s2n_offered_psk_new();

	(void)conn;
	(void)ctx;
	app.calls++;
	ck_assert_int_eq(s2n_offered_psk_list_next(list, psk), 0);
	ck_assert(!s2n_offered_psk_list_has_next(list));
	choose(list, psk);
	ck_assert_int_eq(s2n_offered_psk_free(&psk), 0);
	return app.answer;
}

static const struct {
	const char *what, *choose_error;
	bool tickets_off, then_none;
	int answer;
	bool resumed;
} ticket_selections[] = {
	{ "chosen", NULL, false, false, 0, true },
	{ "then none", NULL, false, true, 0, false },
	{ "fails", NULL, false, false, -1, false },
	{ "no tickets", "S2N_ERR_INVALID_ARGUMENT", true, false, 0, false },
};

START_TEST(an_application_chooses_a_session)
{
	struct peers peers;
	uint8_t blob[400];
	int len;

	keyed_open(&peers, &(struct peers_spec){ 0 }, NULL, NULL);
	memset(&app, 0, sizeof app);
	keyed_use_tickets(&peers);
	ck_assert_int_eq(s2n_config_set_psk_selection_callback(
			     peers.server_config, select_ticket, NULL),
	    0);
	keyed_converse(&peers, "full");
	ck_assert_uint_eq(app.calls, 0);
	len = keyed_take_session(&peers, blob, sizeof blob);
	peers_reconnect(&peers);
	app.choose_error = ticket_selections[_i].choose_error;
	app.then_none = ticket_selections[_i].then_none;
	app.answer = ticket_selections[_i].answer;
	if (ticket_selections[_i].tickets_off)
		ck_assert_int_eq(s2n_config_set_session_tickets_onoff(
				     peers.server_config, 0),
		    0);
	ck_assert_int_eq(
	    s2n_connection_set_session(peers.client, blob, (size_t)len), 0);
	keyed_converse(&peers, ticket_selections[_i].what);
	ck_assert_uint_eq(app.calls, 1);
	ck_assert_int_eq(s2n_connection_is_session_resumed(peers.client),
	    ticket_selections[_i].resumed);
	ck_assert_int_eq(s2n_connection_is_session_resumed(peers.server),
	    ticket_selections[_i].resumed);
	peers_close(&peers);
}
END_TEST

START_TEST(nothing_is_no_argument)
{
	struct s2n_offered_psk *psk = s2n_offered_psk_new(), *none = NULL;
	struct s2n_connection *conn = s2n_connection_new(S2N_SERVER);
	uint8_t *identity;
	uint16_t len;

	keyed_error(s2n_offered_psk_get_identity(NULL, &identity, &len),
	    "S2N_ERR_NULL");
	keyed_error(
	    s2n_offered_psk_get_identity(psk, NULL, &len), "S2N_ERR_NULL");
	keyed_error(
	    s2n_offered_psk_get_identity(psk, &identity, NULL), "S2N_ERR_NULL");
	ck_assert(!s2n_offered_psk_list_has_next(NULL));
	keyed_error(s2n_offered_psk_list_next(NULL, psk), "S2N_ERR_NULL");
	keyed_error(s2n_offered_psk_list_reread(NULL), "S2N_ERR_NULL");
	keyed_error(s2n_offered_psk_list_choose_psk(NULL, psk), "S2N_ERR_NULL");
	keyed_error(
	    s2n_config_set_psk_selection_callback(NULL, select_key, NULL),
	    "S2N_ERR_NULL");
	keyed_error(
	    s2n_connection_get_negotiated_psk_identity_length(NULL, &len),
	    "S2N_ERR_NULL");
	keyed_error(
	    s2n_connection_get_negotiated_psk_identity_length(conn, NULL),
	    "S2N_ERR_NULL");
	keyed_error(s2n_connection_get_negotiated_psk_identity(conn, NULL, 1),
	    "S2N_ERR_NULL");
	keyed_error(s2n_connection_get_negotiated_psk_identity(
			NULL, (uint8_t[1]){ 0 }, 1),
	    "S2N_ERR_NULL");
	ck_assert_int_eq(s2n_offered_psk_free(&none), 0);
	ck_assert_int_eq(s2n_offered_psk_free(NULL), 0);
	ck_assert_int_eq(s2n_offered_psk_free(&psk), 0);
	ck_assert_int_eq(s2n_connection_free(conn), 0);
}
END_TEST

static Suite *
offered_psks_suite(void)
{
	Suite *suite = suite_create("offered_psks");
	TCase *tcase = tcase_create("offered_psks");

	with_library(tcase);
	tcase_add_loop_test(
	    tcase, an_application_chooses, 0, 2 * (int)COUNT(selections));
	tcase_add_test(tcase, without_an_offer_nobody_is_asked);
	tcase_add_test(tcase, an_application_cannot_choose_what_has_no_suite);
	tcase_add_test(tcase, what_is_kept_too_long_is_a_number);
	tcase_add_loop_test(tcase, an_application_chooses_a_session, 0,
	    (int)COUNT(ticket_selections));
	tcase_add_test(tcase, nothing_is_no_argument);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(offered_psks_suite)
