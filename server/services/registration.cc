#include "server/services/registration.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ehc/hub/v1/subject_service.pb.h"
#include "server/base/status_macros.h"
#include "server/matching/person.h"
#include "server/model/joined.h"
#include "server/pipeline/match_feed.h"
#include "server/services/identifier_links.h"
#include "server/services/match_reviews.h"

namespace ehc {
namespace {

using hub::v1::MatchReviewKind;

constexpr int kMostSiblings = 32;
constexpr int kMostChildren = 4 * kMostSiblings;  // that a mother's dossier remembers, the newest

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

// Of one agency's own registrations, and of one mother's children: an expected day gives way to the
// real one.
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

// A child that was registered before it was born is told more of: never less, and nothing changed.
void LearnBirth(const hub::v1::PersonDetails& said, hub::v1::PersonDetails& known) {
  if (!known.date_of_birth().empty() || said.date_of_birth().empty()) return;
  known.set_date_of_birth(said.date_of_birth());
  if (known.given_names().empty()) known.set_given_names(said.given_names());
  known.set_family_name(said.family_name());
  known.set_sex(said.sex());
}

// Two agencies' registrations meet on an NHS number alone only where it was verified (status 01),
// and nothing is known against the one that is there (04, 05); on a UPN where it is a permanent
// one, and its authority was there when it says it was allocated.
bool MayLinkOn(const KeyedIdentifier& identifier, const IdentifierRules& rules,
               const store::v1::Dossier& holder) {
  if (identifier.message.type() != hub::v1::IDENTIFIER_TYPE_NHS_NUMBER) {
    return !IsTemporaryUpn(identifier.identifier) &&
           !IsAllocatedAfterSuccession(identifier.identifier, rules);
  }
  if (identifier.message.verification_status() != hub::v1::VERIFICATION_STATUS_VERIFIED) {
    return false;
  }
  const hub::v1::Identifier* held = FindIn(holder, identifier);
  return held == nullptr ||
         (held->verification_status() != hub::v1::VERIFICATION_STATUS_NO_OR_MULTIPLE_MATCH &&
          held->verification_status() != hub::v1::VERIFICATION_STATUS_CONFLICT);
}

// The answer (a name given before, or a new one) follows from what the calling agency itself has
// registered. Whether the child behind the name is one that others know is decided beside that.
class Registration : public Mutation {
 public:
  Registration(const Desks& desks, const MatchIndex& matches, hub::v1::PersonDetails person,
               std::vector<KeyedIdentifier> identifiers, SubjectRef mother)
      : desks_(desks),
        matches_(matches),
        rooms_(desks.rooms),
        person_(std::move(person)),
        identifiers_(std::move(identifiers)),
        mother_(std::move(mother)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    Plan plan;
    std::vector<Owner> owners;
    for (const KeyedIdentifier& identifier : identifiers_) {
      EHC_ASSIGN_OR_RETURN(owners.emplace_back(),
                           FindOwner(rooms_, file, identifier, view, plan.reads));
    }
    EHC_ASSIGN_OR_RETURN(Target target, Choose(file, owners, view));
    plan.reads.push_back(SubjectKey(target.child.root));
    EHC_ASSIGN_OR_RETURN(Mother mother, FindMother(file, view, plan));
    EHC_RETURN_IF_ERROR(Fill(file, view, owners, std::move(target), std::move(mother), plan));
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView&,
                                 const std::string& resource) const override {
    return RecallSubject(rooms_, file, resource);
  }

 private:
  struct Target {
    ReviewedChild child;           // number 0: a new one
    bool contradicts_own = false;  // what the agency itself registered before
    MatchReviewKind doubt = hub::v1::MATCH_REVIEW_KIND_IDENTIFIER_CONFLICT;
  };
  struct Mother {
    SubjectId root;
    store::v1::Dossier dossier;
  };

