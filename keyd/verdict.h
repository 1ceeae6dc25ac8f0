/*
 * What is wrong with a key that a signer would not serve, in words.
 */
#ifndef KEYD_VERDICT_H
#define KEYD_VERDICT_H

#include "keyd/config.h"

/* Complains, naming the file that is at fault; a signer's verdict on the key,
 * other than that it is served. */
void verdict_say(const struct config_key *, uint16_t verdict);

#endif
