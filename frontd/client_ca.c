/*
 * Authorities of clients; the contract is in client_ca.h.
 */
#include "frontd/client_ca.h"

#include <stdlib.h>

bool
client_ca_told(struct client_cas *cas, const struct control_client_ca *what)
{
	if (what->number == 0 || what->number > COUNT(cas->at) ||
	    what->size > PEM_FILE_MAX ||
	    !gathered_begin(&cas->at[what->number - 1].gather, what->size))
		return false;
	if (cas->count < what->number)
		cas->count = what->number;
	return true;
}

bool
client_ca_told_part(struct client_cas *cas, const struct control_part *part)
{
	return part->number > 0 && part->number <= cas->count &&
	       gathered_take(&cas->at[part->number - 1].gather, part->bytes);
}

const char *
client_ca_pem(const struct client_cas *cas, uint16_t number)
{
	const struct client_ca *ca;

	if (number == 0 || number > cas->count)
		return "";
	ca = &cas->at[number - 1];
	if (ca->pem.text != NULL)
		return ca->pem.text;
	return ca->gather.bytes != NULL ? (const char *)ca->gather.bytes : "";
}

void
client_cas_free(struct client_cas *cas)
{
	for (uint16_t i = 0; i < cas->count; i++) {
		free(cas->at[i].path);
		free(cas->at[i].pem.text);
		gathered_free(&cas->at[i].gather);
	}
	*cas = (struct client_cas){ 0 };
}
