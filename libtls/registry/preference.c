/*
 * The security policies; the contract is in preference.h.
 */
#include "libtls/registry/preference.h"

#include <strings.h>

#include "libtls/crypto/group.h"
#include "libtls/crypto/scheme.h"
#include "libtls/registry/lists.h"
#include "libtls/registry/suite.h"
#include "libtls/s2n.h"

#define LIST(name)                                                             \
	{                                                                      \
		name, COUNT(name)                                              \
	}
#define NO_NUMBERS                                                             \
	{                                                                      \
		NULL, 0                                                        \
	}

/* clang-format off */
static const struct preference table[] = {
/*	  name, least version, suites, handshake signatures, signatures in chains, groups, groups worth a retry, rules, ChaCha20 boost, most version */
	{ "default", S2N_TLS12, LIST(suites_default), LIST(schemes_default), NO_NUMBERS, LIST(groups_default),
	    NO_NUMBERS, RULE_PFS, false, 0 },
	{ "default_tls13", S2N_TLS12, LIST(suites_default_tls13), LIST(schemes_default),
	    LIST(schemes_default_tls13_chain), LIST(groups_default_tls13), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "default_fips", S2N_TLS12, LIST(suites_default_fips), LIST(schemes_default),
	    LIST(schemes_default_tls13_chain), LIST(groups_default_fips), NO_NUMBERS, RULE_PFS | RULE_FIPS, false, 0 },
	{ "default_pq", S2N_TLS12, LIST(suites_default_tls13), LIST(schemes_default_pq),
	    LIST(schemes_default_pq_chain), LIST(groups_default), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "20241106", S2N_TLS12, LIST(suites_20241106), LIST(schemes_20241106), NO_NUMBERS, LIST(groups_20241106),
	    NO_NUMBERS, 0, false, 0 },
	{ "20240501", S2N_TLS12, LIST(suites_20240501), LIST(schemes_default), NO_NUMBERS,
	    LIST(groups_default_tls13), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "20240502", S2N_TLS12, LIST(suites_20240501), LIST(schemes_default), LIST(schemes_default_tls13_chain),
	    LIST(groups_20240502), NO_NUMBERS, RULE_PFS | RULE_FIPS, false, 0 },
	{ "20240503", S2N_TLS12, LIST(suites_default_tls13), LIST(schemes_default),
	    LIST(schemes_default_tls13_chain), LIST(groups_default_tls13), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "20230317", S2N_TLS12, LIST(suites_20230317), LIST(schemes_20230317), LIST(schemes_20230317),
	    LIST(groups_20240502), NO_NUMBERS, RULE_PFS | RULE_FIPS, false, 0 },
	{ "20240331", S2N_TLS12, LIST(suites_20240501), LIST(schemes_20230317), LIST(schemes_20230317),
	    LIST(groups_20240502), NO_NUMBERS, RULE_PFS | RULE_FIPS, false, 0 },
	{ "20240417", S2N_TLS10, LIST(suites_20240417), LIST(schemes_20241106), LIST(schemes_default_tls13_chain),
	    LIST(groups_20241106), NO_NUMBERS, 0, false, 0 },
	{ "20240416", S2N_TLS12, LIST(suites_20240416), LIST(schemes_20240416), LIST(schemes_20240416),
	    LIST(groups_20240416), NO_NUMBERS, RULE_PFS | RULE_FIPS, false, 0 },
	{ "20241001", S2N_TLS12, LIST(suites_default_tls13), LIST(schemes_default),
	    LIST(schemes_default_tls13_chain), LIST(groups_20241001), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "20250512", S2N_TLS12, LIST(suites_default_tls13), LIST(schemes_default_pq),
	    LIST(schemes_default_pq_chain), LIST(groups_20241001), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "20250721", S2N_TLS12, LIST(suites_default_tls13), LIST(schemes_default_pq),
	    LIST(schemes_default_pq_chain), LIST(groups_default), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "20251014", S2N_TLS12, LIST(suites_default), LIST(schemes_default), NO_NUMBERS, LIST(groups_default),
	    NO_NUMBERS, RULE_PFS, false, 0 },
	{ "20251015", S2N_TLS12, LIST(suites_default_fips), LIST(schemes_default), LIST(schemes_default_tls13_chain),
	    LIST(groups_default_fips), NO_NUMBERS, RULE_PFS | RULE_FIPS, false, 0 },
	{ "20241001_pq_mixed", S2N_TLS12, LIST(suites_default_tls13), LIST(schemes_default),
	    LIST(schemes_default_tls13_chain), LIST(groups_20241001), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "ELBSecurityPolicy-TLS-1-0-2015-04", S2N_TLS10, LIST(suites_elbsecuritypolicy_tls_1_0_2015_04),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, 0,
	    false, 0 },
	{ "ELBSecurityPolicy-TLS-1-0-2015-05", S2N_TLS10, LIST(suites_elbsecuritypolicy_tls_1_0_2015_05),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, 0,
	    false, 0 },
	{ "ELBSecurityPolicy-2016-08", S2N_TLS10, LIST(suites_elbsecuritypolicy_tls_1_0_2015_05),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, 0,
	    false, 0 },
	{ "ELBSecurityPolicy-TLS-1-1-2017-01", S2N_TLS11, LIST(suites_elbsecuritypolicy_tls_1_0_2015_05),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, 0,
	    false, 0 },
	{ "ELBSecurityPolicy-TLS-1-2-2017-01", S2N_TLS12, LIST(suites_elbsecuritypolicy_tls_1_2_2017_01),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, 0,
	    false, 0 },
	{ "ELBSecurityPolicy-TLS-1-2-Ext-2018-06", S2N_TLS12, LIST(suites_elbsecuritypolicy_tls_1_0_2015_05),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, 0,
	    false, 0 },
	{ "ELBSecurityPolicy-FS-2018-06", S2N_TLS10, LIST(suites_elbsecuritypolicy_fs_2018_06),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, RULE_PFS,
	    false, 0 },
	{ "ELBSecurityPolicy-FS-1-2-2019-08", S2N_TLS12, LIST(suites_elbsecuritypolicy_fs_2018_06),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, RULE_PFS,
	    false, 0 },
	{ "ELBSecurityPolicy-FS-1-1-2019-08", S2N_TLS11, LIST(suites_elbsecuritypolicy_fs_2018_06),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, RULE_PFS,
	    false, 0 },
	{ "ELBSecurityPolicy-FS-1-2-Res-2019-08", S2N_TLS12, LIST(suites_elbsecuritypolicy_fs_1_2_res_2019_08),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, RULE_PFS,
	    false, 0 },
	{ "ELBSecurityPolicy-TLS13-1-3-CNSA2-INTEROP1-FIPS-PQ-2026-07", S2N_TLS13,
	    LIST(suites_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07),
	    LIST(schemes_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07),
	    LIST(schemes_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07_chain),
	    LIST(groups_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07), NO_NUMBERS,
	    RULE_PFS | RULE_FIPS, false, 0 },
	{ "ELBSecurityPolicy-TLS13-1-2-CNSA2-INTEROP2-FIPS-PQ-2026-07", S2N_TLS12,
	    LIST(suites_elbsecuritypolicy_tls13_1_2_cnsa2_interop2_fips_pq_2026_07),
	    LIST(schemes_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07),
	    LIST(schemes_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07_chain),
	    LIST(groups_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07), NO_NUMBERS,
	    RULE_PFS | RULE_FIPS, false, 0 },
	{ "ELBSecurityPolicy-TLS13-1-2-CNSA2-INTEROP3-FIPS-PQ-2026-07", S2N_TLS12,
	    LIST(suites_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07),
	    LIST(schemes_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07_chain),
	    LIST(schemes_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07_chain),
	    LIST(groups_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07),
	    LIST(groups_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07_strong), 0, false, 0 },
	{ "CloudFront-Upstream", S2N_SSLv3, LIST(suites_cloudfront_upstream),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_cloudfront_upstream),
	    NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-Upstream-TLS-1-0", S2N_TLS10, LIST(suites_cloudfront_upstream),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_cloudfront_upstream),
	    NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-Upstream-TLS-1-1", S2N_TLS11, LIST(suites_cloudfront_upstream),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_cloudfront_upstream),
	    NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-Upstream-TLS-1-2", S2N_TLS12, LIST(suites_cloudfront_upstream),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_cloudfront_upstream),
	    NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-Upstream-2025", S2N_SSLv3, LIST(suites_cloudfront_upstream_2025),
	    LIST(schemes_cloudfront_upstream_2025), NO_NUMBERS, LIST(groups_cloudfront_upstream), NO_NUMBERS, 0,
	    false, 0 },
	{ "CloudFront-Upstream-TLS-1-0-2025", S2N_TLS10, LIST(suites_cloudfront_upstream_2025),
	    LIST(schemes_cloudfront_upstream_2025), NO_NUMBERS, LIST(groups_cloudfront_upstream), NO_NUMBERS, 0,
	    false, 0 },
	{ "CloudFront-Upstream-TLS-1-1-2025", S2N_TLS11, LIST(suites_cloudfront_upstream_2025),
	    LIST(schemes_cloudfront_upstream_2025), NO_NUMBERS, LIST(groups_cloudfront_upstream), NO_NUMBERS, 0,
	    false, 0 },
	{ "CloudFront-Upstream-TLS-1-2-2025", S2N_TLS12, LIST(suites_cloudfront_upstream_2025),
	    LIST(schemes_cloudfront_upstream_2025), NO_NUMBERS, LIST(groups_cloudfront_upstream), NO_NUMBERS, 0,
	    false, 0 },
	{ "CloudFront-Upstream-TLS-1-3-2025", S2N_TLS13, LIST(suites_cloudfront_upstream_tls_1_3_2025),
	    LIST(schemes_cloudfront_upstream_2025), NO_NUMBERS, LIST(groups_cloudfront_upstream), NO_NUMBERS, 0,
	    false, 0 },
	{ "CloudFront-Upstream-2025-PQ", S2N_SSLv3, LIST(suites_cloudfront_upstream_2025),
	    LIST(schemes_cloudfront_upstream_2025_pq), NO_NUMBERS, LIST(groups_cloudfront_upstream_2025_pq),
	    NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-Upstream-TLS-1-0-2025-PQ", S2N_TLS10, LIST(suites_cloudfront_upstream_2025),
	    LIST(schemes_cloudfront_upstream_2025_pq), NO_NUMBERS, LIST(groups_cloudfront_upstream_2025_pq),
	    NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-Upstream-TLS-1-1-2025-PQ", S2N_TLS11, LIST(suites_cloudfront_upstream_2025),
	    LIST(schemes_cloudfront_upstream_2025_pq), NO_NUMBERS, LIST(groups_cloudfront_upstream_2025_pq),
	    NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-Upstream-TLS-1-2-2025-PQ", S2N_TLS12, LIST(suites_cloudfront_upstream_2025),
	    LIST(schemes_cloudfront_upstream_2025_pq), NO_NUMBERS, LIST(groups_cloudfront_upstream_2025_pq),
	    NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-Upstream-TLS-1-3-2025-PQ", S2N_TLS13, LIST(suites_cloudfront_upstream_tls_1_3_2025),
	    LIST(schemes_cloudfront_upstream_2025_pq), NO_NUMBERS, LIST(groups_cloudfront_upstream_2025_pq),
	    NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-SSL-v-3", S2N_SSLv3, LIST(suites_cloudfront_ssl_v_3), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_cloudfront_ssl_v_3), NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-TLS-1-0-2014", S2N_TLS10, LIST(suites_cloudfront_tls_1_0_2014), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_cloudfront_ssl_v_3), NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-TLS-1-0-2014-sha256", S2N_TLS10, LIST(suites_cloudfront_tls_1_0_2014_sha256),
	    LIST(schemes_20241106), NO_NUMBERS, LIST(groups_cloudfront_ssl_v_3), NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-TLS-1-0-2016", S2N_TLS10, LIST(suites_20241106), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_cloudfront_ssl_v_3), NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-TLS-1-1-2016", S2N_TLS11, LIST(suites_20241106), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_cloudfront_ssl_v_3), NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-TLS-1-2-2017", S2N_TLS12, LIST(suites_cloudfront_tls_1_2_2017), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_cloudfront_ssl_v_3), NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-TLS-1-2-2018-no-sha1", S2N_TLS12, LIST(suites_cloudfront_tls_1_2_2018_no_sha1),
	    LIST(schemes_default_tls13_chain), NO_NUMBERS, LIST(groups_cloudfront_ssl_v_3), NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-TLS-1-2-2019-no-sha1", S2N_TLS12, LIST(suites_default_tls13),
	    LIST(schemes_default_tls13_chain), NO_NUMBERS, LIST(groups_cloudfront_ssl_v_3), NO_NUMBERS, RULE_PFS,
	    false, 0 },
	{ "CloudFront-TLS-1-2-2021-no-sha1", S2N_TLS12, LIST(suites_cloudfront_tls_1_2_2021_no_sha1),
	    LIST(schemes_default_tls13_chain), NO_NUMBERS, LIST(groups_cloudfront_ssl_v_3), NO_NUMBERS, RULE_PFS,
	    false, 0 },
	{ "CloudFront-TLS-1-2-2025", S2N_TLS12, LIST(suites_cloudfront_tls_1_2_2025),
	    LIST(schemes_cloudfront_tls_1_2_2025), NO_NUMBERS, LIST(groups_cloudfront_tls_1_2_2025), NO_NUMBERS,
	    RULE_PFS | RULE_FIPS, false, 0 },
	{ "CloudFront-TLS-1-3-2025", S2N_TLS13, LIST(suites_cloudfront_upstream_tls_1_3_2025),
	    LIST(schemes_cloudfront_tls_1_2_2025), NO_NUMBERS, LIST(groups_cloudfront_ssl_v_3), NO_NUMBERS, RULE_PFS,
	    false, 0 },
	{ "CloudFront-SSL-v-3-no-pq", S2N_SSLv3, LIST(suites_cloudfront_ssl_v_3), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_20241106), NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-TLS-1-0-2014-no-pq", S2N_TLS10, LIST(suites_cloudfront_tls_1_0_2014), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_20241106), NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-TLS-1-0-2014-sha256-no-pq", S2N_TLS10, LIST(suites_cloudfront_tls_1_0_2014_sha256),
	    LIST(schemes_20241106), NO_NUMBERS, LIST(groups_20241106), NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-TLS-1-0-2016-no-pq", S2N_TLS10, LIST(suites_20241106), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_20241106), NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-TLS-1-1-2016-no-pq", S2N_TLS11, LIST(suites_20241106), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_20241106), NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-TLS-1-2-2017-no-pq", S2N_TLS12, LIST(suites_cloudfront_tls_1_2_2017), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_20241106), NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-TLS-1-2-2018-no-sha1-no-pq", S2N_TLS12, LIST(suites_cloudfront_tls_1_2_2018_no_sha1),
	    LIST(schemes_default_tls13_chain), NO_NUMBERS, LIST(groups_20241106), NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-TLS-1-2-2019-no-sha1-no-pq", S2N_TLS12, LIST(suites_default_tls13),
	    LIST(schemes_default_tls13_chain), NO_NUMBERS, LIST(groups_20241106), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "CloudFront-TLS-1-2-2021-no-sha1-no-pq", S2N_TLS12, LIST(suites_cloudfront_tls_1_2_2021_no_sha1),
	    LIST(schemes_default_tls13_chain), NO_NUMBERS, LIST(groups_20241106), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "CloudFront-TLS-1-2-2025-no-pq", S2N_TLS12, LIST(suites_cloudfront_tls_1_2_2025),
	    LIST(schemes_cloudfront_tls_1_2_2025), NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS,
	    RULE_PFS | RULE_FIPS, false, 0 },
	{ "CloudFront-TLS-1-3-2025-no-pq", S2N_TLS13, LIST(suites_cloudfront_upstream_tls_1_3_2025),
	    LIST(schemes_cloudfront_tls_1_2_2025), NO_NUMBERS, LIST(groups_20241106), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "CloudFront-TLS-1-0-2014-PQ-Beta", S2N_TLS10, LIST(suites_cloudfront_tls_1_0_2014), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_cloudfront_ssl_v_3), NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-TLS-1-2-2021-no-sha1-PQ-Beta", S2N_TLS12, LIST(suites_cloudfront_tls_1_2_2021_no_sha1),
	    LIST(schemes_default_tls13_chain), NO_NUMBERS, LIST(groups_cloudfront_ssl_v_3), NO_NUMBERS, RULE_PFS,
	    false, 0 },
	{ "CloudFront-TLS-1-2-2018-Beta", S2N_TLS12, LIST(suites_cloudfront_tls_1_2_2018_beta),
	    LIST(schemes_20241106), NO_NUMBERS, LIST(groups_20241106), NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-TLS-1-2-2021-Chacha20-Boosted", S2N_TLS12, LIST(suites_cloudfront_tls_1_2_2021_no_sha1),
	    LIST(schemes_20241106), NO_NUMBERS, LIST(groups_20241106), NO_NUMBERS, RULE_PFS, true, 0 },
	{ "CloudFront-SSL-v-3-Legacy", S2N_SSLv3, LIST(suites_cloudfront_ssl_v_3_legacy),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, 0,
	    false, 0 },
	{ "CloudFront-TLS-1-0-2014-Legacy", S2N_TLS10, LIST(suites_cloudfront_tls_1_0_2014_legacy),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, 0,
	    false, 0 },
	{ "CloudFront-TLS-1-0-2016-Legacy", S2N_TLS10, LIST(suites_cloudfront_tls_1_0_2016_legacy),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, 0,
	    false, 0 },
	{ "CloudFront-TLS-1-1-2016-Legacy", S2N_TLS11, LIST(suites_cloudfront_tls_1_0_2016_legacy),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, 0,
	    false, 0 },
	{ "CloudFront-TLS-1-2-2018-Legacy", S2N_TLS12, LIST(suites_cloudfront_tls_1_2_2018_legacy),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, 0,
	    false, 0 },
	{ "CloudFront-TLS-1-2-2019-Legacy", S2N_TLS12, LIST(suites_cloudfront_tls_1_2_2019_legacy),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, RULE_PFS,
	    false, 0 },
	{ "CloudFront-TLS-1-2-2018", S2N_TLS12, LIST(suites_cloudfront_tls_1_2_2018_no_sha1), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_20241106), NO_NUMBERS, 0, false, 0 },
	{ "CloudFront-TLS-1-2-2019", S2N_TLS12, LIST(suites_default_tls13), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_20241106), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "CloudFront-TLS-1-2-2021", S2N_TLS12, LIST(suites_cloudfront_tls_1_2_2021_no_sha1), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_20241106), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "AWS-CRT-SDK-SSLv3.0", S2N_SSLv3, LIST(suites_aws_crt_sdk_sslv3_0), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_20241106), NO_NUMBERS, 0, false, 0 },
	{ "AWS-CRT-SDK-TLSv1.0", S2N_TLS10, LIST(suites_aws_crt_sdk_tlsv1_0), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_20241106), NO_NUMBERS, 0, false, 0 },
	{ "AWS-CRT-SDK-TLSv1.1", S2N_TLS11, LIST(suites_aws_crt_sdk_tlsv1_0), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_20241106), NO_NUMBERS, 0, false, 0 },
	{ "AWS-CRT-SDK-TLSv1.2", S2N_TLS12, LIST(suites_aws_crt_sdk_tlsv1_0), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_20241106), NO_NUMBERS, 0, false, 0 },
	{ "AWS-CRT-SDK-TLSv1.3", S2N_TLS13, LIST(suites_cloudfront_upstream_tls_1_3_2025), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_20241106), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "AWS-CRT-SDK-SSLv3.0-2023", S2N_SSLv3, LIST(suites_aws_crt_sdk_sslv3_0), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_cloudfront_upstream), NO_NUMBERS, 0, false, 0 },
	{ "AWS-CRT-SDK-TLSv1.0-2023", S2N_TLS10, LIST(suites_aws_crt_sdk_tlsv1_0), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_cloudfront_upstream), NO_NUMBERS, 0, false, 0 },
	{ "AWS-CRT-SDK-TLSv1.0-2025-PQ", S2N_TLS10, LIST(suites_aws_crt_sdk_tlsv1_0), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_aws_crt_sdk_tlsv1_0_2025_pq), NO_NUMBERS, 0, false, 0 },
	{ "AWS-CRT-SDK-TLSv1.1-2023", S2N_TLS11, LIST(suites_aws_crt_sdk_tlsv1_0), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_cloudfront_upstream), NO_NUMBERS, 0, false, 0 },
	{ "AWS-CRT-SDK-TLSv1.2-2023", S2N_TLS12, LIST(suites_aws_crt_sdk_tlsv1_0), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_cloudfront_upstream), NO_NUMBERS, 0, false, 0 },
	{ "AWS-CRT-SDK-TLSv1.2-2023-PQ", S2N_TLS12, LIST(suites_aws_crt_sdk_tlsv1_0), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_aws_crt_sdk_tlsv1_0_2025_pq), NO_NUMBERS, 0, false, 0 },
	{ "AWS-CRT-SDK-TLSv1.2-2025", S2N_TLS12, LIST(suites_cloudfront_tls_1_2_2025), LIST(schemes_default),
	    NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, RULE_PFS | RULE_FIPS, false, 0 },
	{ "AWS-CRT-SDK-TLSv1.2-2025-PQ", S2N_TLS12, LIST(suites_aws_crt_sdk_tlsv1_0), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_aws_crt_sdk_tlsv1_0_2025_pq), NO_NUMBERS, 0, false, 0 },
	{ "AWS-CRT-SDK-TLSv1.3-2023", S2N_TLS13, LIST(suites_cloudfront_upstream_tls_1_3_2025),
	    LIST(schemes_20241106), NO_NUMBERS, LIST(groups_cloudfront_upstream), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "AWS-CRT-SDK-TLSv1.3-2025-PQ", S2N_TLS13, LIST(suites_cloudfront_upstream_tls_1_3_2025),
	    LIST(schemes_20241106), NO_NUMBERS, LIST(groups_aws_crt_sdk_tlsv1_0_2025_pq), NO_NUMBERS, 0, false, 0 },
	{ "KMS-TLS-1-0-2018-10", S2N_TLS10, LIST(suites_kms_tls_1_0_2018_10),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, RULE_PFS,
	    false, 0 },
	{ "KMS-TLS-1-0-2021-08", S2N_TLS10, LIST(suites_kms_tls_1_0_2021_08), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_20241106), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "KMS-TLS-1-2-2023-06", S2N_TLS12, LIST(suites_kms_tls_1_0_2021_08), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_20241106), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "KMS-FIPS-TLS-1-2-2018-10", S2N_TLS12, LIST(suites_kms_fips_tls_1_2_2018_10),
	    LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, RULE_PFS,
	    false, 0 },
	{ "KMS-FIPS-TLS-1-2-2021-08", S2N_TLS12, LIST(suites_kms_fips_tls_1_2_2021_08), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "KMS-FIPS-TLS-1-2-2024-10", S2N_TLS12, LIST(suites_kms_fips_tls_1_2_2021_08), LIST(schemes_20230317),
	    NO_NUMBERS, LIST(groups_kms_fips_tls_1_2_2024_10), NO_NUMBERS, RULE_PFS | RULE_FIPS, false, 0 },
	{ "PQ-TLS-1-2-2024-10-07", S2N_TLS12, LIST(suites_pq_tls_1_2_2024_10_07), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_cloudfront_ssl_v_3), NO_NUMBERS, 0, false, 0 },
	{ "PQ-TLS-1-2-2024-10-08", S2N_TLS12, LIST(suites_pq_tls_1_2_2024_10_08), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_cloudfront_ssl_v_3), NO_NUMBERS, 0, false, 0 },
	{ "PQ-TLS-1-2-2024-10-08_gcm", S2N_TLS12, LIST(suites_pq_tls_1_2_2024_10_08_gcm), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_cloudfront_ssl_v_3), NO_NUMBERS, 0, false, 0 },
	{ "PQ-TLS-1-2-2024-10-09", S2N_TLS12, LIST(suites_pq_tls_1_2_2024_10_09), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_cloudfront_ssl_v_3), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "20140601", S2N_SSLv3, LIST(suites_20140601), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS,
	    LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20141001", S2N_TLS10, LIST(suites_20140601), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS,
	    LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20150202", S2N_TLS10, LIST(suites_20150202), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS,
	    LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20150214", S2N_TLS10, LIST(suites_20150214), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS,
	    LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20150306", S2N_TLS10, LIST(suites_20150306), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS,
	    LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20160411", S2N_TLS10, LIST(suites_20160411), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS,
	    LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20160804", S2N_TLS10, LIST(suites_20160804), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS,
	    LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20160824", S2N_TLS10, LIST(suites_20160824), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS,
	    LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20170210", S2N_TLS10, LIST(suites_20170210), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS,
	    LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20170328", S2N_TLS10, LIST(suites_20170328), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS,
	    LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20170328_gcm", S2N_TLS10, LIST(suites_20170328_gcm), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04),
	    NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20190214", S2N_TLS10, LIST(suites_20190214), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS,
	    LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20190214_gcm", S2N_TLS10, LIST(suites_20190214_gcm), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04),
	    NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20210825", S2N_TLS10, LIST(suites_20210825), LIST(schemes_20241106), NO_NUMBERS, LIST(groups_20241106),
	    NO_NUMBERS, 0, false, 0 },
	{ "20210825_gcm", S2N_TLS10, LIST(suites_20210825_gcm), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_20241106), NO_NUMBERS, 0, false, 0 },
	{ "20170405", S2N_TLS10, LIST(suites_20170405), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS,
	    LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20170405_gcm", S2N_TLS10, LIST(suites_20170405_gcm), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04),
	    NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20170718", S2N_TLS10, LIST(suites_20170718), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS,
	    LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20170718_gcm", S2N_TLS10, LIST(suites_20170718_gcm), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04),
	    NO_NUMBERS, LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20190120", S2N_TLS10, LIST(suites_20190120), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS,
	    LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20190121", S2N_TLS10, LIST(suites_20190121), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS,
	    LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20190122", S2N_TLS10, LIST(suites_20190122), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04), NO_NUMBERS,
	    LIST(groups_20240416), NO_NUMBERS, 0, false, 0 },
	{ "20190801", S2N_TLS10, LIST(suites_20190801), LIST(schemes_20241106), NO_NUMBERS, LIST(groups_20241106),
	    NO_NUMBERS, 0, false, 0 },
	{ "20190802", S2N_TLS10, LIST(suites_20190801), LIST(schemes_20241106), NO_NUMBERS, LIST(groups_20240416),
	    NO_NUMBERS, 0, false, 0 },
	{ "20200207", S2N_SSLv3, LIST(suites_cloudfront_upstream_tls_1_3_2025), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_20200207), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "20201021", S2N_TLS10, LIST(suites_20190122), LIST(schemes_20241106), NO_NUMBERS, LIST(groups_20240502),
	    NO_NUMBERS, 0, false, 0 },
	{ "20210816", S2N_TLS12, LIST(suites_20210816), LIST(schemes_20210816), NO_NUMBERS,
	    LIST(groups_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07_strong), NO_NUMBERS,
	    RULE_PFS | RULE_FIPS, false, 0 },
	{ "20210816_GCM", S2N_TLS12, LIST(suites_20210816_gcm), LIST(schemes_20210816), NO_NUMBERS,
	    LIST(groups_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07_strong), NO_NUMBERS,
	    RULE_PFS | RULE_FIPS, false, 0 },
	{ "20240603", S2N_TLS12, LIST(suites_20240603), LIST(schemes_default), LIST(schemes_default_tls13_chain),
	    LIST(groups_20200207), NO_NUMBERS, 0, true, 0 },
	{ "20250211", S2N_TLS13, LIST(suites_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07),
	    LIST(schemes_20250211), LIST(schemes_default_tls13_chain),
	    LIST(groups_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07_strong), NO_NUMBERS, RULE_PFS,
	    false, 0 },
	{ "20250414", S2N_TLS13, LIST(suites_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07),
	    LIST(schemes_default), LIST(schemes_default_tls13_chain),
	    LIST(groups_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07_strong), NO_NUMBERS,
	    RULE_PFS | RULE_FIPS, false, 0 },
	{ "20250429", S2N_TLS12, LIST(suites_20250429), LIST(schemes_20250211), LIST(schemes_20250429_chain),
	    LIST(groups_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07_strong), NO_NUMBERS, 0, false, 0 },
	{ "20251013", S2N_TLS12, LIST(suites_20251013), LIST(schemes_20250211), LIST(schemes_20250429_chain),
	    LIST(groups_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07_strong), NO_NUMBERS,
	    RULE_PFS | RULE_FIPS, false, 0 },
	{ "20251113", S2N_TLS12, LIST(suites_20251113), LIST(schemes_20251113), LIST(schemes_20251113),
	    LIST(groups_20251113), LIST(groups_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07_strong), 0,
	    false, 0 },
	{ "20251114", S2N_TLS12, LIST(suites_20251114), LIST(schemes_20251113), LIST(schemes_20251113),
	    LIST(groups_20251113), LIST(groups_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07_strong), 0,
	    false, 0 },
	{ "20251115", S2N_TLS12, LIST(suites_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07),
	    LIST(schemes_20251113), LIST(schemes_20251113), LIST(groups_20251113),
	    LIST(groups_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07_strong), 0, false, 0 },
	{ "20251116", S2N_TLS10, LIST(suites_20251116), LIST(schemes_20251113), LIST(schemes_20251113),
	    LIST(groups_20251113), LIST(groups_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07_strong), 0,
	    false, 0 },
	{ "20251117", S2N_TLS12, LIST(suites_20251117), LIST(schemes_20251113), LIST(schemes_20251113),
	    LIST(groups_20251113), LIST(groups_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07_strong), 0,
	    false, 0 },
	{ "20260219", S2N_TLS13, LIST(suites_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07),
	    LIST(schemes_20260219), LIST(schemes_20260219), LIST(groups_20260219), NO_NUMBERS, RULE_PFS | RULE_FIPS,
	    false, 0 },
	{ "20260220", S2N_TLS12, LIST(suites_elbsecuritypolicy_tls13_1_2_cnsa2_interop2_fips_pq_2026_07),
	    LIST(schemes_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07), LIST(schemes_20260220_chain),
	    LIST(groups_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07), NO_NUMBERS,
	    RULE_PFS | RULE_FIPS, false, 0 },
	{ "20260513", S2N_TLS13, LIST(suites_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07),
	    LIST(schemes_20260513), LIST(schemes_20260513_chain),
	    LIST(groups_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07), NO_NUMBERS,
	    RULE_PFS | RULE_FIPS, false, 0 },
	{ "20260520", S2N_TLS10, LIST(suites_20260520), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_kms_fips_tls_1_2_2024_10), NO_NUMBERS, 0, false, 0 },
	{ "20260520_gcm", S2N_TLS10, LIST(suites_20260520_gcm), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_kms_fips_tls_1_2_2024_10), NO_NUMBERS, 0, false, 0 },
	{ "20260521", S2N_TLS12, LIST(suites_20260521), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_kms_fips_tls_1_2_2024_10), NO_NUMBERS, 0, false, 0 },
	{ "20260521_gcm", S2N_TLS12, LIST(suites_20260521_gcm), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_kms_fips_tls_1_2_2024_10), NO_NUMBERS, 0, false, 0 },
	{ "20260522", S2N_TLS12, LIST(suites_20260522), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_kms_fips_tls_1_2_2024_10), NO_NUMBERS, 0, false, 0 },
	{ "20260522_gcm", S2N_TLS12, LIST(suites_20260522_gcm), LIST(schemes_20241106), NO_NUMBERS,
	    LIST(groups_kms_fips_tls_1_2_2024_10), NO_NUMBERS, 0, false, 0 },
	{ "20260523", S2N_TLS12, LIST(suites_20260523), LIST(schemes_20260523), NO_NUMBERS,
	    LIST(groups_kms_fips_tls_1_2_2024_10), NO_NUMBERS, 0, false, 0 },
	{ "20260523_gcm", S2N_TLS12, LIST(suites_20260523_gcm), LIST(schemes_20260523), NO_NUMBERS,
	    LIST(groups_kms_fips_tls_1_2_2024_10), NO_NUMBERS, 0, false, 0 },
	{ "20260720", S2N_TLS13, LIST(suites_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07),
	    LIST(schemes_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07),
	    LIST(schemes_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07_chain),
	    LIST(groups_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07), NO_NUMBERS,
	    RULE_PFS | RULE_FIPS, false, 0 },
	{ "20260722", S2N_TLS12, LIST(suites_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07),
	    LIST(schemes_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07_chain),
	    LIST(schemes_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07_chain),
	    LIST(groups_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07),
	    LIST(groups_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07_strong), 0, false, 0 },
	{ "rfc9151", S2N_TLS12, LIST(suites_20251013), LIST(schemes_20250211), LIST(schemes_20250429_chain),
	    LIST(groups_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07_strong), NO_NUMBERS,
	    RULE_PFS | RULE_FIPS, false, 0 },
	{ "cnsa_1", S2N_TLS12, LIST(suites_20251013), LIST(schemes_20250211), LIST(schemes_20250429_chain),
	    LIST(groups_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07_strong), NO_NUMBERS,
	    RULE_PFS | RULE_FIPS, false, 0 },
	{ "cnsa_2", S2N_TLS13, LIST(suites_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07),
	    LIST(schemes_20260219), LIST(schemes_20260219), LIST(groups_20260219), NO_NUMBERS, RULE_PFS | RULE_FIPS,
	    false, 0 },
	{ "cnsa_1_2_interop", S2N_TLS12, LIST(suites_elbsecuritypolicy_tls13_1_2_cnsa2_interop2_fips_pq_2026_07),
	    LIST(schemes_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07), LIST(schemes_20260220_chain),
	    LIST(groups_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07), NO_NUMBERS,
	    RULE_PFS | RULE_FIPS, false, 0 },
	/* Ours, and nobody else's: see unstable/ed25519.h. */
	{ "sallyport_ed25519", S2N_TLS12, LIST(suites_default_tls13), LIST(schemes_sallyport_ed25519),
	    LIST(schemes_sallyport_ed25519_chain), LIST(groups_default_tls13), NO_NUMBERS, RULE_PFS, false, 0 },
	{ "test_all", S2N_SSLv3, LIST(suites_test_all), LIST(schemes_test_all),
	    NO_NUMBERS, LIST(groups_test_all),
	    NO_NUMBERS, 0, false, 0 },
	{ "test_all_fips", S2N_TLS12, LIST(suites_test_all_fips), LIST(schemes_test_all_fips),
	    NO_NUMBERS, LIST(groups_test_all_fips),
	    NO_NUMBERS, RULE_FIPS, false, 0 },
	{ "test_all_ecdsa", S2N_TLS10, LIST(suites_test_all_ecdsa), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_20200207),
	    NO_NUMBERS, RULE_PFS, false, 0 },
	{ "test_all_rsa_kex", S2N_TLS10, LIST(suites_test_all_rsa_kex), LIST(schemes_elbsecuritypolicy_tls_1_0_2015_04),
	    NO_NUMBERS, LIST(groups_20240416),
	    NO_NUMBERS, 0, false, 0 },
	{ "test_ecdsa_priority", S2N_SSLv3, LIST(suites_test_ecdsa_priority), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_20200207),
	    NO_NUMBERS, 0, false, 0 },
	{ "test_all_tls12", S2N_SSLv3, LIST(suites_test_all_tls12), LIST(schemes_20241106),
	    NO_NUMBERS, LIST(groups_20240502),
	    NO_NUMBERS, 0, false, 0 },
	{ "test_all_tls13", S2N_SSLv3, LIST(suites_cloudfront_upstream_tls_1_3_2025), LIST(schemes_test_all),
	    NO_NUMBERS, LIST(groups_20200207),
	    NO_NUMBERS, RULE_PFS, false, 0 },
	{ "test_pq_only", S2N_TLS13, LIST(suites_cloudfront_upstream_tls_1_3_2025), LIST(schemes_default),
	    LIST(schemes_default), LIST(groups_test_pq_only),
	    NO_NUMBERS, RULE_PFS, false, 0 },
	{ "null", S2N_TLS10, LIST(suites_null), NO_NUMBERS,
	    NO_NUMBERS, NO_NUMBERS,
	    NO_NUMBERS, 0, false, 0 },
};

