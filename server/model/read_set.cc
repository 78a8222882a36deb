#include "server/model/read_set.h"

#include <initializer_list>

namespace ehc {
namespace {

// FNV-1a: stable across processes and builds, as replicas over one database need it.
uint64_t StableHash(std::initializer_list<absl::string_view> parts) {
  uint64_t hash = 14695981039346656037u;
  for (absl::string_view part : parts) {
    for (unsigned char c : part) hash = (hash ^ c) * 1099511628211u;
    hash = (hash ^ 0xffu) * 1099511628211u;
  }
  return hash;
}

}  // namespace

VersionKey SubjectKey(SubjectId subject) {
  return {VersionKind::kSubject, static_cast<uint64_t>(subject.value)};
}

VersionKey IdentifierKey(absl::string_view digest) {
  return {VersionKind::kIdentifier, StableHash({digest})};
}

VersionKey CredentialKey(absl::string_view fingerprint) {
  return {VersionKind::kCredential, StableHash({fingerprint})};
}

VersionKey AgencyKey(const AgencyId& agency) {
  return {VersionKind::kAgency, StableHash({agency.value()})};
}

VersionKey PolicyKey() { return {VersionKind::kPolicy, 0}; }

VersionKey PolicyPaperKey(absl::string_view name) {
  return {VersionKind::kPolicyPaper, StableHash({name})};
}

VersionKey MatterKey(MatterId matter) {
  return {VersionKind::kMatter, static_cast<uint64_t>(matter.value)};
}

VersionKey RequestKey(const AgencyId& agency, absl::string_view method,
                      absl::string_view request_id) {
  return {VersionKind::kRequest, StableHash({agency.value(), method, request_id})};
}

}  // namespace ehc
