#include "server/services/identifier_links.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ehc/hub/v1/subject_service.pb.h"
#include "server/base/status_macros.h"
#include "server/pipeline/own_view.h"
#include "server/services/dossier_items.h"
#include "server/services/match_reviews.h"

namespace ehc {

absl::StatusOr<KeyedIdentifier> KeyOf(const Desks& desks, const hub::v1::Identifier& message,
                                      absl::string_view field) {
  EHC_ASSIGN_OR_RETURN(Identifier identifier, ReadIdentifier(desks, message, field));
  if (const auto from = ParseIsoDate(message.valid_from());
      from.ok() && IsIssuedAfterSuccession(identifier, *from, desks.rules)) {
    return FieldInvalid(absl::StrCat(
        field, ".valid_from: is after another authority took this one's place; state its code"));
  }
  const Digest digest = desks.rooms.store.IdentifierDigest(identifier);
  KeyedIdentifier keyed{message, std::move(identifier), digest};
  keyed.message.set_value(keyed.identifier.value);
  return keyed;
}

namespace {

// Of a child that the agency registers: with its registration its word goes too.
absl::StatusOr<SubjectId> HeldByOneself(ReadView& view, const Digest& own, const AgencyId& agency,
                                        std::vector<VersionKey>& reads) {
  EHC_ASSIGN_OR_RETURN(const SubjectId number, view.FindSubject(own));
  EHC_ASSIGN_OR_RETURN(const SubjectId root, view.RootOf(number));
  EHC_ASSIGN_OR_RETURN(const store::v1::Dossier dossier, view.ReadDossier(root));
  reads.push_back(SubjectKey(root));
  return IsRegisteredBy(dossier, agency) ? number : SubjectId{};
}

}  // namespace

absl::StatusOr<Owner> FindOwner(const Rooms& rooms, const CaseFile& file,
                                const KeyedIdentifier& identifier, ReadView& view,
                                std::vector<VersionKey>& reads) {
  const AgencyId& agency = file.caller.agency();
  const Digest own = DisputedDigest(rooms.store, identifier.identifier, agency);
  reads.push_back(IdentifierKey(DigestView(own)));
  reads.push_back(IdentifierKey(DigestView(identifier.digest)));
  Owner owner;
  EHC_ASSIGN_OR_RETURN(owner.own, HeldByOneself(view, own, agency, reads));
  EHC_ASSIGN_OR_RETURN(owner.holder, view.FindSubject(identifier.digest));
  EHC_ASSIGN_OR_RETURN(owner.holder_root, view.RootOf(owner.holder));
  EHC_ASSIGN_OR_RETURN(owner.holders, view.ReadDossier(owner.holder_root));
  reads.push_back(SubjectKey(owner.holder_root));
  owner.disputed = owner.own.known();
  if (!owner.disputed && !owner.holders.severed() &&
      IsIdentifiedBy(owner.holders, agency, identifier.identifier)) {
    owner.own = owner.holder;
  }
  EHC_ASSIGN_OR_RETURN(owner.own_root, view.RootOf(owner.own));
  return owner;
}

absl::StatusOr<SubjectId> NumberOf(const Rooms& rooms, const CaseFile& file, const SubjectRef& ref,
                                   Whose whose, ReadView& view, std::vector<VersionKey>& reads) {
  if (!ref.identifier.has_value()) return ref.subject.value_or(SubjectId{});
  const KeyedIdentifier key{{}, *ref.identifier, rooms.store.IdentifierDigest(*ref.identifier)};
  EHC_ASSIGN_OR_RETURN(const Owner owner, FindOwner(rooms, file, key, view, reads));
  return owner.own.known() || whose == Whose::kOwn ? owner.own : owner.holder;
}

BindIdentifier BindDisputed(const Rooms& rooms, const CaseFile& file,
                            const KeyedIdentifier& identifier, SubjectId subject) {
  return {DisputedDigest(rooms.store, identifier.identifier, file.caller.agency()), subject};
}

void AddIdentifier(const CaseFile& file, const hub::v1::Identifier& value,
                   store::v1::Dossier& dossier, SubjectId about) {
  for (store::v1::IdentifierItem& item : *dossier.mutable_identifiers()) {
    if (item.origin().agency() != file.caller.agency().value() ||
        item.value().type() != value.type() || item.value().value() != value.value()) {
      continue;
    }
    item.mutable_value()->MergeFrom(value);  // what is not said stays as it was
    item.mutable_origin()->set_revision(item.origin().revision() + 1);
    return;
  }
  store::v1::IdentifierItem& item = *dossier.add_identifiers();
  *item.mutable_origin() = NextOrigin(file, dossier);
  if (about.known()) item.mutable_origin()->set_about(about.value);
  *item.mutable_value() = value;
}

void AddAccount(const CaseFile& file, const hub::v1::PersonDetails& person,
                store::v1::Dossier& dossier, SubjectId about) {
  for (store::v1::AccountItem& item : *dossier.mutable_accounts()) {
    if (item.origin().agency() != file.caller.agency().value() ||
        item.origin().about() != about.value) {
      continue;
    }
    const hub::v1::PersonDetails before = item.value();
    hub::v1::PersonDetails& now = *item.mutable_value();
    now = person;
    now.clear_mother_subject();
    if (now.given_names().empty()) now.set_given_names(before.given_names());
    if (now.date_of_birth().empty() && !before.date_of_birth().empty()) {
      now.set_date_of_birth(before.date_of_birth());
    }
    if (now.SerializeAsString() != before.SerializeAsString()) {
      item.mutable_origin()->set_revision(item.origin().revision() + 1);
    }
    return;
  }
  store::v1::AccountItem& item = *dossier.add_accounts();
  *item.mutable_origin() = NextOrigin(file, dossier);
  item.mutable_origin()->clear_about();
  if (about.known()) item.mutable_origin()->set_about(about.value);
  *item.mutable_value() = person;
  item.mutable_value()->clear_mother_subject();
}

const hub::v1::Identifier* FindIn(const store::v1::Dossier& dossier,
                                  const KeyedIdentifier& identifier) {
  for (const store::v1::IdentifierItem& item : dossier.identifiers()) {
    if (item.value().type() == identifier.message.type() &&
        item.value().value() == identifier.message.value()) {
      return &item.value();
    }
  }
  return nullptr;
}

Written DescribeSubject(const Rooms& rooms, const CaseFile& file, SubjectId known_as) {
  auto response = std::make_unique<hub::v1::RegisterSubjectResponse>();
  if (!file.ask.validate_only) {
    response->set_subject(rooms.names.SubjectName(file.caller.agency(), known_as));
  }
  return Written{absl::StrCat("subject/", known_as.value), 0, std::move(response), false};
}

absl::StatusOr<Written> RecallSubject(const Rooms& rooms, const CaseFile& file,
                                      const std::string& resource) {
  SubjectId subject;
  constexpr absl::string_view kPrefix = "subject/";
  if (!absl::SimpleAtoi(absl::string_view(resource).substr(kPrefix.size()), &subject.value)) {
    return absl::InternalError("unreadable idempotency row");
  }
  return DescribeSubject(rooms, file, subject);
}

namespace {

// The identifier becomes the child's of the call, or, where it is another's, the caller's own word
// for it, and a person is asked. True where the dossier was changed.
absl::StatusOr<bool> Attach(const Desks& desks, const CaseFile& file, ReadView& view,
                            const KeyedIdentifier& identifier, hub::v1::MatchReviewKind kind,
                            store::v1::Dossier& dossier, Plan& plan) {
  EHC_ASSIGN_OR_RETURN(const Owner owner,
                       FindOwner(desks.rooms, file, identifier, view, plan.reads));
  if (owner.own_root == file.subject && owner.disputed) return false;
  const SubjectId other = owner.own.known() ? owner.own : owner.holder;
  const SubjectId root = owner.own.known() ? owner.own_root : owner.holder_root;
  if (root.known() && root != file.subject) {
    plan.changes.push_back(BindDisputed(desks.rooms, file, identifier, file.known_as));
    EHC_ASSIGN_OR_RETURN(const ReviewedChild child, ReadReviewed(view, other));
    EHC_RETURN_IF_ERROR(OpenReview(
        desks, file, view,
        {kind, {file.known_as, file.subject, file.dossier}, child, {identifier.message}, ""},
        plan));
    return false;
  }
  AddIdentifier(file, identifier.message, dossier);
  plan.changes.push_back(BindIdentifier{identifier.digest, other.known() ? other : file.known_as});
  return true;
}

class Link : public Mutation {
 public:
  Link(const Desks& desks, KeyedIdentifier identifier)
      : desks_(desks), rooms_(desks.rooms), identifier_(std::move(identifier)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    if (!file.facts.subject_known) return NotRegistered();
    Plan plan;
    plan.written = DescribeSubject(rooms_, file, file.known_as);
    store::v1::Dossier dossier = file.dossier;
    EHC_ASSIGN_OR_RETURN(const bool changed,
                         Attach(desks_, file, view, identifier_,
                                hub::v1::MATCH_REVIEW_KIND_IDENTIFIER_CONFLICT, dossier, plan));
    if (changed) plan.changes.push_back(PutSubject{file.subject, std::move(dossier)});
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView&,
                                 const std::string& resource) const override {
    return RecallSubject(rooms_, file, resource);
  }

