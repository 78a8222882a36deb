#include "ehchub/access_report.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "server/base/checkpoint.h"
#include "server/base/encoding.h"
#include "server/base/key_change.h"
#include "server/base/merkle.h"
#include "server/base/signed_note.h"
#include "server/base/status_macros.h"
#include "server/model/audit_entry.h"

namespace ehchub {
namespace {

using ehc::AuditField;
using ehc::Digest;
using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;

// A head that has the newest entries is signed within two seconds.
constexpr int kTries = 8;
constexpr absl::Duration kBetweenTries = absl::Milliseconds(300);

constexpr char kFormat[] = "ehc access report v1";
constexpr char kRelay[] = "agencies/hub-relay";

void Set(Struct& object, const char* name, const std::string& text) {
  if (!text.empty()) (*object.mutable_fields())[name].set_string_value(text);
}

std::string TextOf(const Struct& object, const char* name) {
  const auto found = object.fields().find(name);
  return found == object.fields().end() ? std::string() : found->second.string_value();
}

std::string TimeText(int64_t millis) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(millis),
                          absl::UTCTimeZone());
}

std::string ShownIn(const ehc::EntryView& view, AuditField field) {
  const std::string* value = view.Find(field);
  return value == nullptr ? std::string() : *value;
}

absl::StatusOr<Digest> LeafOf(absl::string_view view_bytes) {
  EHC_ASSIGN_OR_RETURN(const ehc::EntryView view, ehc::ParseEntryView(view_bytes));
  return ehc::VerifyOpened(view);
}

// What the entry itself says, in the file's words.
absl::StatusOr<Struct> Claims(absl::string_view view_bytes) {
  EHC_ASSIGN_OR_RETURN(const ehc::EntryView view, ehc::ParseEntryView(view_bytes));
  int64_t millis = 0;
  if (!absl::SimpleAtoi(ShownIn(view, AuditField::kRecordedAt), &millis)) {
    return absl::DataLossError("the entry does not say when");
  }
  Struct claims;
  Set(claims, "disclosed_at", TimeText(millis));
  const std::string agency = ShownIn(view, AuditField::kSearcherAgency);
  Set(claims, "organisation", agency.empty() ? kRelay : absl::StrCat("agencies/", agency));
  Set(claims, "record_type", ShownIn(view, AuditField::kRecordType));
  Set(claims, "parts", ShownIn(view, AuditField::kReleasedParts));
  Set(claims, "purpose", ShownIn(view, AuditField::kPurpose));
  Set(claims, "lawful_basis", ShownIn(view, AuditField::kLawfulBasis));
  Set(claims, "gateway", ShownIn(view, AuditField::kGateway));
  Set(claims, "role", ShownIn(view, AuditField::kRole));
  return claims;
}

absl::StatusOr<Struct> Item(AuditConnection& audit, const ehc::Checkpoint& head,
                            const v1::SubjectDisclosure& told) {
  EHC_ASSIGN_OR_RETURN(const Digest leaf, LeafOf(told.view()));
  if (ehc::DigestView(leaf) != absl::string_view(told.leaf_hash())) {
    return absl::DataLossError("a disclosure does not hash to its leaf");
  }
  v1::GetInclusionProofRequest request;
  request.set_leaf_hash(told.leaf_hash());
  request.set_tree_size(head.size);
  EHC_ASSIGN_OR_RETURN(const v1::GetInclusionProofResponse proof, audit.GetInclusionProof(request));
  std::vector<Digest> path;
  for (const std::string& node : proof.path()) {
    EHC_ASSIGN_OR_RETURN(path.emplace_back(), ehc::DigestFromBytes(node));
  }
  EHC_RETURN_IF_ERROR(ehc::VerifyInclusion(leaf, proof.leaf_index(), head.size, path, head.root));
  EHC_ASSIGN_OR_RETURN(Struct item, Claims(told.view()));
  Set(item, "in_words", told.sentence());
  Set(item, "leaf", ehc::HexEncode(told.leaf_hash()));
  Set(item, "view", ehc::Base64Encode(told.view()));
  Set(item, "place", absl::StrCat(proof.leaf_index()));
  ListValue& nodes = *(*item.mutable_fields())["path"].mutable_list_value();
  for (const std::string& node : proof.path()) {
    nodes.add_values()->set_string_value(ehc::HexEncode(node));
  }
  return item;
}

// Why the disclosure does not hold; OK: it does.
absl::Status CheckItem(const Struct& item, const ehc::Checkpoint& head) {
  EHC_ASSIGN_OR_RETURN(const std::string view, ehc::Base64Decode(TextOf(item, "view")));
  EHC_ASSIGN_OR_RETURN(const Digest leaf, LeafOf(view));
  if (ehc::HexEncode(ehc::DigestView(leaf)) != TextOf(item, "leaf")) {
    return absl::DataLossError("what it shows does not hash to its leaf");
  }
  EHC_ASSIGN_OR_RETURN(const Struct claims, Claims(view));
  for (const char* name : {"disclosed_at", "organisation", "record_type", "parts", "purpose",
                           "lawful_basis", "gateway", "role"}) {
    if (TextOf(item, name) != TextOf(claims, name)) {
      return absl::DataLossError(absl::StrCat(name, " is not what the log committed to"));
    }
  }
  uint64_t place = 0;
  if (!absl::SimpleAtoi(TextOf(item, "place"), &place)) {
    return absl::InvalidArgumentError("it has no place in the log");
  }
  std::vector<Digest> path;
  const auto nodes = item.fields().find("path");
  if (nodes != item.fields().end()) {
    for (const Value& node : nodes->second.list_value().values()) {
      EHC_ASSIGN_OR_RETURN(const std::string bytes, ehc::HexDecode(node.string_value()));
      EHC_ASSIGN_OR_RETURN(path.emplace_back(), ehc::DigestFromBytes(bytes));
    }
  }
  return ehc::VerifyInclusion(leaf, place, head.size, path, head.root);
}

