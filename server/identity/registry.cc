#include "server/identity/registry.h"

#include <utility>

#include "absl/strings/strip.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"
#include "server/identity/refusal.h"

namespace ehc {
namespace {

using hub::v1::Agency;
using hub::v1::Credential;

absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

// A certificate carries its own dates, so the registry's are an additional bound; a bare key has no
// others, so without them it is never honoured.
Validity ValidityOf(const Credential& credential, bool has_own_dates) {
  Validity validity;
  validity.active = credential.state() == hub::v1::CREDENTIAL_STATE_ACTIVE;
  if (has_own_dates) validity = {validity.active, absl::InfinitePast(), absl::InfiniteFuture()};
  if (credential.has_not_before()) validity.not_before = FromProto(credential.not_before());
  if (credential.has_not_after()) validity.not_after = FromProto(credential.not_after());
  return validity;
}

std::string TypeName(hub::v1::AgencyType type) {
  const std::string name = hub::v1::AgencyType_Name(type);
  return std::string(absl::StripPrefix(name, "AGENCY_TYPE_"));
}

absl::Status CheckUnit(const PeerCertificate& certificate, const RegisteredCertificate& entry) {
  if (certificate.unit.empty()) return absl::OkStatus();
  if (!entry.agency->units.contains(certificate.unit)) {
    return CredentialRefused("it names a unit that its agency does not have");
  }
  if (!entry.unit.empty() && entry.unit != certificate.unit) {
    return CredentialRefused("it names another unit than it was enrolled for");
  }
  return absl::OkStatus();
}

}  // namespace

RegistryData::RegistryData(uint64_t position)
    : position_(position), generation_(NextSnapshotGeneration()) {}

std::shared_ptr<const RegistryData> RegistryData::Create(
    const std::vector<Agency>& agencies, const std::vector<PutCredential>& credentials,
    uint64_t position) {
  std::shared_ptr<RegistryData> data(new RegistryData(position));
  for (const Agency& agency : agencies) data->AddAgency(agency);
  for (const PutCredential& credential : credentials) data->AddCredential(credential);
  return data;
}

absl::StatusOr<std::shared_ptr<const RegistryData>> RegistryData::Read(ReadView& view) {
  EHC_ASSIGN_OR_RETURN(const std::vector<Agency> agencies, view.ListAgencies());
  EHC_ASSIGN_OR_RETURN(const std::vector<PutCredential> credentials, view.ListCredentials());
  return Create(agencies, credentials, view.position());
}

void RegistryData::AddAgency(const Agency& agency) {
  absl::string_view id = agency.name();
  if (!absl::ConsumePrefix(&id, "agencies/") || id.empty()) {
    ++left_out_;
    return;
  }
  auto entry = std::make_unique<RegisteredAgency>();
  entry->id = AgencyId(id);
  entry->type = TypeName(agency.type());
  entry->region = agency.region();
  if (agency.has_contact()) entry->contact = agency.contact().SerializeAsString();
  entry->active = agency.state() == hub::v1::AGENCY_STATE_ACTIVE;
  entry->onboarding = agency.state() == hub::v1::AGENCY_STATE_ONBOARDING;
  for (const hub::v1::Unit& unit : agency.units()) entry->units[unit.unit_id()] = unit.kind();
  entry->is_operator = agency.type() == hub::v1::AGENCY_TYPE_OPERATOR;
  if (entry->is_operator) operator_ = entry->id;
  for (const hub::v1::OperatorPerson& person : agency.people()) {
    entry->people[person.user()].insert(person.roles().begin(), person.roles().end());
  }
  agencies_[std::string(id)] = std::move(entry);
}

void RegistryData::AddCredential(const PutCredential& credential) {
  const auto agency = agencies_.find(credential.agency.value());
  bool understood = false;
  if (agency != agencies_.end()) {
    switch (credential.value.kind()) {
      case hub::v1::CREDENTIAL_KIND_TLS_CERTIFICATE:
        understood = AddCertificate(agency->second.get(), credential);
        break;
      case hub::v1::CREDENTIAL_KIND_ASSERTION_KEY:
        understood = AddAssertionKey(agency->second.get(), credential);
        break;
      default: understood = true;  // for others to read
    }
  }
  if (!understood) ++left_out_;
}

bool RegistryData::AddCertificate(RegisteredAgency* agency, const PutCredential& credential) {
  if (credential.fingerprint.empty()) return false;
  certificates_[credential.fingerprint] = {agency, credential.value.unit(),
                                           ValidityOf(credential.value, /*has_own_dates=*/true)};
  return true;
}

bool RegistryData::AddAssertionKey(RegisteredAgency* agency, const PutCredential& credential) {
  absl::StatusOr<VerifyKey> key = VerifyKey::FromPem(credential.value.public_key_pem());
  if (!key.ok()) return false;
  const std::string key_id = key->key_id();
  agency->assertion_keys.insert_or_assign(
      key_id, AssertionKey{*std::move(key), ValidityOf(credential.value, /*has_own_dates=*/false),
                           credential.value.person()});
  return true;
}

const RegisteredAgency* RegistryData::FindAgency(absl::string_view id) const {
  const auto found = agencies_.find(id);
  return found == agencies_.end() ? nullptr : found->second.get();
}

const RegisteredCertificate* RegistryData::FindCertificate(absl::string_view fingerprint) const {
  const auto found = certificates_.find(fingerprint);
  return found == certificates_.end() ? nullptr : &found->second;
}

bool RegistryData::IsHonoured(absl::string_view fingerprint, absl::Time now) const {
  const RegisteredCertificate* entry = FindCertificate(fingerprint);
  return entry != nullptr && entry->validity.active && now >= entry->validity.not_before &&
         now <= entry->validity.not_after && entry->agency->is_let_in();
}

absl::StatusOr<const RegisteredCertificate*> RegistryData::Admit(const PeerCertificate& certificate,
                                                                 absl::Time now) const {
  const RegisteredCertificate* entry = FindCertificate(certificate.fingerprint);
  if (entry == nullptr) return CredentialRefused("it is not enrolled at this hub");
  if (!entry->validity.active) return CredentialRefused("it was revoked");
  if (now < entry->validity.not_before || now > entry->validity.not_after) {
    return CredentialRefused("its enrolment is not in force at this moment");
  }
  if (entry->agency->id.value() != certificate.agency_id.value_or("")) {
    return CredentialRefused("it names another agency than it was enrolled for");
  }
  EHC_RETURN_IF_ERROR(CheckUnit(certificate, *entry));
  if (!entry->agency->is_let_in()) return AgencySuspended();
  return entry;
}

AgencyRegistry::AgencyRegistry() : data_(RegistryData::Create({}, {}, 0)) {}

absl::Status AgencyRegistry::Reload(Store& store) {
  EHC_ASSIGN_OR_RETURN(const std::unique_ptr<ReadView> view, store.Read());
  EHC_ASSIGN_OR_RETURN(std::shared_ptr<const RegistryData> data, RegistryData::Read(*view));
  if (data->left_out() > 0) {
    LogWarning("registry_entries_left_out", {{"count", data->left_out()}});
  }
  Publish(std::move(data));
  return absl::OkStatus();
}

void AgencyRegistry::Publish(std::shared_ptr<const RegistryData> data) {
  std::lock_guard<std::mutex> lock(publishing_);
  if (data->position() < published_position_) return;
  published_position_ = data->position();
  data_.Set(std::move(data));
}

absl::Status AgencyRegistry::AdmitPeer(absl::string_view pem, absl::Time now) const {
  const absl::StatusOr<PeerCertificate> certificate = ParsePeerCertificate(pem, now);
  if (!certificate.ok()) return CredentialRefused(certificate.status().message());
  return Current().Admit(*certificate, now).status();
}

}  // namespace ehc
