/*
 * Authorities of clients; the contract is in client_ca.h.
 */
#include "frontd/client_ca.h"

#include <stdlib.h>

bool
client_ca_told(struct client_cas *cas, const struct control_client_ca *part)
{
	struct client_ca *ca;

	if (part->number == 0 || part->number > COUNT(cas->at) ||
	    part->size > PEM_FILE_MAX || part->len > sizeof part->pem)
		return false;
	ca = &cas->at[part->number - 1];
	if (ca->pem.text == NULL) {
		if ((ca->pem.text = calloc(1, part->size + 1)) == NULL)
			return false;
		ca->pem.len = part->size;
	}
	if (part->size != ca->pem.len || part->len > ca->pem.len - ca->told)
		return false;
	memcpy(ca->pem.text + ca->told, part->pem, part->len);
	ca->told += part->len;
	if (cas->count < part->number)
		cas->count = part->number;
	return true;
}

const char *
client_ca_pem(const struct client_cas *cas, uint16_t number)
{
	return number > 0 && number <= cas->count &&
		       cas->at[number - 1].pem.text != NULL
		   ? cas->at[number - 1].pem.text
		   : "";
}

void
client_cas_free(struct client_cas *cas)
{
	for (uint16_t i = 0; i < cas->count; i++) {
		free(cas->at[i].path);
		free(cas->at[i].pem.text);
	}
	*cas = (struct client_cas){ 0 };
}
