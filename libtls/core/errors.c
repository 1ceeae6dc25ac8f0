/*
 * The error table's columns, and s2n_errno. The rows are in errors.h.
 */
#include "libtls/core/errors.h"

#include <stdio.h>
#include <strings.h>

#include "libtls/core/stacktrace.h"
#include "libtls/s2n.h"

/* s2n_error_get_type() shifts by this much. */
#define TYPE_SHIFT 26

#define PUBLIC_VALUE(type, index) ((S2N_ERR_T_##type << TYPE_SHIFT) | (index))

static const struct {
	int value;
	enum alert alert;
	const char *name;
	const char *text;
} table[] = {
#define ERR(code, type, index, name, alert, text)                              \
	{ PUBLIC_VALUE(type, index), ALERT_##alert, "S2N_ERR_" #name, text },
	ERROR_TABLE(ERR)
#undef ERR
};

__thread int s2n_errno;

/* The thread's last failure, for the functions that explain s2n_errno. */
static __thread struct failure last;

static __thread struct {
	char source[96];
	char debug[224];
} texts;

int
errors_fail(int code, const char *file, int line)
{
	last = (struct failure){ code, file, line };
	stacktrace_note();
	return code;
}

struct failure
errors_last(void)
{
	return last;
}

void
errors_put_back(struct failure failure)
{
	last = failure;
}

int
errors_report(int code)
{
	if (code == 0)
		return S2N_SUCCESS;
	s2n_errno = table[code].value;
	return S2N_FAILURE;
}

void *
errors_none(int code)
{
	(void)!errors_report(code);
	return NULL;
}

enum alert
errors_alert(int code)
{
	return table[code].alert;
}

int
errors_value(int code)
{
	return table[code].value;
}

int
errors_type(int code)
{
	return table[code].value >> TYPE_SHIFT;
}

bool
errors_waiting(int code)
{
	return errors_type(code) == S2N_ERR_T_BLOCKED;
}

/* The row that explains a public value; the last failure's when it is one. */
static int
row(int value)
{
	if (last.file != NULL && table[last.code].value == value)
		return last.code;
	for (int i = 0; i < ERR_COUNT; i++)
		if (table[i].value == value)
			return i;
	return -1;
}

enum alert
errors_alert_of_value(int value)
{
	int i = row(value);

	switch ((s2n_error_type)(value >> TYPE_SHIFT)) {
	case S2N_ERR_T_IO:
	case S2N_ERR_T_INTERNAL:
		return ALERT_INTERNAL_ERROR;
	case S2N_ERR_T_PROTO:
		return i < 0 ? ALERT_NONE : table[i].alert;
	case S2N_ERR_T_OK:
	case S2N_ERR_T_CLOSED:
	case S2N_ERR_T_BLOCKED:
	case S2N_ERR_T_ALERT:
	case S2N_ERR_T_USAGE:
		break;
	}
	return ALERT_NONE;
}

int *
s2n_errno_location(void)
{
	return &s2n_errno;
}

int
s2n_error_get_type(int error)
{
	return error >> TYPE_SHIFT;
}

const char *
s2n_strerror(int error, const char *lang)
{
	int i = row(error);

	if (lang != NULL && strcasecmp(lang, "EN") != 0)
		return "error texts exist in English only";
	return i < 0 ? "unknown error code" : table[i].text;
}

const char *
s2n_strerror_name(int error)
{
	int i = row(error);

	return i < 0 ? "unknown error code" : table[i].name;
}

const char *
s2n_strerror_source(int error)
{
	if (error == 0)
		return table[ERR_OK].text;
	if (last.file == NULL || table[last.code].value != error)
		return "";
	snprintf(
	    texts.source, sizeof texts.source, "%s:%d", last.file, last.line);
	return texts.source;
}

const char *
s2n_strerror_debug(int error, const char *lang)
{
	if (error == 0)
		return table[ERR_OK].text;
	if (lang != NULL && strcasecmp(lang, "EN") != 0)
		return s2n_strerror(error, lang);
	snprintf(texts.debug, sizeof texts.debug, "%s: %s (%s)",
	    s2n_strerror_name(error), s2n_strerror(error, lang),
	    s2n_strerror_source(error));
	return texts.debug;
}