/* Names that are known only to be refused. */
static const char *const deprecated[] = {
	"KMS-PQ-TLS-1-0-2019-06",
	"KMS-PQ-TLS-1-0-2020-02",
	"KMS-PQ-TLS-1-0-2020-07",
	"PQ-TLS-1-0-2020-12",
	"PQ-TLS-1-1-2021-05-17",
	"PQ-TLS-1-0-2021-05-18",
	"PQ-TLS-1-0-2021-05-19",
	"PQ-TLS-1-0-2021-05-20",
	"PQ-TLS-1-1-2021-05-21",
	"PQ-TLS-1-0-2021-05-22",
	"PQ-TLS-1-0-2021-05-23",
	"PQ-TLS-1-0-2021-05-24",
	"PQ-TLS-1-0-2021-05-25",
	"PQ-TLS-1-0-2021-05-26",
	"PQ-TLS-1-0-2023-01-24",
	"PQ-TLS-1-2-2023-04-07",
	"PQ-TLS-1-2-2023-04-08",
	"PQ-TLS-1-2-2023-04-09",
	"PQ-TLS-1-2-2023-04-10",
	"PQ-TLS-1-3-2023-06-01",
	"PQ-TLS-1-2-2023-10-07",
	"PQ-TLS-1-2-2023-10-08",
	"PQ-TLS-1-2-2023-10-09",
	"PQ-TLS-1-2-2023-10-10",
	"PQ-TLS-1-2-2023-12-13",
	"PQ-TLS-1-2-2023-12-14",
	"PQ-TLS-1-2-2023-12-15",
	"PQ-SIKE-TEST-TLS-1-0-2019-11",
	"PQ-SIKE-TEST-TLS-1-0-2020-02",
	"20240730",
};
/* clang-format on */

