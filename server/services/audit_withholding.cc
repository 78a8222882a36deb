// What officers decide about what a family is not told: review, release, hold, lift.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "server/services/audit_desk.h"
#include "server/services/matter_mutations.h"
#include "server/services/matter_readings.h"
#include "server/services/withholding.h"

namespace ehc {
namespace {

using hub::v1::ReviewDisclosureHoldRequest;
using hub::v1::ReviewWithheldDisclosureRequest;

absl::Status NoSuchDisclosure() {
  return RefusalError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                      "leaf_hash: your unit disclosed no such thing about this child");
}

// Between now and as far off as the policy lets an officer put it.
absl::StatusOr<absl::Time> CheckedDate(const CaseFile& file, const Calendar& calendar,
                                       const char* clock, absl::string_view field, bool stated,
                                       const google::protobuf::Timestamp& date) {
  EHC_ASSIGN_OR_RETURN(const absl::Time latest, ClockDue(file, calendar, clock, file.received_at));
  if (!stated) {
    return FieldInvalid(absl::StrCat(field, ": is left out; say when somebody is to look again"));
  }
  const absl::Time at = FromTimestamp(date);
  if (at > file.received_at && at <= latest) return at;
  return FieldInvalid(absl::StrCat(field, ": lies in the past, or later than the policy's clock ",
                                   clock, " allows"));
}

store::v1::WithholdingDecision DecisionOf(const CaseFile& file, bool released, absl::Time until,
                                          const std::string& reason) {
  store::v1::WithholdingDecision decision;
  decision.set_at_ms(absl::ToUnixMillis(file.received_at));
  if (file.caller.person().has_value()) decision.set_role(file.caller.person()->role);
  decision.set_released(released);
  if (!released) decision.set_keep_until_ms(absl::ToUnixMillis(until));
  decision.set_reason(reason);
  return decision;
}

class WithheldReview : public Mutation {
 public:
  WithheldReview(const Desks& desks, const Calendar& calendar,
                 const ReviewWithheldDisclosureRequest& request)
      : desks_(desks), calendar_(calendar), request_(request), show_(WithheldShow(desks)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(const DisclosureEntry entry, Find(file, view));
    EHC_ASSIGN_OR_RETURN(const Withholdings all,
                         Withholdings::Read(view, file.subject, file.caller.agency(), file.dossier,
                                            file.received_at));
    const std::optional<Withholdings::Found> found = all.Of(entry);
    if (!found.has_value()) return StateConflict("leaf_hash: nothing keeps this from the family");
    if (found->released) return StateConflict("leaf_hash: it was released");
    if (request_.release() && found->hold != nullptr) {
      return StateConflict(
          "leaf_hash: a hold in force covers it; whoever placed it lifts it first");
    }
    Plan plan;
    EHC_ASSIGN_OR_RETURN(Opened<WithheldDisclosures> opened, Open(file, entry, *found, plan));
    EHC_RETURN_IF_ERROR(Decide(file, opened));
    plan.changes.push_back(Put(opened));
    plan.written = DescribeMatter(file, opened, show_);
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(const Opened<WithheldDisclosures> opened,
                         FindMatterOf<WithheldDisclosures>(view, MatterOfResource(resource),
                                                           file.caller.agency(), Side::kOpener));
    return DescribeMatter(file, opened, show_);
  }