// The keys that lead from the one known to those that sign today; a change that none of them has
// vouched for leads nowhere.
absl::StatusOr<std::vector<ehc::NoteVerifier>> Followed(absl::string_view log_key,
                                                        const std::vector<std::string>& changes) {
  const auto log = ehc::NoteVerifier::Parse(log_key);
  if (!log.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("log_key: ", log.status().message()));
  }
  std::vector<ehc::NoteVerifier> keys = {*log};
  for (const std::string& note : changes) {
    const auto change = ehc::OpenKeyChange(note, log->key_name(), keys);
    if (!change.ok() || change->kind != ehc::LogKeyKind::kCheckpoint) continue;
    EHC_ASSIGN_OR_RETURN(ehc::NoteVerifier key, ehc::NoteVerifier::Parse(change->key));
    keys.push_back(std::move(key));
  }
  return keys;
}

absl::StatusOr<ehc::Checkpoint> OpenHead(const std::string& note, absl::string_view log_key,
                                         const std::vector<std::string>& changes) {
  EHC_ASSIGN_OR_RETURN(const std::vector<ehc::NoteVerifier> keys, Followed(log_key, changes));
  for (const ehc::NoteVerifier& key : keys) {
    absl::StatusOr<ehc::Checkpoint> head = ehc::OpenCheckpoint(note, key);
    if (head.ok()) return head;
    if (!absl::IsNotFound(head.status())) break;
  }
  return absl::DataLossError("the head is not one that this log signed");
}

std::vector<std::string> ChangesIn(const Struct& file) {
  std::vector<std::string> changes;
  const auto found = file.fields().find("key_changes");
  if (found == file.fields().end()) return changes;
  for (const Value& note : found->second.list_value().values()) {
    changes.push_back(note.string_value());
  }
  return changes;
}

absl::StatusOr<Struct> Assemble(AuditConnection& audit, absl::string_view log_key,
                                const std::vector<v1::SubjectDisclosure>& disclosures) {
  EHC_ASSIGN_OR_RETURN(const v1::GetCheckpointResponse newest, audit.GetCheckpoint({}));
  const std::vector<std::string> changes(newest.key_changes().begin(), newest.key_changes().end());
  EHC_ASSIGN_OR_RETURN(const ehc::Checkpoint head,
                       OpenHead(newest.checkpoint().note(), log_key, changes));
  Struct file;
  Set(file, "format", kFormat);
  Set(file, "log", head.origin);
  Set(file, "head", newest.checkpoint().note());
  for (const std::string& note : changes) {
    (*file.mutable_fields())["key_changes"].mutable_list_value()->add_values()->set_string_value(
        note);
  }
  ListValue& items = *(*file.mutable_fields())["disclosures"].mutable_list_value();
  for (const v1::SubjectDisclosure& told : disclosures) {
    if (told.erased()) continue;
    EHC_ASSIGN_OR_RETURN(*items.add_values()->mutable_struct_value(), Item(audit, head, told));
  }
  return file;
}

}  // namespace

absl::StatusOr<std::string> MakeAccessReport(
    AuditConnection& audit, absl::string_view log_key,
    const std::vector<v1::SubjectDisclosure>& disclosures) {
  absl::StatusOr<Struct> assembled = Assemble(audit, log_key, disclosures);
  for (int i = 0; absl::IsNotFound(assembled.status()) && i < kTries; ++i) {
    absl::SleepFor(kBetweenTries);
    assembled = Assemble(audit, log_key, disclosures);
  }
  EHC_ASSIGN_OR_RETURN(const Struct file, std::move(assembled));
  std::string text;
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  if (!google::protobuf::util::MessageToJsonString(file, &text, options).ok()) {
    return absl::InternalError("the report could not be written as JSON");
  }
  return text;
}

absl::StatusOr<AccessReportCheck> CheckAccessReport(absl::string_view text,
                                                    absl::string_view log_key) {
  Struct file;
  const bool parsed = google::protobuf::util::JsonStringToMessage(std::string(text), &file).ok();
  if (!parsed || TextOf(file, "format") != kFormat) {
    return absl::InvalidArgumentError("this is no access report of this version");
  }
  EHC_ASSIGN_OR_RETURN(const ehc::Checkpoint head,
                       OpenHead(TextOf(file, "head"), log_key, ChangesIn(file)));
  AccessReportCheck check;
  check.log_id = head.origin;
  check.tree_size = head.size;
  const auto items = file.fields().find("disclosures");
  if (items == file.fields().end()) return check;
  int number = 0;
  for (const Value& item : items->second.list_value().values()) {
    ++number;
    const absl::Status holds = CheckItem(item.struct_value(), head);
    if (holds.ok()) {
      ++check.disclosures;
    } else {
      check.problems.push_back(absl::StrCat("disclosure ", number, ": ", holds.message()));
    }
  }
  return check;
}

}  // namespace ehchub
