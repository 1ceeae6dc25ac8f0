/*
 * Verdicts on keys; the contract is in verdict.h.
 */
#include "keyd/verdict.h"

#include "base/complain.h"
#include "keyd/keyfiles.h"

void
verdict_say(const struct config_key *key, uint16_t verdict)
{
	static const struct {
		enum keyfiles_which which;
		const char *text;
	} verdicts[KEYPROTO_VERDICT_COUNT] = {
		[KEYPROTO_NO_KEY] = { KEYFILES_KEY,
		    "not a private key, in PEM or PKCS#12" },
		[KEYPROTO_KIND] = { KEYFILES_KEY,
		    "not a private key that is served: EC P-256, P-384 or "
		    "P-521, Ed25519, RSA of 2048 to 8192 bits" },
		[KEYPROTO_HALVES] = { KEYFILES_KEY,
		    "its public half is not that of its private half" },
		[KEYPROTO_OPERATIONS] = { KEYFILES_KEY,
		    "premaster is for RSA keys alone" },
		[KEYPROTO_ENCRYPTED] = { KEYFILES_KEY,
		    "encrypted, and no passphrase is configured" },
		[KEYPROTO_PLAIN] = { KEYFILES_KEY,
		    "not encrypted, and a passphrase is configured" },
		[KEYPROTO_NO_PASSPHRASE] = { KEYFILES_PASSPHRASE,
		    "not a passphrase: one line of 1023 bytes at most" },
		[KEYPROTO_PASSPHRASE] = { KEYFILES_KEY,
		    "cannot be decrypted: a wrong passphrase" },
		[KEYPROTO_CIPHER] = { KEYFILES_KEY,
		    "encrypted in a way that is not known here: take PBKDF2 "
		    "and AES" },
		[KEYPROTO_ITERATIONS] = { KEYFILES_KEY,
		    "the passphrase is hashed more than 4,000,000 times" },
		[KEYPROTO_MANY] = { KEYFILES_KEY, "more than one private key" },
		[KEYPROTO_NO_CERTIFICATE] = { KEYFILES_CERTIFICATE,
		    "not a certificate in PEM" },
		[KEYPROTO_MISMATCH] = { KEYFILES_CERTIFICATE,
		    "the certificate is not the key's" },
	};
	static const char *const in_token[KEYPROTO_VERDICT_COUNT] = {
		[KEYPROTO_NO_KEY] = "no such key, or nothing public beside it",
		[KEYPROTO_OPERATIONS] = "premaster is not for keys in tokens",
		[KEYPROTO_PASSPHRASE] = "a wrong PIN, which is not tried again",
		[KEYPROTO_CIPHER] = "the token does not do its part",
		[KEYPROTO_MANY] = "more than one such key",
		[KEYPROTO_HALVES] =
		    "the token does not sign, or with another key",
	};
	const char *path = keyfiles_path(key, verdicts[verdict].which);
	const char *text = verdicts[verdict].text;

	if (key->uri[0] != '\0' && in_token[verdict] != NULL)
		text = in_token[verdict];
	/* The certificates of a PKCS#12 file have no other. */
	if (path[0] == '\0')
		path = key->uri[0] != '\0' ? key->uri : key->path;
	complain("%s: %s", path, text);
}
