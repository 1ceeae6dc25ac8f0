/*
 * The public headers against rows.h: each function's type, each value, callback
 * and member. Types are compared by the compiler: where one differs this file
 * does not compile, and the message names the row.
 */
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
API_ROWS(API, NOTHING)
#undef API

#define TYPE(name, type) SAME(name, name, __typeof__(type))
TYPE_ROWS(TYPE, NOTHING)
#undef TYPE

#define MEMBER(structure, member, type)                                        \
	SAME(member, __typeof__(((structure *)NULL)->member), type)
MEMBER_ROWS(MEMBER)
#undef MEMBER

/* clang-format off */
static const struct {
	const char *name;
	int64_t is, wanted;
} values[] = {
#define VALUE(name, number) { #name, name, number },
	VALUE_ROWS(VALUE, NOTHING)
#undef VALUE
};

static const struct {
	const char *structure, *member;
	size_t at;
} members[] = {
#define MEMBER(structure, member, type) { #structure, #member, offsetof(structure, member) },
	MEMBER_ROWS(MEMBER)
#undef MEMBER
};

/* Every public error name, and whether libtls raises it. */
static const struct {
	const char *name;
	int value;
	bool raised;
} names[] = {
#define RAISED(name, type, index) { "S2N_ERR_" #name, (S2N_ERR_T_##type << 26) | (index), true },
#define UNRAISED(name, type, index, why) { "S2N_ERR_" #name, (S2N_ERR_T_##type << 26) | (index), false },
#define UNSHOWN(name, type, index, why) RAISED(name, type, index)
	ERROR_ROWS(RAISED, UNSHOWN, UNRAISED)
#undef RAISED
#undef UNSHOWN
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

START_TEST(members_stand_in_their_order)
{
	for (int i = 1; i < (int)COUNT(members); i++)
		ck_assert_msg(strcmp(members[i].structure,
				  members[i - 1].structure) != 0 ||
				  members[i].at > members[i - 1].at,
		    "%s is not behind %s", members[i].member,
		    members[i - 1].member);
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
	TCase *types = tcase_create("values and members");
	TCase *errors = tcase_create("errors");

	tcase_add_loop_test(types,
	    a_name_has_the_value_that_programs_were_compiled_with, 0,
	    (int)COUNT(values));
	tcase_add_test(types, members_stand_in_their_order);
	suite_add_tcase(suite, types);
	tcase_add_loop_test(
	    errors, an_error_has_its_name_and_number, 0, (int)COUNT(names));
	tcase_add_test(errors, each_error_of_the_table_is_public);
	suite_add_tcase(suite, errors);
	return suite;
}

UNIT_MAIN(api_suite)
