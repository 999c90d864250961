/* Requests by Mbed TLS with extensions. Needs: a C compiler, Debian libmbedtls-dev (2.28).
 * Usage: cc mbedtls.c -lmbedx509 -lmbedcrypto; a.out OUT; prints "file TAB expected TAB why" lines. */
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/ecp.h>
#include <mbedtls/entropy.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_csr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static mbedtls_ctr_drbg_context rng;
static mbedtls_pk_context key;
static const char *out;

struct wish {
    unsigned char usage, type; /* 0: not asked for */
    const char *oid, *value;
    size_t length;
    const char *subject;
};

static void write_request(const char *file, const char *expected, const char *why, struct wish w) {
    unsigned char pem[4096];
    char path[4096];
    mbedtls_x509write_csr csr;
    mbedtls_x509write_csr_init(&csr);
    mbedtls_x509write_csr_set_md_alg(&csr, MBEDTLS_MD_SHA256);
    mbedtls_x509write_csr_set_key(&csr, &key);
    int bad = mbedtls_x509write_csr_set_subject_name(&csr, w.subject ? w.subject : "CN=www.example.com,O=Example");
    if (w.usage) bad |= mbedtls_x509write_csr_set_key_usage(&csr, w.usage);
    if (w.type) bad |= mbedtls_x509write_csr_set_ns_cert_type(&csr, w.type);
    if (w.oid)
        bad |= mbedtls_x509write_csr_set_extension(&csr, w.oid, strlen(w.oid), (const unsigned char *)w.value, w.length);
    bad |= mbedtls_x509write_csr_pem(&csr, pem, sizeof pem, mbedtls_ctr_drbg_random, &rng);
    snprintf(path, sizeof path, "%s/%s", out, file);
    FILE *f = fopen(path, "wb");
    if (bad || !f) exit(1);
    fputs((char *)pem, f);
    fclose(f);
    printf("%s\t%s\t%s\n", file, expected, why);
    mbedtls_x509write_csr_free(&csr);
}

int main(int argc, char **argv) {
    mbedtls_entropy_context entropy;
    if (argc != 2) return 2;
    out = argv[1];
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&rng);
    mbedtls_pk_init(&key);
    if (mbedtls_ctr_drbg_seed(&rng, mbedtls_entropy_func, &entropy, NULL, 0)) return 1;
    if (mbedtls_pk_setup(&key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY))) return 1;
    if (mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(key), mbedtls_ctr_drbg_random, &rng)) return 1;

    static const char dns[] = "\x30\x11\x82\x0fwww.example.com", ca[] = "\x30\x03\x01\x01\xff", none[] = "\x30";
    write_request("c-usage.pem", "accept", "keyUsage digitalSignature",
                  (struct wish){.usage = MBEDTLS_X509_KU_DIGITAL_SIGNATURE});
    write_request("c-type.pem", "accept", "Netscape certificate type, ignored",
                  (struct wish){.type = MBEDTLS_X509_NS_CERT_TYPE_SSL_SERVER});
    write_request("c-usage-ca.pem", "ca-requested", "keyUsage keyCertSign and cRLSign",
                  (struct wish){.usage = MBEDTLS_X509_KU_KEY_CERT_SIGN | MBEDTLS_X509_KU_CRL_SIGN});
    write_request("c-san.pem", "accept", "a DNS name",
                  (struct wish){.oid = MBEDTLS_OID_SUBJECT_ALT_NAME, .value = dns, .length = sizeof dns - 1});
    write_request("c-ca.pem", "ca-requested", "basicConstraints CA:TRUE",
                  (struct wish){.oid = MBEDTLS_OID_BASIC_CONSTRAINTS, .value = ca, .length = sizeof ca - 1});
    write_request("c-san-cut.pem", "malformed-request", "the alternative names are cut off",
                  (struct wish){.oid = MBEDTLS_OID_SUBJECT_ALT_NAME, .value = none, .length = 1});
    write_request("c-subject.pem", "accept", "a longer subject",
                  (struct wish){.subject = "C=CH,ST=Bern,L=Bern,O=Example,OU=Unit,CN=www.example.com,emailAddress=eva@example.com"});
    return 0;
}
