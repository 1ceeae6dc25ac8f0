/*
 * Tables of named values; the contract is in report.h. A report is one run of
 * cells, in the order in which they were said, and one of their texts.
 */
#include "admin/report.h"

#include <stdio.h>
#include <stdlib.h>

#include "admin/text.h"

#define TEXTS_MAX (16u << 20)
#define CELLS_MAX (1u << 20)
#define COLUMNS_MAX 32

enum kind { TABLE, OBJECT, ROW, TEXT, NUMBER, FLAG, WORDS };

struct cell {
	enum kind kind;
	const char *name;
	size_t at, len; /* in texts */
};

struct report {
	struct cell *cells;
	size_t count, room;
	struct writer texts;
	bool failed;
};

struct report *
report_new(void)
{
	struct report *report = calloc(1, sizeof *report);

	if (report != NULL)
		writer_init(&report->texts, TEXTS_MAX);
	return report;
}

void
report_free(struct report *report)
{
	if (report == NULL)
		return;
	writer_free(&report->texts);
	free(report->cells);
	free(report);
}

/* ---- filling ---- */

static bool
make_room(struct report *report)
{
	size_t room = report->room > 0 ? report->room * 2 : 64;
	struct cell *cells;

	if (report->count < report->room)
		return true;
	if (room > CELLS_MAX)
		return false;
	cells = realloc(report->cells, room * sizeof *cells);
	if (cells == NULL)
		return false;
	report->cells = cells;
	report->room = room;
	return true;
}

static void
add(struct report *report, enum kind kind, const char *name, const char *text)
{
	struct slice bytes = slice_of_string(text), all;
	size_t at = report->texts.len;

	report->failed = report->failed || !make_room(report);
	if (report->failed)
		return;
	writer_bytes(&report->texts, bytes);
	if (!writer_result(&report->texts, &all))
		report->failed = true;
	else
		report->cells[report->count++] =
		    (struct cell){ kind, name, at, bytes.len };
}

void
report_table(struct report *report, const char *name)
{
	add(report, TABLE, name, "");
}

void
report_object(struct report *report, const char *name)
{
	add(report, OBJECT, name, "");
	report_row(report);
}

void
report_row(struct report *report)
{
	add(report, ROW, "", "");
}

void
report_text(struct report *report, const char *name, const char *value)
{
	add(report, TEXT, name, value);
}

void
report_number(struct report *report, const char *name, uint64_t value)
{
	char digits[24];

	snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
	add(report, NUMBER, name, digits);
}

void
report_flag(struct report *report, const char *name, bool value)
{
	add(report, FLAG, name, value ? "true" : "false");
}

void
report_words(struct report *report, const char *name, const char *words)
{
	add(report, WORDS, name, words);
}

/* ---- what both ways of printing need ---- */

static struct slice
text_of(const struct report *report, const struct cell *cell)
{
	return cell->len == 0
		   ? NO_BYTES
		   : slice_of(report->texts.data + cell->at, cell->len);
}

/* Where the table that begins at cell at ends. */
static size_t
table_end(const struct report *report, size_t at)
{
	for (at++; at < report->count; at++)
		if (report->cells[at].kind <= OBJECT)
			break;
	return at;
}

/* Where the values of the row end that at points into. */
static size_t
row_end(const struct report *report, size_t at)
{
	while (at < report->count && report->cells[at].kind > ROW)
		at++;
	return at;
}

/* ---- as text ---- */

struct column {
	const char *name;
	enum kind kind;
	size_t width;
};

struct columns {
	struct column column[COLUMNS_MAX];
	size_t count;
};

static bool
printable(uint8_t byte)
{
	return byte >= ' ' && byte <= '~' && byte != '\\';
}

/* Bytes of a value as it is printed; one that is empty is a dash. */
static size_t
printed_width(struct slice text)
{
	size_t width = 0;

	for (size_t i = 0; i < text.len; i++)
		width += printable(text.data[i]) ? 1 : 4;
	return width > 0 ? width : 1;
}

static void
print_value(struct slice text, struct writer *out)
{
	if (text.len == 0)
		text_put(out, "-");
	for (size_t i = 0; i < text.len; i++) {
		if (printable(text.data[i]))
			writer_u8(out, text.data[i]);
		else
			text_format(out, "\\x%02X", text.data[i]);
	}
}

static void
widen(struct columns *columns, const struct cell *cell, size_t width)
{
	size_t i = 0;

	while (i < columns->count &&
	       strcmp(columns->column[i].name, cell->name) != 0)
		i++;
	if (i == COLUMNS_MAX)
		return;
	if (i == columns->count)
		columns->column[columns->count++] = (struct column){ cell->name,
			cell->kind, strlen(cell->name) };
	if (columns->column[i].width < width)
		columns->column[i].width = width;
}

/* In the order in which names first come. */
static void
find_columns(
    const struct report *report, size_t at, size_t end, struct columns *columns)
{
	columns->count = 0;
	for (; at < end; at++)
		if (report->cells[at].kind > ROW)
			widen(columns, &report->cells[at],
			    printed_width(text_of(report, &report->cells[at])));
}

static const struct cell *
find_value(const struct report *report, size_t at, size_t end, const char *name)
{
	for (; at < end; at++)
		if (strcmp(report->cells[at].name, name) == 0)
			return &report->cells[at];
	return NULL;
}

/* Numbers stand on the right; nothing stands behind the last. */
static void
print_field(const struct column *column, struct slice text, bool last,
    struct writer *out)
{
	size_t space = column->width - printed_width(text);

	text_put(out, "  ");
	if (column->kind == NUMBER)
		text_repeat(out, ' ', space);
	print_value(text, out);
	if (column->kind != NUMBER && !last)
		text_repeat(out, ' ', space);
}

