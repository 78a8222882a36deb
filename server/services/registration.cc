#include "server/services/registration.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ehc/hub/v1/subject_service.pb.h"
#include "server/base/status_macros.h"
#include "server/services/dossier_items.h"

namespace ehc {
namespace {

struct KeyedIdentifier {
  hub::v1::Identifier message;  // its value in canonical form
  Identifier identifier;
  Digest digest{};
};

absl::StatusOr<IdentifierKind> KindOf(hub::v1::IdentifierType type) {
  switch (type) {
    case hub::v1::IDENTIFIER_TYPE_NHS_NUMBER: return IdentifierKind::kNhsNumber;
    case hub::v1::IDENTIFIER_TYPE_UPN: return IdentifierKind::kUpn;
    case hub::v1::IDENTIFIER_TYPE_ULN: return IdentifierKind::kUln;
    case hub::v1::IDENTIFIER_TYPE_PNC_ID: return IdentifierKind::kPncId;
    case hub::v1::IDENTIFIER_TYPE_LA_CHILD_ID: return IdentifierKind::kLaChildId;
    default: return FieldInvalid("identifier.type: is not one that the hub knows");
  }
}

absl::StatusOr<KeyedIdentifier> Key(const Desks& desks, const hub::v1::Identifier& message,
                                    absl::string_view field) {
  EHC_ASSIGN_OR_RETURN(Identifier identifier, ReadIdentifier(desks, message, field));
  const Digest digest = desks.rooms.store.IdentifierDigest(identifier);
  KeyedIdentifier keyed{message, std::move(identifier), digest};
  keyed.message.set_value(keyed.identifier.value);
  return keyed;
}

struct Owner {
  SubjectId subject;
  bool disputed = false;  // the agency's own child, under an identifier held for another
};

// Whom the identifier means to the calling agency; what that rests on goes into `reads`.
absl::StatusOr<Owner> FindOwner(const Rooms& rooms, const CaseFile& file,
                                const KeyedIdentifier& identifier, ReadView& view,
                                std::vector<VersionKey>& reads) {
  const Digest own = DisputedDigest(rooms.store, identifier.identifier, file.caller.agency());
  reads.push_back(IdentifierKey(DigestView(own)));
  reads.push_back(IdentifierKey(DigestView(identifier.digest)));
  EHC_ASSIGN_OR_RETURN(SubjectId disputed, view.FindSubject(own));
  EHC_ASSIGN_OR_RETURN(SubjectId holder, view.FindSubject(identifier.digest));
  return disputed.known() ? Owner{disputed, true} : Owner{holder, false};
}

BindIdentifier BindDisputed(const Rooms& rooms, const CaseFile& file,
                            const KeyedIdentifier& identifier, SubjectId subject) {
  return {DisputedDigest(rooms.store, identifier.identifier, file.caller.agency()), subject};
}

PutReview Conflict(const CaseFile& file, SubjectId registered, SubjectId holder) {
  return {"IDENTIFIER_CONFLICT", file.caller.agency(), registered,
          absl::StrCat("subject/", holder.value)};
}

void AddOnce(store::v1::Dossier& dossier, const AgencyId& agency) {
  auto& agencies = *dossier.mutable_registered_by();
  if (std::find(agencies.begin(), agencies.end(), agency.value()) == agencies.end()) {
    *agencies.Add() = agency.value();
  }
}

void AddIdentifier(const CaseFile& file, const hub::v1::Identifier& value,
                   store::v1::Dossier& dossier) {
  for (const store::v1::IdentifierItem& item : dossier.identifiers()) {
    if (item.value().type() == value.type() && item.value().value() == value.value()) return;
  }
  store::v1::IdentifierItem& item = *dossier.add_identifiers();
  *item.mutable_origin() = NextOrigin(file, dossier);
  *item.mutable_value() = value;
}

// Without the name when nothing is stored: a name that is the same twice tells that the child is
// known.
Written Describe(const Rooms& rooms, const CaseFile& file, SubjectId subject) {
  auto response = std::make_unique<hub::v1::RegisterSubjectResponse>();
  if (!file.ask.validate_only) {
    response->set_subject(rooms.names.SubjectName(file.caller.agency(), subject));
  }
  return Written{absl::StrCat("subject/", subject.value), 0, std::move(response), false};
}

absl::StatusOr<Written> RecallSubject(const Rooms& rooms, const CaseFile& file,
                                      const std::string& resource) {
  SubjectId subject;
  constexpr absl::string_view kPrefix = "subject/";
  if (!absl::SimpleAtoi(absl::string_view(resource).substr(kPrefix.size()), &subject.value)) {
    return absl::InternalError("unreadable idempotency row");
  }
  return Describe(rooms, file, subject);
}

bool SameBirth(const hub::v1::PersonDetails& a, const hub::v1::PersonDetails& b) {
  return a.date_of_birth().empty() || b.date_of_birth().empty() ||
         a.date_of_birth() == b.date_of_birth();
}

class Registration : public Mutation {
 public:
  Registration(const Rooms& rooms, hub::v1::PersonDetails person,
               std::vector<KeyedIdentifier> identifiers)
      : rooms_(rooms), person_(std::move(person)), identifiers_(std::move(identifiers)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(Found found, Find(file, view));
    EHC_ASSIGN_OR_RETURN(Plan plan, PlanFor(file, found));
    plan.reads = std::move(found.reads);
    plan.reads.push_back(SubjectKey(found.owner));
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView&,
                                 const std::string& resource) const override {
    return RecallSubject(rooms_, file, resource);
  }

