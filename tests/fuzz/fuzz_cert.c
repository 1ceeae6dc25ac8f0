/*
 * Chains and keys. What is taken must be whole and come out the same again;
 * what is refused must leave nothing behind; and no chain that was changed may
 * give a stranger's key a trusted name.
 */
#include "tests/fuzz/fuzz_cert.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include <openssl/pem.h>

#include "libtls/cert/chain.h"
#include "libtls/cert/hostname.h"
#include "libtls/cert/key.h"
#include "libtls/cert/pem.h"
#include "libtls/cert/validate.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/setup.h"
#include "tests/fuzz/target.h"

#define TEXT_MAX (1 << 18)
#define CHAIN_MAX 4

/* CA, one below it, and a leaf below that. */
static const struct certs_cert *between, *leaf;
/* The same names, and nobody who is trusted. */
static const struct certs_cert *false_between, *false_leaf;

void
fuzz_cert_set_up(void)
{
	if (leaf != NULL)
		return;
	between = certs_make(&(struct certs_spec){ .name = "between",
	    .issuer = setup_ca(),
	    .ca = true,
	    .key_number = 2 });
	leaf = certs_make(
	    &(struct certs_spec){ .name = SETUP_HOST, .issuer = between });
	false_between = certs_make(&(struct certs_spec){ .name = "between",
	    .issuer = certs_make(&(struct certs_spec){
		.name = "CA", .ca = true, .key_number = 3 }),
	    .ca = true,
	    .key_number = 2,
	    .key = CERTS_P384 });
	false_leaf = certs_make(&(struct certs_spec){
	    .name = SETUP_HOST, .issuer = false_between, .key = CERTS_P384 });
}

/* ---- text ---- */

/* Its certificates as PEM, however they were written. */
static void
write_pem(const struct s2n_cert_chain_and_key *chain, BIO *out)
{
	for (size_t i = 0; i < chain->count; i++)
		must_hold(
		    PEM_write_bio(out, "CERTIFICATE", "", chain->certs[i].der,
			(long)chain->certs[i].len) > 0,
		    "PEM is written");
}

static void
must_be_empty(const struct s2n_cert_chain_and_key *chain)
{
	must_hold(chain->count == 0 && chain->certs == NULL &&
		      chain->leaf == NULL && chain->public_key == NULL &&
		      chain->key.pkey == NULL && chain->names == NULL &&
		      chain->name_count == 0,
	    "something is left of a chain that was refused");
}

static void
must_be_same(const struct s2n_cert_chain_and_key *a,
    const struct s2n_cert_chain_and_key *b)
{
	must_hold(a->count == b->count, "%zu and %zu", a->count, b->count);
	for (size_t i = 0; i < a->count; i++)
		must_hold(
		    slice_equal(slice_of(a->certs[i].der, a->certs[i].len),
			slice_of(b->certs[i].der, b->certs[i].len)),
		    "certificate %zu", i);
	must_hold(a->kind == b->kind && a->name_count == b->name_count,
	    "kind and names");
}

static void
must_be_whole(const struct s2n_cert_chain_and_key *chain)
{
	struct s2n_cert_chain_and_key *again = s2n_cert_chain_and_key_new();
	struct s2n_cert_chain_and_key *copy = s2n_cert_chain_and_key_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	must_hold(chain->count > 0 && chain->leaf != NULL &&
		      chain->public_key != NULL,
	    "a chain without a leaf");
	for (size_t i = 0; i < chain->name_count; i++)
		for (const char *c = chain->names[i]; *c != '\0'; c++)
			must_hold(*c == hostname_lower(*c), "a name: %s",
			    chain->names[i]);
	must_hold(chain->key.pkey == NULL ||
		      EVP_PKEY_eq(chain->public_key, chain->key.pkey) == 1,
	    "another's key");
	write_pem(chain, bio);
	len = BIO_get_mem_data(bio, &text);
	must_hold(chain_load(again, slice_of(text, (size_t)len), NULL) == 0 &&
		      chain_copy(copy, chain) == 0,
	    "a chain that was taken");
	must_be_same(chain, again);
	must_be_same(chain, copy);
	BIO_free(bio);
	s2n_cert_chain_and_key_free(again);
	s2n_cert_chain_and_key_free(copy);
}

