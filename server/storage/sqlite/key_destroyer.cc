#include "server/storage/sqlite/key_destroyer.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "server/base/status_macros.h"
#include "server/model/dossier.h"
#include "server/model/joined.h"
#include "server/storage/sqlite/batch_writer.h"
#include "server/storage/sqlite/schema.h"

namespace ehc {
namespace {

using store::v1::DestroyedKeys;
using store::v1::Dossier;

std::string FingerprintOf(const SealingKey& key) {
  return std::string(DigestView(key.Fingerprint()));
}

// A key whose key-encryption key is gone is unreadable already.
absl::Status Add(absl::StatusOr<SealingKey> key, std::vector<std::string>* fingerprints) {
  if (absl::IsNotFound(key.status())) return absl::OkStatus();
  EHC_RETURN_IF_ERROR(key.status());
  fingerprints->push_back(FingerprintOf(*key));
  return absl::OkStatus();
}

// What bears an origin, and may be dropped with it.
int ItemsIn(const Dossier& dossier) {
  return dossier.identifiers_size() + dossier.relationships_size() + dossier.consents_size() +
         dossier.protections_size() + dossier.capacities_size() +
         dossier.standing_decisions_size() + dossier.accounts_size();
}

struct Noting {
  DestroyedKeys* note;

  void operator()(const RecordKeys& keys) const {
    note->set_kind(store::v1::DESTROYED_KIND_RECORDS);
    note->set_subject(keys.subject.value);
    note->set_agency(keys.custodian.value());
    note->set_record_type(keys.record_type);
  }
  void operator()(const DossierKey& key) const {
    note->set_kind(store::v1::DESTROYED_KIND_DOSSIER);
    note->set_subject(key.subject.value);
  }
  void operator()(const OpeningKeys& keys) const {
    note->set_kind(store::v1::DESTROYED_KIND_OPENINGS);
    note->set_subject(keys.subject.value);
  }
  void operator()(const MatterKeys& keys) const {
    note->set_kind(store::v1::DESTROYED_KIND_MATTERS);
    note->set_subject(keys.subject.value);
  }
  void operator()(const DenialKeysBefore& keys) const {
    note->set_kind(store::v1::DESTROYED_KIND_DENIALS);
    note->set_day(UtcDay(keys.day));
  }
  void operator()(const RegistrationOf& registration) const {
    note->set_kind(store::v1::DESTROYED_KIND_REGISTRATION);
    note->set_subject(registration.subject.value);
    note->set_agency(registration.agency.value());
  }
};

absl::StatusOr<KeyScope> ScopeOf(const DestroyedKeys& note) {
  const SubjectId subject{note.subject()};
  switch (note.kind()) {
    case store::v1::DESTROYED_KIND_RECORDS:
      return RecordKeys{subject, AgencyId(note.agency()), note.record_type()};
    case store::v1::DESTROYED_KIND_DOSSIER: return DossierKey{subject};
    case store::v1::DESTROYED_KIND_OPENINGS: return OpeningKeys{subject};
    case store::v1::DESTROYED_KIND_MATTERS: return MatterKeys{subject};
    case store::v1::DESTROYED_KIND_DENIALS:
      return DenialKeysBefore{absl::UnixEpoch() + absl::Hours(24) * note.day()};
    case store::v1::DESTROYED_KIND_REGISTRATION:
      return RegistrationOf{subject, AgencyId(note.agency())};
    default: return absl::DataLossError("store: an erasure of a kind that this program lacks");
  }
}

}  // namespace

absl::Status KeyDestroyer::DestroyKeys(const KeyScope& scope) const {
  struct Destroyer {
    Database& writer;
    const AgencyDirectory& agencies;

    absl::Status operator()(const RecordKeys& keys) const {
      Query query(writer, Sql::kDestroyDataKey);
      query.Bind(keys.subject.value).Bind(agencies.Find(keys.custodian));
      return query.BindText(keys.record_type).Run();
    }
    absl::Status operator()(const DossierKey& key) const {
      return Query(writer, Sql::kDestroyDossierKey).Bind(key.subject.value).Run();
    }
    absl::Status operator()(const OpeningKeys& keys) const {
      return Query(writer, Sql::kDestroyAuditKey).Bind(keys.subject.value).Run();
    }
    absl::Status operator()(const MatterKeys& keys) const {
      return Query(writer, Sql::kDestroyMatterKeys).Bind(keys.subject.value).Run();
    }
    absl::Status operator()(const DenialKeysBefore& keys) const {
      return Query(writer, Sql::kDestroyDenialKeys).Bind(UtcDay(keys.day)).Run();
    }
    absl::Status operator()(const RegistrationOf&) const { return absl::OkStatus(); }
  };
  return std::visit(Destroyer{writer_, agencies_}, scope);
}

absl::StatusOr<std::vector<std::string>> KeyDestroyer::FingerprintsOfDenials(
    int64_t before_day) const {
  std::vector<std::string> found;
  Query query(writer_, std::string("SELECT day, wrapped FROM denial_key WHERE day < ?"));
  query.Bind(before_day);
  while (query.Next()) {
    EHC_RETURN_IF_ERROR(Add(keys_.UnwrapDenialKey(query.Integer(0), query.Blob(1)), &found));
  }
  EHC_RETURN_IF_ERROR(query.status());
  return found;
}

absl::StatusOr<std::vector<std::string>> KeyDestroyer::FingerprintsOfMatters(
    SubjectId subject) const {
  std::vector<std::string> found;
  Query query(writer_, std::string("SELECT number, kek, wrapped FROM matter WHERE subject = ?"
                                   " AND wrapped IS NOT NULL"));
  query.Bind(subject.value);
  while (query.Next()) {
    EHC_RETURN_IF_ERROR(Add(
        keys_.Unwrap(query.Integer(1), query.Blob(2), MatterKeyBinding(query.Integer(0))), &found));
  }
  EHC_RETURN_IF_ERROR(query.status());
  return found;
}

absl::StatusOr<std::vector<std::string>> KeyDestroyer::Fingerprints(const KeyScope& scope) const {
  std::vector<std::string> found;
  if (const auto* records = std::get_if<RecordKeys>(&scope)) {
    const int64_t custodian = agencies_.Find(records->custodian);
    Query query(writer_, Sql::kFindDataKey);
    query.Bind(records->subject.value).Bind(custodian).BindText(records->record_type);
    if (query.Next()) {
      const Binding binding =
          DataKeyBinding(query.Integer(0), records->subject.value, custodian, records->record_type);
      EHC_RETURN_IF_ERROR(Add(keys_.Unwrap(query.Integer(1), query.Blob(2), binding), &found));
    }
    EHC_RETURN_IF_ERROR(query.status());
  } else if (const auto* openings = std::get_if<OpeningKeys>(&scope)) {
    Query query(writer_, Sql::kFindAuditKey);
    if (query.Bind(openings->subject.value).Next() && !query.IsNull(2)) {
      const Binding binding = AuditKeyBinding(openings->subject.value, query.Integer(0));
      EHC_RETURN_IF_ERROR(Add(keys_.Unwrap(query.Integer(1), query.Blob(2), binding), &found));
    }
    EHC_RETURN_IF_ERROR(query.status());
  } else if (const auto* matters = std::get_if<MatterKeys>(&scope)) {
    return FingerprintsOfMatters(matters->subject);
  } else if (const auto* denials = std::get_if<DenialKeysBefore>(&scope)) {
    return FingerprintsOfDenials(UtcDay(denials->day));
  } else {
    const auto* dossier = std::get_if<DossierKey>(&scope);
    const SubjectId subject =
        dossier != nullptr ? dossier->subject : std::get<RegistrationOf>(scope).subject;
    Query query(writer_, Sql::kFindDossierKey);
    if (query.Bind(subject.value).Next()) {
      EHC_RETURN_IF_ERROR(Add(
          keys_.Unwrap(query.Integer(0), query.Blob(1), DossierKeyBinding(subject.value)), &found));
    }
    EHC_RETURN_IF_ERROR(query.status());
  }
  return found;
}

absl::Status KeyDestroyer::RemoveRecords(const RecordKeys& keys) const {
  std::vector<int64_t> numbers;
  Query find(writer_, std::string("SELECT number FROM record WHERE subject = ? AND type = ?"
                                  " AND custodian = ?"));
  find.Bind(keys.subject.value).BindText(keys.record_type).Bind(agencies_.Find(keys.custodian));
  while (find.Next()) numbers.push_back(find.Integer(0));
  EHC_RETURN_IF_ERROR(find.status());
  for (const int64_t number : numbers) {
    const int64_t end = number + 1;
    Query parts(writer_, std::string("DELETE FROM part WHERE place >= ? AND place < ?"));
    EHC_RETURN_IF_ERROR(parts.Bind(FirstPartPlace(number, 0)).Bind(FirstPartPlace(end, 0)).Run());
    Query versions(writer_,
                   std::string("DELETE FROM record_version WHERE place >= ? AND place < ?"));
    EHC_RETURN_IF_ERROR(versions.Bind(VersionPlace(number, 0)).Bind(VersionPlace(end, 0)).Run());
    Query head(writer_, std::string("DELETE FROM record WHERE number = ?"));
    EHC_RETURN_IF_ERROR(head.Bind(number).Run());
  }
  return absl::OkStatus();
}

absl::Status KeyDestroyer::RemoveRows(const KeyScope& scope) const {
  if (const auto* records = std::get_if<RecordKeys>(&scope)) return RemoveRecords(*records);
  const auto* dossier = std::get_if<DossierKey>(&scope);
  if (dossier == nullptr) return absl::OkStatus();
  for (const char* sql :
       {"DELETE FROM dossier WHERE subject = ?", "DELETE FROM identifier WHERE subject = ?",
        "DELETE FROM joined WHERE member = ?", "DELETE FROM joined WHERE root = ?"}) {
    EHC_RETURN_IF_ERROR(Query(writer_, std::string(sql)).Bind(dossier->subject.value).Run());
  }
  return absl::OkStatus();
}

absl::StatusOr<Dossier> KeyDestroyer::ReadDossier(SubjectId subject) const {
  Dossier dossier;
  Query query(writer_, Sql::kReadDossier);
  if (!query.Bind(subject.value).Next()) {
    EHC_RETURN_IF_ERROR(query.status());
    return dossier;
  }
  EHC_ASSIGN_OR_RETURN(const SealingKey key, keys_.Unwrap(query.Integer(1), query.Blob(2),
                                                          DossierKeyBinding(subject.value)));
  std::string bytes;
  EHC_RETURN_IF_ERROR(
      key.OpenTo(query.Blob(0), Binding(SealedUse::kDossier).Id(subject.value), &bytes));
  const bool parsed = dossier.ParseFromString(bytes);
  EraseString(&bytes);
  if (!parsed) return absl::DataLossError("store: a dossier is damaged");
  return dossier;
}

absl::Status KeyDestroyer::ForgetRegistration(const RegistrationOf& registration,
                                              int64_t last_number, WriteDossier write) const {
  EHC_ASSIGN_OR_RETURN(Dossier dossier, ReadDossier(registration.subject));
  DropRegistration(registration.agency, last_number, dossier);
  return write(registration.subject.value, dossier);
}

absl::Status KeyDestroyer::Erase(const KeyScope& scope, WriteDossier write,
                                 DestroyedKeys* note) const {
  std::visit(Noting{note}, scope);
  EHC_ASSIGN_OR_RETURN(const std::vector<std::string> fingerprints, Fingerprints(scope));
  for (const std::string& one : fingerprints) note->add_fingerprints(one);
  if (const auto* registration = std::get_if<RegistrationOf>(&scope)) {
    EHC_ASSIGN_OR_RETURN(const Dossier dossier, ReadDossier(registration->subject));
    note->set_last_number(dossier.last_number());
    return ForgetRegistration(*registration, dossier.last_number(), write);
  }
  EHC_RETURN_IF_ERROR(RemoveRows(scope));
  return DestroyKeys(scope);
}

absl::Status KeyDestroyer::RemoveMatters(SubjectId subject,
                                         const std::vector<std::string>& condemned) const {
  std::vector<int64_t> numbers;
  Query query(writer_, std::string("SELECT number, kek, wrapped FROM matter WHERE subject = ?"
                                   " AND wrapped IS NOT NULL"));
  query.Bind(subject.value);
  while (query.Next()) {
    std::vector<std::string> own;
    EHC_RETURN_IF_ERROR(Add(
        keys_.Unwrap(query.Integer(1), query.Blob(2), MatterKeyBinding(query.Integer(0))), &own));
    if (!own.empty() && std::find(condemned.begin(), condemned.end(), own[0]) != condemned.end()) {
      numbers.push_back(query.Integer(0));
    }
  }
  EHC_RETURN_IF_ERROR(query.status());
  for (const int64_t number : numbers) {
    Query destroy(writer_, std::string("UPDATE matter SET wrapped = NULL WHERE number = ?"));
    EHC_RETURN_IF_ERROR(destroy.Bind(number).Run());
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> KeyDestroyer::HasKeyOf(const DestroyedKeys& note) const {
  EHC_ASSIGN_OR_RETURN(const KeyScope scope, ScopeOf(note));
  EHC_ASSIGN_OR_RETURN(const std::vector<std::string> present, Fingerprints(scope));
  const auto& condemned = note.fingerprints();
  return std::any_of(present.begin(), present.end(), [&](const std::string& one) {
    return std::find(condemned.begin(), condemned.end(), one) != condemned.end();
  });
}

absl::StatusOr<bool> KeyDestroyer::IsThere(const DestroyedKeys& note) const {
  EHC_ASSIGN_OR_RETURN(const bool has_key, HasKeyOf(note));
  if (!has_key || note.kind() != store::v1::DESTROYED_KIND_REGISTRATION) return has_key;
  EHC_ASSIGN_OR_RETURN(const Dossier dossier, ReadDossier(SubjectId{note.subject()}));
  Dossier without = dossier;
  DropRegistration(AgencyId(note.agency()), note.last_number(), without);
  return ItemsIn(without) != ItemsIn(dossier);
}

absl::StatusOr<std::vector<SubjectId>> KeyDestroyer::Numbers(Sql sql, SubjectId of) const {
  std::vector<SubjectId> numbers;
  Query query(writer_, sql);
  query.Bind(of.value);
  while (query.Next()) numbers.push_back(SubjectId{query.Integer(0)});
  EHC_RETURN_IF_ERROR(query.status());
  return numbers;
}

absl::Status KeyDestroyer::Part(SubjectId root, SubjectId member, WriteDossier write) const {
  EHC_ASSIGN_OR_RETURN(Dossier of_root, ReadDossier(root));
  EHC_ASSIGN_OR_RETURN(const Dossier before, ReadDossier(member));
  if (FindJoined(of_root, member) != nullptr) {
    const Dossier own = SplitFrom(of_root, root, member, before);
    EHC_RETURN_IF_ERROR(write(root.value, of_root));
    EHC_RETURN_IF_ERROR(write(member.value, own));
  }
  return Query(writer_, Sql::kRemoveJoin).Bind(member.value).Run();
}

absl::Status KeyDestroyer::PartFromOthers(const store::v1::ErasureRecord& record,
                                          WriteDossier write) const {
  std::set<int64_t> erased;
  for (const DestroyedKeys& note : record.destroyed()) {
    if (note.kind() != store::v1::DESTROYED_KIND_DOSSIER &&
        note.kind() != store::v1::DESTROYED_KIND_REGISTRATION) {
      continue;
    }
    EHC_ASSIGN_OR_RETURN(const bool is_the_same, HasKeyOf(note));
    if (is_the_same) erased.insert(note.subject());
  }
  for (const int64_t number : erased) {
    const SubjectId child{number};
    EHC_ASSIGN_OR_RETURN(const std::vector<SubjectId> roots, Numbers(Sql::kFindRoot, child));
    for (const SubjectId root : roots) {
      if (!erased.contains(root.value)) EHC_RETURN_IF_ERROR(Part(root, child, write));
    }
    EHC_ASSIGN_OR_RETURN(const std::vector<SubjectId> members, Numbers(Sql::kListMembers, child));
    for (const SubjectId member : members) {
      if (!erased.contains(member.value)) EHC_RETURN_IF_ERROR(Part(child, member, write));
    }
  }
  return absl::OkStatus();
}

absl::Status KeyDestroyer::EraseAgain(const store::v1::ErasureRecord& record,
                                      WriteDossier write) const {
  EHC_RETURN_IF_ERROR(PartFromOthers(record, write));
  for (const DestroyedKeys& note : record.destroyed()) {
    EHC_RETURN_IF_ERROR(EraseNoted(note, write));
  }
  return absl::OkStatus();
}

absl::Status KeyDestroyer::EraseNoted(const DestroyedKeys& note, WriteDossier write) const {
  EHC_ASSIGN_OR_RETURN(const KeyScope scope, ScopeOf(note));
  if (const auto* matters = std::get_if<MatterKeys>(&scope)) {
    return RemoveMatters(matters->subject,
                         {note.fingerprints().begin(), note.fingerprints().end()});
  }
  if (std::holds_alternative<DenialKeysBefore>(scope)) return DestroyKeys(scope);
  EHC_ASSIGN_OR_RETURN(const bool is_the_same, HasKeyOf(note));
  if (!is_the_same) return absl::OkStatus();
  if (const auto* registration = std::get_if<RegistrationOf>(&scope)) {
    return ForgetRegistration(*registration, note.last_number(), write);
  }
  EHC_RETURN_IF_ERROR(RemoveRows(scope));
  return DestroyKeys(scope);
}

}  // namespace ehc
