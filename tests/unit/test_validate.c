/*
 * libtls/cert/validate.c: what a peer's chain is refused for.
 */
#include <openssl/x509v3.h>

#include "libtls/cert/validate.h"
#include "tests/unit/certs.h"
#include "tests/unit/unit.h"

#define MAKE(...) certs_make(&(struct certs_spec){ __VA_ARGS__ })
#define HOST "www.example.com"
#define YEAR (365LL * CERTS_DAY)

/* One case: what was sent, what is trusted, how it is asked, what comes. */
struct setup {
	const struct certs_cert *sent[4]; /* NULL: no more */
	const struct certs_cert *trusted;
	struct validation how;
	const char *expected; /* host name */
};

static const struct certs_cert *root, *middle;

static void
make_cas(void)
{
	root = MAKE(.name = "root", .ca = true);
	middle =
	    MAKE(.name = "middle", .ca = true, .issuer = root, .key_number = 2);
}

/* What most cases share: root trusted, leaf below middle, all well. */
static struct setup
ordinary(void)
{
	return (struct setup){
		.sent = { MAKE(.name = HOST, .issuer = middle), middle },
		.trusted = root,
		.how = { .purpose = PURPOSE_SERVER,
		    .max_depth = 7,
		    .check_time = true,
		    .check_intent = true,
		    .now = CERTS_NOW,
		    .version = S2N_TLS13,
		    .verify_host = hostname_matches },
		.expected = HOST,
	};
}

static struct setup
sends(const struct certs_cert *leaf, const struct certs_cert *next)
{
	struct setup s = ordinary();

	s.sent[0] = leaf;
	s.sent[1] = next;
	return s;
}

static int
run(struct setup *s)
{
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	struct trust_store *trust = trust_store_new();
	char *expected = strdup(s->expected);
	struct slice der[COUNT(s->sent)];
	size_t count = 0;
	int r;

	while (count < COUNT(s->sent) && s->sent[count] != NULL) {
		der[count] = s->sent[count]->der;
		count++;
	}
	ck_assert_int_eq(chain_from_der(chain, der, count), 0);
	if (s->trusted != NULL)
		ck_assert_int_eq(
		    trust_store_add_pem(trust, s->trusted->pem), 0);
	s->how.trust = trust;
	s->how.verify_host_ctx = expected;
	r = validate_chain(chain, &s->how);
	/* Again, since nothing may be left behind. */
	ck_assert_int_eq(validate_chain(chain, &s->how), r);
	free(expected);
	trust_store_free(trust);
	s2n_cert_chain_and_key_free(chain);
	return r;
}

/* ---- the chain ---- */

static struct setup
self_signed_leaf(void)
{
	return sends(MAKE(.name = HOST), NULL);
}

static struct setup
self_signed_leaf_trusted(void)
{
	struct setup s = self_signed_leaf();

	s.trusted = s.sent[0];
	return s;
}

static struct setup
leaf_trusted(void)
{
	struct setup s = ordinary();

	s.sent[1] = NULL;
	s.trusted = s.sent[0];
	return s;
}

static struct setup
intermediate_missing(void)
{
	struct setup s = ordinary();

	s.sent[1] = NULL;
	return s;
}

static struct setup
intermediate_trusted(void)
{
	struct setup s = intermediate_missing();

	s.trusted = middle;
	return s;
}

static struct setup
root_sent_too(void)
{
	struct setup s = ordinary();

	s.sent[2] = root;
	return s;
}

static struct setup
disordered(void)
{
	struct setup s = root_sent_too();

	s.sent[1] = root;
	s.sent[2] = middle;
	return s;
}

static struct setup
stranger_sent_too(void)
{
	struct setup s = ordinary();

	s.sent[2] = MAKE(.name = "stranger");
	return s;
}

static struct setup
nothing_trusted(void)
{
	struct setup s = root_sent_too();

	s.trusted = NULL;
	return s;
}

static struct setup
other_root(void)
{
	struct setup s = root_sent_too();

	s.trusted = MAKE(.name = "other", .ca = true, .key_number = 3);
	return s;
}

static struct setup
root_of_same_name(void)
{
	struct setup s = ordinary();

	s.trusted = MAKE(.name = "root", .ca = true, .key_number = 3);
	return s;
}

