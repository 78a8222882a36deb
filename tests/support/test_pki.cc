#include "tests/support/test_pki.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Freer<BIO_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Freer<X509_free>>;

KeyPtr NewKey(TestKeyKind kind) {
  switch (kind) {
    case TestKeyKind::kP256: return KeyPtr(EVP_EC_gen("P-256"));
    case TestKeyKind::kP224: return KeyPtr(EVP_EC_gen("P-224"));
    case TestKeyKind::kP384: return KeyPtr(EVP_EC_gen("P-384"));
    case TestKeyKind::kRsa2048: return KeyPtr(EVP_RSA_gen(2048));
    case TestKeyKind::kRsa1024: return KeyPtr(EVP_RSA_gen(1024));
    case TestKeyKind::kEd25519: return KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  }
  return nullptr;
}

template <class Write>
std::string ToPem(Write write) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  EHC_CHECK(write(bio.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

std::string PrivatePem(EVP_PKEY* key) {
  return ToPem([key](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string PublicPem(EVP_PKEY* key) {
  return ToPem([key](BIO* bio) { return PEM_write_bio_PUBKEY(bio, key); });
}

std::string CertificatePem(X509* certificate) {
  return ToPem([certificate](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

void SetSerial(X509* certificate) {
  uint64_t serial = 0;
  EHC_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial)) == 1);
  EHC_CHECK(ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial | 1) == 1);
}

void SetDates(X509* certificate, absl::Time not_before, absl::Time not_after) {
  const time_t from = absl::ToTimeT(not_before);
  const time_t until = absl::ToTimeT(not_after);
  EHC_CHECK(ASN1_TIME_adj(X509_getm_notBefore(certificate), from, 0, 0) != nullptr);
  EHC_CHECK(ASN1_TIME_adj(X509_getm_notAfter(certificate), until, 0, 0) != nullptr);
}

void AddName(X509_NAME* name, const char* common_name) {
  const auto* text = reinterpret_cast<const unsigned char*>(common_name);
  EHC_CHECK(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1);
}

void AddExtension(X509* certificate, int nid, const std::string& value, bool again = false) {
  if (value.empty()) return;
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  EHC_CHECK(extension != nullptr);
  EHC_CHECK(X509_add_ext(certificate, extension.get(), -1) == 1);
  if (again) EHC_CHECK(X509_add_ext(certificate, extension.get(), -1) == 1);
}

std::string SubjectAltName(const TestLeaf& leaf) {
  std::vector<std::string> names;
  for (const std::string& uri : leaf.uris) names.push_back(absl::StrCat("URI:", uri));
  for (const std::string& dns : leaf.dns) names.push_back(absl::StrCat("DNS:", dns));
  for (const std::string& ip : leaf.ips) names.push_back(absl::StrCat("IP:", ip));
  return absl::StrJoin(names, ",");
}

X509Ptr NewCertificate(EVP_PKEY* key, const char* common_name) {
  X509Ptr certificate(X509_new());
  EHC_CHECK(certificate != nullptr && X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  SetSerial(certificate.get());
  AddName(X509_get_subject_name(certificate.get()), common_name);
  EHC_CHECK(X509_set_pubkey(certificate.get(), key) == 1);
  return certificate;
}

}  // namespace

struct TestPki::Authority {
  KeyPtr key;
  X509Ptr certificate;
};

TestPki::TestPki(const std::string& name_constraints) : authority_(std::make_unique<Authority>()) {
  authority_->key = NewKey(TestKeyKind::kP256);
  authority_->certificate = NewCertificate(authority_->key.get(), "EHC hub test root");
  X509* root = authority_->certificate.get();
  SetDates(root, absl::Now() - absl::Hours(24 * 3650), absl::Now() + absl::Hours(24 * 3650));
  EHC_CHECK(X509_set_issuer_name(root, X509_get_subject_name(root)) == 1);
  AddExtension(root, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  AddExtension(root, NID_key_usage, "critical,keyCertSign,cRLSign");
  AddExtension(root, NID_subject_key_identifier, "hash");
  AddExtension(root, NID_name_constraints, name_constraints);
  EHC_CHECK(X509_sign(root, authority_->key.get(), EVP_sha256()) > 0);
  ca_pem_ = CertificatePem(root);
}

TestPki::~TestPki() = default;

TestCertificate TestPki::Mint(const TestLeaf& leaf) const {
  const KeyPtr key = NewKey(leaf.key);
  EHC_CHECK(key != nullptr);
  const X509Ptr certificate = NewCertificate(key.get(), "test");
  X509* root = authority_->certificate.get();
  EHC_CHECK(X509_set_issuer_name(certificate.get(), X509_get_subject_name(root)) == 1);
  SetDates(certificate.get(), leaf.not_before, leaf.not_after);
  AddExtension(certificate.get(), NID_basic_constraints, leaf.basic_constraints);
  AddExtension(certificate.get(), NID_key_usage, leaf.key_usage);
  AddExtension(certificate.get(), NID_ext_key_usage, leaf.extended_key_usage);
  AddExtension(certificate.get(), NID_subject_alt_name, SubjectAltName(leaf),
               leaf.repeat_subject_alt_name);
  EHC_CHECK(X509_sign(certificate.get(), authority_->key.get(), EVP_get_digestbyname(leaf.digest)) >
            0);
  return {CertificatePem(certificate.get()), PrivatePem(key.get())};
}

std::string TestPki::MakeRevocationList(
    const std::vector<std::string>& revoked_pems, absl::Time next_update,
    const std::pair<std::string, std::string>& extension) const {
  const std::unique_ptr<X509_CRL, Freer<X509_CRL_free>> list(X509_CRL_new());
  X509* root = authority_->certificate.get();
  const auto at = [](absl::Time time) {
    return std::unique_ptr<ASN1_TIME, Freer<ASN1_TIME_free>>(
        ASN1_TIME_set(nullptr, absl::ToTimeT(time)));
  };
  EHC_CHECK(X509_CRL_set_version(list.get(), 1) == 1);
  EHC_CHECK(X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(root)) == 1);
  const auto issued = at(absl::Now() - absl::Minutes(1));
  EHC_CHECK(X509_CRL_set1_lastUpdate(list.get(), issued.get()) == 1);
  EHC_CHECK(X509_CRL_set1_nextUpdate(list.get(), at(next_update).get()) == 1);
  for (const std::string& pem : revoked_pems) {
    const std::unique_ptr<BIO, Freer<BIO_free>> bio(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const X509Ptr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    EHC_CHECK(certificate != nullptr);
    X509_REVOKED* entry = X509_REVOKED_new();
    EHC_CHECK(X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificate.get())) == 1);
    EHC_CHECK(X509_REVOKED_set_revocationDate(entry, issued.get()) == 1);
    EHC_CHECK(X509_CRL_add0_revoked(list.get(), entry) == 1);
  }
  if (!extension.first.empty()) {
    X509_EXTENSION* one = X509V3_EXT_conf_nid(
        nullptr, nullptr, OBJ_txt2nid(extension.first.c_str()), extension.second.c_str());
    EHC_CHECK(one != nullptr && X509_CRL_add_ext(list.get(), one, -1) == 1);
    X509_EXTENSION_free(one);
  }
  EHC_CHECK(X509_CRL_sort(list.get()) == 1);
  EHC_CHECK(X509_CRL_sign(list.get(), authority_->key.get(), EVP_sha256()) > 0);
  return ToPem([&](BIO* bio) { return PEM_write_bio_X509_CRL(bio, list.get()); });
}

TestCertificate TestPki::MintAgency(absl::string_view agency, absl::string_view unit) const {
  return Mint(AgencyLeaf(agency, unit));
}

TestCertificate TestPki::MintServer() const {
  TestLeaf leaf;
  leaf.dns = {"localhost"};
  leaf.ips = {"127.0.0.1", "::1"};
  leaf.extended_key_usage = "serverAuth";
  return Mint(leaf);
}

TestAssertionKey MintAssertionKey() {
  const KeyPtr key = NewKey(TestKeyKind::kP256);
  return {PrivatePem(key.get()), PublicPem(key.get())};
}

TestLeaf AgencyLeaf(absl::string_view agency, absl::string_view unit) {
  TestLeaf leaf;
  std::string uri = absl::StrCat("spiffe://hub.ehc/agency/", agency);
  if (!unit.empty()) absl::StrAppend(&uri, "/unit/", unit);
  leaf.uris = {std::move(uri)};
  return leaf;
}

}  // namespace ehc