/* The first row. */
const struct preference *const preference_default = &table[0];

size_t
preference_count(void)
{
	return COUNT(table);
}

const struct preference *
preference_at(size_t index)
{
	return &table[index];
}

int
preference_find(const char *name, const struct preference **found)
{
	for (size_t i = 0; i < COUNT(table); i++) {
		if (strcasecmp(table[i].name, name) == 0) {
			*found = &table[i];
			return 0;
		}
	}
	for (size_t i = 0; i < COUNT(deprecated); i++)
		if (strcasecmp(deprecated[i], name) == 0)
			return fail(ERR_DEPRECATED_POLICY);
	return fail(ERR_UNKNOWN_POLICY);
}

static bool
has(const struct number_list *list, uint16_t number)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->numbers[i] == number)
			return true;
	return false;
}

const struct suite *
preference_suite(const struct preference *preference, uint16_t number)
{
	const struct suite *suite;

	if (!has(&preference->suites, number) ||
	    (suite = suite_find(number)) == NULL || !suite_available(suite))
		return NULL;
	return suite;
}

const struct group *
preference_group(const struct preference *preference, uint16_t number)
{
	const struct group *group;

	if (!has(&preference->groups, number) ||
	    (group = group_find(number)) == NULL || !group_available(group))
		return NULL;
	return group;
}

