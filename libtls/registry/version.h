/*
 * Protocol versions: the API's numbers (S2N_SSLv3 = 30 ... S2N_TLS13 = 34) and
 * those on the wire (0x0300 ... 0x0304).
 */
#ifndef LIBTLS_REGISTRY_VERSION_H
#define LIBTLS_REGISTRY_VERSION_H

#include <stdint.h>

#include "libtls/s2n.h"

#define WIRE_SSLV3 0x0300
#define WIRE_TLS10 0x0301
#define WIRE_TLS12 0x0303
#define WIRE_TLS13 0x0304

static inline uint16_t
version_wire(uint8_t version)
{
	return (uint16_t)(WIRE_SSLV3 + version - S2N_SSLv3);
}

/* 0 when it is none of ours. */
static inline uint8_t
version_of_wire(uint16_t wire)
{
	if (wire < WIRE_SSLV3 || wire > WIRE_TLS13)
		return 0;
	return (uint8_t)(wire - WIRE_SSLV3 + S2N_SSLv3);
}

#endif
