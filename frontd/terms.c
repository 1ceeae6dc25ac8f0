/*
 * Terms; the contract is in terms.h.
 */
#include "frontd/terms.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/crypto.h>

/* With all that may stand around the part that counts. */
#define FILE_MAX 32768
#define BEGIN "-----BEGIN DH PARAMETERS-----"
#define END "-----END DH PARAMETERS-----"

struct terms
terms_between(
    const struct control_terms *listener, const struct control_terms *site)
{
	struct terms terms = { site->policy, site->dh, true };

	if (terms.policy[0] == '\0')
		terms.policy = listener->policy;
	if (terms.policy[0] == '\0')
		terms.policy = TERMS_DEFAULT_POLICY;
	if (terms.dh[0] == '\0')
		terms.dh = listener->dh;
	if (site->tickets != CONTROL_UNSAID)
		terms.tickets = site->tickets == CONTROL_ON;
	else if (listener->tickets != CONTROL_UNSAID)
		terms.tickets = listener->tickets == CONTROL_ON;
	return terms;
}

/* A config on these terms; NULL with s2n_errno. */
static struct s2n_config *
config_new(struct terms terms)
{
	struct s2n_config *config = s2n_config_new_minimal();

	if (config != NULL &&
	    s2n_config_set_cipher_preferences(config, terms.policy) == 0 &&
	    s2n_config_set_session_tickets_onoff(config, terms.tickets) == 0 &&
	    (terms.dh[0] == '\0' ||
		s2n_config_add_dhparams(config, terms.dh) == 0))
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
		if (strcmp(row->terms.policy, terms.policy) == 0 &&
		    strcmp(row->terms.dh, terms.dh) == 0 &&
		    row->terms.tickets == terms.tickets)
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