/* Signed by a key that is not the named issuer's. */
static struct setup
forged(void)
{
	const struct certs_cert *forger =
	    MAKE(.name = "middle", .ca = true, .issuer = root, .key_number = 3);

	return sends(
	    MAKE(.name = HOST, .issuer = forger, .bare = true), middle);
}

static struct setup
issued_by_a_leaf(void)
{
	const struct certs_cert *leaf =
	    MAKE(.name = "leaf", .issuer = root, .key_number = 2);

	return sends(MAKE(.name = HOST, .issuer = leaf), leaf);
}

static struct setup
issued_without_constraints(void)
{
	const struct certs_cert *bare = MAKE(.name = "bare", .issuer = root,
	    .bare = true, .sans = "", .key_number = 2,
	    .extensions = { { "keyUsage", "critical,keyCertSign" } });

	return sends(MAKE(.name = HOST, .issuer = bare), bare);
}

static struct setup
issued_without_cert_sign(void)
{
	const struct certs_cert *ca = MAKE(.name = "ca", .issuer = root,
	    .bare = true, .sans = "", .key_number = 2,
	    .extensions = { { "basicConstraints", "critical,CA:TRUE" },
		{ "keyUsage", "critical,cRLSign" } });

	return sends(MAKE(.name = HOST, .issuer = ca), ca);
}

static struct setup
path_too_long(void)
{
	const struct certs_cert *first = MAKE(.name = "first", .issuer = root,
	    .bare = true, .sans = "", .key_number = 2,
	    .extensions = {
		{ "basicConstraints", "critical,CA:TRUE,pathlen:0" } });
	const struct certs_cert *second = MAKE(.name = "second", .ca = true,
	    .issuer = first, .key_number = 3);
	struct setup s = sends(MAKE(.name = HOST, .issuer = second), second);

	s.sent[2] = first;
	return s;
}

static struct setup
constrained(const char *permitted)
{
	const struct certs_cert *ca =
	    MAKE(.name = "ca", .ca = true, .issuer = root, .key_number = 2,
		.extensions = { { "nameConstraints", permitted } });

	return sends(MAKE(.name = HOST, .issuer = ca), ca);
}

static struct setup
name_permitted(void)
{
	return constrained("critical,permitted;DNS:example.com");
}

static struct setup
name_not_permitted(void)
{
	return constrained("critical,permitted;DNS:example.org");
}

static struct setup
name_excluded(void)
{
	return constrained("critical,excluded;DNS:www.example.com");
}

/* CVE-2025-61727: as text the wildcard is not the excluded name. */
static struct setup
wildcard_for(const char *excluded)
{
	const struct certs_cert *ca =
	    MAKE(.name = "ca", .ca = true, .issuer = root, .key_number = 2,
		.extensions = { { "nameConstraints", excluded } });

	return sends(
	    MAKE(.name = HOST, .sans = "DNS:*.example.com", .issuer = ca), ca);
}

static struct setup
wildcard_over_excluded(void)
{
	return wildcard_for("critical,excluded;DNS:bar.example.com");
}

static struct setup
wildcard_beside_excluded(void)
{
	return wildcard_for("critical,excluded;DNS:bar.example.org");
}

static struct setup
critical_unknown(void)
{
	return sends(MAKE(.name = HOST, .issuer = middle,
			 .extensions = { { "1.2.3.4", "critical,DER:0500" } }),
	    middle);
}

static struct setup
unknown(void)
{
	return sends(MAKE(.name = HOST, .issuer = middle,
			 .extensions = { { "1.2.3.4", "DER:0500" } }),
	    middle);
}

/* ---- depth ---- */

static struct setup
just_deep_enough(void)
{
	struct setup s = ordinary();

	s.how.max_depth = 2;
	return s;
}

static struct setup
too_many_sent(void)
{
	struct setup s = ordinary();

	s.how.max_depth = 1;
	return s;
}

static struct setup
one_is_enough_for_a_root(void)
{
	struct setup s = sends(MAKE(.name = HOST, .issuer = root), NULL);

	s.how.max_depth = 1;
	return s;
}

/* ---- time ---- */

static struct setup
leaf_lives(int64_t from, int64_t to)
{
	return sends(
	    MAKE(.name = HOST, .issuer = middle, .from = from, .to = to),
	    middle);
}

