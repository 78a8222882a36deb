#include "server/services/registration.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ehc/hub/v1/subject_service.pb.h"
#include "server/base/status_macros.h"
#include "server/pipeline/own_view.h"
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

// Whose an identifier is. `own`: the calling agency's child, as that agency itself registered or
// linked it. `holder`: the child that the hub holds it for, whoever linked it. What an agency is
// told depends on the first alone; the second is for the hub, and for whoever reviews conflicts.
struct Owner {
  SubjectId own;
  bool disputed = false;  // its own child, under an identifier held for another
  SubjectId holder;
  store::v1::Dossier holders;  // the holder's dossier
};

// What that rests on goes into `reads`.
absl::StatusOr<Owner> FindOwner(const Rooms& rooms, const CaseFile& file,
                                const KeyedIdentifier& identifier, ReadView& view,
                                std::vector<VersionKey>& reads) {
  const AgencyId& agency = file.caller.agency();
  const Digest own = DisputedDigest(rooms.store, identifier.identifier, agency);
  reads.push_back(IdentifierKey(DigestView(own)));
  reads.push_back(IdentifierKey(DigestView(identifier.digest)));
  Owner owner;
  EHC_ASSIGN_OR_RETURN(owner.own, view.FindSubject(own));
  EHC_ASSIGN_OR_RETURN(owner.holder, view.FindSubject(identifier.digest));
  EHC_ASSIGN_OR_RETURN(owner.holders, view.ReadDossier(owner.holder));
  reads.push_back(SubjectKey(owner.holder));
  owner.disputed = owner.own.known();
  if (!owner.disputed && !owner.holders.severed() &&
      IsIdentifiedBy(owner.holders, agency, identifier.identifier)) {
    owner.own = owner.holder;
  }
  return owner;
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
    if (item.origin().agency() == file.caller.agency().value() &&
        item.value().type() == value.type() && item.value().value() == value.value()) {
      return;
    }
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

// Of one agency's own registrations: an expected day gives way to the real one.
bool MayBeTheSame(const hub::v1::PersonDetails& a, const hub::v1::PersonDetails& b) {
  return a.date_of_birth().empty() || b.date_of_birth().empty() ||
         a.date_of_birth() == b.date_of_birth();
}

// Of two agencies' registrations: what the second said of the birth must be what is known of the
// child already, or the one's deadlines and decisions would tell the other's day.
bool IsSameBirth(const hub::v1::PersonDetails& a, const hub::v1::PersonDetails& b) {
  return a.date_of_birth() == b.date_of_birth() &&
         a.expected_date_of_birth() == b.expected_date_of_birth();
}

// The answer (a name given before, or a new one) follows from what the calling agency itself has
// registered. Whether the child behind the name is one that others know is decided beside that.
class Registration : public Mutation {
 public:
  Registration(const Rooms& rooms, hub::v1::PersonDetails person,
               std::vector<KeyedIdentifier> identifiers)
      : rooms_(rooms), person_(std::move(person)), identifiers_(std::move(identifiers)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    Plan plan;
    std::vector<Owner> owners;
    for (const KeyedIdentifier& identifier : identifiers_) {
      EHC_ASSIGN_OR_RETURN(owners.emplace_back(),
                           FindOwner(rooms_, file, identifier, view, plan.reads));
    }
    EHC_ASSIGN_OR_RETURN(Target target, Choose(file, owners, view));
    plan.reads.push_back(SubjectKey(target.subject));
    if (!target.subject.known()) {
      EHC_ASSIGN_OR_RETURN(target.subject, rooms_.store.NewSubjectId());
      *target.dossier.mutable_person() = person_;
    }
    Fill(file, owners, std::move(target), plan);
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView&,
                                 const std::string& resource) const override {
    return RecallSubject(rooms_, file, resource);
  }

 private:
  struct Target {
    SubjectId subject;  // 0: a new one
    store::v1::Dossier dossier;
    bool contradicts_own = false;  // what the agency itself registered before
  };

  absl::StatusOr<Target> Choose(const CaseFile& file, const std::vector<Owner>& owners,
                                ReadView& view) const {
    Target target;
    for (const Owner& owner : owners) {
      if (!owner.own.known()) continue;
      target.contradicts_own |= target.subject.known() && target.subject != owner.own;
      target.subject = owner.own;
    }
    const Owner* known = target.subject.known() ? nullptr : OnlyHolder(file, owners);
    if (known != nullptr) target.subject = known->holder;
    EHC_ASSIGN_OR_RETURN(target.dossier, view.ReadDossier(target.subject));
    target.contradicts_own |=
        target.dossier.severed() || !MayBeTheSame(target.dossier.person(), person_);
    if (target.contradicts_own && target.subject.known()) return Target{{}, {}, true};
    target.contradicts_own = false;
    return target;
  }

  // The one child of others' that all identifiers which anybody holds belong to, if it can be this
  // one and the agency does not call it by another name already.
  const Owner* OnlyHolder(const CaseFile& file, const std::vector<Owner>& owners) const {
    const Owner* only = nullptr;
    for (const Owner& owner : owners) {
      if (!owner.holder.known()) continue;
      if (only != nullptr && only->holder != owner.holder) return nullptr;
      only = &owner;
    }
    if (only == nullptr || only->holders.severed() ||
        IsRegisteredBy(only->holders, file.caller.agency()) ||
        !IsSameBirth(only->holders.person(), person_)) {
      return nullptr;
    }
    return only;
  }

  void Fill(const CaseFile& file, const std::vector<Owner>& owners, Target target,
            Plan& plan) const {
    plan.written = Describe(rooms_, file, target.subject);
    AddOnce(target.dossier, file.caller.agency());
    std::vector<Change> binding;
    SubjectId in_conflict_with;
    for (size_t i = 0; i < identifiers_.size(); ++i) {
      const Owner& owner = owners[i];
      const bool held = owner.holder.known() && owner.holder != target.subject;
      if (held) in_conflict_with = owner.holder;
      if (owner.disputed && owner.own == target.subject) continue;
      if (held || target.contradicts_own) {
        binding.push_back(BindDisputed(rooms_, file, identifiers_[i], target.subject));
      } else {
        AddIdentifier(file, identifiers_[i].message, target.dossier);
        binding.push_back(BindIdentifier{identifiers_[i].digest, target.subject});
      }
    }
    plan.changes.push_back(PutSubject{target.subject, std::move(target.dossier)});
    std::move(binding.begin(), binding.end(), std::back_inserter(plan.changes));
    if (in_conflict_with.known()) {
      plan.changes.push_back(Conflict(file, target.subject, in_conflict_with));
    }
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
    if (owner.own == file.subject) return plan;
    const SubjectId other = owner.own.known() ? owner.own : owner.holder;
    if (other.known() && other != file.subject) {
      plan.changes.push_back(BindDisputed(rooms_, file, identifier_, file.subject));
      plan.changes.push_back(Conflict(file, file.subject, other));
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
