/*
 * What a worker that was taken over may try with the operations of TLS 1.2 and
 * older.
 */
#ifndef TESTS_KEYATTACK12_H
#define TESTS_KEYATTACK12_H

#include "tests/tools/keyline.h"

/* A fresh line of the attacker's, and what must come of an attack on it; other
 * lines must be served afterwards. */
struct keyattack {
	void (*open)(struct keyline *);
	void (*closed)(struct keyline *, const char *what);
	void (*answered)(struct keyline *, uint32_t status, const char *what);
};

/*
 * Ends the program at the first that is not refused. Expects a server's role,
 * slots as keyattack_run does, and of slot 0's operations either SIGN12 or
 * PREMASTER, and not SIGN10; asks also for what is permitted, which must be
 * done.
 */
void keyattack12_run(const struct keyattack *, EVP_PKEY *public_key);

#endif