static struct setup
expired(void)
{
	return leaf_lives(CERTS_NOW - YEAR, CERTS_NOW - 1);
}

static struct setup
expires_now(void)
{
	return leaf_lives(CERTS_NOW - YEAR, CERTS_NOW + 1);
}

static struct setup
not_yet_valid(void)
{
	return leaf_lives(CERTS_NOW + 1, CERTS_NOW + YEAR);
}

static struct setup
valid_from_now(void)
{
	return leaf_lives(CERTS_NOW, CERTS_NOW + YEAR);
}

static struct setup
expired_time_unchecked(void)
{
	struct setup s = expired();

	s.how.check_time = false;
	return s;
}

static struct setup
expired_intermediate(void)
{
	const struct certs_cert *ca = MAKE(.name = "ca", .ca = true,
	    .issuer = root, .key_number = 2, .to = CERTS_NOW - 1);

	return sends(MAKE(.name = HOST, .issuer = ca), ca);
}

/* ---- purpose ---- */

static struct setup
leaf_for(const char *usage)
{
	return sends(MAKE(.name = HOST, .issuer = middle,
			 .extensions = { { "extendedKeyUsage", usage } }),
	    middle);
}

static struct setup
for_servers(void)
{
	return leaf_for("serverAuth");
}

static struct setup
for_clients(void)
{
	return leaf_for("clientAuth");
}

static struct setup
for_code(void)
{
	return leaf_for("codeSigning");
}

static struct setup
for_clients_as_client(void)
{
	struct setup s = for_clients();

	s.how.purpose = PURPOSE_CLIENT;
	return s;
}

static struct setup
for_servers_as_client(void)
{
	struct setup s = for_servers();

	s.how.purpose = PURPOSE_CLIENT;
	return s;
}

static struct setup
for_clients_intent_unchecked(void)
{
	struct setup s = for_clients();

	s.how.check_intent = false;
	return s;
}

static struct setup
intermediate_for_clients(void)
{
	const struct certs_cert *ca =
	    MAKE(.name = "ca", .ca = true, .issuer = root, .key_number = 2,
		.extensions = { { "extendedKeyUsage", "clientAuth" } });

	return sends(MAKE(.name = HOST, .issuer = ca), ca);
}

static struct setup
anchor_for_clients(void)
{
	struct setup s;
	const struct certs_cert *ca = MAKE(.name = "ca", .ca = true,
	    .extensions = { { "extendedKeyUsage", "clientAuth" } });

	s = sends(MAKE(.name = HOST, .issuer = ca), NULL);
	s.trusted = ca;
	return s;
}

/* ---- key usage ---- */

static struct setup
leaf_may(const char *usage, uint32_t wanted)
{
	struct setup s =
	    sends(MAKE(.name = HOST, .issuer = middle, .bare = true,
		      .extensions = { { "keyUsage", usage } }),
		middle);

	s.how.key_usage = wanted;
	return s;
}

static struct setup
signs_and_may(void)
{
	return leaf_may("digitalSignature", KU_DIGITAL_SIGNATURE);
}

static struct setup
signs_and_may_decrypt(void)
{
	return leaf_may("keyEncipherment", KU_DIGITAL_SIGNATURE);
}

static struct setup
decrypts_and_may_sign(void)
{
	return leaf_may("digitalSignature", KU_KEY_ENCIPHERMENT);
}

static struct setup
decrypts_and_may_both(void)
{
	return leaf_may(
	    "digitalSignature,keyEncipherment", KU_KEY_ENCIPHERMENT);
}

static struct setup
signs_and_nothing_is_said(void)
{
	struct setup s =
	    sends(MAKE(.name = HOST, .issuer = middle, .bare = true), middle);

	s.how.key_usage = KU_DIGITAL_SIGNATURE;
	return s;
}

static struct setup
signs_intent_unchecked(void)
{
	struct setup s = signs_and_may_decrypt();

	s.how.check_intent = false;
	return s;
}

/* ---- signatures and keys ---- */

static struct setup
leaf_sha1(void)
{
	return sends(
	    MAKE(.name = HOST, .issuer = middle, .hash = "SHA1"), middle);
}