/* u16 length and text of certificates; what is left is the key, if any is. */
void
fuzz_pem_chain(struct reader *input)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	struct slice certs = reader_vec16(input), key = reader_rest(input);

	must_hold(chain != NULL, "memory");
	if (chain_load(chain, certs, key.len > 0 ? &key : NULL) == 0)
		must_be_whole(chain);
	else
		must_be_empty(chain);
	s2n_cert_chain_and_key_free(chain);
}

/* A key that was taken is taken again, and is the same. */
static void
must_be_a_key(EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	EVP_PKEY *again = NULL;
	char *text;
	long len;

	must_hold(key != NULL && EVP_PKEY_get_bits(key) > 0, "a key");
	must_hold(PEM_write_bio_PKCS8PrivateKey(
		      bio, key, NULL, NULL, 0, NULL, NULL) == 1,
	    "PKCS#8 is written");
	len = BIO_get_mem_data(bio, &text);
	must_hold(pem_private_key(slice_of(text, (size_t)len), &again) == 0 &&
		      EVP_PKEY_eq(key, again) == 1,
	    "the same key");
	EVP_PKEY_free(again);
	BIO_free(bio);
}

void
fuzz_pem_key(struct reader *input)
{
	EVP_PKEY *key = NULL;

	if (pem_private_key(reader_rest(input), &key) == 0)
		must_be_a_key(key);
	else
		must_hold(key == NULL, "a key that was refused");
	EVP_PKEY_free(key);
}

void
fuzz_der_key(struct reader *input)
{
	EVP_PKEY *key = NULL;

	if (key_decode(reader_rest(input), &key) == 0)
		must_be_a_key(key);
	else
		must_hold(key == NULL, "a key that was refused");
	EVP_PKEY_free(key);
}

void
fuzz_trust(struct reader *input)
{
	struct trust_store *trust = trust_store_new();
	struct slice bytes = reader_rest(input);
	char *text = calloc(1, bytes.len + 1);
	int count;

	must_hold(trust != NULL && text != NULL, "memory");
	if (bytes.len > 0)
		memcpy(text, bytes.data, bytes.len);
	if (trust_store_add_pem(trust, text) == 0) {
		count = sk_X509_OBJECT_num(
		    X509_STORE_get0_objects(trust_store_x509(trust)));
		must_hold(count > 0, "no certificate in it");
	}
	trust_store_free(trust);
	free(text);
}

/* ---- from a peer ---- */

enum {
	CHANGES_ISSUER = 1, /* and not the leaf */
	IS_STRANGE = 2,     /* the same names, but another's keys */
	CHECKS_TIME = 4,
	IN_TLS13 = 8,
	SENDS_ANCHOR = 16,
	SENDS_LEAF_AGAIN = 32
};

/* What is signed of a certificate (RFC 5280 4.1). */
static struct slice
signed_part(struct slice der)
{
	const unsigned char *at = der.data, *start;
	long len, room = (long)der.len;
	int tag, class;

	must_hold((ASN1_get_object(&at, &len, &tag, &class, room) & 0x80) == 0,
	    "a certificate");
	start = at;
	room -= at - der.data;
	must_hold((ASN1_get_object(&at, &len, &tag, &class, room) & 0x80) == 0,
	    "what is signed of it");
	return slice_of(start, (size_t)(at + len - start));
}

static void
judge_chain(const struct s2n_cert_chain_and_key *chain,
    const struct slice sent[CHAIN_MAX], int validated)
{
	if (validated != 0) {
		must_hold(!slice_equal(sent[0], leaf->der) ||
			      !slice_equal(sent[1], between->der),
		    "an honest chain");
		return;
	}
	must_hold(
	    EVP_PKEY_eq(chain->public_key, leaf->key) == 1, "a stranger's key");
	must_hold(slice_equal(signed_part(sent[0]), signed_part(leaf->der)),
	    "nobody signed this");
}