const struct group *
preference_curve(const struct preference *preference, uint16_t number)
{
	const struct group *group = preference_group(preference, number);

	return group != NULL && group->kind != GROUP_HYBRID ? group : NULL;
}

bool
preference_has_exchange(
    const struct preference *preference, enum key_exchange exchange)
{
	const struct suite *suite;

	for (size_t i = 0; i < preference->suites.count; i++) {
		suite = suite_find(preference->suites.numbers[i]);
		if (suite != NULL && suite->key_exchange == exchange &&
		    suite_available(suite))
			return true;
	}
	return false;
}

bool
preference_usable(const struct preference *preference)
{
	bool any = preference->groups.count == 0;

	for (size_t i = 0; i < preference->groups.count; i++)
		any = any || preference_group(preference,
				 preference->groups.numbers[i]) != NULL;
	for (size_t i = 0; i < preference->retry_groups.count; i++)
		if (preference_group(preference,
			preference->retry_groups.numbers[i]) == NULL)
			return false;
	return any;
}

/* CNSA, and RFC 9151 2: P-384, or RSA of 3072 bits or more. */
static const struct certificate_key kinds_cnsa_1[] = { { "EC", "secp384r1", 0 },
	{ "RSA", NULL, 3072 }, { "RSA", NULL, 4096 }, { "RSA-PSS", NULL, 3072 },
	{ "RSA-PSS", NULL, 4096 }, { NULL, NULL, 0 } };