static struct setup
leaf_sha1_tls12(void)
{
	struct setup s = leaf_sha1();

	s.how.version = S2N_TLS12;
	return s;
}

static struct setup
leaf_md5_tls12(void)
{
	const struct certs_cert *ca =
	    MAKE(.name = "ca", .ca = true, .key = CERTS_RSA);
	struct setup s =
	    sends(MAKE(.name = HOST, .issuer = ca, .hash = "MD5"), NULL);

	s.trusted = ca;
	s.how.version = S2N_TLS12;
	return s;
}

static struct setup
intermediate_sha1(void)
{
	const struct certs_cert *ca = MAKE(.name = "ca", .ca = true,
	    .issuer = root, .key_number = 2, .hash = "SHA1");

	return sends(MAKE(.name = HOST, .issuer = ca), ca);
}

static struct setup
anchor_sha1(void)
{
	const struct certs_cert *ca =
	    MAKE(.name = "ca", .ca = true, .hash = "SHA1");
	struct setup s = sends(MAKE(.name = HOST, .issuer = ca), ca);

	s.trusted = ca;
	return s;
}

static struct setup
weak_leaf_key(void)
{
	return sends(
	    MAKE(.name = HOST, .issuer = middle, .key = CERTS_RSA_WEAK),
	    middle);
}

static struct setup
all_rsa(void)
{
	const struct certs_cert *ca =
	    MAKE(.name = "ca", .ca = true, .key = CERTS_RSA);
	struct setup s =
	    sends(MAKE(.name = HOST, .issuer = ca, .key = CERTS_RSA), NULL);

	s.trusted = ca;
	return s;
}

static struct setup
all_rsa_pss(void)
{
	const struct certs_cert *ca =
	    MAKE(.name = "ca", .ca = true, .key = CERTS_RSA_PSS);
	struct setup s =
	    sends(MAKE(.name = HOST, .issuer = ca, .key = CERTS_RSA_PSS), NULL);

	s.trusted = ca;
	return s;
}

/* A policy that takes ECDSA with SHA-256 and PSS in certificates. */
static const uint16_t schemes[] = { 0x0403, 0x0804 };
static const struct preference picky = { .name = "picky",
	.certificate_schemes = { schemes, COUNT(schemes) } };
static const struct preference easy = { .name = "easy" };

static struct setup
under(const struct preference *preference, struct setup s)
{
	s.how.preference = preference;
	return s;
}

static struct setup
picky_ecdsa(void)
{
	return under(&picky, ordinary());
}

static struct setup
picky_rsa(void)
{
	return under(&picky, all_rsa());
}

static struct setup
picky_rsa_pss(void)
{
	return under(&picky, all_rsa_pss());
}

static struct setup
picky_sha384(void)
{
	return under(&picky,
	    sends(MAKE(.name = HOST, .issuer = middle, .hash = "SHA384"),
		middle));
}

static struct setup
picky_anchor_rsa(void)
{
	const struct certs_cert *ca =
	    MAKE(.name = "ca", .ca = true, .key = CERTS_RSA);
	const struct certs_cert *leaf = MAKE(.name = HOST, .issuer = ca);
	struct setup s = sends(leaf, NULL);

	s.trusted = leaf;
	return under(&picky, s);
}

static struct setup
all_ed25519(const struct preference *preference)
{
	const struct certs_cert *ca =
	    MAKE(.name = "ca", .ca = true, .key = CERTS_ED25519);
	struct setup s =
	    sends(MAKE(.name = HOST, .issuer = ca, .key = CERTS_ED25519), NULL);

	s.trusted = ca;
	return under(preference, s);
}

static struct setup
picky_ed25519(void)
{
	return all_ed25519(&picky);
}

static struct setup
easy_ed25519(void)
{
	return all_ed25519(&easy);
}

static struct setup
own_ed25519(void)
{
	const struct preference *own;

	ck_assert_int_eq(preference_find("sallyport_ed25519", &own), 0);
	return all_ed25519(own);
}

static struct setup
fips_ed25519(void)
{
	const struct preference *fips;

	ck_assert_int_eq(preference_find("default_fips", &fips), 0);
	return all_ed25519(fips);
}

static struct setup
easy_rsa(void)
{
	return under(&easy, all_rsa());
}

/* ---- names ---- */

