/*
 * Staples. Whatever is changed in a response, nothing counts that its signer
 * did not sign; whatever comes as a staple, what is taken is what was sent, and
 * goes out the same again.
 */
#include "tests/fuzz/fuzz_staple.h"

#include <openssl/err.h>

#include "libtls/cert/ocsp.h"
#include "libtls/extension/extension.h"
#include "libtls/extension/stapled.h"
#include "libtls/handshake/handshake.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/setup.h"
#include "tests/fuzz/target.h"
#include "tests/unit/responder.h"

/* ---- what a response says ---- */

enum {
	ROW = 0x0f,
	CHECKS_TIME = 0x10,
	IN_TLS13 = 0x20,
	AS_IT_IS = 0x80 /* the input is the response, and not edits of one */
};

#define ROWS 7
#define RESPONSE_MAX (1 << 16)
#define HOUR 3600

static const struct certs_cert *leaf;
/* Each: bytes, what is signed of them, and what they are judged to be. */
static struct row {
	struct slice response, data;
	int code;
} rows[ROWS];

/* ResponseData (RFC 6960 4.2.1), which alone is signed; the caller's. */
static struct slice
signed_part(struct slice response)
{
	const uint8_t *at = response.data;
	OCSP_RESPONSE *parsed =
	    d2i_OCSP_RESPONSE(NULL, &at, (long)response.len);
	OCSP_BASICRESP *basic =
	    parsed != NULL ? OCSP_response_get1_basic(parsed) : NULL;
	uint8_t *der = NULL;
	int len = -1;

	if (basic != NULL)
		len = i2d_OCSP_RESPDATA(
		    (OCSP_RESPDATA *)(uintptr_t)OCSP_resp_get0_respdata(basic),
		    &der);
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(parsed);
	ERR_clear_error();
	return len > 0 ? slice_of(der, (size_t)len) : NO_BYTES;
}

static void
make_row(size_t number, int code, const struct responder_spec *spec)
{
	struct row *row = &rows[number];

	row->response = responder_make(spec);
	row->data = signed_part(row->response);
	row->code = code;
	must_hold(row->data.len > 0, "row %zu", number);
}

void
fuzz_ocsp_set_up(void)
{
	const struct certs_cert *twin, *delegate, *stranger;

	if (leaf != NULL)
		return;
	leaf = setup_leaf(CERTS_P256, SETUP_HOST);
	twin = setup_leaf(CERTS_P256, "twin");
	stranger = certs_make(
	    &(struct certs_spec){ .name = "CA", .ca = true, .key_number = 3 });
	delegate = certs_make(&(struct certs_spec){ .name = "responder",
	    .issuer = setup_ca(),
	    .key_number = 2,
	    .extensions = { { "extendedKeyUsage", "OCSPSigning" } } });
	make_row(0, 0, &(struct responder_spec){ .subject = leaf });
	make_row(1, 0,
	    &(struct responder_spec){ .subject = leaf,
		.signer = delegate,
		.embed = true,
		.by_key = true,
		.before = twin });
	make_row(2, ERR_OCSP_REVOKED,
	    &(struct responder_spec){
		.subject = leaf, .status = V_OCSP_CERTSTATUS_REVOKED });
	make_row(
	    3, ERR_OCSP_UNTRUSTED, &(struct responder_spec){ .subject = twin });
	make_row(4, ERR_OCSP_UNTRUSTED,
	    &(struct responder_spec){
		.subject = leaf, .signer = stranger, .embed = true });
	make_row(5, ERR_OCSP_EXPIRED,
	    &(struct responder_spec){
		.subject = leaf, .to = CERTS_NOW - HOUR + 1 });
	make_row(6, ERR_OCSP_NOT_YET_VALID,
	    &(struct responder_spec){ .subject = leaf,
		.from = CERTS_NOW + HOUR,
		.to = CERTS_NOW + 2 * HOUR });
}

struct slice
fuzz_ocsp_response(unsigned row)
{
	return rows[row % ROWS].response;
}

/* What is said after the signature was checked: a row's word, and nobody
 * else's. */
static void
must_be_signed(struct slice response, int code)
{
	struct slice data = signed_part(response);
	bool found = false;

	for (size_t i = 0; i < ROWS; i++)
		found |=
		    rows[i].code == code && slice_equal(rows[i].data, data);
	OPENSSL_free((void *)(uintptr_t)data.data);
	must_hold(found, "nobody signed this: %d", code);
}

static void
judge_code(struct slice response, int code)
{
	switch (code) {
	case ERR_OCSP_RESPONSE:
	case ERR_OCSP_UNTRUSTED:
		return;
	case 0:
	case ERR_OCSP_REVOKED:
	case ERR_OCSP_EXPIRED:
	case ERR_OCSP_NOT_YET_VALID:
		must_be_signed(response, code);
		return;
	default:
		must_hold(false, "code %d", code);
	}
}

