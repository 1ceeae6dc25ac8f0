/*
 * The public headers against rows.h: each function's type, each enum, value,
 * callback, variable and struct. Types are compared by the compiler: where one
 * differs this file does not compile, and the message names the row.
 */
#include <pthread.h>
#include <stddef.h>

#include <unstable/allow_ip_in_cn.h>
#include <unstable/async_offload.h>
#include <unstable/cert_authorities.h>
#include <unstable/cleanup.h>
#include <unstable/crl.h>
#include <unstable/custom_x509_extensions.h>
#include <unstable/events.h>
#include <unstable/fingerprint.h>
#include <unstable/ktls.h>
#include <unstable/npn.h>
#include <unstable/renegotiate.h>

#include "libtls/core/errors.h"
#include "tests/api/errors.h"
#include "tests/api/rows.h"
#include "tests/unit/unit.h"

#define NOTHING(...)

#define SAME(what, type, other)                                                \
	_Static_assert(__builtin_types_compatible_p(type, other), #what);

#define API(name, returns, parameters)                                         \
	SAME(name, __typeof__(name), returns parameters)
API_ROWS(API)
#undef API

#define TYPE(name, type) SAME(name, name, __typeof__(type))
TYPE_ROWS(TYPE)
#undef TYPE

/* By address, which has the const of what stands there. */
#define VARIABLE(name, type) SAME(name, __typeof__(&name), type *)
VARIABLE_ROWS(VARIABLE)
#undef VARIABLE

/* What a header had completed could not be completed here again. */
#define OPAQUE(structure)                                                      \
	structure                                                              \
	{                                                                      \
		char unknown;                                                  \
	};
OPAQUE_ROWS(OPAQUE)
#undef OPAQUE

/*
 * An enum is as wide as an int and has these values and no other: one that is
 * in the rows alone, or in the header alone, is not a proper switch.
 */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wswitch"
#define ENUM(type)                                                             \
	_Static_assert(sizeof(type) == sizeof(int), #type);                    \
	__attribute__((unused)) static void all_of_##type(type value)          \
	{                                                                      \
		switch (value) {
#define VALUE(name, number) case (number):
#define END(type)                                                              \
	break;                                                                 \
	}                                                                      \
	}
/* clang-format off */
ENUM_ROWS(ENUM, VALUE, END)
#undef ENUM
#undef VALUE
#undef END
#pragma GCC diagnostic pop

/* A struct of the rows' members is as long as the header's, each at its place. */
#define STRUCT(name) struct wanted_##name {
#define MEMBER(structure, member, type) type member;
#define END(name) }; _Static_assert(sizeof(struct wanted_##name) == sizeof(struct name), #name);
STRUCT_ROWS(STRUCT, MEMBER, END)
#undef STRUCT
#undef MEMBER
#undef END
#define MEMBER(structure, member, type) \
	SAME(member, __typeof__(((struct structure *)NULL)->member), type) \
	_Static_assert(offsetof(struct structure, member) == offsetof(struct wanted_##structure, member), #member);
STRUCT_ROWS(NOTHING, MEMBER, NOTHING)
#undef MEMBER

static const struct {
	const char *name;
	int64_t is, wanted;
} values[] = {
#define VALUE(name, number) { #name, (int64_t)name, number },
	ENUM_ROWS(NOTHING, VALUE, NOTHING)
	MACRO_ROWS(VALUE)
#undef VALUE
};

/* Every public error name, and whether libtls raises it. */
static const struct {
	const char *name;
	int value;
	bool raised;
} names[] = {
#define RAISED(name, type, index) { "S2N_ERR_" #name, (S2N_ERR_T_##type << 26) | (index), true },
#define UNRAISED(name, type, index, why) { "S2N_ERR_" #name, (S2N_ERR_T_##type << 26) | (index), false },
	ERROR_ROWS(RAISED, UNRAISED)
#undef RAISED
#undef UNRAISED
};
/* clang-format on */

START_TEST(a_name_has_the_value_that_programs_were_compiled_with)
{
	ck_assert_msg(values[_i].is == values[_i].wanted,
	    "%s is %lld, not %lld", values[_i].name, (long long)values[_i].is,
	    (long long)values[_i].wanted);
}
END_TEST

static void *
own_errno(void *unused)
{
	(void)unused;
	return s2n_errno == 0 && s2n_errno_location() == &s2n_errno ? &s2n_errno
								    : NULL;
}

START_TEST(each_thread_has_an_errno)
{
	pthread_t thread;
	void *other;

	s2n_errno = 1;
	ck_assert_int_eq(pthread_create(&thread, NULL, own_errno, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, &other), 0);
	ck_assert_ptr_nonnull(other);
	ck_assert_ptr_ne(other, &s2n_errno);
	ck_assert_ptr_eq(s2n_errno_location(), &s2n_errno);
	ck_assert_int_eq(s2n_errno, 1);
}
END_TEST

START_TEST(an_error_has_its_name_and_number)
{
	if (names[_i].raised)
		ck_assert_str_eq(
		    s2n_strerror_name(names[_i].value), names[_i].name);
}
END_TEST

/* No name that the interface does not have. */
START_TEST(each_error_of_the_table_is_public)
{
	const char *name;
	int i;

	for (int code = 0; code < ERR_COUNT; code++) {
		name = s2n_strerror_name(errors_value(code));
		for (i = 0; i < (int)COUNT(names); i++)
			if (strcmp(names[i].name, name) == 0)
				break;
		ck_assert_msg(i < (int)COUNT(names), "%s", name);
	}
}
END_TEST

static Suite *
api_suite(void)
{
	Suite *suite = suite_create("api");
	TCase *types = tcase_create("values and variables");
	TCase *errors = tcase_create("errors");

	tcase_add_loop_test(types,
	    a_name_has_the_value_that_programs_were_compiled_with, 0,
	    (int)COUNT(values));
	tcase_add_test(types, each_thread_has_an_errno);
	suite_add_tcase(suite, types);
	tcase_add_loop_test(
	    errors, an_error_has_its_name_and_number, 0, (int)COUNT(names));
	tcase_add_test(errors, each_error_of_the_table_is_public);
	suite_add_tcase(suite, errors);
	return suite;
}

UNIT_MAIN(api_suite)
