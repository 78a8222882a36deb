// Verification: a school or voluntary body is asked about named claims, and shown nothing else.
#include <set>
#include <utility>

#include "server/pathway/machine.h"
#include "server/services/matter_events.h"
#include "server/services/pathway_calls.h"
#include "server/services/verifications.h"

namespace ehc {
namespace {

using hub::v1::Verification;
using hub::v1::VerificationClaim;

MatterShow<Verifications> Show(const Desks& desks, bool whole) {
  return [&rooms = desks.rooms, whole](const CaseFile& file, const Opened<Verifications>& opened) {
    Verification out = ShowErrand(rooms, file, opened);
    if (whole) return out;
    for (VerificationClaim& claim : *out.mutable_claims()) {
      claim.clear_answer();
      claim.clear_note();
    }
    out.clear_concern();
    out.clear_safeguarding_concern();
    return out;
  };
}

absl::Status CheckVerifier(ReadView& view, const std::string& name) {
  EHC_ASSIGN_OR_RETURN(const std::vector<hub::v1::Agency> agencies, view.ListAgencies());
  for (const hub::v1::Agency& agency : agencies) {
    if (agency.name() != name) continue;
    if (agency.type() == hub::v1::AGENCY_TYPE_SCHOOL ||
        agency.type() == hub::v1::AGENCY_TYPE_VOLUNTARY) {
      return absl::OkStatus();
    }
  }
  return FieldInvalid("verification.to: is no school or voluntary body of this hub");
}

// The claims by their codes, with the pathway's own words.
absl::Status FillClaims(const policy::v1::Pathway& pathway, const Verification& stated,
                        Verification& asked) {
  std::set<std::string> seen;
  for (int i = 0; i < stated.claims_size(); ++i) {
    const policy::v1::VerifiableClaim* claim = FindClaim(pathway, stated.claims(i).code());
    if (claim == nullptr || !seen.insert(claim->code()).second) {
      return FieldInvalid(absl::StrCat("verification.claims[", i,
                                       "].code: is no claim of this pathway, or is there twice"));
    }
    VerificationClaim& added = *asked.add_claims();
    added.set_code(claim->code());
    added.set_text(claim->text());
  }
  if (asked.claims().empty()) return FieldInvalid("verification.claims: name at least one");
  return absl::OkStatus();
}

class Asking {
 public:
  Asking(const Desks& desks, const Calendar& calendar, Verification stated)
      : desks_(desks), calendar_(calendar), stated_(std::move(stated)) {}

  absl::Status operator()(const CaseFile& file, ReadView& view, Opened<Referrals>& opened,
                          Plan& plan) const {
    EHC_RETURN_IF_ERROR(CheckVerifier(view, stated_.to()));
    EHC_ASSIGN_OR_RETURN(Opened<Verifications> asked,
                         NewMatter<Verifications>(desks_.rooms.store, file.caller.agency(),
                                                  ReadAgency(stated_.to()), opened.matter.subject));
    Verification& value = *asked.body.mutable_value();
    EHC_RETURN_IF_ERROR(FillClaims(opened.body.pathway(), stated_, value));
    EHC_RETURN_IF_ERROR(
        MoveOn(file, calendar_, policy::v1::PATHWAY_EVENT_VERIFIER_ASKED, "", opened));
    EHC_ASSIGN_OR_RETURN(asked.matter.due_at,
                         ClockDue(file, calendar_, "VERIFICATION_ANSWER", file.received_at));
    value.set_from_unit(opened.body.value().to_unit());
    value.set_to_unit(stated_.to_unit());
    *value.mutable_created_at() = ToTimestamp(file.received_at);
    value.set_state(hub::v1::VERIFICATION_STATE_OPEN);
    value.set_child_reference(stated_.child_reference());
    value.set_through_relay(IsHiddenFrom(file, asked.matter.addressee));
    asked.body.set_referral(opened.matter.id.value);
    opened.body.add_verifications(asked.matter.id.value);
    plan.changes.push_back(Put(asked));
    TellParty(asked.matter, asked.matter.addressee, kVerificationAsked, plan);
    return absl::OkStatus();
  }

 private:
  const Desks& desks_;
  const Calendar& calendar_;
  const Verification stated_;
};

absl::Status TakeAnswers(const hub::v1::AnswerVerificationRequest& request, Verification& value) {
  std::set<std::string> answered;
  for (int i = 0; i < request.claims_size(); ++i) {
    const VerificationClaim& answer = request.claims(i);
    const std::string field = absl::StrCat("claims[", i, "]");
    if (answer.answer() == hub::v1::CLAIM_ANSWER_UNSPECIFIED) {
      return FieldInvalid(absl::StrCat(field, ".answer: is left out; confirm, deny or unknown"));
    }
    VerificationClaim* asked = nullptr;
    for (VerificationClaim& one : *value.mutable_claims()) {
      if (one.code() == answer.code()) asked = &one;
    }
    if (asked == nullptr || !answered.insert(answer.code()).second) {
      return FieldInvalid(absl::StrCat(field, ".code: was not asked, or is there twice"));
    }
    asked->set_answer(answer.answer());
    asked->set_note(answer.note());
  }
  if (static_cast<int>(answered.size()) != value.claims_size()) {
    return FieldInvalid("claims: answer every claim of the request; unknown is an answer");
  }
  return absl::OkStatus();
}

policy::v1::PathwayEvent EventOf(const Verification& value) {
  auto event = policy::v1::PATHWAY_EVENT_VERIFIED;
  for (const VerificationClaim& claim : value.claims()) {
    if (claim.answer() == hub::v1::CLAIM_ANSWER_DENY) {
      return policy::v1::PATHWAY_EVENT_DISPUTED;
    }
    if (claim.answer() == hub::v1::CLAIM_ANSWER_UNKNOWN) {
      event = policy::v1::PATHWAY_EVENT_NOT_VERIFIED;
    }
  }
  return event;
}

// The answer, and what it does to the referral, in one commit. A referral that has gone on without
// it stays where it is.
class Answering {
 public:
  Answering(const Calendar& calendar, hub::v1::AnswerVerificationRequest request)
      : calendar_(calendar), request_(std::move(request)) {}

