#include "server/services/registration.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ehc/hub/v1/subject_service.pb.h"
#include "server/base/status_macros.h"
#include "server/model/joined.h"
#include "server/services/identifier_links.h"
#include "server/services/match_reviews.h"

namespace ehc {
namespace {

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

// What was born, or is expected, at one time.
bool SameBirth(const hub::v1::PersonDetails& a, const hub::v1::PersonDetails& b) {
  return a.date_of_birth().empty() || b.date_of_birth().empty() ||
         a.date_of_birth() == b.date_of_birth();
}

// A child that was registered before it was born is told more of: never less, and nothing changed.
void LearnBirth(const hub::v1::PersonDetails& said, hub::v1::PersonDetails& known) {
  if (!known.date_of_birth().empty() || said.date_of_birth().empty()) return;
  known.set_date_of_birth(said.date_of_birth());
  if (known.given_names().empty()) known.set_given_names(said.given_names());
  known.set_family_name(said.family_name());
  known.set_sex(said.sex());
}

// Two agencies' registrations meet on an NHS number alone only where it was verified (status 01),
// and nothing is known against the one that is there (04, 05).
bool MayLinkOn(const KeyedIdentifier& identifier, const store::v1::Dossier& holder) {
  if (identifier.message.type() != hub::v1::IDENTIFIER_TYPE_NHS_NUMBER) return true;
  if (identifier.message.verification_status() != hub::v1::VERIFICATION_STATUS_VERIFIED) {
    return false;
  }
  const hub::v1::Identifier* held = FindIn(holder, identifier);
  return held == nullptr ||
         (held->verification_status() != hub::v1::VERIFICATION_STATUS_NO_OR_MULTIPLE_MATCH &&
          held->verification_status() != hub::v1::VERIFICATION_STATUS_CONFLICT);
}

class Registration : public Mutation {
 public:
  Registration(const Desks& desks, hub::v1::PersonDetails person,
               std::vector<KeyedIdentifier> identifiers, SubjectRef mother)
      : desks_(desks),
        rooms_(desks.rooms),
        person_(std::move(person)),
        identifiers_(std::move(identifiers)),
        mother_(std::move(mother)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(Found found, Find(file, view));
    Plan plan;
    plan.reads = std::move(found.reads);
    plan.reads.push_back(SubjectKey(found.owner));
    EHC_ASSIGN_OR_RETURN(Mother mother, FindMother(file, view, plan));
    EHC_RETURN_IF_ERROR(AddTo(plan, file, view, found, mother));
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView&,
                                 const std::string& resource) const override {
    return RecallSubject(rooms_, file, resource);
  }

 private:
  struct Found {
    SubjectId owner;  // the child, by its root
    SubjectId named;  // and by the number that the identifier is bound to
    store::v1::Dossier dossier;
    std::vector<bool> disputed;  // of each identifier
    hub::v1::MatchReviewKind conflict = hub::v1::MATCH_REVIEW_KIND_UNSPECIFIED;
    std::vector<VersionKey> reads;
  };
  struct Mother {
    SubjectId root;
    store::v1::Dossier dossier;
  };

  // Whom the identifiers belong to. Two owners, one born on another day, a severed one or one found
  // by an unverified number alone is a conflict.
  absl::StatusOr<Found> Find(const CaseFile& file, ReadView& view) const {
    constexpr auto kConflict = hub::v1::MATCH_REVIEW_KIND_IDENTIFIER_CONFLICT;
    Found found;
    std::vector<size_t> found_by;
    for (const KeyedIdentifier& identifier : identifiers_) {
      EHC_ASSIGN_OR_RETURN(Owner owner, FindOwner(rooms_, file, identifier, view, found.reads));
      found.disputed.push_back(owner.disputed);
      if (!owner.root.known()) continue;
      if (found.owner.known() && found.owner != owner.root) found.conflict = kConflict;
      found.owner = owner.root;
      found.named = owner.named;
      found_by.push_back(found.disputed.size() - 1);
    }
    EHC_ASSIGN_OR_RETURN(found.dossier, view.ReadDossier(found.owner));
    if (!found.owner.known() || found.conflict == kConflict) return found;
    if (found.dossier.severed() || !SameBirth(found.dossier.person(), person_)) {
      found.conflict = kConflict;
    } else if (!IsRegisteredBy(found.dossier, file.caller.agency()) &&
               std::none_of(found_by.begin(), found_by.end(),
                            [&](size_t i) { return MayLinkOn(identifiers_[i], found.dossier); })) {
      found.conflict = hub::v1::MATCH_REVIEW_KIND_UNVERIFIED_NUMBER;
    }
    return found;
  }

  absl::StatusOr<Mother> FindMother(const CaseFile& file, ReadView& view, Plan& plan) const {
    Mother mother;
    EHC_ASSIGN_OR_RETURN(const SubjectId named, NumberOf(rooms_, file, mother_, view, plan.reads));
    EHC_ASSIGN_OR_RETURN(mother.root, view.RootOf(named));
    EHC_ASSIGN_OR_RETURN(mother.dossier, view.ReadDossier(mother.root));
    if (mother.dossier.severed()) return Mother();
    if (mother.dossier.registered_by().empty()) return Mother();
    plan.reads.push_back(SubjectKey(mother.root));
    return mother;
  }

