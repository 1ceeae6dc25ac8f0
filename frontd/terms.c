/*
 * Terms; the contract is in terms.h.
 */
#include "frontd/terms.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/crypto.h>

#include "frontd/names.h"

/* With all that may stand around the part that counts. */
#define FILE_MAX 32768
#define BEGIN "-----BEGIN DH PARAMETERS-----"
#define END "-----END DH PARAMETERS-----"

/* Where only authorities are named, it is for a reason. */
static s2n_cert_auth_type
client_auth(uint16_t word, bool named)
{
	switch ((enum control_client_auth)word) {
	case CLIENT_AUTH_UNSAID:
		return named ? S2N_CERT_AUTH_REQUIRED : S2N_CERT_AUTH_NONE;
	case CLIENT_AUTH_NONE:
		return S2N_CERT_AUTH_NONE;
	case CLIENT_AUTH_OPTIONAL:
		return S2N_CERT_AUTH_OPTIONAL;
	case CLIENT_AUTH_REQUIRE:
		break;
	}
	return S2N_CERT_AUTH_REQUIRED;
}

struct terms
terms_between(const struct control_terms *listener,
    const struct control_terms *site, const struct client_cas *cas)
{
	struct terms terms = { .policy = control_text(site->policy),
		.dh = control_text(site->dh),
		.tickets = true };
	uint16_t ca =
	    site->client_ca != 0 ? site->client_ca : listener->client_ca;
	uint16_t auth = site->client_auth != CLIENT_AUTH_UNSAID
			    ? site->client_auth
			    : listener->client_auth;

	terms.client_auth = client_auth(auth, ca != 0);
	if (terms.client_auth == S2N_CERT_AUTH_NONE)
		ca = 0;
	terms.client_ca = client_ca_pem(cas, ca);

	if (terms.policy[0] == '\0')
		terms.policy = control_text(listener->policy);
	if (terms.policy[0] == '\0')
		terms.policy = TERMS_DEFAULT_POLICY;
	terms.alpn = site->alpn.len > 0 ? site->alpn : listener->alpn;
	if (terms.dh[0] == '\0')
		terms.dh = control_text(listener->dh);
	if (site->tickets != CONTROL_UNSAID)
		terms.tickets = site->tickets == CONTROL_ON;
	else if (listener->tickets != CONTROL_UNSAID)
		terms.tickets = listener->tickets == CONTROL_ON;
	return terms;
}

/* Who a client is the backend judges, by the name that it is told. */
static uint8_t
any_name(const char *name, size_t len, void *ctx)
{
	(void)name;
	(void)len;
	(void)ctx;
	return 1;
}

/* The store of a minimal config is empty: it trusts these and no others. */
static bool
ask_clients(struct s2n_config *config, struct terms terms)
{
	if (terms.client_auth == S2N_CERT_AUTH_NONE)
		return true;
	if (s2n_config_set_client_auth_type(config, terms.client_auth) != 0 ||
	    s2n_config_set_verify_host_callback(config, any_name, NULL) != 0 ||
	    s2n_config_add_pem_to_trust_store(config, terms.client_ca) != 0)
		return false;
	/* More than can be named are not: a client has to know them. */
	return s2n_config_set_cert_authorities_from_trust_store(config) == 0 ||
	       strcmp(s2n_strerror_name(s2n_errno), "S2N_ERR_TOO_MANY_CAS") ==
		   0;
}

static bool
set_protocols(struct s2n_config *config, struct slice alpn)
{
	struct slice protocol;
	size_t at = 0;

	while ((protocol = names_next(alpn, &at)).len > 0)
		if (s2n_config_append_protocol_preference(
			config, protocol.data, (uint8_t)protocol.len) != 0)
			return false;
	return true;
}

/* A config on these terms; NULL with s2n_errno. */
static struct s2n_config *
config_new(struct terms terms)
{
	struct s2n_config *config = s2n_config_new_minimal();

	if (config != NULL &&
	    s2n_config_set_cipher_preferences(config, terms.policy) == 0 &&
	    s2n_config_set_session_tickets_onoff(config, terms.tickets) == 0 &&
	    set_protocols(config, terms.alpn) &&
	    (terms.dh[0] == '\0' ||
		s2n_config_add_dhparams(config, terms.dh) == 0) &&
	    ask_clients(config, terms))
		return config;
	if (config != NULL)
		s2n_config_free(config);
	return NULL;
}

