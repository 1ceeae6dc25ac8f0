/*
 * The fuzz targets.
 */
#include "tests/fuzz/fuzz_handshake.h"
#include "tests/fuzz/fuzz_hello.h"
#include "tests/fuzz/setup.h"
#include "tests/fuzz/target.h"

/* clang-format off */
const struct target targets[] = {
	{ "client_hello",    setup_all, fuzz_client_hello },
	{ "client_hello_v2", setup_all, fuzz_client_hello_v2 },
	{ "server_hello",    setup_all, fuzz_server_hello },
	{ "server_wire",     setup_all, fuzz_server_wire },
	{ "client_wire",     setup_all, fuzz_client_wire },
	{ "handshake_tls13", setup_all, fuzz_handshake_tls13 },
	{ "handshake_tls12", setup_all, fuzz_handshake_tls12 },
	{ "handshake_tls11", setup_all, fuzz_handshake_tls11 },
	{ "handshake_tls10", setup_all, fuzz_handshake_tls10 },
	{ "handshake_sslv3", setup_all, fuzz_handshake_sslv3 },
};
/* clang-format on */
const size_t target_count = COUNT(targets);
