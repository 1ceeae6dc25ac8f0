/*
 * Edits of bytes, read from a target's input: a list of small changes, each at
 * a place of its own.
 */
#ifndef TESTS_FUZZ_EDITS_H
#define TESTS_FUZZ_EDITS_H

#include "base/reader.h"
#include "base/writer.h"

enum edit {
	EDIT_XOR,      /* u16 place, u8 */
	EDIT_REPLACE,  /* u16 place, vec8 bytes */
	EDIT_INSERT,   /* u16 place, vec8 bytes */
	EDIT_DELETE,   /* u16 place, u8 length */
	EDIT_TRUNCATE, /* u16 place */
	EDIT_REPEAT,   /* u16 place, u8 length: once more, behind itself */
	EDIT_ADD,      /* u16 place, u16: to the number of two bytes there */
	EDIT_COUNT
};

/*
 * Applies all edits of input to what the writer has from start on. A place is
 * counted round. True when the bytes are others than before.
 */
bool edits_apply(struct reader *input, struct writer *, size_t start);

#endif
