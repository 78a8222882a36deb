#include "server/storage/sqlite/change_writer.h"

#include <string>
#include <variant>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/record_codec.h"
#include "server/storage/request_memory.h"
#include "server/storage/sqlite/key_destroyer.h"
#include "server/storage/sqlite/matter_row.h"
#include "server/storage/sqlite/schema.h"
#include "server/storage/tally_digest.h"

namespace ehc {
namespace {

template <typename Message>
std::string Serialised(const Message& message) {
  std::string bytes;
  message.SerializeToString(&bytes);
  return bytes;
}

absl::Status CheckHoldable(const Record& record) {
  const RecordHead& head = record.head;
  if (head.id.value < 1 || head.id.value > kMaxRecord) {
    return absl::InvalidArgumentError("record: its number was not given out by this store");
  }
  if (head.version < 1 || head.version > kMaxVersion) {
    return absl::InvalidArgumentError("record: more versions than a store holds");
  }
  if (record.parts.size() > kMaxParts) {
    return absl::InvalidArgumentError("record: more parts than a store holds");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ChangeWriter::Prepare(absl::Span<const Change> changes) {
  for (const Change& change : changes) {
    if (const auto* record = std::get_if<PutRecord>(&change)) {
      EHC_ASSIGN_OR_RETURN(const int64_t custodian,
                           agencies_.Ensure(writer_, record->record.head.custodian));
      EHC_RETURN_IF_ERROR(keys_.EnsureKeyEncryptionKey(writer_, custodian));
    } else if (const auto* agency = std::get_if<PutAgency>(&change)) {
      EHC_RETURN_IF_ERROR(agencies_.Ensure(writer_, agency->agency).status());
    } else if (const auto* credential = std::get_if<PutCredential>(&change)) {
      EHC_RETURN_IF_ERROR(agencies_.Ensure(writer_, credential->agency).status());
    } else if (const auto* cosignature = std::get_if<PutCosignature>(&change)) {
      EHC_RETURN_IF_ERROR(agencies_.Ensure(writer_, cosignature->agency).status());
    } else if (const auto* matter = std::get_if<PutMatter>(&change)) {
      EHC_RETURN_IF_ERROR(agencies_.Ensure(writer_, matter->matter.opener).status());
      EHC_RETURN_IF_ERROR(agencies_.Ensure(writer_, matter->matter.addressee).status());
    } else if (const auto* tell = std::get_if<TellOfMatter>(&change)) {
      EHC_RETURN_IF_ERROR(agencies_.Ensure(writer_, tell->party).status());
    }
  }
  return absl::OkStatus();
}

absl::Status ChangeWriter::Apply(absl::Span<const Change> changes) {
  for (const Change& change : changes) EHC_RETURN_IF_ERROR(std::visit(*this, change));
  return absl::OkStatus();
}

absl::Status ChangeWriter::WriteDossier(int64_t subject, const store::v1::Dossier& dossier) {
  EHC_ASSIGN_OR_RETURN(const SealingKey key, keys_.EnsureDossierKey(writer_, subject));
  std::string bytes = Serialised(dossier);
  const std::string sealed = key.Seal(bytes, Binding(SealedUse::kDossier).Id(subject));
  EraseString(&bytes);
  return Query(writer_, Sql::kPutDossier).Bind(subject).Bind(sealed).Run();
}

absl::Status ChangeWriter::operator()(const PutSubject& put) {
  if (put.subject.value < 1) return absl::InvalidArgumentError("subject: nobody has no dossier");
  EHC_RETURN_IF_ERROR(WriteDossier(put.subject.value, put.dossier));
  const Sql mark = put.dossier.severed() ? Sql::kPutSevered : Sql::kDropSevered;
  EHC_RETURN_IF_ERROR(Query(writer_, mark).Bind(put.subject.value).Run());
  for (const store::v1::JoinedSubject& member : put.dossier.joined()) {
    EHC_RETURN_IF_ERROR(Query(writer_, mark).Bind(member.subject()).Run());
  }
  return absl::OkStatus();
}

absl::Status ChangeWriter::operator()(const BindIdentifier& bind) {
  return Query(writer_, Sql::kBindIdentifier).Bind(bind.digest).Bind(bind.subject.value).Run();
}

absl::Status ChangeWriter::CheckNextVersion(const RecordHead& head) {
  int64_t newest = 0;
  Query query(writer_, Sql::kFindVersion);
  if (query.Bind(head.id.value).Next()) newest = query.Integer(0);
  EHC_RETURN_IF_ERROR(query.status());
  if (head.version == newest + 1) return absl::OkStatus();
  return absl::AbortedError("record: another version came first; decide again");
}

absl::Status ChangeWriter::PutHead(const RecordHead& head, int64_t custodian, int64_t data_key,
                                   absl::string_view sealed) {
  const std::string number = absl::StrCat(head.id.value);
  const std::string local =
      head.quarantined
          ? root_.NameDigest({"recalled", number})
          : root_.NameDigest({"local id", head.custodian.value(), head.record_type, head.local_id});
  Query put(writer_, Sql::kPutRecord);
  put.Bind(head.id.value).Bind(head.subject.value).Bind(custodian).BindText(head.record_type);
  put.Bind(local).Bind(head.version).Bind(absl::ToUnixMicros(head.published_at));
  put.Bind(data_key).Bind(sealed).Bind(int64_t{head.quarantined ? 1 : 0});
  const bool is_the_same_record = put.Next();
  EHC_RETURN_IF_ERROR(put.Run());
  if (is_the_same_record) return absl::OkStatus();
  return absl::InvalidArgumentError("record: a new version keeps its child and its local id");
}

absl::Status ChangeWriter::PutParts(const Record& record, const SealingKey& key) {
  const RecordHead& head = record.head;
  int64_t place = FirstPartPlace(head.id.value, head.version);
  for (const Part& part : record.parts) {
    std::string bytes = EncodePart(part);
    const std::string sealed = key.Seal(
        bytes, Binding(SealedUse::kPart).Id(head.id.value).Id(head.version).Text(part.code));
    EraseString(&bytes);
    Query add(writer_, Sql::kAddPart);
    EHC_RETURN_IF_ERROR(add.Bind(place++).BindText(part.code).Bind(sealed).Run());
  }
  return absl::OkStatus();
}

absl::Status ChangeWriter::operator()(const PutRecord& put) {
  const RecordHead& head = put.record.head;
  EHC_RETURN_IF_ERROR(CheckHoldable(put.record));
  EHC_RETURN_IF_ERROR(CheckNextVersion(head));
  const int64_t custodian = agencies_.Find(head.custodian);
  EHC_ASSIGN_OR_RETURN(const NumberedKey key, keys_.EnsureDataKey(writer_, head.subject.value,
                                                                  custodian, head.record_type));
  std::string bytes = EncodeHead(head);
  const std::string sealed =
      key.key.Seal(bytes, Binding(SealedUse::kRecordHead).Id(head.id.value).Id(head.version));
  EraseString(&bytes);
  EHC_RETURN_IF_ERROR(PutHead(head, custodian, key.number, sealed));
  Query add(writer_, Sql::kAddRecordVersion);
  add.Bind(VersionPlace(head.id.value, head.version)).Bind(key.number).Bind(sealed);
  EHC_RETURN_IF_ERROR(add.Run());
  return PutParts(put.record, key.key);
}

absl::Status ChangeWriter::operator()(const PutAgency& put) {
  const std::string value = Serialised(put.value);
  return Query(writer_, Sql::kPutAgency).Bind(value).Bind(agencies_.Find(put.agency)).Run();
}

absl::Status ChangeWriter::operator()(const PutCredential& put) {
  const std::string value = Serialised(put.value);
  Query query(writer_, Sql::kPutCredential);
  return query.BindText(put.fingerprint).Bind(agencies_.Find(put.agency)).Bind(value).Run();
}

absl::Status ChangeWriter::operator()(const PutJoin& put) {
  if (put.member.value < 1 || put.member == put.root) {
    return absl::InvalidArgumentError("subject: is joined with another one, not with itself");
  }
  if (!put.root.known()) return Query(writer_, Sql::kRemoveJoin).Bind(put.member.value).Run();
  // A number of a number is nobody's: members stand directly under their root.
  for (const SubjectId one : {put.member, put.root}) {
    Query find(writer_, one == put.root ? Sql::kFindRoot : Sql::kListMembers);
    const bool taken = find.Bind(one.value).Next();
    EHC_RETURN_IF_ERROR(find.status());
    if (taken) return absl::AbortedError("subject: another join came first; decide again");
  }
  return Query(writer_, Sql::kPutJoin).Bind(put.member.value).Bind(put.root.value).Run();
}

absl::Status ChangeWriter::operator()(const PutRequest& put) {
  const int64_t oldest = OldestRememberedRequestMs(put.at);
  EHC_RETURN_IF_ERROR(Query(writer_, Sql::kForgetRequests).Bind(oldest).Run());
  const std::string key =
      root_.NameDigest({"request", put.agency.value(), put.method, put.request_id});
  Query query(writer_, Sql::kPutRequest);
  query.Bind(key).Bind(put.message_digest).BindText(put.resource);
  const bool is_new = query.Bind(absl::ToUnixMillis(put.at)).Bind(oldest).Next();
  EHC_RETURN_IF_ERROR(query.Run());
  if (is_new) return absl::OkStatus();
  return absl::AbortedError("request_id: another request came first; decide again");
}

absl::Status ChangeWriter::operator()(const PutPolicy& put) {
  return Query(writer_, Sql::kAddPolicy).BindText(put.revision).Bind(put.canonical).Run();
}

absl::Status ChangeWriter::operator()(const PutPolicyPaper& put) {
  if (put.sealed.empty()) {
    return Query(writer_, Sql::kRemovePolicyPaper).BindText(put.name).Run();
  }
  return Query(writer_, Sql::kPutPolicyPaper).BindText(put.name).Bind(put.sealed).Run();
}

absl::Status ChangeWriter::operator()(const PutMatter& put) {
  if (put.matter.id.value < 1) {
    return absl::InvalidArgumentError("matter: its number was not given out by this store");
  }
  return put.matter.revision == 1 ? OpenMatter(put.matter) : MoveMatter(put.matter);
}

// Written with the entry, whose place in the log it names (BatchWriter::WriteMatterEvents).
absl::Status ChangeWriter::operator()(const TellOfMatter& tell) {
  if (tell.matter.value >= 1) return absl::OkStatus();
  return absl::InvalidArgumentError("matter: its number was not given out by this store");
}

absl::Status ChangeWriter::operator()(const AddToTally& add) {
  if (add.at_most < 1) return absl::InvalidArgumentError("tally: at most none is no tally");
  const int64_t day = DaysSinceEpoch(add.key.day);
  EHC_RETURN_IF_ERROR(Query(writer_, Sql::kForgetTallies).Bind(day - 1).Run());
  const std::string digest = TallyDigest(root_, add.key);
  Query count(writer_, Sql::kAddToTally);
  const bool counted = count.Bind(digest).Bind(day).Bind(add.at_most).Next();
  EHC_RETURN_IF_ERROR(count.Run());
  if (counted) return absl::OkStatus();
  return absl::AbortedError("tally: others have used it up; decide again");
}

absl::Status ChangeWriter::operator()(const PutCosignature& put) {
  const int64_t agency = agencies_.Find(put.agency);
  EHC_RETURN_IF_ERROR(Query(writer_, Sql::kForgetCosignatures).Bind(put.keep_from).Run());
  Query forget_own(writer_, Sql::kForgetOwnCosignatures);
  EHC_RETURN_IF_ERROR(forget_own.Bind(put.keep_own_from).Bind(agency).Run());
  Query query(writer_, Sql::kPutCosignature);
  query.Bind(put.size).Bind(put.root).Bind(agency);
  query.BindText(put.signature.key_name).Bind(int64_t{put.signature.key_id});
  return query.Bind(put.signature.bytes).Run();
}

absl::Status ChangeWriter::OpenMatter(const Matter& matter) {
  const MatterRow row = RowOf(matter, agencies_);
  EHC_ASSIGN_OR_RETURN(const KeyRing::NewKey made, keys_.MakeMatterKey(matter.id.value));
  Query add(writer_, Sql::kAddMatter);
  add.Bind(row.number).BindText(row.kind).Bind(row.opener).Bind(row.addressee).Bind(row.subject);
  add.Bind(row.open).Bind(row.due_ms).Bind(made.kek).Bind(made.wrapped);
  return add.Bind(made.key.Seal(matter.body, MatterBinding(row))).Run();
}

absl::Status ChangeWriter::MoveMatter(const Matter& matter) {
  const MatterRow row = RowOf(matter, agencies_);
  Query find(writer_, Sql::kFindMatter);
  const bool found = find.Bind(row.number).Next();
  EHC_RETURN_IF_ERROR(find.status());
  if (!found) return absl::InvalidArgumentError("matter: there is none of this number");
  const MatterRow before = ReadMatterRow(find);
  if (before.revision + 1 != row.revision) {
    return absl::AbortedError("matter: another change came first; decide again");
  }
  if (!IsTheSameMatter(before, row)) {
    return absl::InvalidArgumentError("matter: it keeps its kind, its parties and its child");
  }
  EHC_ASSIGN_OR_RETURN(const SealingKey key, keys_.Unwrap(before.kek, find.Blob(kMatterWrapped),
                                                          MatterKeyBinding(row.number)));
  Query put(writer_, Sql::kPutMatter);
  put.Bind(row.revision).Bind(row.open).Bind(row.due_ms);
  return put.Bind(key.Seal(matter.body, MatterBinding(row))).Bind(row.number).Run();
}

absl::Status ChangeWriter::RememberErasure(const store::v1::ErasureRecord& record) {
  const std::string bytes = Serialised(record);
  return Query(writer_, Sql::kAddErasure).Bind(record.id()).Bind(bytes).Run();
}

absl::Status ChangeWriter::operator()(const EraseKeys& erase) {
  constexpr size_t kIdSize = 16;
  if (erase.id.size() != kIdSize) return absl::InvalidArgumentError("erasure: its id is malformed");
  store::v1::ErasureRecord record;
  record.set_id(erase.id);
  record.set_at_ms(absl::ToUnixMillis(erase.at));
  const KeyDestroyer destroyer(keys_, agencies_, writer_);
  const auto write = [this](int64_t subject, const store::v1::Dossier& dossier) {
    return WriteDossier(subject, dossier);
  };
  for (const KeyScope& scope : erase.scopes) {
    EHC_RETURN_IF_ERROR(destroyer.Erase(scope, write, record.add_destroyed()));
  }
  return RememberErasure(record);
}

absl::Status ChangeWriter::operator()(const ReplayErasure& replay) {
  const KeyDestroyer destroyer(keys_, agencies_, writer_);
  const auto write = [this](int64_t subject, const store::v1::Dossier& dossier) {
    return WriteDossier(subject, dossier);
  };
  EHC_RETURN_IF_ERROR(destroyer.EraseAgain(replay.record, write));
  return RememberErasure(replay.record);
}

}  // namespace ehc