 private:
  absl::StatusOr<DisclosureEntry> Find(const CaseFile& file, ReadView& view) const {
    if (!file.facts.subject_known) return NoSuchDisclosure();
    EHC_ASSIGN_OR_RETURN(const Digest leaf, DigestFromBytes(request_.leaf_hash()));
    EHC_ASSIGN_OR_RETURN(const std::optional<int64_t> index, view.FindEntry(leaf));
    if (!index.has_value()) return NoSuchDisclosure();
    EntryFilter filter;
    filter.after = *index - 1;
    filter.limit = 1;
    EHC_ASSIGN_OR_RETURN(const std::vector<StoredEntry> stored, view.ListEntries(filter));
    if (stored.size() != 1 || stored[0].row.custodian != file.caller.agency()) {
      return NoSuchDisclosure();
    }
    EHC_ASSIGN_OR_RETURN(const SubjectId child, view.RootOf(stored[0].row.subject));
    if (child != file.subject) return NoSuchDisclosure();
    EHC_ASSIGN_OR_RETURN(std::optional<DisclosureEntry> entry, ReadDisclosure(stored[0]));
    if (!entry.has_value() || !IsOfUnit(file, entry->record[AuditField::kCustodianUnit])) {
      return NoSuchDisclosure();
    }
    return *std::move(entry);
  }

  // The matter in the queue, moved on; or a new one. Two who open one at once move the child's
  // version, so that the second decides again and finds the first's.
  absl::StatusOr<Opened<WithheldDisclosures>> Open(const CaseFile& file,
                                                   const DisclosureEntry& entry,
                                                   const Withholdings::Found& found,
                                                   Plan& plan) const {
    if (found.matter != nullptr) {
      Opened<WithheldDisclosures> opened = *found.matter;
      EHC_RETURN_IF_ERROR(CheckEtag(request_.etag(), opened.matter.revision));
      plan.reads.push_back(MatterKey(opened.matter.id));
      ++opened.matter.revision;
      return opened;
    }
    EHC_RETURN_IF_ERROR(CheckEtag(request_.etag(), 0));
    plan.changes.push_back(PutSubject{file.subject, file.dossier});
    EHC_ASSIGN_OR_RETURN(
        Opened<WithheldDisclosures> opened,
        NewWithheld(desks_.rooms.store, file.caller.agency(),
                    NumberMeantBy(file.dossier, file.subject, entry.named, file.caller.agency()),
                    file.received_at));
    Describe(entry, found.cause, opened.body);
    return opened;
  }

  absl::Status Decide(const CaseFile& file, Opened<WithheldDisclosures>& opened) const {
    absl::Time until = absl::InfiniteFuture();
    if (!request_.release()) {
      EHC_ASSIGN_OR_RETURN(until, CheckedDate(file, calendar_, "WITHHELD_REVIEW", "keep_until",
                                              request_.has_keep_until(), request_.keep_until()));
    }
    *opened.body.add_decisions() = DecisionOf(file, request_.release(), until, request_.reason());
    opened.matter.open = !request_.release();
    opened.matter.due_at = until;
    return absl::OkStatus();
  }