static void
print_row(const struct report *report, const struct columns *columns, size_t at,
    struct writer *out)
{
	size_t end = row_end(report, at);
	const struct cell *cell;

	for (size_t i = 0; i < columns->count; i++) {
		cell = find_value(report, at, end, columns->column[i].name);
		print_field(&columns->column[i],
		    cell != NULL ? text_of(report, cell) : NO_BYTES,
		    i + 1 == columns->count, out);
	}
	text_put(out, "\n");
}

static void
print_rows(
    const struct report *report, size_t at, size_t end, struct writer *out)
{
	struct columns columns;

	find_columns(report, at, end, &columns);
	for (size_t i = 0; i < columns.count; i++)
		print_field(&columns.column[i],
		    slice_of_string(columns.column[i].name),
		    i + 1 == columns.count, out);
	text_put(out, columns.count > 0 ? "\n" : "  none\n");
	for (at++; at < end; at++)
		if (report->cells[at].kind == ROW)
			print_row(report, &columns, at + 1, out);
}

static void
print_object(
    const struct report *report, size_t at, size_t end, struct writer *out)
{
	size_t width = 0, len;

	for (size_t i = at + 2; i < end; i++)
		if ((len = strlen(report->cells[i].name)) > width)
			width = len;
	for (size_t i = at + 2; i < end; i++) {
		text_format(out, "  %-*s  ", (int)width, report->cells[i].name);
		print_value(text_of(report, &report->cells[i]), out);
		text_put(out, "\n");
	}
}

void
report_print_text(const struct report *report, struct writer *out)
{
	size_t end;

	if (report->failed)
		writer_fail(out);
	for (size_t at = 0; at < report->count; at = end) {
		end = table_end(report, at);
		text_format(out, "%s\n", report->cells[at].name);
		if (report->cells[at].kind == OBJECT)
			print_object(report, at, end, out);
		else
			print_rows(report, at, end, out);
	}
}

/* ---- as JSON (RFC 8259) ---- */

/* How many bytes of UTF-8 the text begins with as one character (RFC 3629, 4);
 * 0: none. */
static size_t
character(struct slice text)
{
	static const struct {
		uint8_t first, last;            /* the first byte's range */
		uint8_t second_min, second_max; /* the others: 80..BF */
		uint8_t len;
	} forms[] = { { 0x00, 0x7f, 0, 0, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 } };
	size_t i = 0;

	while (i < COUNT(forms) &&
	       (text.data[0] < forms[i].first || text.data[0] > forms[i].last))
		i++;
	if (i == COUNT(forms) || forms[i].len > text.len)
		return 0;
	if (forms[i].len > 1 && (text.data[1] < forms[i].second_min ||
				    text.data[1] > forms[i].second_max))
		return 0;
	for (size_t j = 2; j < forms[i].len; j++)
		if ((text.data[j] & 0xc0) != 0x80)
			return 0;
	return forms[i].len;
}

static void
json_string(struct slice text, struct writer *out)
{
	size_t len;

	text_put(out, "\"");
	for (; text.len > 0; text = slice_of(text.data + len, text.len - len)) {
		if ((len = character(text)) == 0) {
			text_put(out, "\\ufffd");
			len = 1;
		} else if (text.data[0] < ' ' || text.data[0] == 0x7f) {
			text_format(out, "\\u%04x", text.data[0]);
		} else {
			if (text.data[0] == '"' || text.data[0] == '\\')
				text_put(out, "\\");
			writer_bytes(out, slice_of(text.data, len));
		}
	}
	text_put(out, "\"");
}

static void
json_words(struct slice text, struct writer *out)
{
	const uint8_t *space;
	size_t len;

	text_put(out, "[");
	while (text.len > 0) {
		space = memchr(text.data, ' ', text.len);
		len = space != NULL ? (size_t)(space - text.data) : text.len;
		json_string(slice_of(text.data, len), out);
		if (space == NULL)
			break;
		text_put(out, ",");
		text = slice_of(space + 1, text.len - len - 1);
	}
	text_put(out, "]");
}

static void
json_value(const struct cell *cell, struct slice text, struct writer *out)
{
	if (cell->kind == WORDS)
		json_words(text, out);
	else if (cell->kind == TEXT)
		json_string(text, out);
	else
		writer_bytes(out, text);
}

static void
json_row(const struct report *report, size_t at, struct writer *out)
{
	size_t end = row_end(report, at);

	text_put(out, "{");
	for (size_t i = at; i < end; i++) {
		text_format(
		    out, "%s\"%s\":", i > at ? "," : "", report->cells[i].name);
		json_value(
		    &report->cells[i], text_of(report, &report->cells[i]), out);
	}
	text_put(out, "}");
}

static void
json_rows(
    const struct report *report, size_t at, size_t end, struct writer *out)
{
	const char *between = "";

	text_put(out, "[");
	for (at++; at < end; at++) {
		if (report->cells[at].kind != ROW)
			continue;
		text_put(out, between);
		json_row(report, at + 1, out);
		between = ",";
	}
	text_put(out, "]");
}

void
report_print_json(const struct report *report, struct writer *out)
{
	size_t end;

	if (report->failed)
		writer_fail(out);
	text_put(out, "{");
	for (size_t at = 0; at < report->count; at = end) {
		end = table_end(report, at);
		text_format(out, "%s\"%s\":", at > 0 ? "," : "",
		    report->cells[at].name);
		if (report->cells[at].kind == OBJECT)
			json_row(report, at + 2, out);
		else
			json_rows(report, at, end, out);
	}
	text_put(out, "}\n");
}
