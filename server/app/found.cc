#include "server/app/found.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/app/data_folder.h"
#include "server/app/log_head.h"
#include "server/app/policy_room.h"
#include "server/app/system_entry.h"
#include "server/audit/promise.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"
#include "server/services/common.h"
#include "server/services/credential.h"

namespace ehc {
namespace {

constexpr size_t kMaxPem = 64 * 1024;
constexpr absl::string_view kNeeded[] = {"HUB_ADMIN", "HUB_POLICY_OFFICER", "HUB_AUDITOR"};
constexpr absl::string_view kRoles[] = {"HUB_ADMIN", "HUB_POLICY_OFFICER", "HUB_AUDITOR",
                                        "HUB_IDENTITY_OFFICER"};

absl::StatusOr<hub::v1::OperatorPerson> ReadPerson(const std::string& text) {
  const std::vector<std::string> halves = absl::StrSplit(text, absl::MaxSplits('=', 1));
  if (halves.size() != 2 || halves[0].empty()) {
    return absl::InvalidArgumentError("--person: write user=ROLE[,ROLE]");
  }
  hub::v1::OperatorPerson person;
  person.set_user(halves[0]);
  for (absl::string_view role : absl::StrSplit(halves[1], ',')) {
    if (std::find(std::begin(kRoles), std::end(kRoles), role) == std::end(kRoles)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--person: a role is not one of ", absl::StrJoin(kRoles, ", ")));
    }
    person.add_roles(std::string(role));
  }
  return person;
}

// Between them the people hold every role that a hub cannot be without, and two at least are
// administrators.
absl::Status CheckPeople(const hub::v1::Agency& agency) {
  std::set<std::string> users;
  std::set<std::string> admins;
  std::set<std::string> roles;
  for (const hub::v1::OperatorPerson& person : agency.people()) {
    users.insert(person.user());
    roles.insert(person.roles().begin(), person.roles().end());
    const auto& held = person.roles();
    if (std::find(held.begin(), held.end(), kRoles[0]) != held.end()) admins.insert(person.user());
  }
  if (users.size() < 2) return absl::InvalidArgumentError("--person: name two people at least");
  for (absl::string_view needed : kNeeded) {
    if (roles.contains(std::string(needed))) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--person: somebody must hold each of ", absl::StrJoin(kNeeded, ", ")));
  }
  if (admins.size() < 2) {
    return absl::InvalidArgumentError(
        "--person: two must hold HUB_ADMIN; no agency goes live by the word of one");
  }
  return absl::OkStatus();
}

absl::StatusOr<hub::v1::Agency> OperatorAgency(const FoundingOptions& options, absl::Time now) {
  hub::v1::Agency agency;
  agency.set_name(absl::StrCat("agencies/", options.operator_id));
  agency.set_display_name(options.operator_name);
  agency.set_type(hub::v1::AGENCY_TYPE_OPERATOR);
  agency.set_state(hub::v1::AGENCY_STATE_ACTIVE);
  hub::v1::Unit& unit = *agency.add_units();
  unit.set_unit_id("operations");
  unit.set_display_name("Operations");
  unit.set_kind("OPERATIONS");
  *agency.mutable_created_at() = ToTimestamp(now);
  agency.set_etag(EtagOf(1));
  for (const std::string& text : options.people) {
    EHC_ASSIGN_OR_RETURN(*agency.add_people(), ReadPerson(text));
  }
  EHC_RETURN_IF_ERROR(CheckPeople(agency));
  return agency;
}

absl::StatusOr<PutCredential> OperatorCertificate(const FoundingOptions& options, absl::Time now) {
  hub::v1::Credential message;
  message.set_kind(hub::v1::CREDENTIAL_KIND_TLS_CERTIFICATE);
  EHC_ASSIGN_OR_RETURN(*message.mutable_certificate_pem(),
                       ReadFile(options.certificate_file, kMaxPem));
  return ReadCredential(options.operator_id, message, now);
}

absl::StatusOr<PutCredential> AssertionKeyOf(const FoundingOptions& options,
                                             const PutCredential& certificate,
                                             const std::string& user, const std::string& file,
                                             absl::Time now) {
  hub::v1::Credential message;
  message.set_kind(hub::v1::CREDENTIAL_KIND_ASSERTION_KEY);
  message.set_person(user);
  EHC_ASSIGN_OR_RETURN(*message.mutable_public_key_pem(), ReadFile(file, kMaxPem));
  *message.mutable_not_before() = certificate.value.not_before();
  *message.mutable_not_after() = certificate.value.not_after();
  return ReadCredential(options.operator_id, message, now);
}

// One of each person, and no key of two (ADR 0050).
absl::StatusOr<std::vector<PutCredential>> AssertionKeys(const FoundingOptions& options,
                                                         const hub::v1::Agency& agency,
                                                         const PutCredential& certificate,
                                                         absl::Time now) {
  std::map<std::string, std::string> files;
  for (const std::string& text : options.assertion_keys) {
    const std::vector<std::string> halves = absl::StrSplit(text, absl::MaxSplits('=', 1));
    if (halves.size() != 2 || !files.emplace(halves[0], halves[1]).second) {
      return absl::InvalidArgumentError(
          "--operator-assertion-key: write user=FILE, one for each person");
    }
  }
  std::vector<PutCredential> keys;
  std::set<std::string> fingerprints;
  for (const hub::v1::OperatorPerson& person : agency.people()) {
    const auto file = files.find(person.user());
    if (file == files.end()) {
      return absl::InvalidArgumentError(
          "--operator-assertion-key: each --person needs a key of their own, user=FILE");
    }
    EHC_ASSIGN_OR_RETURN(PutCredential key,
                         AssertionKeyOf(options, certificate, person.user(), file->second, now));
    if (!fingerprints.insert(key.fingerprint).second) {
      return absl::InvalidArgumentError("--operator-assertion-key: one key serves two people");
    }
    keys.push_back(std::move(key));
  }
  if (files.size() != keys.size()) {
    return absl::InvalidArgumentError("--operator-assertion-key: a user is no --person");
  }
  return keys;
}

}  // namespace

absl::Status FoundHub(const FoundingOptions& options, Clock& clock) {
  const absl::Time now = clock.Now();
  if (options.mode != "test" && options.mode != "live") {
    return absl::InvalidArgumentError("--mode: write test or live");
  }
  EHC_ASSIGN_OR_RETURN(hub::v1::Agency agency, OperatorAgency(options, now));
  EHC_ASSIGN_OR_RETURN(PutCredential certificate, OperatorCertificate(options, now));
  EHC_ASSIGN_OR_RETURN(std::vector<PutCredential> keys,
                       AssertionKeys(options, agency, certificate, now));

  std::optional<PutPolicy> policy;
  if (!options.policy_folder.empty()) {
    EHC_ASSIGN_OR_RETURN(policy, FirstPolicy(options.policy_folder));
  }
  EHC_RETURN_IF_ERROR(CreateDataFolder(options.data_folder, options.mode, clock));
  EHC_ASSIGN_OR_RETURN(DataFolder data, OpenDataFolder(options.data_folder, clock));
  const auto promises =
      std::make_shared<PromiseSigner>(std::move(data.promise_key), data.store->log_id(), clock);
  data.store->SetBatchSigner(
      [promises](absl::Span<const Digest> leaves) { return promises->Sign(leaves); });
  SystemAct act{"hub.found", AgencyId(options.operator_id), "", {}};
  act.changes.push_back(PutAgency{AgencyId(options.operator_id), std::move(agency)});
  act.changes.push_back(std::move(certificate));
  std::move(keys.begin(), keys.end(), std::back_inserter(act.changes));
  if (policy.has_value()) {
    act.policy_revision = policy->revision;
    act.changes.push_back(*std::move(policy));
  }
  EHC_RETURN_IF_ERROR(CommitSystemAct(*data.store, std::move(act), now));
  return WriteLogHead(options.data_folder, data, clock);
}

}  // namespace ehc
