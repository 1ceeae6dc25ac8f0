/*
 * A report is what a daemon tells of itself: tables of rows of named values,
 * filled once and then printed for people, as aligned columns, or for programs,
 * as JSON. It knows nothing of what the values mean.
 *
 *	report_table(report, "processes");
 *	report_row(report);
 *	report_text(report, "name", "keyd");
 *	report_number(report, "pid", 4711);
 *
 * What is a name (of a table, of a value) is a constant of the program: it is
 * neither copied nor escaped. Values are copied, and may have any bytes.
 */
#ifndef ADMIN_REPORT_H
#define ADMIN_REPORT_H

#include "base/writer.h"

struct report;

/* NULL when out of memory. A report that grows beyond 16 MiB fails. */
struct report *report_new(void);
void report_free(struct report *);

/* A table of rows, perhaps of none; in JSON an array of objects. */
void report_table(struct report *, const char *name);
/* A table that is one row; in JSON an object, as text a value a line. */
void report_object(struct report *, const char *name);
/* The next row of the table; an object has its row already. */
void report_row(struct report *);

/*
 * A value of the row. Rows of one table may lack values that others have; a
 * name comes once in a row. Names in JSON are what they are here, so those of
 * quantities end in their unit: "uptime_s".
 */
void report_text(struct report *, const char *name, const char *value);
void report_number(struct report *, const char *name, uint64_t value);
void report_flag(struct report *, const char *name, bool value);
/* Words separated by single spaces; in JSON an array of them. */
void report_words(struct report *, const char *name, const char *words);

/*
 * Prints all of it. What of a value is no printable ASCII becomes \xHH in text;
 * JSON keeps UTF-8 and has U+FFFD for bytes that are none (RFC 8259, 8.1). A
 * report that has failed fails the writer.
 */
void report_print_text(const struct report *, struct writer *);
void report_print_json(const struct report *, struct writer *);

#endif
