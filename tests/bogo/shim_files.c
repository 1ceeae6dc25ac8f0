/*
 * Certificates and keys; the contract is in shim_files.h.
 */
#include "tests/bogo/shim_files.h"

#include <stdlib.h>

#define FILE_SIZE_MAX 65536

static char *
read_file(const char *path, uint32_t *len)
{
	FILE *file = fopen(path, "r");
	char *text = malloc(FILE_SIZE_MAX);

	if (file == NULL || text == NULL) {
		perror(path);
		exit(1);
	}
	*len = (uint32_t)fread(text, 1, FILE_SIZE_MAX - 1, file);
	text[*len] = '\0';
	fclose(file);
	return text;
}

struct s2n_cert_chain_and_key *
files_chain(const char *chain, const char *key)
{
	struct s2n_cert_chain_and_key *pair = s2n_cert_chain_and_key_new();
	uint32_t chain_len, key_len = 0;
	char *chain_text = read_file(chain, &chain_len);
	char *key_text = key != NULL ? read_file(key, &key_len) : NULL;
	int r = -1;

	if (pair != NULL)
		r = key != NULL ? s2n_cert_chain_and_key_load_pem_bytes(pair,
				      (uint8_t *)chain_text, chain_len,
				      (uint8_t *)key_text, key_len)
				: s2n_cert_chain_and_key_load_public_pem_bytes(
				      pair, (uint8_t *)chain_text, chain_len);
	free(chain_text);
	free(key_text);
	if (r == 0)
		return pair;
	s2n_cert_chain_and_key_free(pair);
	return NULL;
}