  const Desks& desks_;
  const Calendar& calendar_;
  const ReviewWithheldDisclosureRequest request_;
  const MatterShow<WithheldDisclosures> show_;
};

absl::Status CheckRecipient(ReadView& view, const std::string& name) {
  EHC_ASSIGN_OR_RETURN(const std::vector<hub::v1::Agency> agencies, view.ListAgencies());
  const bool known = std::any_of(agencies.begin(), agencies.end(),
                                 [&](const auto& agency) { return agency.name() == name; });
  if (known) return absl::OkStatus();
  return FieldInvalid("recipient: is not an agency of this hub; see ListAgencies");
}

absl::StatusOr<Opened<DisclosureHolds>> NewHold(const Desks& desks, const Calendar& calendar,
                                                const hub::v1::PlaceDisclosureHoldRequest& request,
                                                const CaseFile& file, ReadView& view) {
  const AgencyId& own = file.caller.agency();
  const AgencyId recipient = request.recipient().empty() ? own : ReadAgency(request.recipient());
  EHC_RETURN_IF_ERROR(CheckRecipient(view, AgencyNameOf(recipient)));
  MatterFilter filter;
  filter.kind = DisclosureHolds::kKind;
  filter.subject = file.subject;
  filter.only_open = true;
  filter.limit = 1000;
  EHC_ASSIGN_OR_RETURN(std::vector<Matter> matters, view.ListMatters(filter));
  for (Matter& matter : matters) {
    EHC_ASSIGN_OR_RETURN(const Opened<DisclosureHolds> held,
                         Unpack<DisclosureHolds>(std::move(matter)));
    if (held.matter.opener == own && held.body.recipient() == recipient.value()) {
      return StateConflict("recipient: your agency holds this back already; review that hold");
    }
  }
  EHC_ASSIGN_OR_RETURN(
      Opened<DisclosureHolds> hold,
      NewMatter<DisclosureHolds>(desks.rooms.store, own, own,
                                 NumberMeantBy(file.dossier, file.subject, file.named, own)));
  if (request.has_review_at()) {
    EHC_ASSIGN_OR_RETURN(hold.matter.due_at, CheckedDate(file, calendar, "DISCLOSURE_HOLD_REVIEW",
                                                         "review_at", true, request.review_at()));
  } else {
    EHC_ASSIGN_OR_RETURN(hold.matter.due_at,
                         ClockDue(file, calendar, "DISCLOSURE_HOLD_REVIEW", file.received_at));
  }
  hold.body.set_unit(ActingUnit(file.caller, request.unit()).value());
  hold.body.set_recipient(recipient.value());
  hold.body.set_reason(request.reason());
  hold.body.set_placed_ms(absl::ToUnixMillis(file.received_at));
  return hold;
}

// What a lifted hold covered goes to its custodians' officers.
absl::Status QueueCovered(const Desks& desks, const Calendar& calendar, const CaseFile& file,
                          ReadView& view, const Opened<DisclosureHolds>& hold, Plan& plan) {
  EHC_ASSIGN_OR_RETURN(const absl::Time due,
                       ClockDue(file, calendar, "WITHHELD_REVIEW", file.received_at));
  EntryFilter filter;
  filter.subject = hold.matter.subject;
  filter.searcher = AgencyId(hold.body.recipient());
  if (filter.searcher != hold.matter.opener) filter.custodian = hold.matter.opener;
  absl::flat_hash_map<std::string, Withholdings> known;  // by custodian
  while (true) {
    EHC_ASSIGN_OR_RETURN(const std::vector<StoredEntry> entries, view.ListEntries(filter));
    for (const StoredEntry& stored : entries) {
      filter.after = stored.index;
      EHC_ASSIGN_OR_RETURN(const std::optional<DisclosureEntry> entry, ReadDisclosure(stored));
      if (!entry.has_value()) continue;
      const std::string& custodian = stored.row.custodian.value();
      if (!known.contains(custodian)) {
        EHC_ASSIGN_OR_RETURN(Withholdings all,
                             Withholdings::Read(view, hold.matter.subject, stored.row.custodian,
                                                file.dossier, file.received_at));
        known.emplace(custodian, std::move(all));
      }
      const auto found = known.at(custodian).Of(*entry);
      if (found.has_value() && found->matter != nullptr) continue;
      EHC_ASSIGN_OR_RETURN(
          Opened<WithheldDisclosures> opened,
          NewWithheld(desks.rooms.store, stored.row.custodian,
                      NumberMeantBy(file.dossier, file.subject, entry->named, stored.row.custodian),
                      due));
      Describe(*entry, hub::v1::WITHHOLDING_CAUSE_HOLD, opened.body);
      plan.changes.push_back(Put(opened));
    }
    if (static_cast<int>(entries.size()) < filter.limit) return absl::OkStatus();
  }
}

MatterEdit<DisclosureHolds>::Edit Reviewing(const Desks& desks, const Calendar& calendar,
                                            const ReviewDisclosureHoldRequest& request) {
  return [&desks, &calendar, request](const CaseFile& file, ReadView& view,
                                      Opened<DisclosureHolds>& hold, Plan& plan) -> absl::Status {
    if (hold.body.lifted_ms() != 0) return StateConflict("name: it was lifted");
    absl::Time until = absl::InfiniteFuture();
    if (!request.lift()) {
      EHC_ASSIGN_OR_RETURN(until, CheckedDate(file, calendar, "DISCLOSURE_HOLD_REVIEW", "review_at",
                                              request.has_review_at(), request.review_at()));
    } else {
      hold.body.set_lifted_ms(absl::ToUnixMillis(file.received_at));
      hold.matter.open = false;
      // Whoever reports to the family meanwhile decides again.
      if (file.subject.known()) plan.changes.push_back(PutSubject{file.subject, file.dossier});
      EHC_RETURN_IF_ERROR(QueueCovered(desks, calendar, file, view, hold, plan));
    }
    hold.matter.due_at = until;
    *hold.body.add_decisions() = DecisionOf(file, request.lift(), until, request.reason());
    return absl::OkStatus();
  };
}

}  // namespace

