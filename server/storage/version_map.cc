#include "server/storage/version_map.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace ehc {
namespace {

// Whoever read what is erased decides again.
struct MovedByErasing {
  VersionKeys* keys;

  template <typename Scope>
  void operator()(const Scope& scope) const {
    keys->push_back(SubjectKey(scope.subject));
  }
  void operator()(const DenialKeysBefore&) const {}
};

struct MovedKeys {
  VersionKeys* keys;

  void operator()(const PutSubject& put) const { keys->push_back(SubjectKey(put.subject)); }
  void operator()(const BindIdentifier& bind) const {
    keys->push_back(IdentifierKey(DigestView(bind.digest)));
    keys->push_back(SubjectKey(bind.subject));
  }
  void operator()(const PutRecord& put) const {
    keys->push_back(SubjectKey(put.record.head.subject));
  }
  void operator()(const PutAgency& put) const { keys->push_back(AgencyKey(put.agency)); }
  void operator()(const PutCredential& put) const {
    keys->push_back(CredentialKey(put.fingerprint));
    // Whose signatures count is part of the policy.
    if (put.value.kind() == hub::v1::CREDENTIAL_KIND_AGREEMENT_SIGNING_KEY) {
      keys->push_back(PolicyKey());
    }
  }
  void operator()(const PutJoin& put) const {
    keys->push_back(SubjectKey(put.member));
    keys->push_back(SubjectKey(put.root));
  }
  void operator()(const PutRequest& put) const {
    keys->push_back(RequestKey(put.agency, put.method, put.request_id));
  }
  void operator()(const PutPolicy&) const { keys->push_back(PolicyKey()); }
  void operator()(const PutPolicyPaper& put) const {
    keys->push_back(PolicyPaperKey(put.name));
    if (put.decides) keys->push_back(PolicyKey());
  }
  void operator()(const AddToTally&) const {}  // its own limit is checked as it is applied
  void operator()(const PutMatter& put) const { keys->push_back(MatterKey(put.matter.id)); }
  void operator()(const TellOfMatter&) const {}    // goes with what it tells of
  void operator()(const PutCosignature&) const {}  // replacing is all that can race
  void operator()(const EraseKeys& erase) const {
    for (const KeyScope& scope : erase.scopes) std::visit(MovedByErasing{keys}, scope);
  }
  // Done before anybody is served: nobody has read anything.
  void operator()(const ReplayErasure&) const {}
};

bool IsLasting(VersionKind kind) {
  return kind == VersionKind::kAgency || kind == VersionKind::kCredential ||
         kind == VersionKind::kPolicy;
}

}  // namespace

void AppendMovedKeys(const Change& change, VersionKeys* keys) {
  std::visit(MovedKeys{keys}, change);
}

VersionMap::VersionMap(uint64_t position, size_t capacity)
    : capacity_(capacity), floor_(position), newest_(position), newest_older_(position) {}

bool VersionMap::MovedAfter(const VersionKey& key, uint64_t position) const {
  if (IsLasting(key.kind)) {
    const auto lasting = lasting_.find(key);
    return lasting != lasting_.end() && lasting->second > position;
  }
  if (position < floor_) return true;
  const auto recent = recent_.find(key);
  if (recent != recent_.end()) return recent->second > position;
  const auto older = older_.find(key);
  return older != older_.end() && older->second > position;
}

bool VersionMap::IsStale(const ReadSet& reads) const {
  return std::any_of(reads.keys.begin(), reads.keys.end(), [&](const VersionKey& key) {
    return MovedAfter(key, reads.SeenAt(key.kind));
  });
}

void VersionMap::Move(const VersionKey& key, uint64_t position) {
  if (IsLasting(key.kind)) {
    lasting_[key] = position;
    return;
  }
  if (recent_.size() >= capacity_) {
    floor_ = newest_older_;  // everything in older_ moved at or before this
    newest_older_ = newest_;
    older_ = std::move(recent_);
    recent_ = Moves();
  }
  recent_[key] = position;
  newest_ = position;
}

}  // namespace ehc