  absl::Status AddTo(Plan& plan, const CaseFile& file, ReadView& view, const Found& found,
                     Mother& mother) const {
    const bool conflict = found.conflict != hub::v1::MATCH_REVIEW_KIND_UNSPECIFIED;
    const bool is_new = conflict || !found.owner.known();
    ReviewedChild child{found.named, found.owner, found.dossier};
    if (is_new) {
      EHC_ASSIGN_OR_RETURN(child.root, rooms_.store.NewSubjectId());
      child.number = child.root;
      child.dossier.Clear();
      *child.dossier.mutable_person() = person_;
    } else {
      LearnBirth(person_, *child.dossier.mutable_person());
    }
    AddRegistration(child.dossier, child.root, child.number, file.caller.agency());
    const SubjectId known_as =
        NumberFor(child.dossier, child.root, child.number, file.caller.agency());
    plan.written = DescribeSubject(rooms_, file, known_as);
    AddIdentifiers(plan, file, found, conflict, child);
    if (is_new && mother.root.known()) {
      EHC_RETURN_IF_ERROR(AddToMother(plan, file, view, child, mother));
    }
    plan.changes.push_back(PutSubject{child.root, child.dossier});
    if (!conflict) return absl::OkStatus();
    return OpenReview(
        desks_, file, view,
        {found.conflict, child, {found.named, found.owner, found.dossier}, Stated(), ""}, plan);
  }

  void AddIdentifiers(Plan& plan, const CaseFile& file, const Found& found, bool conflict,
                      ReviewedChild& child) const {
    const SubjectId about = child.number == child.root ? SubjectId{} : child.number;
    for (size_t i = 0; i < identifiers_.size(); ++i) {
      if (conflict) {
        plan.changes.push_back(BindDisputed(rooms_, file, identifiers_[i], child.root));
      } else if (!found.disputed[i]) {
        AddIdentifier(file, identifiers_[i].message, child.dossier, about);
        plan.changes.push_back(BindIdentifier{identifiers_[i].digest, child.number});
      }
    }
  }

  // The mother's other children that this one may be: not born yet, or born on the same day. Those
  // with another verified number are its brothers and sisters.
  absl::Status AddToMother(Plan& plan, const CaseFile& file, ReadView& view,
                           const ReviewedChild& child, Mother& mother) const {
    for (const int64_t number : mother.dossier.children()) {
      EHC_ASSIGN_OR_RETURN(const ReviewedChild sibling, ReadReviewed(view, SubjectId{number}));
      if (!SameBirth(sibling.dossier.person(), person_) || AreTwo(sibling.dossier)) continue;
      EHC_RETURN_IF_ERROR(
          OpenReview(desks_, file, view,
                     {hub::v1::MATCH_REVIEW_KIND_SAME_MOTHER, child, sibling, Stated(), ""}, plan));
    }
    mother.dossier.add_children(child.root.value);
    plan.changes.push_back(PutSubject{mother.root, std::move(mother.dossier)});
    return absl::OkStatus();
  }

  bool AreTwo(const store::v1::Dossier& sibling) const {
    const auto is_number = [](const hub::v1::Identifier& one) {
      return one.type() == hub::v1::IDENTIFIER_TYPE_NHS_NUMBER &&
             one.verification_status() == hub::v1::VERIFICATION_STATUS_VERIFIED;
    };
    for (const KeyedIdentifier& own : identifiers_) {
      if (!is_number(own.message)) continue;
      for (const store::v1::IdentifierItem& item : sibling.identifiers()) {
        if (is_number(item.value()) && item.value().value() != own.message.value()) return true;
      }
    }
    return false;
  }

  std::vector<hub::v1::Identifier> Stated() const {
    std::vector<hub::v1::Identifier> stated;
    for (const KeyedIdentifier& identifier : identifiers_) stated.push_back(identifier.message);
    return stated;
  }

  const Desks& desks_;
  const Rooms& rooms_;
  hub::v1::PersonDetails person_;
  std::vector<KeyedIdentifier> identifiers_;
  SubjectRef mother_;
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
    const Desks& desks, const Caller& caller, const hub::v1::PersonDetails& person,
    const std::vector<hub::v1::Identifier>& identifiers) {
  std::vector<KeyedIdentifier> keyed;
  for (const hub::v1::Identifier& message : identifiers) {
    EHC_ASSIGN_OR_RETURN(KeyedIdentifier identifier,
                         KeyOf(desks, message, absl::StrCat("identifiers[", keyed.size(), "]")));
    keyed.push_back(std::move(identifier));
  }
  SubjectRef mother;
  if (!person.mother_subject().empty()) {
    EHC_ASSIGN_OR_RETURN(
        mother, ReadSubject(desks, caller, person.mother_subject(), "person.mother_subject"));
  }
  return std::make_shared<Registration>(desks, person, std::move(keyed), std::move(mother));
}

}  // namespace ehc
