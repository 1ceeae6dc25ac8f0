/*
 * What a worker that was taken over may try with its channel.
 */
#ifndef TESTS_KEYATTACK_H
#define TESTS_KEYATTACK_H

#include "tests/tools/keyline.h"

/*
 * Each attack on a channel of its own, while another channel must be served
 * and the signer stay the process that it was. Ends the program at the first
 * that is not refused. Expects a signer with slot 0 granted to us, slot 1 with
 * a key that is another client's, slot 2 empty, and of the operations what
 * keyattack12_run expects.
 */
void keyattack_run(
    const char *socket_path, struct keymaster *, EVP_PKEY *public_key);

#endif
