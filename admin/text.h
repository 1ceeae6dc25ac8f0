/*
 * Text into a writer.
 */
#ifndef ADMIN_TEXT_H
#define ADMIN_TEXT_H

#include "base/writer.h"

void text_put(struct writer *, const char *);
/* As printf does; at most 255 bytes, what is beyond fails the writer. */
void text_format(struct writer *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* So many times the same byte. */
void text_repeat(struct writer *, char byte, size_t count);

#endif
