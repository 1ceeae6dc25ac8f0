/*
 * The flags, as a table; the contract is in shim_options.h.
 */
#include "tests/bogo/shim_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/slice.h"

#define UNIMPLEMENTED 89

enum kind { SWITCH, NUMBER, NUMBERS, TEXT, BASE64 };

#define FLAG(name, kind, member)                                               \
	{                                                                      \
		"-" name, kind, offsetof(struct options, member)               \
	}

/* clang-format off */
static const struct flag {
	const char *name;
	enum kind kind;
	size_t offset;
} flags[] = {
	FLAG("port", NUMBER, port),
	FLAG("server", SWITCH, server),
	FLAG("key-file", TEXT, key_file),
	FLAG("cert-file", TEXT, cert_file),
	FLAG("host-name", TEXT, host_name),
	FLAG("min-version", NUMBER, least_version),
	FLAG("max-version", NUMBER, most_version),
	FLAG("no-tls1", SWITCH, no_tls10),
	FLAG("no-tls11", SWITCH, no_tls11),
	FLAG("no-tls12", SWITCH, no_tls12),
	FLAG("no-tls13", SWITCH, no_tls13),
	FLAG("cipher", TEXT, ciphers),
	FLAG("curves", NUMBERS, curves),
	FLAG("signing-prefs", NUMBERS, signing),
	FLAG("verify-prefs", NUMBERS, verifying),
	FLAG("advertise-alpn", TEXT, own_protocols),
	FLAG("select-alpn", TEXT, chosen_protocol),
	FLAG("reject-alpn", SWITCH, reject_protocols),
	FLAG("decline-alpn", SWITCH, nothing),
	FLAG("verify-peer", SWITCH, verify_peer),
	FLAG("verify-fail", SWITCH, verify_fail),
	FLAG("require-any-client-certificate", SWITCH, require_certificate),
	FLAG("use-client-ca-list", TEXT, own_authorities),
	FLAG("verify-peer-if-no-obc", SWITCH, verify_peer),
	FLAG("renegotiate-freely", SWITCH, renegotiates),
	FLAG("renegotiate-explicit", SWITCH, renegotiates),
	FLAG("renegotiate-once", SWITCH, renegotiates_once),
	FLAG("renegotiate-ignore", SWITCH, ignores_requests),
	FLAG("max-send-fragment", NUMBER, max_fragment),
	FLAG("async", SWITCH, async),
	FLAG("shim-writes-first", SWITCH, writes_first),
	FLAG("shim-shuts-down", SWITCH, shuts_down),
	FLAG("check-close-notify", SWITCH, check_close),
	FLAG("read-with-unfinished-write", SWITCH, unfinished_write),
	FLAG("write-different-record-sizes", SWITCH, record_sizes),
	FLAG("no-op-extra-handshake", SWITCH, extra_handshake),
	FLAG("handshake-twice", SWITCH, extra_handshake),
	FLAG("send-alert", SWITCH, sends_alert),
	FLAG("key-update", SWITCH, updates_keys),
	FLAG("read-size", NUMBER, read_size),
	FLAG("export-keying-material", NUMBER, export_len),
	FLAG("export-label", TEXT, export_label),
	FLAG("export-context", TEXT, export_context),
	FLAG("use-export-context", SWITCH, has_export_context),
	FLAG("export-traffic-secrets", SWITCH, export_secrets),
	FLAG("fail-early-callback", SWITCH, refuses_hello),
	FLAG("fail-ddos-callback", SWITCH, refuses_hello),
	FLAG("use-early-callback", SWITCH, nothing),
	FLAG("enable-ocsp-stapling", SWITCH, asks_ocsp),
	FLAG("enable-signed-cert-timestamps", SWITCH, asks_scts),
	FLAG("ocsp-response", BASE64, own_ocsp),
	FLAG("signed-cert-timestamps", BASE64, own_scts),
	FLAG("use-ocsp-callback", SWITCH, nothing),
	FLAG("set-ocsp-in-callback", SWITCH, late_ocsp),
	FLAG("decline-ocsp-callback", SWITCH, declines_ocsp),
	FLAG("fail-ocsp-callback", SWITCH, fails_ocsp),
	FLAG("install-ddos-callback", SWITCH, nothing),
	FLAG("server-preference", SWITCH, nothing),
	FLAG("implicit-handshake", SWITCH, nothing),
	FLAG("cbc-record-splitting", SWITCH, nothing),
	FLAG("use-custom-verify-callback", SWITCH, nothing),
	FLAG("use-old-client-cert-callback", SWITCH, nothing),
	FLAG("partial-write", SWITCH, nothing),
	FLAG("no-ticket", SWITCH, no_tickets),
	FLAG("enable-early-data", SWITCH, early_data),
	FLAG("expect-accept-early-data", SWITCH, early_accepted),
	FLAG("expect-reject-early-data", SWITCH, early_rejected),
	FLAG("expect-no-offer-early-data", SWITCH, early_unoffered),
	FLAG("expect-ticket-supports-early-data", SWITCH, early_ticket),
	FLAG("resume-count", NUMBER, resumptions),
	FLAG("resumption-delay", NUMBER, delay),
	FLAG("expect-early-data-reason", TEXT, early_reason),
	FLAG("quic", SWITCH, quic),
	FLAG("quic-transport-params", BASE64, own_parameters),
	FLAG("expect-quic-transport-params", BASE64, parameters),
	FLAG("quic-use-legacy-codepoint", NUMBER, legacy_codepoint),
	FLAG("expect-session-miss", SWITCH, session_miss),
	FLAG("expect-no-session", SWITCH, no_session),
	FLAG("expect-session-id", SWITCH, session_id),
	FLAG("expect-no-session-id", SWITCH, no_session_id),
	FLAG("expect-curve-id", NUMBER, curve),
	FLAG("expect-cipher", NUMBER, cipher),
	FLAG("expect-cipher-aes", NUMBER, cipher_aes),
	FLAG("expect-cipher-no-aes", NUMBER, cipher),
	FLAG("expect-peer-signature-algorithm", NUMBER, peer_scheme),
	FLAG("expect-version", NUMBER, version),
	FLAG("expect-total-renegotiations", NUMBER, renegotiations),
	FLAG("expect-alpn", TEXT, protocol),
	FLAG("expect-server-name", TEXT, server_name),
	FLAG("expect-peer-cert-file", TEXT, peer_certificate),
	FLAG("expect-client-ca-list", TEXT, authorities),
	FLAG("expect-verify-result", SWITCH, nothing),
	FLAG("expect-ocsp-response", BASE64, ocsp),
	FLAG("expect-signed-cert-timestamps", BASE64, scts),
	FLAG("expect-hrr", SWITCH, retry),
	FLAG("expect-no-hrr", SWITCH, no_retry),
	FLAG("expect-extended-master-secret", SWITCH, extended_master),
	FLAG("expect-secure-renegotiation", SWITCH, secure_renegotiation),
	FLAG("expect-no-secure-renegotiation", SWITCH, no_secure_renegotiation),
};
/* clang-format on */

