// How the calls about referrals begin: which side the caller is on, on what ground, and the reading
// that tells one party what the other wrote.
#ifndef EHC_SERVER_SERVICES_PATHWAY_CALLS_H_
#define EHC_SERVER_SERVICES_PATHWAY_CALLS_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "server/model/told.h"
#include "server/services/matter_readings.h"
#include "server/services/pathway_desk.h"
#include "server/services/referrals.h"

namespace ehc {

// Looked at before the call begins, for its entry alone: what the call may do is decided later, in
// the view that decides it.
template <typename Kind>
struct Glance {
  SubjectRef child;  // 0 for a name that is not the caller's
  AgencyId other;    // the other party; the caller itself: there is none, or it has no such matter
  hub::v1::FamilyAgreement agreement = hub::v1::FAMILY_AGREEMENT_AGREED;
};

template <typename Kind>
absl::StatusOr<Glance<Kind>> GlanceAt(const Desks& desks, const Caller& caller,
                                      const std::string& name) {
  Glance<Kind> glance{SubjectRef{std::nullopt, SubjectId{}}, caller.agency()};
  EHC_ASSIGN_OR_RETURN(std::unique_ptr<ReadView> view, desks.rooms.store.Read());
  EHC_ASSIGN_OR_RETURN(std::optional<Matter> matter,
                       view->FindMatter(Kind::kKind, ReadMatterName<Kind>(desks, name)));
  if (!matter.has_value()) return glance;
  EHC_ASSIGN_OR_RETURN(Opened<Kind> opened, Unpack<Kind>(*std::move(matter)));
  if (!opened.IsParty(caller.agency(), Side::kEither)) return glance;
  glance.child.subject = opened.matter.subject;
  glance.other =
      opened.matter.opener == caller.agency() ? opened.matter.addressee : opened.matter.opener;
  if constexpr (std::is_same_v<Kind, Referrals>) {
    glance.agreement = opened.body.value().application().family_agreement();
  }
  return glance;
}

// The Ask of a step about a referral.
template <typename Req>
absl::StatusOr<Ask> ReferralAsk(const Desks& desks, const Caller& caller, const char* method,
                                const char* action, const Req& request) {
  EHC_ASSIGN_OR_RETURN(const auto glance, GlanceAt<Referrals>(desks, caller, request.name()));
  EHC_ASSIGN_OR_RETURN(Ask ask, MatterAsk(desks, caller, method, action, request,
                                          absl::StatusOr<SubjectRef>(glance.child)));
  RestOnReferral(ask, glance.agreement);
  return ask;
}

template <typename Resp, typename Req>
void StartReferralStep(const Desks& desks, Incoming in, const char* method, const char* action,
                       Side side, const Req& request, ReferralStep step, Reply<Resp> reply) {
  auto ask = ReferralAsk(desks, in.caller, method, action, request);
  if constexpr (requires { request.reason(); }) {
    if (ask.ok()) ask->justification = request.reason();
  }
  ReferralEdit::Target target{ReadMatterName<Referrals>(desks, request.name()), side,
                              request.etag()};
  StartMutation<Resp>(desks, std::move(in), std::move(ask),
                      std::make_shared<ReferralEdit>(desks, std::move(target), std::move(step)),
                      ShapeFirstField<Resp>, std::move(reply));
}

template <typename Resp>
void ShapeTold(const Audited<Told<Resp>>& audited, const Rooms&, Resp& response) {
  response = audited.value().value;
}

// A reading of a matter whose entry says whose words were shown: another agency's are a disclosure
// by it, unless somebody may be at risk, when the family is not told through its report.
template <typename Kind, typename Resp>
void StartTelling(const Desks& desks, Incoming in, const char* method, const char* action,
                  const std::string& name, typename ReadingOf<Told<Resp>>::FetchFunction fetch,
                  Reply<Resp> reply) {
  auto glance = GlanceAt<Kind>(desks, in.caller, name);
  if (!glance.ok()) return Fail(in.call_id, glance.status(), std::move(reply));
  Ask ask;
  ask.method = method;
  ask.action = action;
  ask.subject = glance->child;
  ask.request.custodian = glance->other;
  ask.request.record_type = kReferralType;
  ask.discloses =
      glance->other != in.caller.agency() && glance->agreement == hub::v1::FAMILY_AGREEMENT_AGREED;
  RestOnReferral(ask, glance->agreement);
  auto source = std::make_shared<ReadingOf<Told<Resp>>>(std::move(fetch));
  StartDisclosure<Told<Resp>, Resp>(desks, std::move(in), std::move(ask), *source, ShapeTold<Resp>,
                                    [source, reply = std::move(reply)](
                                        Answer<Resp> answer) mutable { reply(std::move(answer)); });
}

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_PATHWAY_CALLS_H_
