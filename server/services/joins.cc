#include "server/services/joins.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/base/crypto.h"
#include "server/model/joined.h"
#include "server/pipeline/facts.h"
#include "server/services/identifier_links.h"
#include "server/services/vocabulary_words.h"

namespace ehc {
namespace {

using store::v1::Dossier;

constexpr int64_t kEveryVersion = std::numeric_limits<int32_t>::max();

std::vector<RecordId> RecordsIn(const AuditRecord& record) {
  std::vector<RecordId> records;
  for (absl::string_view one : absl::StrSplit(record[AuditField::kRecord], ',')) {
    RecordId id;
    if (absl::ConsumePrefix(&one, "record/") && absl::SimpleAtoi(one, &id.value)) {
      records.push_back(id);
    }
  }
  return records;
}

// Of the entries under one number, those that disclosed a record of another number.
absl::StatusOr<std::map<int64_t, RecordHead>> RecordsOfOthers(ReadView& view, SubjectId named) {
  std::map<int64_t, RecordHead> found;
  EntryFilter filter;
  filter.subject = named;
  filter.this_number_only = true;
  EHC_RETURN_IF_ERROR(ForEachDisclosure(
      view, filter, [&](const StoredEntry&, const AuditRecord& record) -> absl::StatusOr<bool> {
        for (const RecordId id : RecordsIn(record)) {
          EHC_ASSIGN_OR_RETURN(const std::optional<RecordHead> head, view.FindRecordById(id));
          if (head.has_value() && head->subject != named) found.emplace(id.value, *head);
        }
        return true;
      }));
  return found;
}

absl::StatusOr<Opened<Incidents>> NewIncident(const Desks& desks, const CaseFile& file,
                                              const RecordHead& head, SubjectId named) {
  EHC_ASSIGN_OR_RETURN(
      Opened<Incidents> incident,
      NewMatter<Incidents>(desks.rooms.store, head.custodian, head.custodian, head.subject));
  EHC_ASSIGN_OR_RETURN(incident.matter.due_at, ClockDue(file, desks.rooms.facts.calendar(),
                                                        "BREACH_REPORT", file.received_at));
  store::v1::IncidentBody& body = incident.body;
  body.set_unit(head.unit.value());
  body.set_record(head.id.value);
  body.set_record_type(head.record_type);
  body.set_first_version(1);
  body.set_last_version(kEveryVersion);
  body.set_reason(hub::v1::RECALL_REASON_WRONG_CHILD);
  body.set_explanation(
      "Two children were taken for one, and the record was disclosed as the other one's. It is "
      "still in force for its own child.");
  body.set_aware_ms(absl::ToUnixMillis(file.received_at));
  body.set_recalled_ms(absl::ToUnixMillis(file.received_at));
  body.set_disclosed_as(named.value);
  return incident;
}

absl::StatusOr<std::optional<Opened<Incidents>>> IncidentOf(ReadView& view, const RecordHead& head,
                                                            SubjectId named) {
  MatterFilter filter;
  filter.kind = Incidents::kKind;
  filter.subject = head.subject;
  while (true) {
    EHC_ASSIGN_OR_RETURN(std::vector<Matter> matters, view.ListMatters(filter));
    for (Matter& matter : matters) {
      filter.after = matter.id;
      EHC_ASSIGN_OR_RETURN(Opened<Incidents> one, Unpack<Incidents>(std::move(matter)));
      if (one.body.record() == head.id.value && one.body.disclosed_as() == named.value) return one;
    }
    if (static_cast<int>(matters.size()) < filter.limit) return std::nullopt;
  }
}

using Numbers = std::vector<SubjectId>;

bool Has(const Numbers& numbers, SubjectId one) {
  return std::find(numbers.begin(), numbers.end(), one) != numbers.end();
}

Numbers NumbersOf(SubjectId root, const Dossier& dossier) {
  Numbers numbers = {root};
  for (const store::v1::JoinedSubject& one : dossier.joined()) {
    numbers.push_back(SubjectId{one.subject()});
  }
  return numbers;
}

// Records of `theirs` that were disclosed under a number of `ours`: an incident for each, or the
// one that is there, brought up to date.
absl::Status TellRecipients(const Desks& desks, const CaseFile& file, ReadView& view,
                            const Numbers& ours, const Numbers& theirs, Plan& plan) {
  for (const SubjectId named : ours) {
    EHC_ASSIGN_OR_RETURN(const auto records, RecordsOfOthers(view, named));
    for (const auto& [id, head] : records) {
      if (!Has(theirs, head.subject)) continue;
      EHC_ASSIGN_OR_RETURN(std::optional<Opened<Incidents>> incident,
                           IncidentOf(view, head, named));
      const bool is_new = !incident.has_value();
      if (is_new) {
        EHC_ASSIGN_OR_RETURN(incident, NewIncident(desks, file, head, named));
      }
      EHC_ASSIGN_OR_RETURN(auto missing, DisclosuresMissingFrom(*incident, view));
      if (missing.empty()) continue;
      EHC_RETURN_IF_ERROR(SendNotices(desks, file, view, std::move(missing), *incident, plan));
      if (!is_new) ++incident->matter.revision;
      plan.reads.push_back(MatterKey(incident->matter.id));
      plan.changes.push_back(Put(*incident));
    }
  }
  return absl::OkStatus();
}

absl::Status TellBoth(const Desks& desks, const CaseFile& file, ReadView& view, const Numbers& a,
                      const Numbers& b, Plan& plan) {
  EHC_RETURN_IF_ERROR(TellRecipients(desks, file, view, a, b, plan));
  return TellRecipients(desks, file, view, b, a, plan);
}

// Whether nobody has registered this child and nobody keeps anything about it: whoever had, has
// erased it while the join made it somebody else's child too.
absl::StatusOr<bool> IsLeftOver(const CaseFile& file, ReadView& view, SubjectId number,
                                const Dossier& dossier) {
  if (!dossier.registered_by().empty() || !dossier.joined().empty()) return false;
  for (const std::string& type : VocabularyWords(PolicyOf(file)).RecordTypes()) {
    EHC_ASSIGN_OR_RETURN(const std::vector<RecordHead> heads, view.ListRecords(number, type));
    for (const RecordHead& head : heads) {
      if (head.subject == number) return false;
    }
  }
  return true;
}

// One side after the split; what is left over goes, as it would have gone with its last agency had
// the children never been joined. Entries that disclosed another child's record under its number
// are that child's evidence, and stay.
absl::Status PutSide(const CaseFile& file, ReadView& view, SubjectId number, Dossier dossier,
                     Plan& plan) {
  constexpr size_t kIdSize = 16;
  EHC_ASSIGN_OR_RETURN(const bool left_over, IsLeftOver(file, view, number, dossier));
  if (!left_over) {
    plan.changes.push_back(PutSubject{number, std::move(dossier)});
    return absl::OkStatus();
  }
  EraseKeys erase{RandomBytes(kIdSize), file.received_at, {DossierKey{number}}};
  EHC_ASSIGN_OR_RETURN(const auto of_others, RecordsOfOthers(view, number));
  if (of_others.empty()) erase.scopes.push_back(OpeningKeys{number});
  plan.changes.push_back(std::move(erase));
  return absl::OkStatus();
}

// Which of both leaves: the one that is not the root.
SubjectId MemberOf(const ReviewSides& sides) {
  return sides.child.number == sides.child.root ? sides.other.number : sides.child.number;
}

}  // namespace

absl::Status PlanJoin(const ReviewSides& sides, Plan& plan) {
  const bool child_first = sides.child.root < sides.other.root;
  const ReviewedChild& stays = child_first ? sides.child : sides.other;
  const ReviewedChild& joins = child_first ? sides.other : sides.child;
  Dossier root = stays.dossier;
  Dossier member = joins.dossier;
  JoinInto(root, stays.root, joins.root, member);
  plan.changes.push_back(PutSubject{stays.root, std::move(root)});
  plan.changes.push_back(PutSubject{joins.root, std::move(member)});
  for (const store::v1::JoinedSubject& further : joins.dossier.joined()) {
    const SubjectId member{further.subject()};
    plan.changes.push_back(PutJoin{member, SubjectId{}});
    plan.changes.push_back(PutJoin{member, stays.root});
  }
  plan.changes.push_back(PutJoin{joins.root, stays.root});
  plan.reads.push_back(SubjectKey(stays.root));
  plan.reads.push_back(SubjectKey(joins.root));
  return absl::OkStatus();
}

absl::Status PlanSplit(const Desks& desks, const CaseFile& file, ReadView& view,
                       const ReviewSides& sides, Plan& plan) {
  const SubjectId root_number = sides.child.root;
  const SubjectId member = MemberOf(sides);
  if (FindJoined(sides.child.dossier, member) == nullptr) {
    return StateConflict("name: both are one number; nothing can be split");
  }
  EHC_ASSIGN_OR_RETURN(const Dossier before, view.ReadDossier(member));
  Dossier root = sides.child.dossier;
  Dossier own = SplitFrom(root, root_number, member, before);
  EHC_RETURN_IF_ERROR(TellBoth(desks, file, view, {member}, NumbersOf(root_number, root), plan));
  EHC_RETURN_IF_ERROR(PutSide(file, view, root_number, std::move(root), plan));
  EHC_RETURN_IF_ERROR(PutSide(file, view, member, std::move(own), plan));
  plan.changes.push_back(PutJoin{member, SubjectId{}});
  plan.reads.push_back(SubjectKey(root_number));
  plan.reads.push_back(SubjectKey(member));
  return absl::OkStatus();
}

absl::Status PlanSplitCompletion(const Desks& desks, const CaseFile& file, ReadView& view,
                                 const ReviewSides& sides, Plan& plan) {
  return TellBoth(desks, file, view, NumbersOf(sides.child.root, sides.child.dossier),
                  NumbersOf(sides.other.root, sides.other.dossier), plan);
}

absl::Status PlanKeepApart(const ReviewSides& sides, Plan& plan) {
  if (sides.joined()) return StateConflict("decision: both are one child; decide to split them");
  if (!sides.other.number.known()) return absl::OkStatus();
  Dossier child = sides.child.dossier;
  Dossier other = sides.other.dossier;
  child.add_kept_apart(sides.other.number.value);
  other.add_kept_apart(sides.child.number.value);
  plan.changes.push_back(PutSubject{sides.child.root, std::move(child)});
  plan.changes.push_back(PutSubject{sides.other.root, std::move(other)});
  plan.reads.push_back(SubjectKey(sides.child.root));
  plan.reads.push_back(SubjectKey(sides.other.root));
  return absl::OkStatus();
}

absl::Status PlanMoveIdentifiers(const Desks& desks, ReadView& view, const ReviewSides& sides,
                                 const std::vector<hub::v1::Identifier>& identifiers, Plan& plan) {
  for (const hub::v1::Identifier& stated : identifiers) {
    EHC_ASSIGN_OR_RETURN(const KeyedIdentifier key, KeyOf(desks, stated, "identifiers"));
    plan.reads.push_back(IdentifierKey(DigestView(key.digest)));
    EHC_ASSIGN_OR_RETURN(const SubjectId holder, view.FindSubject(key.digest));
    EHC_ASSIGN_OR_RETURN(const SubjectId root, view.RootOf(holder));
    if (root != sides.other.root) continue;
    plan.changes.push_back(BindIdentifier{key.digest, sides.child.number});
    for (const store::v1::IdentifierItem& item : sides.other.dossier.identifiers()) {
      if (item.value().type() != key.message.type() ||
          item.value().value() != key.message.value()) {
        continue;
      }
      const AgencyId agency(item.origin().agency());
      plan.changes.push_back(
          BindIdentifier{DisputedDigest(desks.rooms.store, key.identifier, agency), holder});
    }
  }
  if (plan.changes.empty()) {
    return StateConflict("decision: the other child is found by none of them; keep them apart");
  }
  return PlanKeepApart(sides, plan);
}

}  // namespace ehc
