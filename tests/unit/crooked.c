/*
 * How rules are broken; the contract is in crooked.h.
 */
#include "tests/unit/crooked.h"

#include "libtls/handshake/message.h"
#include "tests/unit/detour.h"
#include "tests/unit/unit.h"

#define TURNS 50
#define TLS13_SUITES 3
#define PARAMETERS_ROOM 8192

struct attack {
	const struct crook *crook;
	unsigned seen; /* messages of the kind, so far */
	bool done;
};

/* ---- bodies ---- */

/* Puts bytes in place of the len that stand at a place. */
static void
splice(struct writer *out, size_t at, size_t len, struct slice bytes)
{
	uint8_t tail[8192];
	size_t tail_len = out->len - at - len;

	ck_assert_uint_le(tail_len, sizeof tail);
	memcpy(tail, out->data + at + len, tail_len);
	out->len = at;
	writer_bytes(out, bytes);
	writer_bytes(out, slice_of(tail, tail_len));
}

static size_t
number_at(const struct writer *out, size_t at)
{
	return (size_t)out->data[at] << 8 | out->data[at + 1];
}

static void
add_to_number(struct writer *out, size_t at, size_t more)
{
	size_t sum = number_at(out, at) + more;

	out->data[at] = (uint8_t)(sum >> 8);
	out->data[at + 1] = (uint8_t)sum;
}

/* Where the extension block's length stands. */
static size_t
block_of(const struct writer *out, size_t start, enum message message)
{
	size_t at = start + 2 + RANDOM_SIZE;

	switch ((int)message) {
	case ENCRYPTED_EXTENSIONS:
		return start;
	case CERTIFICATE_REQUEST:
		return start + 1;
	case CLIENT_HELLO:
		at += 1u + out->data[at];
		at += 2u + number_at(out, at);
		return at + 1u + out->data[at];
	case SERVER_HELLO:
	case HELLO_RETRY_REQUEST:
		return at + 1u + out->data[at] + 3;
	}
	ck_abort_msg("no extensions there");
}

/* Where an extension begins; it must be there. */
static size_t
find(const struct writer *out, size_t block, uint16_t number)
{
	size_t at = block + 2;

	while (at < out->len && number_at(out, at) != number)
		at += 4 + number_at(out, at + 2);
	ck_assert_msg(at < out->len, "extension %u is not there", number);
	return at;
}

static void
spoil_extensions(struct writer *out, size_t block, const struct crook *crook)
{
	uint8_t room[4200];
	struct writer one;
	size_t at = crook->how == EXT_RAW ? out->len : block + 2, len = 0;

	writer_init_fixed(&one, room, sizeof room);
	if (crook->how == EXT_DROP || crook->how == EXT_SET ||
	    crook->how == EXT_TWICE) {
		at = find(out, block, crook->number);
		len = 4 + number_at(out, at + 2);
	}
	if (crook->how == EXT_TWICE) {
		writer_bytes(&one, slice_of(out->data + at, len));
		writer_bytes(&one, slice_of(out->data + at, len));
	} else if (crook->how == EXT_SET || crook->how == EXT_ADD) {
		writer_u16(&one, crook->number);
		writer_vec16(&one, crook->bytes);
	} else if (crook->how == EXT_RAW) {
		writer_bytes(&one, crook->bytes);
	}
	ck_assert(!one.failed);
	splice(out, at, len, slice_of(one.data, one.len));
	add_to_number(out, block, one.len - len);
}

/* RFC 8446 4.4.2: context, list of entries; one entry, without extensions. */
static void
spoil_certificate(struct writer *out, size_t start, struct slice extensions)
{
	ck_assert_uint_eq(number_at(out, out->len - 2), 0);
	add_to_number(out, out->len - 2, extensions.len);
	writer_bytes(out, extensions);
	add_to_number(out, start + 2, extensions.len);
}