static struct setup
names(const char *name, const char *sans, const char *expected)
{
	struct setup s =
	    sends(MAKE(.name = name, .sans = sans, .issuer = middle), middle);

	s.expected = expected;
	return s;
}

static struct setup
other_name(void)
{
	return names(HOST, NULL, "mail.example.com");
}

static struct setup
no_name_expected(void)
{
	return names(HOST, NULL, "");
}

static struct setup
cn_beside_a_san(void)
{
	return names(HOST, "DNS:other.example", HOST);
}

static struct setup
cn_alone(void)
{
	return names(HOST, "", HOST);
}

static struct setup
second_san(void)
{
	return names("x", "DNS:other.example,DNS:*.example.com", HOST);
}

static struct setup
address(void)
{
	return names("x", "IP:192.0.2.1", "192.0.2.1");
}

static struct setup
address_in_dns(void)
{
	return names("x", "DNS:192.0.2.1", "192.0.2.1");
}

static struct setup
name_unchecked(void)
{
	struct setup s = other_name();

	s.how.verify_host = NULL;
	return s;
}

/* ---- what libcrypto takes and RFC 5280 does not: rules.c, constraints.c ----
 */

static struct setup
with(const char *name, const char *value)
{
	return sends(MAKE(.name = HOST, .issuer = middle, .bare = true,
			 .extensions = { { name, value } }),
	    middle);
}

static struct setup
leaf_constrains(void)
{
	return with("nameConstraints", "permitted;DNS:example.com");
}

static struct setup
leaf_signs_certificates(void)
{
	struct setup s = ordinary();

	s.sent[0] = MAKE(.name = HOST, .issuer = middle, .bare = true,
	    .extensions = { { "basicConstraints", "CA:FALSE" },
		{ "keyUsage", "digitalSignature,keyCertSign" } });
	return s;
}

static struct setup
policy_not_critical(void)
{
	return with("policyConstraints", "requireExplicitPolicy:3");
}

static struct setup
uri_like_a_host(void)
{
	return names("x", "URI:www.example.com", HOST);
}

static struct setup
uri_beside_a_name(void)
{
	return names("x", "DNS:www.example.com,URI:https://example.org/", HOST);
}

static struct setup
name_with_a_period_first(void)
{
	return names("x", "DNS:www.example.com,DNS:.example.com", HOST);
}

static struct setup
mailbox_with_two_signs(void)
{
	return names("x", "DNS:www.example.com,email:a@b@example.com", HOST);
}

static struct setup
constraint_with_a_period_first(void)
{
	return constrained("critical,permitted;DNS:.example.com");
}

static struct setup
constraints_without_any(void)
{
	return constrained("critical,DER:3000");
}

static struct setup
anchor_that_is_no_ca(void)
{
	const struct certs_cert *anchor =
	    MAKE(.name = "anchor", .bare = true, .sans = "", .key_number = 2);
	struct setup s = sends(MAKE(.name = HOST, .issuer = anchor), NULL);

	s.trusted = anchor;
	return s;
}

static struct setup
cn_is_not_constrained_beside_a_san(void)
{
	const struct certs_cert *ca = MAKE(.name = "ca", .ca = true,
	    .issuer = root, .key_number = 2,
	    .extensions = {
		{ "nameConstraints", "critical,excluded;DNS:example.org" } });
	struct setup s = sends(MAKE(.name = "www.example.org",
				   .sans = "IP:192.0.2.1", .issuer = ca),
	    ca);

	s.expected = "192.0.2.1";
	return s;
}

static struct setup
cn_is_constrained_without_a_san(void)
{
	struct setup s = constrained("critical,excluded;DNS:example.com");

	s.sent[0] = MAKE(.name = HOST, .sans = "", .issuer = s.sent[1]);
	return s;
}

static struct setup
expires_this_second(void)
{
	return leaf_lives(CERTS_NOW - YEAR, CERTS_NOW);
}

/* ---- what public authorities may not issue: web_rules.c ---- */

#define IDENTIFIED                                                             \
	{                                                                      \
		"authorityKeyIdentifier", "keyid:always"                       \
	}
#define FOR_SERVERS                                                            \
	{                                                                      \
		"extendedKeyUsage", "serverAuth"                               \
	}