  absl::Status operator()(const CaseFile& file, ReadView& view, Opened<Verifications>& asked,
                          Plan& plan) const {
    Verification& value = *asked.body.mutable_value();
    if (!asked.matter.open) return StateConflict("name: it was answered or taken back already");
    EHC_RETURN_IF_ERROR(TakeAnswers(request_, value));
    value.set_state(hub::v1::VERIFICATION_STATE_ANSWERED);
    value.set_safeguarding_concern(request_.safeguarding_concern());
    value.set_concern(request_.concern());
    *value.mutable_answered_at() = ToTimestamp(file.received_at);
    value.set_late(asked.matter.due_at <= file.received_at);
    asked.matter.open = false;
    EHC_ASSIGN_OR_RETURN(Opened<Referrals> referral,
                         FindMatterOf<Referrals>(view, MatterId{asked.body.referral()},
                                                 asked.matter.opener, Side::kAddressee));
    return ChangeReferral(referral, plan, [&] { return Bring(file, value, referral); });
  }

 private:
  absl::Status Bring(const CaseFile& file, const Verification& value,
                     Opened<Referrals>& referral) const {
    const policy::v1::PathwayEvent event = EventOf(value);
    if (CanMoveOn(referral, event)) {
      referral.body.mutable_value()->mutable_dates()->set_verified_on(
          FormatDate(LondonDate(file.received_at)));
      EHC_RETURN_IF_ERROR(MoveOn(file, calendar_, event, "", referral));
    }
    if (!request_.safeguarding_concern()) return absl::OkStatus();
    return Safeguard(file, calendar_, request_.concern(), referral);
  }

  const Calendar& calendar_;
  const hub::v1::AnswerVerificationRequest request_;
};

}  // namespace

void PathwayDesk::RequestVerification(Incoming in,
                                      const hub::v1::RequestVerificationRequest& request,
                                      Reply<hub::v1::RequestVerificationResponse> reply) const {
  const Verification& stated = request.verification();
  if (auto child =
          ReadSubject(desks_, in.caller, stated.child_reference(), "verification.child_reference");
      !child.ok()) {
    return Fail(in.call_id, child.status(), std::move(reply));
  }
  StartReferralStep<hub::v1::RequestVerificationResponse>(
      desks_, std::move(in), "RequestVerification", "referral.handle", Side::kAddressee, request,
      Asking(desks_, calendar_, stated), std::move(reply));
}

void PathwayDesk::AnswerVerification(Incoming in, const hub::v1::AnswerVerificationRequest& request,
                                     Reply<hub::v1::AnswerVerificationResponse> reply) const {
  auto ask = MatterAsk(desks_, in.caller, "AnswerVerification", "verification.answer", request,
                       ChildOf<Verifications>(desks_, in.caller, request.name()));
  if (ask.ok()) RestOnReferral(*ask, hub::v1::FAMILY_AGREEMENT_AGREED);
  MatterEdit<Verifications>::Target target{ReadMatterName<Verifications>(desks_, request.name()),
                                           Side::kAddressee, request.etag()};
  StartMutation<hub::v1::AnswerVerificationResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterEdit<Verifications>>(std::move(target), Answering(calendar_, request),
                                                  Show(desks_, true)),
      ShapeFirstField<hub::v1::AnswerVerificationResponse>, std::move(reply));
}

void PathwayDesk::GetVerification(Incoming in, const hub::v1::GetVerificationRequest& request,
                                  Reply<hub::v1::GetVerificationResponse> reply) const {
  using Response = hub::v1::GetVerificationResponse;
  StartTelling<Verifications, Response>(
      desks_, std::move(in), "GetVerification", "verification.read", request.name(),
      [this, id = ReadMatterName<Verifications>(desks_, request.name())](
          const CaseFile& file, ReadView& view) -> absl::StatusOr<Told<Response>> {
        EHC_ASSIGN_OR_RETURN(const auto opened, FindReadable<Verifications>(file, view, id));
        const bool asker = ReadsAsOpener(file, opened);
        Told<Response> told;
        told.teller = asker ? opened.matter.addressee : opened.matter.opener;
        told.unit = UnitId(Verifications::UnitOf(opened, asker ? Side::kAddressee : Side::kOpener));
        told.through_relay = !asker && opened.body.value().through_relay();
        told.resource = absl::StrCat("matter/", opened.matter.id.value);
        told.parts = {asker ? "ANSWERS" : "CLAIMS"};
        *told.value.mutable_verification() = Show(desks_, true)(file, opened);
        return told;
      },
      std::move(reply));
}

void PathwayDesk::ListVerifications(Incoming in, const hub::v1::ListVerificationsRequest& request,
                                    Reply<hub::v1::ListVerificationsResponse> reply) const {
  StartMatterList<Verifications>(desks_, std::move(in), "ListVerifications", "verification.read",
                                 request, request.opened() ? Side::kOpener : Side::kAddressee,
                                 Show(desks_, false), std::move(reply));
}

}  // namespace ehc