static void
spoil_body(struct writer *out, size_t start, const struct crook *crook)
{
	size_t at;

	switch (crook->how) {
	case FLIP:
		out->data[start + crook->number] ^= 1;
		break;
	case FLIP_END:
		out->data[out->len - 1 - crook->number] ^= 1;
		break;
	case PUT:
		memcpy(out->data + start + crook->number, crook->bytes.data,
		    crook->bytes.len);
		break;
	case CUT:
		out->len -= crook->number;
		break;
	case APPEND:
		writer_bytes(out, crook->bytes);
		break;
	case BODY:
		splice(out, start, out->len - start, crook->bytes);
		break;
	case TYPE:
		out->data[start - MESSAGE_HEADER] = (uint8_t)crook->number;
		break;
	case EXT_NONE:
		out->len = block_of(out, start, crook->message);
		break;
	case CERT_EXT:
		spoil_certificate(out, start, crook->bytes);
		break;
	case SUITE_LIST:
		at = start + 2 + RANDOM_SIZE;
		at += 1u + out->data[at];
		splice(out, at + 2, number_at(out, at), crook->bytes);
		out->data[at] = (uint8_t)(crook->bytes.len >> 8);
		out->data[at + 1] = (uint8_t)crook->bytes.len;
		break;
	case EXT_DROP:
	case EXT_TWICE:
	case EXT_SET:
	case EXT_ADD:
	case EXT_RAW:
		spoil_extensions(
		    out, block_of(out, start, crook->message), crook);
		break;
	case WIRE:
	case RECORD:
	case BROKEN:
	case BEHIND:
	case PARAMETERS:
		break;
	}
}

/* ---- the detour ---- */

static bool
due(const struct attack *attack, const struct step *step)
{
	return !attack->done && step->message == attack->crook->message &&
	       step->sender == attack->crook->role &&
	       ((attack->crook->with & SECOND) == 0 || attack->seen == 1);
}

static void
put_record(struct s2n_connection *conn, uint16_t type, struct slice bytes)
{
	ck_assert_int_eq(record_write_slices(&conn->records,
			     (enum content_type)type, &bytes, 1),
	    0);
}

/* The message takes those that are there already. */
static void
put_parameters(struct s2n_connection *conn, struct slice parameters)
{
	struct writer *share = &conn->hs->exchange.share;

	writer_init(share, PARAMETERS_ROOM);
	writer_bytes(share, parameters);
	ck_assert(!share->failed);
}

static void
before(struct s2n_connection *conn, const struct step *step, void *ctx)
{
	struct attack *attack = ctx;
	const struct crook *crook = attack->crook;

	if (due(attack, step) && crook->how == PARAMETERS) {
		attack->done = true;
		put_parameters(conn, crook->bytes);
	}
	if (!due(attack, step) || crook->how < WIRE || crook->how > BROKEN)
		return;
	attack->done = true;
	ck_assert_int_eq(message_flush(conn), 0);
	if (crook->how == WIRE)
		writer_bytes(&conn->records.io.out, crook->bytes);
	else
		put_record(conn,
		    crook->how == RECORD ? crook->number : CONTENT_HANDSHAKE,
		    crook->bytes);
	if (crook->how == BROKEN)
		put_record(conn, crook->number, crook->more);
}

static void
built(struct s2n_connection *conn, const struct step *step, struct writer *out,
    size_t start, void *ctx)
{
	struct attack *attack = ctx;

	(void)conn;
	if (!due(attack, step) || attack->crook->how >= WIRE)
		return;
	attack->done = true;
	spoil_body(out, start, attack->crook);
}

static void
done(struct s2n_connection *conn, const struct step *step, void *ctx)
{
	struct attack *attack = ctx;

	if (due(attack, step) && attack->crook->how == BEHIND) {
		attack->done = true;
		writer_bytes(&conn->hs->flight, attack->crook->bytes);
	}
	if (step->message == attack->crook->message &&
	    step->sender == attack->crook->role)
		attack->seen++;
}

/* ---- the run ---- */

/* The error that ended it; 0 while there is none. */
static int
turn(struct s2n_connection *conn, bool *through)
{
	s2n_blocked_status blocked;
	uint8_t data[16];

	if (!*through)
		*through = s2n_negotiate(conn, &blocked) == S2N_SUCCESS;
	if (*through && s2n_recv(conn, data, sizeof data, &blocked) >= 0)
		return 0;
	return s2n_error_get_type(s2n_errno) == S2N_ERR_T_BLOCKED ? 0
								  : s2n_errno;
}

