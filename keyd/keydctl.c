/*
 * keydctl: asks a running keyd, and tells it what to do (keydctl(8)).
 */
#include "admin/ctl.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include <openssl/pem.h>

#include "keyd/audit_verify.h"

#define SOCKET "/run/sallyport/keyd-admin.sock"

/* ---- audit verify ---- */

static void
tell_verdict(const struct audit_verdict *verdict, bool json)
{
	const struct {
		const char *name;
		uint64_t value;
	} numbers[] = { { "lines", verdict->lines },
		{ "operations", verdict->operations },
		{ "checkpoints", verdict->checkpoints },
		{ "first", verdict->first }, { "last", verdict->last },
		{ "signed", verdict->last_signed }, { "lost", verdict->lost },
		{ "untold", verdict->untold },
		{ "broken_off", verdict->broken_off } };
	char previous[2 * AUDIT_HASH + 1], hash[2 * AUDIT_HASH + 1];

	audit_chain_hex(verdict->previous, AUDIT_HASH, previous);
	audit_chain_hex(verdict->hash, AUDIT_HASH, hash);
	printf(json ? "{\"good\":%s" : "good=%s",
	    verdict->fault == NULL ? "true" : "false");
	for (size_t i = 0; i < COUNT(numbers); i++)
		printf(json ? ",\"%s\":%" PRIu64 : " %s=%" PRIu64,
		    numbers[i].name, numbers[i].value);
	printf(json ? ",\"previous\":\"%s\",\"hash\":\"%s\"}\n"
		    : " previous=%s hash=%s\n",
	    previous, hash);
}

static EVP_PKEY *
read_public(const char *path)
{
	FILE *file = fopen(path, "re");
	EVP_PKEY *key =
	    file != NULL ? PEM_read_PUBKEY(file, NULL, NULL, NULL) : NULL;

	if (file != NULL)
		fclose(file);
	if (key != NULL && EVP_PKEY_is_a(key, "ED25519"))
		return key;
	fprintf(stderr, "%s: not a public key of Ed25519, in PEM\n", path);
	EVP_PKEY_free(key);
	return NULL;
}

static int
verify(int argc, char **argv, bool json)
{
	struct audit_verdict verdict;
	EVP_PKEY *key = argc == 2 ? read_public(argv[1]) : NULL;
	FILE *file = key != NULL ? fopen(argv[0], "re") : NULL;
	bool good = false;

	if (file != NULL) {
		good = audit_verify(file, key, &verdict);
		tell_verdict(&verdict, json);
		if (!good)
			fprintf(stderr, "%s:%" PRIu64 ": %s\n", argv[0],
			    verdict.fault_line, verdict.fault);
		fclose(file);
	} else if (key != NULL) {
		fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
	}
	EVP_PKEY_free(key);
	return file == NULL ? CTL_UNREACHED : good ? CTL_DONE : CTL_REFUSED;
}

/* clang-format off */
static const struct ctl_command commands[] = {
	{ "status",         "", "processes, what confines them, and who is connected", 0, 0, NULL },
	{ "keys",           "", "the keys that are served",                            0, 0, NULL },
	{ "reload",         "", "reads configuration and keys again, or says why not", 0, 0, NULL },
	{ "tickets",        "", "the epoch of the ticket keys",                        0, 0, NULL },
	{ "tickets rotate", "", "makes another random root of ticket keys, at once",   0, 0, NULL },
	{ "audit verify",   "FILE PUBLIC.pem", "whether an audit log is whole and signed by this key", 2, 2, verify },
	{ "csr",            "NAME", "a certificate request of a key, in PEM",          1, 1, NULL },
	{ "generate",       "NAME", "makes a key that has generate, and reloads",      1, 1, NULL },
	{ "ping",           "", "whether each group has a signer that serves",         0, 0, NULL },
	{ "metrics",        "", "metrics in the format of Prometheus",                 0, 0, NULL },
};
/* clang-format on */

int
main(int argc, char **argv)
{
	static const struct ctl ctl = { "keydctl", SOCKET, commands,
		COUNT(commands) };

	return ctl_main(&ctl, argc, argv);
}