/* u8 what is sent; edits of one of the two. */
void
fuzz_peer_chain(struct reader *input)
{
	uint8_t control = reader_u8(input);
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	struct trust_store *trust = trust_store_new();
	struct validation how = {
		.trust = trust,
		.purpose = PURPOSE_SERVER,
		.max_depth = 7,
		.check_time = (control & CHECKS_TIME) != 0,
		.check_intent = true,
		.now = CERTS_NOW,
		.version = (control & IN_TLS13) != 0 ? S2N_TLS13 : S2N_TLS12,
		.preference = preference_default,
		.verify_host = hostname_matches,
		.verify_host_ctx = (void *)(uintptr_t)SETUP_HOST,
	};
	bool strange = (control & IS_STRANGE) != 0;
	struct slice sent[CHAIN_MAX] = { (strange ? false_leaf : leaf)->der,
		(strange ? false_between : between)->der };
	struct slice *target = &sent[control & CHANGES_ISSUER];
	struct writer changed;
	size_t count = 2;

	must_hold(
	    chain != NULL && trust_store_add_pem(trust, setup_ca()->pem) == 0,
	    "trust");
	if ((control & SENDS_ANCHOR) != 0)
		sent[count++] = setup_ca()->der;
	if ((control & SENDS_LEAF_AGAIN) != 0)
		sent[count++] = leaf->der;
	writer_init(&changed, TEXT_MAX);
	writer_bytes(&changed, *target);
	edits_apply(input, &changed, 0);
	*target = slice_of(changed.data, changed.len);
	if (chain_from_der(chain, sent, count) != 0)
		must_be_empty(chain);
	else
		judge_chain(chain, sent, validate_chain(chain, &how));
	writer_free(&changed);
	trust_store_free(trust);
	s2n_cert_chain_and_key_free(chain);
}

/* ---- names ---- */

static bool
same_without_case(const char *a, size_t len, const char *b)
{
	if (strlen(b) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (hostname_lower(a[i]) != hostname_lower(b[i]))
			return false;
	return true;
}

/* Its family and bytes; 0: it is no address. */
static int
address_of(const char *text, size_t len, uint8_t bytes[16])
{
	static const int families[] = { AF_INET, AF_INET6 };
	char copy[INET6_ADDRSTRLEN] = "";

	memset(bytes, 0, 16);
	if (len >= sizeof copy || memchr(text, '\0', len) != NULL)
		return 0;
	memcpy(copy, text, len);
	for (size_t i = 0; i < COUNT(families); i++)
		if (inet_pton(families[i], copy, bytes) == 1)
			return families[i];
	return 0;
}

/* A star stands for the name's first label, and two more are behind it. */
static bool
star_allows(const char *pattern, size_t len, const char *name)
{
	const char *dot = strchr(name, '.');

	return dot != NULL && dot != name && len > 2 && pattern[0] == '*' &&
	       pattern[1] == '.' && memchr(pattern + 2, '.', len - 2) != NULL &&
	       same_without_case(pattern + 1, len - 1, dot);
}

static bool
may_match(const char *pattern, size_t len, const char *name)
{
	uint8_t bytes[16], others[16];
	int family = address_of(pattern, len, bytes);
	int other = address_of(name, strlen(name), others);

	if (family != 0 || other != 0)
		return family == other &&
		       memcmp(bytes, others, sizeof bytes) == 0;
	return same_without_case(pattern, len, name) ||
	       star_allows(pattern, len, name);
}

/*
 * A pattern and a name: what matches is the same address, or an equal name, or
 * a wildcard for it (RFC 9525 6.3).
 */
void
fuzz_hostname(struct reader *input)
{
	struct slice pattern = reader_vec8(input), rest = reader_rest(input);
	const char *text = (const char *)pattern.data;
	char *name = calloc(1, rest.len + 1);
	char *bare = calloc(1, rest.len + 1);

	must_hold(name != NULL && bare != NULL, "memory");
	if (rest.len > 0)
		memcpy(name, rest.data, rest.len);
	if (pattern.len == 0)
		text = "";
	/* The root's dot stands in no certificate. */
	memcpy(bare, name, rest.len + 1);
	if (strlen(bare) > 1 && bare[strlen(bare) - 1] == '.')
		bare[strlen(bare) - 1] = '\0';
	if (hostname_matches(text, pattern.len, name) != 0)
		must_hold(may_match(text, pattern.len, bare), "%.*s for %s",
		    (int)pattern.len, text, name);
	free(name);
	free(bare);
}
