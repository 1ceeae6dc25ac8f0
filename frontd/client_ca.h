/*
 * Authorities that sites trust, for who their clients are, or their backends:
 * PEM files, each read once by the master, numbered from 1, and told to the
 * workers.
 */
#ifndef FRONTD_CLIENT_CA_H
#define FRONTD_CLIENT_CA_H

#include "frontd/control.h"
#include "frontd/gathered.h"
#include "frontd/pem_file.h"

/* Zeroed means none. */
struct client_cas {
	struct client_ca {
		char *path;             /* master */
		struct pem_file pem;    /* likewise */
		struct gathered gather; /* worker */
	} at[CONTROL_CLIENT_CAS_MAX];
	uint16_t count;
};

/* Worker: there is one, of this size; a part of it. False when there cannot
 * be, or it does not fit. */
must_check bool client_ca_told(
    struct client_cas *, const struct control_client_ca *);
must_check bool client_ca_told_part(
    struct client_cas *, const struct control_part *);
/* All of a file, terminated; "" for number 0. */
const char *client_ca_pem(const struct client_cas *, uint16_t number);
void client_cas_free(struct client_cas *);

#endif
