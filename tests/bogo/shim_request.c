/*
 * CertificateRequests; the contract is in shim_request.h.
 */
#include "tests/bogo/shim_request.h"

#include <stdio.h>
#include <string.h>

#include "libtls/state/connection.h"
#include "libtls/unstable/cert_authorities.h"

#define LIST_MAX 4096

/* Of the one connection. */
static struct {
	const struct options *options;
	struct s2n_cert_chain_and_key *pair;
	bool seen;
} request;

/* Names as hex, with commas in between; "<EMPTY>" and "<NULL>" are none. */
static void
write_names(const char *text, struct writer *out)
{
	unsigned byte;
	struct mark name;

	while (*text != '\0' && *text != '<') {
		name = writer_open(out, 2);
		for (; sscanf(text, "%2x", &byte) == 1; text += 2)
			writer_u8(out, (uint8_t)byte);
		writer_close(out, name);
		if (*text == ',')
			text++;
	}
}

static bool
name_own(struct s2n_config *config, const char *text)
{
	uint8_t room[LIST_MAX];
	struct writer out;

	writer_init_fixed(&out, room, sizeof room);
	write_names(text, &out);
	return !out.failed && authorities_copy(&config->authorities,
				  slice_of(out.data, out.len)) == 0;
}

static bool
names_are(struct s2n_certificate_request *received, const char *text)
{
	uint8_t expected_room[LIST_MAX], seen_room[LIST_MAX];
	struct s2n_certificate_authority_list *list =
	    s2n_certificate_request_get_ca_list(received);
	struct writer expected, seen;
	uint16_t len;
	uint8_t *name;

	writer_init_fixed(&expected, expected_room, sizeof expected_room);
	writer_init_fixed(&seen, seen_room, sizeof seen_room);
	write_names(text, &expected);
	while (s2n_certificate_authority_list_has_next(list)) {
		if (s2n_certificate_authority_list_next(list, &name, &len) != 0)
			return false;
		writer_vec16(&seen, slice_of(name, len));
	}
	return !expected.failed && !seen.failed &&
	       slice_equal(slice_of(expected.data, expected.len),
		   slice_of(seen.data, seen.len));
}

static int
judge(struct s2n_connection *conn, void *ctx,
    struct s2n_certificate_request *received)
{
	(void)conn;
	(void)ctx;
	request.seen = true;
	if (!names_are(received, request.options->authorities)) {
		fputs("the authorities are others\n", stderr);
		return S2N_FAILURE;
	}
	return s2n_certificate_request_set_certificate(received, request.pair);
}

bool
request_configure(struct s2n_config *config, const struct options *options,
    struct s2n_cert_chain_and_key *pair)
{
	request.options = options;
	request.pair = pair;
	if (options->own_authorities != NULL &&
	    !name_own(config, options->own_authorities))
		return false;
	return options->authorities == NULL ||
	       s2n_config_set_cert_request_callback(config, judge, NULL) == 0;
}

bool
request_seen(const struct options *options)
{
	if (options->authorities == NULL || request.seen)
		return true;
	fputs("no certificate was asked for\n", stderr);
	return false;
}