  absl::StatusOr<Target> Choose(const CaseFile& file, const std::vector<Owner>& owners,
                                ReadView& view) const {
    Target target;
    ReviewedChild& child = target.child;
    for (const Owner& owner : owners) {
      if (!owner.own.known()) continue;
      target.contradicts_own |= child.root.known() && child.root != owner.own_root;
      child.number = owner.own;
      child.root = owner.own_root;
    }
    const Owner* known = child.root.known() ? nullptr : OnlyHolder(file, owners);
    const bool same_name = known != nullptr && MayBearTheName(file, known->holders);
    if (same_name && MayLink(owners, *known)) {
      child.number = known->holder;
      child.root = known->holder_root;
    } else if (same_name) {
      target.doubt = hub::v1::MATCH_REVIEW_KIND_UNVERIFIED_NUMBER;
    }
    EHC_ASSIGN_OR_RETURN(child.dossier, view.ReadDossier(child.root));
    EHC_ASSIGN_OR_RETURN(const bool fits, MayBe(child, view));
    target.contradicts_own |= child.dossier.severed() || !fits;
    if (target.contradicts_own && child.root.known()) return Target{{}, true, target.doubt};
    target.contradicts_own = false;
    return target;
  }

  // As the child is known, or as it was registered under this number before it was joined: saying
  // the same again contradicts nothing.
  absl::StatusOr<bool> MayBe(const ReviewedChild& child, ReadView& view) const {
    if (MayBeTheSame(child.dossier.person(), person_)) return true;
    if (child.number == child.root) return false;
    EHC_ASSIGN_OR_RETURN(const store::v1::Dossier before, view.ReadDossier(child.number));
    return MayBeTheSame(before.person(), person_);
  }

  // The one child of others' that all identifiers which anybody holds belong to, if it can be this
  // one and the agency does not call it by another name already.
  const Owner* OnlyHolder(const CaseFile& file, const std::vector<Owner>& owners) const {
    const Owner* only = nullptr;
    for (const Owner& owner : owners) {
      if (!owner.holder.known()) continue;
      if (only != nullptr && only->holder_root != owner.holder_root) return nullptr;
      only = &owner;
    }
    if (only == nullptr || only->holders.severed() ||
        IsRegisteredBy(only->holders, file.caller.agency()) ||
        !IsSameBirth(only->holders.person(), person_)) {
      return nullptr;
    }
    return only;
  }

  bool MayLink(const std::vector<Owner>& owners, const Owner& known) const {
    for (size_t i = 0; i < owners.size(); ++i) {
      if (owners[i].holder.known() && MayLinkOn(identifiers_[i], desks_.rules, known.holders)) {
        return true;
      }
    }
    return false;
  }

  // Twins have one birth; where a number of the one was written down for the other, the given name
  // tells. A family name may have changed.
  bool MayBearTheName(const CaseFile& file, const store::v1::Dossier& holder) const {
    const Date today = LondonDate(file.received_at);
    const Demographics said = DemographicsOf(person_);
    for (const auto& one : DescriptionsOf(holder, file.received_at)) {
      const auto comparison = matches_.CompareTwo(said, DemographicsOf(one), today, 1);
      if (!comparison.ok()) continue;
      const MatchLevel given = comparison->levels()[static_cast<size_t>(MatchField::kGiven)];
      if (given != MatchLevel::kDifferent) return true;
    }
    return false;
  }

  absl::StatusOr<Mother> FindMother(const CaseFile& file, ReadView& view, Plan& plan) const {
    Mother mother;
    EHC_ASSIGN_OR_RETURN(const SubjectId named,
                         NumberOf(rooms_, file, mother_, Whose::kAnybodys, view, plan.reads));
    EHC_ASSIGN_OR_RETURN(mother.root, view.RootOf(named));
    EHC_ASSIGN_OR_RETURN(mother.dossier, view.ReadDossier(mother.root));
    if (mother.dossier.severed() || mother.dossier.registered_by().empty()) return Mother();
    plan.reads.push_back(SubjectKey(mother.root));
    return mother;
  }