/* Runs both until the honest side has failed and the other heard of it. */
static int
outcome(struct s2n_connection *crooked, struct s2n_connection *honest,
    bool *both_through)
{
	bool crooked_through = false, honest_through = false;
	int error = 0;

	for (int i = 0; i < TURNS && s2n_connection_get_alert(crooked) < 0;
	     i++) {
		turn(crooked, &crooked_through);
		if (error == 0)
			error = turn(honest, &honest_through);
	}
	*both_through = crooked_through && honest_through;
	return error;
}

static void
judge(const char *what, enum alert alert, struct s2n_connection *crooked,
    int error)
{
	ck_assert_msg(error != 0, "%s: nobody minded", what);
	ck_assert_msg(s2n_connection_get_alert(crooked) == (int)alert,
	    "%s: alert %d instead of %d (%s)", what,
	    s2n_connection_get_alert(crooked), (int)alert,
	    s2n_strerror_name(error));
	ck_assert_msg(s2n_error_get_type(error) == S2N_ERR_T_PROTO,
	    "%s: %s is no protocol error", what, s2n_strerror_name(error));
}

/* TLS 1.3 and nothing older: the policy's first suites. */
static void
restrict_version(struct peers *peers, struct preference copies[2])
{
	struct s2n_config *configs[] = { peers->client_config,
		peers->server_config };

	for (size_t i = 0; i < COUNT(configs); i++) {
		copies[i] = *configs[i]->preference;
		copies[i].min_version = S2N_TLS13;
		copies[i].suites.count = TLS13_SUITES;
		configs[i]->preference = &copies[i];
	}
}

void
crooked_run(const struct crook *crook)
{
	crooked_run_between(
	    crook, &(struct peers_spec){
		       .retry = (crook->with & RETRY) != 0,
		       .client_auth = (crook->with & ASKED) != 0
					  ? S2N_CERT_AUTH_REQUIRED
					  : S2N_CERT_AUTH_NONE,
		       .client_cert = true,
		   });
}

static int last_error;

int
crooked_error(void)
{
	return last_error;
}

static void
run(const struct crook *crook, struct peers *peers)
{
	struct attack attack = { .crook = crook };
	struct detour detour = {
		.before = before, .built = built, .done = done, .ctx = &attack
	};
	struct s2n_connection *crooked, *honest;
	bool through;
	int error;

	crooked = crook->role == S2N_SERVER ? peers->server : peers->client;
	honest = crook->role == S2N_SERVER ? peers->client : peers->server;
	detour_take(crooked, &detour);
	error = last_error = outcome(crooked, honest, &through);
	ck_assert_msg(attack.done, "%s: was not done", crook->what);
	if (crook->alert == ALERT_NONE)
		ck_assert_msg(through && error == 0, "%s: %s", crook->what,
		    s2n_strerror_name(error));
	else
		judge(crook->what, crook->alert, crooked, error);
}

void
crooked_run_between(const struct crook *crook, const struct peers_spec *spec)
{
	struct preference copies[2];
	struct peers peers;

	peers_open(&peers, spec);
	if (spec->version == 0)
		restrict_version(&peers, copies);
	run(crook, &peers);
	peers_close(&peers);
}

void
crooked_run_again(const struct crook *crook, struct peers *peers)
{
	peers_reconnect(peers);
	run(crook, peers);
}

void
crooked_late(const struct late *late)
{
	crooked_late_between(late, &(struct peers_spec){ 0 });
}

void
crooked_late_between(const struct late *late, const struct peers_spec *spec)
{
	struct s2n_connection *crooked, *honest;
	unsigned times = late->times > 0 ? late->times : 1;
	struct peers peers;
	bool through;
	int error;

	peers_open(&peers, spec);
	ck_assert(peers_negotiate(&peers));
	crooked = late->role == S2N_SERVER ? peers.server : peers.client;
	honest = late->role == S2N_SERVER ? peers.client : peers.server;
	for (unsigned i = 0; i < times; i++) {
		if (late->type == 0)
			writer_bytes(&crooked->records.io.out, late->bytes);
		else
			put_record(crooked, late->type, late->bytes);
		if (late->more_type != 0)
			put_record(crooked, late->more_type, late->more);
	}
	ck_assert_int_eq(io_flush(&crooked->records.io), 0);
	error = last_error = outcome(crooked, honest, &through);
	if (late->alert == ALERT_NONE)
		ck_assert_msg(
		    error == 0, "%s: %s", late->what, s2n_strerror_name(error));
	else
		judge(late->what, late->alert, crooked, error);
	peers_close(&peers);
}
