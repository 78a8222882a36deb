#include "server/services/legal_holds.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/crypto.h"

namespace ehc {
namespace {

constexpr size_t kVersionBytes = 16;

std::string PaperName(const AgencyId& custodian) {
  return absl::StrCat("legal-holds/", custodian.value());
}

absl::Status AppendOpen(ReadView& view, const AgencyId& custodian, SubjectId subject,
                        std::vector<Opened<LegalHolds>>& holds) {
  MatterFilter filter;
  filter.kind = LegalHolds::kKind;
  filter.subject = subject;
  filter.only_open = true;
  while (true) {
    EHC_ASSIGN_OR_RETURN(std::vector<Matter> matters, view.ListMatters(filter));
    for (Matter& matter : matters) {
      filter.after = matter.id;
      if (matter.opener != custodian) continue;
      EHC_ASSIGN_OR_RETURN(holds.emplace_back(), Unpack<LegalHolds>(std::move(matter)));
    }
    if (static_cast<int>(matters.size()) < filter.limit) return absl::OkStatus();
  }
}

// A hold on a type that there is not would hold nothing.
absl::Status CheckTypes(const CaseFile& file, const hub::v1::PlaceLegalHoldRequest& request) {
  for (int i = 0; i < request.record_types_size(); ++i) {
    if (PolicyOf(file).FindSchema(request.record_types(i)) != nullptr) continue;
    return FieldInvalid(
        absl::StrCat("record_types[", i, "]: is not in the vocabulary; see docs/record-types.md"));
  }
  return absl::OkStatus();
}

class Placing : public Mutation {
 public:
  Placing(const Desks& desks, const Calendar& calendar,
          const hub::v1::PlaceLegalHoldRequest& request)
      : desks_(desks), calendar_(calendar), request_(request), show_(LegalHoldShow(desks)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView&) const override {
    if (!request_.subject().empty() && !file.facts.subject_known) return NotRegistered();
    EHC_RETURN_IF_ERROR(CheckTypes(file, request_));
    const AgencyId& own = file.caller.agency();
    EHC_ASSIGN_OR_RETURN(
        Opened<LegalHolds> hold,
        NewMatter<LegalHolds>(desks_.rooms.store, own, own,
                              NumberMeantBy(file.dossier, file.subject, file.named, own)));
    EHC_ASSIGN_OR_RETURN(hold.matter.due_at,
                         ClockDue(file, calendar_, "LEGAL_HOLD_REVIEW", file.received_at));
    if (request_.has_review_at()) hold.matter.due_at = FromTimestamp(request_.review_at());
    if (hold.matter.due_at <= file.received_at) {
      return FieldInvalid("review_at: lies in the past; say when somebody is to look again");
    }
    hold.body.set_unit(ActingUnit(file.caller, request_.unit()).value());
    hold.body.mutable_record_types()->CopyFrom(request_.record_types());
    hold.body.set_reference(request_.reference());
    hold.body.set_reason(request_.reason());
    hold.body.set_placed_ms(absl::ToUnixMillis(file.received_at));
    Plan plan;
    plan.changes.push_back(MoveHolds(own));
    plan.changes.push_back(Put(hold));
    plan.written = DescribeMatter(file, hold, show_);
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(const Opened<LegalHolds> hold,
                         FindMatterOf<LegalHolds>(view, MatterOfResource(resource),
                                                  file.caller.agency(), Side::kOpener));
    return DescribeMatter(file, hold, show_);
  }

 private:
  const Desks& desks_;
  const Calendar& calendar_;
  const hub::v1::PlaceLegalHoldRequest request_;
  const MatterShow<LegalHolds> show_;
};

}  // namespace

std::string LegalHolds::UnitOf(const Opened<LegalHolds>& opened, Side) {
  return opened.body.unit();
}

VersionKey HoldsInForce::KeyOf(const AgencyId& custodian) {
  return PolicyPaperKey(PaperName(custodian));
}

// A paper of random bytes: nobody reads it, its version is what counts.
PutPolicyPaper MoveHolds(const AgencyId& custodian) {
  return {PaperName(custodian), RandomBytes(kVersionBytes), false};
}

absl::StatusOr<HoldsInForce> HoldsInForce::Read(ReadView& view, const AgencyId& custodian,
                                                SubjectId subject) {
  HoldsInForce in_force;
  EHC_RETURN_IF_ERROR(AppendOpen(view, custodian, SubjectId{}, in_force.holds_));
  if (subject.known()) {
    EHC_RETURN_IF_ERROR(AppendOpen(view, custodian, subject, in_force.holds_));
  }
  return in_force;
}

bool HoldsInForce::Cover(absl::string_view record_type) const {
  return std::any_of(holds_.begin(), holds_.end(), [&](const Opened<LegalHolds>& hold) {
    const auto& types = hold.body.record_types();
    return types.empty() || std::find(types.begin(), types.end(), record_type) != types.end();
  });
}

MatterShow<LegalHolds> LegalHoldShow(const Desks& desks) {
  return [&rooms = desks.rooms](const CaseFile& file, const Opened<LegalHolds>& hold) {
    const store::v1::LegalHoldBody& body = hold.body;
    hub::v1::LegalHold out;
    ShowHeader(rooms, file, hold, out);
    out.set_unit(body.unit());
    out.mutable_record_types()->CopyFrom(body.record_types());
    out.set_reference(body.reference());
    out.set_reason(body.reason());
    *out.mutable_placed_at() = ToTimestamp(absl::FromUnixMillis(body.placed_ms()));
    if (body.lifted_ms() != 0) {
      *out.mutable_lifted_at() = ToTimestamp(absl::FromUnixMillis(body.lifted_ms()));
      out.set_lifted_because(body.lifted_because());
    } else {
      *out.mutable_review_at() = ToTimestamp(hold.matter.due_at);
    }
    return out;
  };
}

std::shared_ptr<const Mutation> PlacingLegalHold(const Desks& desks, const Calendar& calendar,
                                                 const hub::v1::PlaceLegalHoldRequest& request) {
  return std::make_shared<Placing>(desks, calendar, request);
}

MatterEdit<LegalHolds>::Edit LiftingLegalHold(const hub::v1::LiftLegalHoldRequest& request) {
  return [request](const CaseFile& file, ReadView&, Opened<LegalHolds>& hold,
                   Plan& plan) -> absl::Status {
    if (hold.body.lifted_ms() != 0) return StateConflict("name: it was lifted");
    hold.body.set_lifted_ms(absl::ToUnixMillis(file.received_at));
    hold.body.set_lifted_because(request.reason());
    hold.matter.open = false;
    plan.changes.push_back(MoveHolds(file.caller.agency()));
    return absl::OkStatus();
  };
}

}  // namespace ehc