/* A leaf of the root's. */
static struct setup public(const struct certs_cert *leaf)
{
	struct setup s = sends(leaf, NULL);

	s.how.public_rules = true;
	return s;
}

static struct setup
public_good(void)
{
	return public(MAKE(.name = HOST, .issuer = root, .bare = true,
	    .extensions = { IDENTIFIED, FOR_SERVERS }));
}

static struct setup
public_unidentified(void)
{
	return public(MAKE(.name = HOST, .issuer = root, .bare = true,
	    .extensions = { FOR_SERVERS }));
}

static struct setup
public_for_nothing(void)
{
	return public(MAKE(.name = HOST, .issuer = root, .bare = true,
	    .extensions = { IDENTIFIED }));
}

static struct setup
public_for_nothing_intent_unchecked(void)
{
	struct setup s = public_for_nothing();

	s.how.check_intent = false;
	return s;
}

static struct setup
public_for_anything(void)
{
	return public(MAKE(.name = HOST, .issuer = root, .bare = true,
	    .extensions = { IDENTIFIED,
		{ "extendedKeyUsage", "serverAuth,anyExtendedKeyUsage" } }));
}

static struct setup
public_cn_alone(void)
{
	return public(MAKE(.name = HOST, .sans = "", .issuer = root,
	    .bare = true, .extensions = { IDENTIFIED, FOR_SERVERS }));
}

static struct setup
public_cn_of_its_own(void)
{
	return public(MAKE(.name = "other.example.com",
	    .sans = "DNS:www.example.com", .issuer = root, .bare = true,
	    .extensions = { IDENTIFIED, FOR_SERVERS }));
}

static struct setup
public_critical_names(void)
{
	return public(
	    MAKE(.name = HOST, .sans = "critical,DNS:" HOST, .issuer = root,
		.bare = true, .extensions = { IDENTIFIED, FOR_SERVERS }));
}

static struct setup
public_underscore(void)
{
	return public(MAKE(.name = HOST, .sans = "DNS:" HOST ",DNS:a_b.example",
	    .issuer = root, .bare = true,
	    .extensions = { IDENTIFIED, FOR_SERVERS }));
}

static struct setup
public_weak_key(void)
{
	return public(MAKE(.name = HOST, .issuer = root, .bare = true,
	    .key = CERTS_RSA_WEAK, .extensions = { IDENTIFIED, FOR_SERVERS }));
}

static struct setup
public_ca(void)
{
	return public(MAKE(.name = HOST, .issuer = root, .bare = true,
	    .extensions = {
		IDENTIFIED, FOR_SERVERS, { "basicConstraints", "CA:TRUE" } }));
}

static struct setup
public_leaf_trusted(void)
{
	struct setup s = public_cn_alone();

	s.trusted = s.sent[0];
	return s;
}