void
unimplemented(const char *why)
{
	fprintf(stderr, "not implemented: %s\n", why);
	exit(UNIMPLEMENTED);
}

/* A prefix says which connections a flag is for; without one it is for all. */
static const struct prefix {
	const char *text;
	bool is_for[CONNECTIONS];
} prefixes[] = {
	{ "-on-initial-", { [INITIAL] = true } },
	{ "-on-resume-", { [RESUMPTION] = true } },
	{ "-on-retry-", { [RETRY] = true } },
	{ "-", { true, true, true } },
};

/* The prefix's last character is the name's first. */
static const struct flag *
find(const char *argument, const struct prefix **prefix)
{
	const char *name;

	for (*prefix = prefixes;
	     strncmp(argument, (*prefix)->text, strlen((*prefix)->text)) != 0;
	     ++*prefix)
		if (*prefix == &prefixes[COUNT(prefixes) - 1])
			unimplemented(argument);
	name = argument + strlen((*prefix)->text) - 1;
	for (size_t i = 0; i < COUNT(flags); i++)
		if (strcmp(flags[i].name, name) == 0)
			return &flags[i];
	unimplemented(argument);
}

static void
add(struct numbers *numbers, const char *value)
{
	if (numbers->count == NUMBERS_MAX)
		unimplemented("so many numbers");
	numbers->at[numbers->count++] = (uint16_t)strtoul(value, NULL, 10);
}

/* Four characters are three bytes; = at the end stands for none. */
static void
decode(struct bytes *bytes, const char *value)
{
	size_t len = strlen(value);
	int decoded;

	if (len / 4 * 3 > sizeof bytes->at)
		unimplemented("so many bytes");
	decoded = EVP_DecodeBlock(bytes->at, (const uint8_t *)value, (int)len);
	if (decoded < 0)
		unimplemented("such base64");
	bytes->len = (size_t)decoded;
	for (; len > 0 && value[len - 1] == '='; len--)
		bytes->len--;
}

/* value: empty for a switch. */
static void
set(struct options *options, const struct flag *flag, const char *value)
{
	void *member = (char *)options + flag->offset;

	switch (flag->kind) {
	case SWITCH:
		*(bool *)member = true;
		break;
	case NUMBER:
		*(long *)member = strtol(value, NULL, 10);
		break;
	case NUMBERS:
		add(member, value);
		break;
	case BASE64:
		decode(member, value);
		break;
	case TEXT:
		*(const char **)member = value;
		break;
	}
}

void
options_parse(int argc, char **argv, struct options options[CONNECTIONS])
{
	const struct prefix *prefix;
	const struct flag *flag;
	const char *value;

	for (int i = 1; i < argc; i++) {
		flag = find(argv[i], &prefix);
		value = "";
		if (flag->kind != SWITCH && ++i == argc)
			unimplemented("a flag without its value");
		if (flag->kind != SWITCH)
			value = argv[i];
		for (size_t which = 0; which < CONNECTIONS; which++)
			if (prefix->is_for[which])
				set(&options[which], flag, value);
	}
}