/* u8 row and flags; edits of its response, or a response. */
void
fuzz_ocsp(struct reader *input)
{
	uint8_t control = reader_u8(input);
	const struct row *row = &rows[(control & ROW) % ROWS];
	struct ocsp_subject subject = {
		.leaf = leaf->x509,
		.issuer = setup_ca()->x509,
		.now = CERTS_NOW,
		.check_time = (control & CHECKS_TIME) != 0,
		.version = (control & IN_TLS13) != 0 ? S2N_TLS13 : S2N_TLS12,
	};
	struct slice response = row->response;
	struct writer changed;
	bool other = true;
	int code;

	writer_init(&changed, RESPONSE_MAX);
	if ((control & AS_IT_IS) != 0) {
		response = reader_rest(input);
	} else {
		writer_bytes(&changed, row->response);
		other = edits_apply(input, &changed, 0);
		response = slice_of(changed.data, changed.len);
	}
	code = ocsp_check(response, &subject);
	must_hold(other || code == row->code, "unchanged: %d", code);
	judge_code(response, code);
	must_hold(ERR_peek_error() == 0, "libcrypto's errors stay");
	writer_free(&changed);
}

/* ---- how staples travel ---- */

enum {
	PLACE = 0x07,
	IS_SCT_LIST = 0x08,
	IS_UNASKED = 0x10, /* the peer was asked for nothing */
};

#define STATUS_REQUEST 5
#define SIGNED_TIMESTAMPS 18

/* What a place takes: nothing, what a client asks for, or a staple. */
enum form { EMPTY, REQUEST, STAPLE };

static const struct place {
	enum where where; /* 0: a CertificateStatus message */
	s2n_mode mode;    /* who reads */
	uint8_t version;
	bool at_leaf;
	enum form status, list;
} places[] = {
	{ IN_CLIENT_HELLO, S2N_SERVER, S2N_TLS13, false, REQUEST, EMPTY },
	{ IN_CERTIFICATE_REQUEST, S2N_CLIENT, S2N_TLS13, false, EMPTY, EMPTY },
	{ IN_SERVER_HELLO12, S2N_CLIENT, S2N_TLS12, false, EMPTY, STAPLE },
	{ IN_CERTIFICATE, S2N_CLIENT, S2N_TLS13, true, STAPLE, STAPLE },
	{ IN_CERTIFICATE, S2N_CLIENT, S2N_TLS13, false, STAPLE, STAPLE },
	{ IN_CERTIFICATE, S2N_SERVER, S2N_TLS13, true, STAPLE, STAPLE },
	{ 0, S2N_CLIENT, S2N_TLS12, false, STAPLE, STAPLE },
};

/* RFC 6066 8: ocsp(1) and two lists; of other types no form is known. */
static bool
is_request(struct slice data, bool *ocsp)
{
	struct reader in = reader_of(data);
	uint8_t type = reader_u8(&in);

	*ocsp = data.len > 0 && type == 1;
	if (!*ocsp)
		return data.len > 0;
	reader_vec16(&in);
	reader_vec16(&in);
	return reader_done(&in);
}

/* CertificateStatus: ocsp(1) and a response of one byte or more. */
static bool
is_status(struct slice data, struct slice *response)
{
	bool typed = data.len > 4 && data.data[0] == 1;
	size_t len = typed ? (size_t)data.data[1] << 16 |
				 (size_t)data.data[2] << 8 | data.data[3]
			   : 0;

	*response = typed ? slice_of(data.data + 4, data.len - 4) : NO_BYTES;
	return typed && len == response->len;
}

static int
take(struct s2n_connection *conn, const struct place *place, uint16_t number,
    struct slice data)
{
	struct reader in = reader_of(data);
	struct writer block;
	int r;

	if (place->where == 0)
		return stapled_status_read(conn, &in);
	writer_init(&block, data.len + 4);
	writer_u16(&block, number);
	writer_vec16(&block, data);
	r = extension_parse(
	    conn, place->where, slice_of(block.data, block.len));
	writer_free(&block);
	return r;
}