static const struct certificate_key kinds_cnsa_2[] = { { "ML-DSA-87", NULL, 0 },
	{ NULL, NULL, 0 } };

static const struct {
	const char *policy;
	const struct certificate_key *kinds;
} certificate_rules[] = {
	{ "rfc9151", kinds_cnsa_1 },
	{ "cnsa_1", kinds_cnsa_1 },
	{ "20250429", kinds_cnsa_1 },
	{ "20251013", kinds_cnsa_1 },
	{ "cnsa_2", kinds_cnsa_2 },
	{ "20260219", kinds_cnsa_2 },
};

const struct certificate_key *
preference_key_kinds(const struct preference *preference)
{
	for (size_t i = 0; i < COUNT(certificate_rules); i++)
		if (strcmp(preference->name, certificate_rules[i].policy) == 0)
			return certificate_rules[i].kinds;
	return NULL;
}

bool
preference_wants_legacy(const struct preference *preference)
{
	const struct suite *suite;

	for (size_t i = 0; i < preference->suites.count; i++) {
		suite = suite_find(preference->suites.numbers[i]);
		if (suite != NULL && suite->cipher != NULL &&
		    suite->cipher->legacy)
			return true;
	}
	return false;
}

uint8_t
preference_most_version(const struct preference *preference)
{
	if (preference->max_version != 0)
		return preference->max_version;
	return preference_has_exchange(preference, KX_TLS13) ? S2N_TLS13
							     : S2N_TLS12;
}

bool
preference_retries_for(const struct preference *preference, uint16_t group)
{
	return has(&preference->retry_groups, group);
}

const struct scheme *
preference_scheme(const struct preference *preference, uint16_t number)
{
	return has(&preference->schemes, number) ? scheme_find(number) : NULL;
}