  absl::Status Fill(const CaseFile& file, ReadView& view, const std::vector<Owner>& owners,
                    Target target, Mother mother, Plan& plan) const {
    ReviewedChild& child = target.child;
    const bool is_new = !child.root.known();
    if (is_new) {
      EHC_ASSIGN_OR_RETURN(child.root, rooms_.store.NewSubjectId());
      child.number = child.root;
      *child.dossier.mutable_person() = person_;
    } else {
      LearnBirth(person_, *child.dossier.mutable_person());
    }
    const AgencyId& agency = file.caller.agency();
    AddRegistration(child.dossier, child.root, child.number, agency);
    const SubjectId about = child.number == child.root ? SubjectId{} : child.number;
    AddAccount(file, person_, child.dossier, about);
    plan.written =
        DescribeSubject(rooms_, file, NumberFor(child.dossier, child.root, child.number, agency));
    const Owner* in_conflict_with = nullptr;
    std::vector<Change> binding = Bind(file, owners, target, in_conflict_with);
    if (is_new && mother.root.known()) {
      EHC_RETURN_IF_ERROR(AddToMother(plan, file, view, child, mother));
    }
    plan.changes.push_back(PutSubject{child.root, child.dossier});
    std::move(binding.begin(), binding.end(), std::back_inserter(plan.changes));
    if (in_conflict_with == nullptr) return absl::OkStatus();
    return OpenReview(
        desks_, file, view,
        {target.doubt,
         child,
         {in_conflict_with->holder, in_conflict_with->holder_root, in_conflict_with->holders},
         Stated(),
         ""},
        plan);
  }

  // Writes the identifiers down as the child's, or, where they are another's, binds them for the
  // calling agency alone.
  std::vector<Change> Bind(const CaseFile& file, const std::vector<Owner>& owners, Target& target,
                           const Owner*& in_conflict_with) const {
    ReviewedChild& child = target.child;
    const SubjectId about = child.number == child.root ? SubjectId{} : child.number;
    std::vector<Change> binding;
    for (size_t i = 0; i < identifiers_.size(); ++i) {
      const Owner& owner = owners[i];
      const bool held = owner.holder.known() && owner.holder_root != child.root;
      if (held) in_conflict_with = &owner;
      if (owner.disputed && owner.own_root == child.root) continue;
      if (held || target.contradicts_own) {
        binding.push_back(BindDisputed(rooms_, file, identifiers_[i], child.number));
      } else {
        AddIdentifier(file, identifiers_[i].message, child.dossier, about);
        binding.push_back(BindIdentifier{identifiers_[i].digest,
                                         owner.holder.known() ? owner.holder : child.number});
      }
    }
    return binding;
  }

  // The mother's other children that this one may be: not born yet, or born on the same day. Those
  // with another verified number are its brothers and sisters. Anybody may name a mother: few of
  // her children are looked at, the newest, and few reviews opened.
  absl::Status AddToMother(Plan& plan, const CaseFile& file, ReadView& view,
                           const ReviewedChild& child, Mother& mother) const {
    const int most = matches_.rules()->On(LondonDate(file.received_at)).most_duplicates;
    const auto& children = mother.dossier.children();
    const size_t before = plan.changes.size();
    const int first = std::max(0, children.size() - kMostSiblings);
    for (int i = children.size() - 1; i >= first; --i) {
      if (plan.changes.size() - before >= static_cast<size_t>(std::max(most, 1))) break;
      EHC_ASSIGN_OR_RETURN(const ReviewedChild sibling, ReadReviewed(view, SubjectId{children[i]}));
      if (sibling.dossier.registered_by().empty()) continue;  // erased since
      if (!MayBeTheSame(sibling.dossier.person(), person_) || AreTwo(sibling.dossier)) continue;
      EHC_RETURN_IF_ERROR(
          OpenReview(desks_, file, view,
                     {hub::v1::MATCH_REVIEW_KIND_SAME_MOTHER, child, sibling, Stated(), ""}, plan));
    }
    mother.dossier.add_children(child.root.value);
    const int too_many = std::max(0, mother.dossier.children_size() - kMostChildren);
    mother.dossier.mutable_children()->ExtractSubrange(0, too_many, nullptr);
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
  const MatchIndex& matches_;
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
    const Desks& desks, const MatchIndex& matches, const Caller& caller,
    const hub::v1::PersonDetails& person, const std::vector<hub::v1::Identifier>& identifiers) {
  const auto readable = ReadPerson(DemographicsOf(person), matches.rules()->names());
  if (!readable.ok()) return FieldInvalid(absl::StrCat("person.", readable.status().message()));
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
  return std::make_shared<Registration>(desks, matches, person, std::move(keyed),
                                        std::move(mother));
}

}  // namespace ehc