/* A staple is ours to send, too, and is then what it was. */
static void
must_go_out(struct s2n_connection *conn, uint16_t number, struct slice staple,
    struct slice data)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	bool status = number == STATUS_REQUEST;
	uint32_t len = (uint32_t)staple.len;
	struct slice block, sent = NO_BYTES;
	struct reader in;
	struct writer out;
	int r;

	must_hold(chain != NULL, "memory");
	r = status
		? s2n_cert_chain_and_key_set_ocsp_data(chain, staple.data, len)
		: s2n_cert_chain_and_key_set_sct_list(chain, staple.data, len);
	must_hold((r == 0) == (len <= STAPLE_MAX), "%u bytes", len);
	conn->version = S2N_TLS13;
	conn->hs->chain = chain;
	conn->hs->at_leaf = conn->hs->wants_ocsp = conn->hs->wants_scts = true;
	writer_init(&out, RESPONSE_MAX);
	must_hold(
	    extension_build(conn, IN_CERTIFICATE, &out) == 0, "is written");
	in = reader_of(slice_of(out.data, out.len));
	block = reader_vec16(&in);
	must_hold(reader_done(&in), "a block");
	must_hold(
	    extension_find(block, number, &sent) == (r == 0 && staple.len > 0),
	    "a staple of %u bytes", len);
	must_hold(sent.len == 0 || slice_equal(sent, data), "is another");
	conn->hs->chain = NULL;
	writer_free(&out);
	s2n_cert_chain_and_key_free(chain);
}

static void
must_have_nothing(const struct s2n_connection *conn)
{
	must_hold(
	    conn->ocsp.len == 0 && conn->scts.len == 0 && !conn->ocsp_stapled,
	    "a staple that was refused, or is not the leaf's");
}

static void
judge_staple(struct s2n_connection *conn, const struct place *place,
    uint16_t number, struct slice data, int r)
{
	bool status = number == STATUS_REQUEST;
	struct slice staple = data;
	bool sound = !status || is_status(data, &staple);

	must_hold(r == (sound ? 0 : ERR_DECODE), "%d", r);
	if (r != 0 || (place->where == IN_CERTIFICATE && !place->at_leaf)) {
		must_have_nothing(conn);
		return;
	}
	must_hold(slice_equal(staple_bytes(status ? &conn->ocsp : &conn->scts),
		      staple) &&
		      (status ? &conn->scts : &conn->ocsp)->len == 0,
	    "another staple");
	must_hold(conn->ocsp_stapled == (status && place->mode == S2N_CLIENT),
	    "whether it is stapled");
	must_go_out(conn, number, staple, data);
}

static void
judge_place(struct s2n_connection *conn, const struct place *place,
    uint16_t number, struct slice data, int r)
{
	bool status = number == STATUS_REQUEST, ocsp = status;
	bool sound = data.len == 0;

	switch (status ? place->status : place->list) {
	case STAPLE:
		judge_staple(conn, place, number, data, r);
		return;
	case REQUEST:
		sound = is_request(data, &ocsp);
		break;
	case EMPTY:
		break;
	}
	must_hold(r == (sound ? 0 : ERR_DECODE), "%d", r);
	must_have_nothing(conn);
	if (r != 0)
		return;
	if (place->where == IN_SERVER_HELLO12)
		must_hold(conn->hs->status_due == status, "what is due");
	else
		must_hold(conn->hs->wants_ocsp == ocsp &&
			      conn->hs->wants_scts == !status,
		    "what is wanted");
}

/* u8 place and flags; the rest is the extension's data, or the message. */
void
fuzz_staples(struct reader *input)
{
	uint8_t control = reader_u8(input);
	const struct place *place = &places[(control & PLACE) % COUNT(places)];
	bool list = place->where != 0 && (control & IS_SCT_LIST) != 0;
	uint16_t number = list ? SIGNED_TIMESTAMPS : STATUS_REQUEST;
	bool answer =
	    place->where == IN_CERTIFICATE || place->where == IN_SERVER_HELLO12;
	bool unasked = answer && (control & IS_UNASKED) != 0;
	struct s2n_connection *conn = s2n_connection_new(place->mode);
	const struct setup *setup = setup_row(S2N_TLS13, 0);
	struct slice data = reader_rest(input);
	int r;

	if (data.len > UINT16_MAX)
		data.len = UINT16_MAX;
	must_hold(
	    conn != NULL &&
		s2n_connection_set_config(conn,
		    place->mode == S2N_SERVER ? setup_server(setup)
					      : setup_client(setup)) == 0 &&
		handshake_start(conn) == 0,
	    "a connection");
	conn->version = place->version;
	conn->hs->at_leaf = place->at_leaf;
	conn->hs->sent_extensions = unasked ? 0 : UINT64_MAX;
	r = take(conn, place, number, data);
	if (unasked) {
		must_hold(r == ERR_UNSUPPORTED_EXTENSION, "%d", r);
		must_have_nothing(conn);
	} else {
		judge_place(conn, place, number, data, r);
	}
	must_hold(s2n_connection_free(conn) == 0, "is freed");
}
