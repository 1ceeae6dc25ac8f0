/*
 * The lists that security policies are made of; equal lists are one. A list
 * bears the name of the first policy that uses it.
 */
#ifndef LIBTLS_REGISTRY_LISTS_H
#define LIBTLS_REGISTRY_LISTS_H

#include <stdint.h>

extern const uint16_t suites_default[7];
extern const uint16_t suites_default_tls13[13];
extern const uint16_t suites_default_fips[6];
extern const uint16_t suites_20241106[22];
extern const uint16_t suites_20240501[8];
extern const uint16_t suites_20230317[10];
extern const uint16_t suites_20240417[18];
extern const uint16_t suites_20240416[12];
extern const uint16_t suites_elbsecuritypolicy_tls_1_0_2015_04[19];
extern const uint16_t suites_elbsecuritypolicy_tls_1_0_2015_05[18];
extern const uint16_t suites_elbsecuritypolicy_tls_1_2_2017_01[12];
extern const uint16_t suites_elbsecuritypolicy_fs_2018_06[12];
extern const uint16_t suites_elbsecuritypolicy_fs_1_2_res_2019_08[8];
extern const uint16_t
    suites_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07[1];
extern const uint16_t
    suites_elbsecuritypolicy_tls13_1_2_cnsa2_interop2_fips_pq_2026_07[3];
extern const uint16_t
    suites_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07[20];
extern const uint16_t suites_cloudfront_upstream[19];
extern const uint16_t suites_cloudfront_upstream_2025[22];
extern const uint16_t suites_cloudfront_upstream_tls_1_3_2025[3];
extern const uint16_t suites_cloudfront_ssl_v_3[17];
extern const uint16_t suites_cloudfront_tls_1_0_2014[23];
extern const uint16_t suites_cloudfront_tls_1_0_2014_sha256[24];
extern const uint16_t suites_cloudfront_tls_1_2_2017[20];
extern const uint16_t suites_cloudfront_tls_1_2_2018_no_sha1[16];
extern const uint16_t suites_cloudfront_tls_1_2_2021_no_sha1[9];
extern const uint16_t suites_cloudfront_tls_1_2_2025[6];
extern const uint16_t suites_cloudfront_tls_1_2_2018_beta[11];
extern const uint16_t suites_cloudfront_ssl_v_3_legacy[19];
extern const uint16_t suites_cloudfront_tls_1_0_2014_legacy[18];
extern const uint16_t suites_cloudfront_tls_1_0_2016_legacy[17];
extern const uint16_t suites_cloudfront_tls_1_2_2018_legacy[11];
extern const uint16_t suites_cloudfront_tls_1_2_2019_legacy[8];
extern const uint16_t suites_aws_crt_sdk_sslv3_0[25];
extern const uint16_t suites_aws_crt_sdk_tlsv1_0[23];
extern const uint16_t suites_kms_tls_1_0_2018_10[10];
extern const uint16_t suites_kms_tls_1_0_2021_08[13];
extern const uint16_t suites_kms_fips_tls_1_2_2018_10[6];
extern const uint16_t suites_kms_fips_tls_1_2_2021_08[8];
extern const uint16_t suites_pq_tls_1_2_2024_10_07[21];
extern const uint16_t suites_pq_tls_1_2_2024_10_08[27];
extern const uint16_t suites_pq_tls_1_2_2024_10_08_gcm[27];
extern const uint16_t suites_pq_tls_1_2_2024_10_09[12];
extern const uint16_t suites_20140601[8];
extern const uint16_t suites_20150202[6];
extern const uint16_t suites_20150214[8];
extern const uint16_t suites_20150306[10];
extern const uint16_t suites_20160411[13];
extern const uint16_t suites_20160804[13];
extern const uint16_t suites_20160824[8];
extern const uint16_t suites_20170210[9];
extern const uint16_t suites_20170328[19];
extern const uint16_t suites_20170328_gcm[19];
extern const uint16_t suites_20190214[25];
extern const uint16_t suites_20190214_gcm[25];
extern const uint16_t suites_20210825[28];
extern const uint16_t suites_20210825_gcm[28];
extern const uint16_t suites_20170405[11];
extern const uint16_t suites_20170405_gcm[11];
extern const uint16_t suites_20170718[12];
extern const uint16_t suites_20170718_gcm[12];
extern const uint16_t suites_20190120[14];
extern const uint16_t suites_20190121[14];
extern const uint16_t suites_20190122[14];
extern const uint16_t suites_20190801[12];
extern const uint16_t suites_20210816[4];
extern const uint16_t suites_20210816_gcm[4];
extern const uint16_t suites_20240603[32];
extern const uint16_t suites_20250429[5];
extern const uint16_t suites_20251013[3];
extern const uint16_t suites_20251113[6];
extern const uint16_t suites_20251114[14];
extern const uint16_t suites_20251116[26];
extern const uint16_t suites_20251117[10];
extern const uint16_t suites_20260520[27];
extern const uint16_t suites_20260520_gcm[27];
extern const uint16_t suites_20260521[20];
extern const uint16_t suites_20260521_gcm[20];
extern const uint16_t suites_20260522[14];
extern const uint16_t suites_20260522_gcm[14];
extern const uint16_t suites_20260523[26];
extern const uint16_t suites_20260523_gcm[26];
extern const uint16_t schemes_default[12];
extern const uint16_t schemes_default_tls13_chain[14];
extern const uint16_t schemes_default_pq[15];
extern const uint16_t schemes_default_pq_chain[17];
extern const uint16_t schemes_20241106[16];
extern const uint16_t schemes_20230317[12];
extern const uint16_t schemes_20240416[7];
extern const uint16_t schemes_elbsecuritypolicy_tls_1_0_2015_04[10];
extern const uint16_t
    schemes_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07[5];