 private:
  const Desks& desks_;
  const Rooms& rooms_;
  KeyedIdentifier identifier_;
};

// Replaces one identifier by another: both are the child's.
class Supersession : public Mutation {
 public:
  Supersession(const Desks& desks, KeyedIdentifier superseded, KeyedIdentifier replacement)
      : desks_(desks), superseded_(std::move(superseded)), replacement_(std::move(replacement)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    if (!file.facts.subject_known) return NotRegistered();
    constexpr auto kKind = hub::v1::MATCH_REVIEW_KIND_SUPERSEDED_NUMBER;
    Plan plan;
    plan.written = DescribeSubject(desks_.rooms, file, file.known_as);
    store::v1::Dossier dossier = file.dossier;
    for (const KeyedIdentifier* one : {&superseded_, &replacement_}) {
      EHC_RETURN_IF_ERROR(Attach(desks_, file, view, *one, kKind, dossier, plan).status());
    }
    const std::string today = FormatDate(LondonDate(file.received_at));
    for (store::v1::IdentifierItem& item : *dossier.mutable_identifiers()) {
      if (item.value().type() != superseded_.message.type() ||
          item.value().value() != superseded_.message.value()) {
        continue;
      }
      item.set_superseded(true);
      if (item.value().valid_to().empty()) item.mutable_value()->set_valid_to(today);
    }
    plan.changes.push_back(PutSubject{file.subject, std::move(dossier)});
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView&,
                                 const std::string& resource) const override {
    return RecallSubject(desks_.rooms, file, resource);
  }

 private:
  const Desks& desks_;
  const KeyedIdentifier superseded_;
  const KeyedIdentifier replacement_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<const Mutation>> MakeLink(const Desks& desks,
                                                         const hub::v1::Identifier& identifier) {
  EHC_ASSIGN_OR_RETURN(KeyedIdentifier keyed, KeyOf(desks, identifier, "identifier"));
  return std::make_shared<Link>(desks, std::move(keyed));
}

absl::StatusOr<std::shared_ptr<const Mutation>> MakeSupersession(
    const Desks& desks, const hub::v1::Identifier& superseded,
    const hub::v1::Identifier& replacement) {
  EHC_ASSIGN_OR_RETURN(KeyedIdentifier old, KeyOf(desks, superseded, "superseded"));
  EHC_ASSIGN_OR_RETURN(KeyedIdentifier now, KeyOf(desks, replacement, "replacement"));
  if (old.identifier.kind != now.identifier.kind) {
    return FieldInvalid("replacement.type: is another one than superseded.type; state the same");
  }
  if (old.identifier == now.identifier) {
    return FieldInvalid("replacement.value: is the one that it replaces; state the new one");
  }
  return std::make_shared<Supersession>(desks, std::move(old), std::move(now));
}

}  // namespace ehc
