/*
 * Memory of libcrypto's that is wiped when it is freed: its decoders and its
 * arithmetic leave pieces of private keys in what they give back.
 */
#ifndef KEYD_WIPE_H
#define KEYD_WIPE_H

#include "base/slice.h"

/* Before anything else of libcrypto's is called; false: that came first. */
must_check bool wipe_install(void);

#endif
