/*
 * The master's metrics, as frontd(8) lists them, in Prometheus' format.
 */
#ifndef FRONTD_EXPOSITION_H
#define FRONTD_EXPOSITION_H

#include "base/writer.h"
#include "frontd/master.h"

/* Those of the fleet that serves, as frontd-connect tells them. */
struct exposition_backends {
	struct control_backend_row *rows;
	size_t count;
};

void exposition_write(
    const struct master *, const struct exposition_backends *, struct writer *);

#endif