void AuditDesk::ReviewWithheldDisclosure(
    Incoming in, const ReviewWithheldDisclosureRequest& request,
    Reply<hub::v1::ReviewWithheldDisclosureResponse> reply) const {
  using Resp = hub::v1::ReviewWithheldDisclosureResponse;
  auto ask = ItemAsk(desks_, in.caller, "ReviewWithheldDisclosure", "audit.withheld", request,
                     request.subject());
  if (ask.ok()) ask->justification = request.reason();
  StartMutation<Resp>(desks_, std::move(in), std::move(ask),
                      std::make_shared<WithheldReview>(desks_, calendar_, request),
                      ShapeFirstField<Resp>, std::move(reply));
}

void AuditDesk::PlaceDisclosureHold(Incoming in, const hub::v1::PlaceDisclosureHoldRequest& request,
                                    Reply<hub::v1::PlaceDisclosureHoldResponse> reply) const {
  using Resp = hub::v1::PlaceDisclosureHoldResponse;
  auto ask = ItemAsk(desks_, in.caller, "PlaceDisclosureHold", "disclosure_hold.place", request,
                     request.subject());
  if (ask.ok()) ask->justification = request.reason();
  auto place = [this, request](const CaseFile& file, ReadView& view,
                               Plan& plan) -> absl::StatusOr<Opened<DisclosureHolds>> {
    EHC_ASSIGN_OR_RETURN(Opened<DisclosureHolds> hold,
                         NewHold(desks_, calendar_, request, file, view));
    // Whoever reports to the family meanwhile decides again.
    plan.changes.push_back(PutSubject{file.subject, file.dossier});
    plan.changes.push_back(Put(hold));
    return hold;
  };
  StartMutation<Resp>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterOpening<DisclosureHolds>>(std::move(place), HoldShow(desks_)),
      ShapeFirstField<Resp>, std::move(reply));
}

void AuditDesk::ReviewDisclosureHold(Incoming in, const ReviewDisclosureHoldRequest& request,
                                     Reply<hub::v1::ReviewDisclosureHoldResponse> reply) const {
  using Resp = hub::v1::ReviewDisclosureHoldResponse;
  auto ask = MatterAsk(desks_, in.caller, "ReviewDisclosureHold", "disclosure_hold.place", request,
                       ChildOf<DisclosureHolds>(desks_, in.caller, request.name()));
  if (ask.ok()) ask->justification = request.reason();
  MatterEdit<DisclosureHolds>::Target target{
      ReadMatterName<DisclosureHolds>(desks_, request.name()), Side::kOpener, request.etag()};
  StartMutation<Resp>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterEdit<DisclosureHolds>>(
          std::move(target), Reviewing(desks_, calendar_, request), HoldShow(desks_)),
      ShapeFirstField<Resp>, std::move(reply));
}

void AuditDesk::ListDisclosureHolds(Incoming in, const hub::v1::ListDisclosureHoldsRequest& request,
                                    Reply<hub::v1::ListDisclosureHoldsResponse> reply) const {
  StartMatterList<DisclosureHolds>(desks_, std::move(in), "ListDisclosureHolds",
                                   "disclosure_hold.place", request, Side::kOpener,
                                   HoldShow(desks_), std::move(reply));
}

}  // namespace ehc
