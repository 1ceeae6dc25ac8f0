/*
 * keyd's metrics, as Prometheus has them.
 */
#ifndef KEYD_EXPOSITION_H
#define KEYD_EXPOSITION_H

#include "base/writer.h"
#include "keyd/daemon.h"

/* Signers whose tallies are not whole have no counts there. */
void exposition_write(const struct daemon *, struct writer *);

#endif