static const struct {
	const char *what;
	struct setup (*setup)(void);
	int code;
} cases[] = {
	{ "ordinary", ordinary, 0 },
	{ "self-signed leaf", self_signed_leaf, ERR_CERT_UNTRUSTED },
	{ "self-signed leaf, trusted", self_signed_leaf_trusted, 0 },
	{ "leaf trusted", leaf_trusted, 0 },
	{ "intermediate missing", intermediate_missing, ERR_CERT_UNTRUSTED },
	{ "intermediate trusted", intermediate_trusted, 0 },
	{ "root sent too", root_sent_too, 0 },
	{ "disordered", disordered, 0 },
	{ "a stranger sent too", stranger_sent_too, 0 },
	{ "nothing trusted", nothing_trusted, ERR_CERT_UNTRUSTED },
	{ "other root", other_root, ERR_CERT_UNTRUSTED },
	{ "root of the same name", root_of_same_name, ERR_CERT_BAD },
	{ "forged", forged, ERR_CERT_BAD },
	{ "issued by a leaf", issued_by_a_leaf, ERR_CERT_BAD },
	{ "issuer without basicConstraints", issued_without_constraints,
	    ERR_CERT_BAD },
	{ "issuer without keyCertSign", issued_without_cert_sign,
	    ERR_CERT_BAD },
	{ "path length exceeded", path_too_long, ERR_CERT_BAD },
	{ "name permitted", name_permitted, 0 },
	{ "name not permitted", name_not_permitted, ERR_CERT_BAD },
	{ "name excluded", name_excluded, ERR_CERT_BAD },
	{ "wildcard over an excluded name", wildcard_over_excluded,
	    ERR_CERT_BAD },
	{ "wildcard beside an excluded name", wildcard_beside_excluded, 0 },
	{ "critical extension", critical_unknown, ERR_CERT_CRITICAL },
	{ "unknown extension", unknown, 0 },

	{ "just deep enough", just_deep_enough, 0 },
	{ "too many sent", too_many_sent, ERR_CERT_DEPTH },
	{ "leaf below root at depth 1", one_is_enough_for_a_root, 0 },

	{ "expired", expired, ERR_CERT_EXPIRED },
	{ "about to expire", expires_now, 0 },
	{ "not yet valid", not_yet_valid, ERR_CERT_NOT_YET_VALID },
	{ "valid from now", valid_from_now, 0 },
	{ "expired, unchecked", expired_time_unchecked, 0 },
	{ "expired intermediate", expired_intermediate, ERR_CERT_EXPIRED },

	{ "for servers", for_servers, 0 },
	{ "for clients", for_clients, ERR_CERT_INTENT },
	{ "for code", for_code, ERR_CERT_INTENT },
	{ "client's for clients", for_clients_as_client, 0 },
	{ "client's for servers", for_servers_as_client, ERR_CERT_INTENT },
	{ "for clients, unchecked", for_clients_intent_unchecked, 0 },
	{ "intermediate for clients", intermediate_for_clients,
	    ERR_CERT_INTENT },
	{ "anchor for clients", anchor_for_clients, 0 },

	{ "signs and may", signs_and_may, 0 },
	{ "signs and may decrypt", signs_and_may_decrypt, ERR_CERT_INTENT },
	{ "decrypts and may sign", decrypts_and_may_sign, ERR_CERT_INTENT },
	{ "decrypts and may do both", decrypts_and_may_both, 0 },
	{ "signs and nothing is said", signs_and_nothing_is_said, 0 },
	{ "signs, unchecked", signs_intent_unchecked, 0 },

	{ "SHA-1", leaf_sha1, ERR_CERT_BAD },
	{ "SHA-1 in TLS 1.2", leaf_sha1_tls12, 0 },
	{ "MD5 in TLS 1.2", leaf_md5_tls12, ERR_CERT_BAD },
	{ "SHA-1 intermediate", intermediate_sha1, ERR_CERT_BAD },
	{ "SHA-1 anchor", anchor_sha1, 0 },
	{ "weak key", weak_leaf_key, ERR_CERT_BAD },
	{ "RSA", all_rsa, 0 },
	{ "RSA-PSS", all_rsa_pss, 0 },
	{ "policy has ECDSA", picky_ecdsa, 0 },
	{ "policy has no PKCS#1", picky_rsa, ERR_CERT_BAD },
	{ "policy has PSS", picky_rsa_pss, 0 },
	{ "policy has no SHA-384", picky_sha384, ERR_CERT_BAD },
	{ "policy spares the anchor", picky_anchor_rsa, 0 },
	{ "policy without certificate schemes", easy_rsa, 0 },
	{ "Ed25519, without certificate schemes", easy_ed25519, 0 },
	{ "policy has Ed25519", own_ed25519, 0 },
	{ "policy has no Ed25519", picky_ed25519, ERR_CERT_BAD },
	{ "nor has default_fips", fips_ed25519, ERR_CERT_BAD },

	{ "other name", other_name, ERR_CERT_HOSTNAME },
	{ "no name expected", no_name_expected, ERR_CERT_HOSTNAME },
	{ "CN beside a SAN", cn_beside_a_san, ERR_CERT_HOSTNAME },
	{ "CN alone", cn_alone, 0 },
	{ "second SAN", second_san, 0 },
	{ "address", address, 0 },
	{ "address in a DNS SAN", address_in_dns, ERR_CERT_HOSTNAME },
	{ "name unchecked", name_unchecked, 0 },

	{ "a leaf with constraints", leaf_constrains, ERR_CERT_BAD },
	{ "keyCertSign without cA", leaf_signs_certificates, ERR_CERT_BAD },
	{ "policyConstraints not critical", policy_not_critical, ERR_CERT_BAD },
	{ "a URI like a host name", uri_like_a_host, ERR_CERT_BAD },
	{ "a URI beside a name", uri_beside_a_name, 0 },
	{ "period first", name_with_a_period_first, ERR_CERT_BAD },
	{ "a mailbox with two @", mailbox_with_two_signs, ERR_CERT_BAD },
	{ "period first in a constraint", constraint_with_a_period_first,
	    ERR_CERT_BAD },
	{ "empty constraints", constraints_without_any, ERR_CERT_BAD },
	{ "anchor that is no CA", anchor_that_is_no_ca, ERR_CERT_BAD },
	{ "CN not constrained beside a SAN", cn_is_not_constrained_beside_a_san,
	    0 },
	{ "CN constrained without a SAN", cn_is_constrained_without_a_san,
	    ERR_CERT_BAD },
	{ "expires this second", expires_this_second, 0 },

	{ "public: good", public_good, 0 },
	{ "public: no key identifier", public_unidentified, ERR_CERT_BAD },
	{ "public: no extKeyUsage", public_for_nothing, ERR_CERT_INTENT },
	{ "public: no extKeyUsage, unchecked",
	    public_for_nothing_intent_unchecked, 0 },
	{ "public: any extKeyUsage", public_for_anything, ERR_CERT_INTENT },
	{ "public: CN alone", public_cn_alone, ERR_CERT_BAD },
	{ "public: CN that is no SAN", public_cn_of_its_own, ERR_CERT_BAD },
	{ "public: critical SAN", public_critical_names, ERR_CERT_BAD },
	{ "public: underscore", public_underscore, ERR_CERT_BAD },
	{ "public: weak key", public_weak_key, ERR_CERT_BAD },
	{ "public: leaf that is a CA", public_ca, ERR_CERT_BAD },
	{ "public: leaf trusted", public_leaf_trusted, 0 },
};