extern const uint16_t
    schemes_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07_chain
	[13];
extern const uint16_t schemes_cloudfront_upstream_2025[16];
extern const uint16_t schemes_cloudfront_upstream_2025_pq[19];
extern const uint16_t schemes_cloudfront_tls_1_2_2025[12];
extern const uint16_t schemes_20210816[4];
extern const uint16_t schemes_20250211[4];
extern const uint16_t schemes_20250429_chain[2];
extern const uint16_t schemes_20251113[12];
extern const uint16_t schemes_20260219[1];
extern const uint16_t schemes_20260220_chain[3];
extern const uint16_t schemes_20260513[13];
extern const uint16_t schemes_20260513_chain[15];
extern const uint16_t schemes_20260523[15];
extern const uint16_t schemes_sallyport_ed25519[13];
extern const uint16_t schemes_sallyport_ed25519_chain[15];
extern const uint16_t groups_default[7];
extern const uint16_t groups_default_tls13[4];
extern const uint16_t groups_default_fips[6];
extern const uint16_t groups_20241106[3];
extern const uint16_t groups_20240502[3];
extern const uint16_t groups_20240416[2];
extern const uint16_t groups_20241001[6];
extern const uint16_t
    groups_elbsecuritypolicy_tls13_1_3_cnsa2_interop1_fips_pq_2026_07[2];
extern const uint16_t
    groups_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07[4];
extern const uint16_t
    groups_elbsecuritypolicy_tls13_1_2_cnsa2_interop3_fips_pq_2026_07_strong[1];
extern const uint16_t groups_cloudfront_upstream[3];
extern const uint16_t groups_cloudfront_upstream_2025_pq[6];
extern const uint16_t groups_cloudfront_ssl_v_3[5];
extern const uint16_t groups_cloudfront_tls_1_2_2025[4];
extern const uint16_t groups_aws_crt_sdk_tlsv1_0_2025_pq[7];
extern const uint16_t groups_kms_fips_tls_1_2_2024_10[5];
extern const uint16_t groups_20200207[4];
extern const uint16_t groups_20251113[3];
extern const uint16_t groups_20260219[1];
extern const uint16_t suites_test_all[36];
extern const uint16_t schemes_test_all[20];
extern const uint16_t groups_test_all[8];
extern const uint16_t suites_test_all_fips[20];
extern const uint16_t schemes_test_all_fips[17];
extern const uint16_t groups_test_all_fips[7];
extern const uint16_t suites_test_all_ecdsa[7];
extern const uint16_t suites_test_all_rsa_kex[10];
extern const uint16_t suites_test_ecdsa_priority[33];
extern const uint16_t suites_test_all_tls12[33];
extern const uint16_t groups_test_pq_only[4];
extern const uint16_t suites_null[1];

#endif
