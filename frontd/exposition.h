/*
 * The master's metrics, as frontd(8) lists them, in Prometheus' format.
 */
#ifndef FRONTD_EXPOSITION_H
#define FRONTD_EXPOSITION_H

#include "base/writer.h"
#include "frontd/master.h"

void exposition_write(const struct master *, struct writer *);

#endif
