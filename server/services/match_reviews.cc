#include "server/services/match_reviews.h"

#include <algorithm>
#include <utility>

#include "server/services/incidents.h"
#include "server/services/matter_readings.h"

namespace ehc {
namespace {

using hub::v1::MatchReview;
using hub::v1::MatchReviewState;
using store::v1::Dossier;

// Holds, or will: one that begins tomorrow hides today already, as in the index.
bool HasProtection(const Dossier& dossier, absl::Time now,
                   std::initializer_list<hub::v1::ProtectionLabel> labels) {
  const std::string today = FormatDate(LondonDate(now));
  return std::any_of(dossier.protections().begin(), dossier.protections().end(),
                     [&](const store::v1::ProtectionItem& item) {
                       const hub::v1::Protection& value = item.value();
                       return (value.valid_to().empty() || value.valid_to() >= today) &&
                              std::find(labels.begin(), labels.end(), value.label()) !=
                                  labels.end();
                     });
}

bool IsKeptApart(const ReviewedChild& child, const ReviewedChild& other) {
  const auto has = [](const Dossier& dossier, SubjectId number) {
    const auto& apart = dossier.kept_apart();
    return std::find(apart.begin(), apart.end(), number.value) != apart.end();
  };
  return has(child.dossier, other.number) || has(child.dossier, other.root) ||
         has(other.dossier, child.number) || has(other.dossier, child.root);
}

bool IsAsked(const Doubt& doubt) {
  return doubt.kind == hub::v1::MATCH_REVIEW_KIND_JOIN_ASKED ||
         doubt.kind == hub::v1::MATCH_REVIEW_KIND_SPLIT_ASKED;
}

absl::StatusOr<bool> IsOpenAlready(ReadView& view, const Doubt& doubt) {
  const SubjectId numbers[] = {doubt.child.number, doubt.other.number};
  for (int i = 0; i < 2; ++i) {
    MatterFilter filter;
    filter.kind = MatchReviews::kKind;
    filter.subject = numbers[i];
    filter.only_open = true;
    if (!numbers[i].known()) continue;
    EHC_ASSIGN_OR_RETURN(std::vector<Matter> open, view.ListMatters(filter));
    for (Matter& matter : open) {
      EHC_ASSIGN_OR_RETURN(const Opened<MatchReviews> there,
                           Unpack<MatchReviews>(std::move(matter)));
      if (there.matter.subject == numbers[i] && there.body.other() == numbers[1 - i].value) {
        return true;
      }
    }
  }
  return false;
}

// Somebody has been told something about the child.
absl::StatusOr<bool> WasDisclosed(ReadView& view, const ReviewedChild& child) {
  if (!child.number.known()) return false;
  EntryFilter filter;
  filter.subject = child.number;
  filter.this_number_only = child.number != child.root;
  bool disclosed = false;
  EHC_RETURN_IF_ERROR(ForEachDisclosure(view, filter, [&](const StoredEntry&, const AuditRecord&) {
    disclosed = true;
    return false;
  }));
  return disclosed;
}

void ShowSide(const CaseFile& file, const ReviewedChild& child, bool disclosed,
              hub::v1::MatchReviewSide& out) {
  std::vector<hub::v1::PersonDetails> said = DescriptionsOf(child.dossier, file.received_at);
  *out.mutable_person() = std::move(said.front());
  for (size_t i = 1; i < said.size(); ++i) *out.add_other_accounts() = std::move(said[i]);
  for (const store::v1::IdentifierItem& item : child.dossier.identifiers()) {
    *out.add_identifiers() = item.value();
  }
  for (const std::string& agency : child.dossier.registered_by()) {
    out.add_registered_by(AgencyNameOf(AgencyId(agency)));
  }
  out.set_disclosed(disclosed);
}

}  // namespace

std::string MatchReviews::UnitOf(const Opened<MatchReviews>& opened, Side) {
  return opened.body.unit();
}

absl::StatusOr<ReviewedChild> ReadReviewed(ReadView& view, SubjectId number) {
  ReviewedChild child;
  child.number = number;
  EHC_ASSIGN_OR_RETURN(child.root, view.RootOf(number));
  EHC_ASSIGN_OR_RETURN(child.dossier, view.ReadDossier(child.root));
  return child;
}

bool IsHiddenIdentity(const Dossier& dossier, absl::Time now) {
  return dossier.severed() || HasProtection(dossier, now,
                                            {hub::v1::PROTECTION_LABEL_ADOPTED,
                                             hub::v1::PROTECTION_LABEL_IDENTITY_SEVERED});
}

std::vector<hub::v1::PersonDetails> DescriptionsOf(const Dossier& dossier, absl::Time now) {
  const bool hides_home =
      HasProtection(dossier, now, {hub::v1::PROTECTION_LABEL_ADDRESS_RESTRICTED});
  std::vector<hub::v1::PersonDetails> said = {dossier.person()};
  for (const store::v1::AccountItem& item : dossier.accounts()) said.push_back(item.value());
  std::vector<hub::v1::PersonDetails> once;
  std::vector<std::string> seen;
  for (hub::v1::PersonDetails& one : said) {
    one.clear_mother_subject();  // a name of somebody else's
    if (hides_home) one.clear_postcode();
    std::string bytes = one.SerializeAsString();
    if (std::find(seen.begin(), seen.end(), bytes) != seen.end()) continue;
    seen.push_back(std::move(bytes));
    once.push_back(std::move(one));
  }
  return once;
}

absl::Status OpenReview(const Desks& desks, const ReviewOpener& opener, ReadView& view, Doubt doubt,
                        Plan& plan) {
  const bool split = doubt.kind == hub::v1::MATCH_REVIEW_KIND_SPLIT_ASKED;
  if (IsHiddenIdentity(doubt.child.dossier, opener.at) ||
      IsHiddenIdentity(doubt.other.dossier, opener.at) ||
      (!split && doubt.child.root == doubt.other.root) ||
      (!IsAsked(doubt) && IsKeptApart(doubt.child, doubt.other))) {
    return absl::OkStatus();
  }
  EHC_ASSIGN_OR_RETURN(const bool open, IsOpenAlready(view, doubt));
  if (open) return absl::OkStatus();
  const AgencyId office = desks.rooms.desk.OperatorAgency();
  EHC_ASSIGN_OR_RETURN(
      Opened<MatchReviews> review,
      NewMatter<MatchReviews>(desks.rooms.store, office, office, doubt.child.number));
  EHC_ASSIGN_OR_RETURN(review.matter.due_at, ClockDue(opener.policy, desks.rooms.facts.calendar(),
                                                      "MATCH_REVIEW", opener.at, opener.at));
  review.body.set_kind(doubt.kind);
  review.body.set_other(doubt.other.number.value);
  review.body.set_agency(opener.agency.value());
  review.body.set_band(doubt.band);
  review.body.set_score(doubt.score);
  for (hub::v1::Identifier& identifier : doubt.identifiers) {
    *review.body.add_identifiers() = std::move(identifier);
  }
  review.body.set_reason(doubt.reason);
  review.body.set_state(hub::v1::MATCH_REVIEW_STATE_OPEN);
  review.body.set_created_ms(absl::ToUnixMillis(opener.at));
  plan.changes.push_back(Put(review));
  return absl::OkStatus();
}

absl::StatusOr<ReviewSides> ReadSides(const CaseFile& file, ReadView& view,
                                      const Opened<MatchReviews>& review) {
  ReviewSides sides;
  EHC_ASSIGN_OR_RETURN(sides.child, ReadReviewed(view, review.matter.subject));
  EHC_ASSIGN_OR_RETURN(sides.other, ReadReviewed(view, SubjectId{review.body.other()}));
  if (IsHiddenIdentity(sides.child.dossier, file.received_at) ||
      IsHiddenIdentity(sides.other.dossier, file.received_at)) {
    return NoSuchMatter();
  }
  EHC_ASSIGN_OR_RETURN(sides.child_disclosed, WasDisclosed(view, sides.child));
  EHC_ASSIGN_OR_RETURN(sides.other_disclosed, WasDisclosed(view, sides.other));
  return sides;
}

MatterShow<MatchReviews> ReviewShow(const Desks& desks) {
  return [&desks](const CaseFile& file, const Opened<MatchReviews>& review) {
    const store::v1::MatchReviewBody& body = review.body;
    MatchReview out;
    out.set_name(desks.rooms.names.MatterName(MatchReviews::kCollection, review.matter.id));
    out.set_etag(EtagOf(review.matter.revision));
    out.set_kind(body.kind());
    out.set_state(body.state());
    out.set_band(body.band());
    out.set_score(body.score());
    *out.mutable_created_at() = ToTimestamp(absl::FromUnixMillis(body.created_ms()));
    *out.mutable_due_at() = ToTimestamp(review.matter.due_at);
    out.set_overdue(review.matter.open && review.matter.due_at <= file.received_at);
    out.set_joined(body.state() == hub::v1::MATCH_REVIEW_STATE_JOINED);
    for (const store::v1::MatchReviewStepBody& step : body.steps()) {
      hub::v1::MatchReviewStep& shown = *out.add_steps();
      shown.set_decision(static_cast<hub::v1::MatchDecision>(step.decision()));
      shown.set_user(step.user());
      shown.set_role(step.role());
      shown.set_justification(step.justification());
      *shown.mutable_decided_at() = ToTimestamp(absl::FromUnixMillis(step.at_ms()));
    }
    return out;
  };
}

void ShowEvidence(const CaseFile& file, const Opened<MatchReviews>& review,
                  const ReviewSides& sides, MatchReview& out) {
  ShowSide(file, sides.child, sides.child_disclosed, *out.add_sides());
  if (sides.other.number.known()) {
    ShowSide(file, sides.other, sides.other_disclosed, *out.add_sides());
  }
  *out.mutable_identifiers() = review.body.identifiers();
  out.set_reason(review.body.reason());
  out.set_joined(sides.joined());
  out.set_needs_second_person(sides.needs_second_person());
}

absl::StatusOr<std::vector<Opened<MatchReviews>>> ListReviews(const CaseFile& file, ReadView& view,
                                                              bool only_open, MatterId after,
                                                              int size) {
  std::vector<Opened<MatchReviews>> shown;
  while (static_cast<int>(shown.size()) < size) {
    MatterPageAsk page{Side::kAddressee, only_open, after, size};
    EHC_ASSIGN_OR_RETURN(std::vector<Opened<MatchReviews>> some,
                         ListMattersOf<MatchReviews>(file, view, page));
    for (Opened<MatchReviews>& review : some) {
      after = review.matter.id;
      bool hidden = false;
      for (const SubjectId number : {review.matter.subject, SubjectId{review.body.other()}}) {
        EHC_ASSIGN_OR_RETURN(const ReviewedChild child, ReadReviewed(view, number));
        hidden = hidden || IsHiddenIdentity(child.dossier, file.received_at);
      }
      if (!hidden && static_cast<int>(shown.size()) < size) shown.push_back(std::move(review));
    }
    if (static_cast<int>(some.size()) < size) break;
  }
  return shown;
}

}  // namespace ehc
