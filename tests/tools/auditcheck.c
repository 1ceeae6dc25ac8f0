/*
 * Verifies an audit log: auditcheck FILE PUBLIC.pem. Tells what it found, and
 * exits 0 only when nothing is wrong.
 */
#include <inttypes.h>
#include <stdlib.h>

#include <openssl/pem.h>

#include "keyd/audit_verify.h"

int
main(int argc, char **argv)
{
	FILE *log = argc == 3 ? fopen(argv[1], "r") : NULL;
	FILE *pem = argc == 3 ? fopen(argv[2], "r") : NULL;
	EVP_PKEY *key =
	    pem != NULL ? PEM_read_PUBKEY(pem, NULL, NULL, NULL) : NULL;
	struct audit_verdict verdict;
	bool good;

	if (log == NULL || key == NULL) {
		fprintf(stderr, "auditcheck: FILE PUBLIC.pem\n");
		return 2;
	}
	good = audit_verify(log, key, &verdict);
	printf("lines=%" PRIu64 " operations=%" PRIu64 " checkpoints=%" PRIu64
	       " first=%" PRIu64 " last=%" PRIu64 " signed=%" PRIu64
	       " lost=%" PRIu64 " untold=%" PRIu64 " broken=%" PRIu64 "\n",
	    verdict.lines, verdict.operations, verdict.checkpoints,
	    verdict.first, verdict.last, verdict.last_signed, verdict.lost,
	    verdict.untold, verdict.broken_off);
	if (!good)
		printf("line %" PRIu64 ": %s\n", verdict.fault_line,
		    verdict.fault);
	EVP_PKEY_free(key);
	fclose(pem);
	fclose(log);
	return good ? 0 : 1;
}
