/*
 * Prometheus text exposition; the contract is in metrics.h.
 */
#include "admin/metrics.h"

#include <inttypes.h>
#include <stdio.h>

#include "admin/text.h"

#define MICROS 1000000

/* A backslash, a line's end, and in labels a quote (format 0.0.4). */
static void
escaped(struct writer *out, const char *text, bool quotes)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			text_put(out, "\\n");
		else if (*text == '\\')
			text_put(out, "\\\\");
		else if (*text == '"' && quotes)
			text_put(out, "\\\"");
		else
			writer_u8(out, (uint8_t)*text);
	}
}

void
metrics_family(struct writer *out, const char *name, enum metrics_type type,
    const char *help)
{
	static const char *const types[] = { "counter", "gauge", "histogram" };

	text_format(out, "# HELP %s ", name);
	escaped(out, help, false);
	text_format(out, "\n# TYPE %s %s\n", name, types[type]);
}

/* Up to the value. le: one label more; NULL: none. */
static void
begin(struct writer *out, const char *name, const char *suffix,
    const struct label *labels, size_t count, const char *le)
{
	const struct label last = { "le", le };
	size_t total = count + (le != NULL ? 1 : 0);
	const struct label *label;

	text_format(out, "%s%s", name, suffix);
	for (size_t i = 0; i < total; i++) {
		label = i < count ? &labels[i] : &last;
		text_format(out, "%c%s=\"", i == 0 ? '{' : ',', label->name);
		escaped(out, label->value, true);
		text_put(out, "\"");
	}
	text_put(out, total > 0 ? "} " : " ");
}

static void
seconds(struct writer *out, uint64_t micros)
{
	text_format(out, "%" PRIu64 ".%06" PRIu64 "\n", micros / MICROS,
	    micros % MICROS);
}

void
metrics_sample(struct writer *out, const char *name, const struct label *labels,
    size_t count, uint64_t value)
{
	begin(out, name, "", labels, count, NULL);
	text_format(out, "%" PRIu64 "\n", value);
}

void
metrics_seconds(struct writer *out, const char *name,
    const struct label *labels, size_t count, uint64_t micros)
{
	begin(out, name, "", labels, count, NULL);
	seconds(out, micros);
}

void
metrics_histogram(struct writer *out, const char *name,
    const struct label *labels, size_t count,
    const struct metrics_buckets *buckets)
{
	uint64_t total = 0;
	char bound[24];

	for (size_t i = 0; i < buckets->bound_count; i++) {
		total += buckets->counts[i];
		snprintf(bound, sizeof bound, "%" PRIu32 ".%06" PRIu32,
		    buckets->bounds_us[i] / MICROS,
		    buckets->bounds_us[i] % MICROS);
		begin(out, name, "_bucket", labels, count, bound);
		text_format(out, "%" PRIu64 "\n", total);
	}
	total += buckets->counts[buckets->bound_count];
	begin(out, name, "_bucket", labels, count, "+Inf");
	text_format(out, "%" PRIu64 "\n", total);
	begin(out, name, "_sum", labels, count, NULL);
	seconds(out, buckets->sum_us);
	begin(out, name, "_count", labels, count, NULL);
	text_format(out, "%" PRIu64 "\n", total);
}