 private:
  struct Found {
    SubjectId owner;
    store::v1::Dossier dossier;
    std::vector<bool> disputed;  // of each identifier
    bool conflict = false;
    std::vector<VersionKey> reads;
  };

  // Whom the identifiers belong to. Two owners, or one born on another day, is a conflict.
  absl::StatusOr<Found> Find(const CaseFile& file, ReadView& view) const {
    Found found;
    for (const KeyedIdentifier& identifier : identifiers_) {
      EHC_ASSIGN_OR_RETURN(Owner owner, FindOwner(rooms_, file, identifier, view, found.reads));
      found.disputed.push_back(owner.disputed);
      if (!owner.subject.known()) continue;
      if (found.owner.known() && found.owner != owner.subject) found.conflict = true;
      found.owner = owner.subject;
    }
    EHC_ASSIGN_OR_RETURN(found.dossier, view.ReadDossier(found.owner));
    if (found.dossier.severed() || !SameBirth(found.dossier.person(), person_)) {
      found.conflict = found.owner.known();
    }
    return found;
  }

  absl::StatusOr<Plan> PlanFor(const CaseFile& file, const Found& found) const {
    SubjectId subject = found.owner;
    store::v1::Dossier dossier = found.dossier;
    if (found.conflict || !subject.known()) {
      EHC_ASSIGN_OR_RETURN(subject, rooms_.store.NewSubjectId());
      dossier.Clear();
      *dossier.mutable_person() = person_;
    }
    Plan plan;
    plan.written = Describe(rooms_, file, subject);
    AddOnce(dossier, file.caller.agency());
    for (size_t i = 0; i < identifiers_.size(); ++i) {
      if (found.conflict) {
        plan.changes.push_back(BindDisputed(rooms_, file, identifiers_[i], subject));
      } else if (!found.disputed[i]) {
        AddIdentifier(file, identifiers_[i].message, dossier);
        plan.changes.push_back(BindIdentifier{identifiers_[i].digest, subject});
      }
    }
    plan.changes.insert(plan.changes.begin(), PutSubject{subject, std::move(dossier)});
    if (found.conflict) plan.changes.push_back(Conflict(file, subject, found.owner));
    return plan;
  }

  const Rooms& rooms_;
  hub::v1::PersonDetails person_;
  std::vector<KeyedIdentifier> identifiers_;
};

class Link : public Mutation {
 public:
  Link(const Rooms& rooms, KeyedIdentifier identifier)
      : rooms_(rooms), identifier_(std::move(identifier)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    if (!file.facts.subject_known) return NotRegistered();
    Plan plan;
    EHC_ASSIGN_OR_RETURN(Owner owner, FindOwner(rooms_, file, identifier_, view, plan.reads));
    plan.written = Describe(rooms_, file, file.subject);
    if (owner.subject == file.subject && owner.disputed) return plan;
    if (owner.subject.known() && owner.subject != file.subject) {
      plan.changes.push_back(BindDisputed(rooms_, file, identifier_, file.subject));
      plan.changes.push_back(Conflict(file, file.subject, owner.subject));
      return plan;
    }
    store::v1::Dossier dossier = file.dossier;
    AddIdentifier(file, identifier_.message, dossier);
    plan.changes.push_back(PutSubject{file.subject, std::move(dossier)});
    plan.changes.push_back(BindIdentifier{identifier_.digest, file.subject});
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView&,
                                 const std::string& resource) const override {
    return RecallSubject(rooms_, file, resource);
  }

 private:
  const Rooms& rooms_;
  KeyedIdentifier identifier_;
};

}  // namespace

absl::StatusOr<Identifier> ReadIdentifier(const Desks& desks, const hub::v1::Identifier& message,
                                          absl::string_view field) {
  EHC_ASSIGN_OR_RETURN(IdentifierKind kind, KindOf(message.type()));
  absl::StatusOr<Identifier> identifier =
      ParseIdentifier(kind, message.value(), desks.rules, LondonDate(desks.rooms.clock.Now()));
  if (!identifier.ok()) {
    return FieldInvalid(absl::StrCat(field, ".value: ", identifier.status().message()));
  }
  return identifier;
}

absl::StatusOr<std::shared_ptr<const Mutation>> MakeRegistration(
    const Desks& desks, const hub::v1::PersonDetails& person,
    const std::vector<hub::v1::Identifier>& identifiers) {
  std::vector<KeyedIdentifier> keyed;
  for (const hub::v1::Identifier& message : identifiers) {
    EHC_ASSIGN_OR_RETURN(KeyedIdentifier identifier,
                         Key(desks, message, absl::StrCat("identifiers[", keyed.size(), "]")));
    keyed.push_back(std::move(identifier));
  }
  return std::make_shared<Registration>(desks.rooms, person, std::move(keyed));
}

absl::StatusOr<std::shared_ptr<const Mutation>> MakeLink(const Desks& desks,
                                                         const hub::v1::Identifier& identifier) {
  EHC_ASSIGN_OR_RETURN(KeyedIdentifier keyed, Key(desks, identifier, "identifier"));
  return std::make_shared<Link>(desks.rooms, std::move(keyed));
}

}  // namespace ehc
