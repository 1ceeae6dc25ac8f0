/*
 * Layouts of payloads, for those who define some: keyproto.c, and
 * keyproto_beyond.c. A layout is said once, and both ways are walked by it: a
 * number has the width of its type, so that neither can disagree with the
 * struct.
 */
#ifndef IPC_KEYPROTO_LAYOUT_H
#define IPC_KEYPROTO_LAYOUT_H

#include "ipc/keyproto.h"

enum kind {
	NUMBERS, /* one, or an array of them */
	BYTES,   /* an array */
	FIXED,   /* a slice of so many bytes */
	VECTOR,  /* a length of 2 bytes and a slice of it */
	REST,    /* a slice of all that is left */
	ROWS,    /* structs, as many as the number before says */
	PAIR     /* of structs */
};
struct field {
	enum kind kind;
	uint16_t at, size; /* in the struct; FIXED: of the bytes */
	uint16_t width;    /* NUMBERS: of each; ROWS, PAIR: of a struct */
	const struct layout *row; /* ROWS, PAIR */
	uint32_t most;            /* ROWS */
};
struct layout {
	const struct field *fields;
	size_t count;
};

/* As keyproto_x_build() and keyproto_x_parse() have it. */
size_t keyproto_layout_build(
    const struct layout *, const void *value, uint8_t *to, size_t room);
must_check bool keyproto_layout_parse(
    const struct layout *, struct slice, void *value);

/* clang-format off */
#define MEMBER(type, name) (((struct keyproto_##type *)NULL)->name)
#define AT(type, name) (uint16_t)offsetof(struct keyproto_##type, name), sizeof MEMBER(type, name)
#define NUMBER(type, name) { NUMBERS, AT(type, name), sizeof MEMBER(type, name), NULL, 0 }
#define NUMBERS8(type, name) { NUMBERS, AT(type, name), 8, NULL, 0 }
#define ARRAY(type, name) { BYTES, AT(type, name), 0, NULL, 0 }
#define SLICE(kind, type, name, len) { kind, (uint16_t)offsetof(struct keyproto_##type, name), len, 0, NULL, 0 }
#define STRUCTS(kind, type, name, row, most) { kind, AT(type, name), sizeof MEMBER(type, name[0]), row, most }
#define LAYOUT(name, ...) \
	static const struct field name##_fields[] = { __VA_ARGS__ }; \
	static const struct layout name##_layout = { name##_fields, COUNT(name##_fields) }
/* clang-format on */

/* Both ways, and what else must hold of what was parsed. */
#define CODEC(name, type, sound)                                               \
	size_t keyproto_##name##_build(                                        \
	    const struct keyproto_##type *value, uint8_t *to, size_t room)     \
	{                                                                      \
		return keyproto_layout_build(&name##_layout, value, to, room); \
	}                                                                      \
	bool keyproto_##name##_parse(                                          \
	    struct slice bytes, struct keyproto_##type *value)                 \
	{                                                                      \
		return keyproto_layout_parse(&name##_layout, bytes, value) &&  \
		       (sound);                                                \
	}

/* Used as a string. */
#define ENDS(name) ((name)[sizeof(name) - 1] == '\0')

#endif