int
terms_row(struct terms_table *table, struct terms terms)
{
	struct terms_row *row;

	for (size_t i = 0; i < table->count; i++) {
		row = &table->rows[i];
		if (row->terms.tickets == terms.tickets &&
		    row->terms.client_auth == terms.client_auth &&
		    slice_equal(row->terms.alpn, terms.alpn) &&
		    strcmp(row->terms.policy, terms.policy) == 0 &&
		    strcmp(row->terms.dh, terms.dh) == 0 &&
		    (row->terms.client_ca == terms.client_ca ||
			strcmp(row->terms.client_ca, terms.client_ca) == 0))
			return (int)i;
	}
	row = realloc(table->rows, (table->count + 1) * sizeof *row);
	if (row == NULL)
		return -1;
	table->rows = row;
	row += table->count;
	*row = (struct terms_row){ terms, config_new(terms) };
	return row->config != NULL ? (int)table->count++ : -1;
}

void
terms_table_free(struct terms_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		s2n_config_free(table->rows[i].config);
	free(table->rows);
	*table = (struct terms_table){ 0 };
}

/* Why terms cannot be; NULL if they can. */
static const char *
try(struct terms terms)
{
	struct s2n_config *config = config_new(terms);

	if (config == NULL)
		return s2n_strerror(s2n_errno, NULL);
	s2n_config_free(config);
	return NULL;
}

const char *
terms_check_policy(const char *name)
{
	if (strlen(name) >= CONTROL_POLICY_MAX)
		return "there is no security policy of this name";
	return try((struct terms){ .policy = name, .dh = "" });
}

const char *
terms_check_client_ca(const char *pem)
{
	if (strstr(pem, "-----BEGIN CERTIFICATE-----") == NULL)
		return "no certificate in PEM";
	return try((struct terms){ .policy = TERMS_DEFAULT_POLICY,
	    .dh = "",
	    .client_auth = S2N_CERT_AUTH_REQUIRED,
	    .client_ca = pem });
}

const char *
terms_check_client_auth(struct terms terms)
{
	return terms.client_auth != S2N_CERT_AUTH_NONE &&
		       terms.client_ca[0] == '\0'
		   ? "needs client-ca"
		   : NULL;
}

/* The PEM part of a text, copied to out. */
static const char *
take_pem(const char *text, char out[CONTROL_DH_MAX])
{
	const char *begin = strstr(text, BEGIN), *end;

	if (strstr(text, "PRIVATE KEY-----") != NULL)
		return "holds a private key: keys belong to keyd alone";
	if (begin == NULL || (end = strstr(begin, END)) == NULL)
		return "no Diffie-Hellman parameters in PEM";
	end += strlen(END);
	if (end - begin + 2 > CONTROL_DH_MAX)
		return "the Diffie-Hellman parameters are too large";
	snprintf(out, CONTROL_DH_MAX, "%.*s\n", (int)(end - begin), begin);
	return try((struct terms){ .policy = TERMS_DEFAULT_POLICY, .dh = out });
}

const char *
terms_read_dh(const char *path, char out[CONTROL_DH_MAX])
{
	char text[FILE_MAX + 1];
	FILE *file = fopen(path, "re");
	const char *reason = NULL;
	size_t len;

	if (file == NULL)
		return strerror(errno);
	setvbuf(file, NULL, _IONBF, 0);
	errno = 0;
	len = fread(text, 1, sizeof text, file);
	if (ferror(file) != 0)
		reason = strerror(errno);
	fclose(file);
	if (reason == NULL && len == sizeof text)
		reason = "larger than 32 KiB";
	if (reason == NULL) {
		text[len] = '\0';
		reason = take_pem(text, out);
	}
	/* It may have been a key's file. */
	OPENSSL_cleanse(text, sizeof text);
	if (reason != NULL)
		out[0] = '\0';
	return reason;
}
