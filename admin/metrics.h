/*
 * Metrics in the text exposition format of Prometheus, version 0.0.4: families
 * with HELP and TYPE, samples with labels.
 *
 *	metrics_family(out, "keyd_respawns_total", METRICS_COUNTER, "...");
 *	metrics_sample(out, "keyd_respawns_total", labels, COUNT(labels), 3);
 *
 * Names of families and labels are constants of the program; values of labels
 * are escaped.
 */
#ifndef ADMIN_METRICS_H
#define ADMIN_METRICS_H

#include "base/writer.h"

#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

enum metrics_type { METRICS_COUNTER, METRICS_GAUGE, METRICS_HISTOGRAM };

struct label {
	const char *name, *value;
};

/* Of durations. The last count is of what is longer than all bounds. */
struct metrics_buckets {
	const uint32_t *bounds_us; /* ascending */
	size_t bound_count;
	const uint64_t *counts; /* bound_count + 1, each of its bucket alone */
	uint64_t sum_us;
};

/* Its samples follow, all of them, before the next family. */
void metrics_family(
    struct writer *, const char *name, enum metrics_type, const char *help);
void metrics_sample(struct writer *, const char *name, const struct label *,
    size_t label_count, uint64_t value);
/* A sample of a family whose name ends in _seconds. */
void metrics_seconds(struct writer *, const char *name, const struct label *,
    size_t label_count, uint64_t micros);
/* All samples of a histogram in seconds: _bucket, _sum, _count. */
void metrics_histogram(struct writer *, const char *name, const struct label *,
    size_t label_count, const struct metrics_buckets *);

#endif