START_TEST(a_chain_is_accepted_or_refused_for_its_reason)
{
	struct setup s = cases[_i].setup();
	int r = run(&s);

	ck_assert_msg(r == cases[_i].code, "%s: code %d", cases[_i].what, r);
}
END_TEST

START_TEST(garbage_behind_the_leaf_is_refused)
{
	struct setup s = ordinary();
	struct s2n_cert_chain_and_key *chain = s2n_cert_chain_and_key_new();
	struct slice der[] = { s.sent[0]->der, BYTES(0x30, 0) };
	char expected[] = HOST;

	s.how.trust = trust_store_new();
	s.how.verify_host_ctx = expected;
	ck_assert_int_eq(chain_from_der(chain, der, 2), 0);
	ck_assert_int_eq(validate_chain(chain, &s.how), ERR_DECODE_CERTIFICATE);
	s2n_cert_chain_and_key_free(chain);
	trust_store_free((struct trust_store *)(uintptr_t)s.how.trust);
}
END_TEST

START_TEST(the_peer_is_told_what_is_wrong)
{
	ck_assert_int_eq(errors_alert(ERR_CERT_UNTRUSTED), ALERT_UNKNOWN_CA);
	ck_assert_int_eq(errors_alert(ERR_CERT_BAD), ALERT_BAD_CERTIFICATE);
	ck_assert_int_eq(
	    errors_alert(ERR_CERT_EXPIRED), ALERT_CERTIFICATE_EXPIRED);
	ck_assert_int_eq(errors_report(ERR_CERT_BAD), S2N_FAILURE);
	ck_assert_str_eq(
	    s2n_strerror_name(s2n_errno), "S2N_ERR_CERT_UNTRUSTED");
}
END_TEST

static Suite *
validate_suite(void)
{
	Suite *suite = suite_create("validate");
	TCase *tcase = tcase_create("validate");

	tcase_add_unchecked_fixture(tcase, make_cas, certs_free_all);
	tcase_add_loop_test(tcase,
	    a_chain_is_accepted_or_refused_for_its_reason, 0,
	    (int)COUNT(cases));
	tcase_add_test(tcase, garbage_behind_the_leaf_is_refused);
	tcase_add_test(tcase, the_peer_is_told_what_is_wrong);
	suite_add_tcase(suite, tcase);
	return suite;
}

UNIT_MAIN(validate_suite)
