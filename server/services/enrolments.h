// Tokens for a first certificate: made and taken back by operators, kept as matters of the
// operator's own, and handed to ehc-enrol through a folder (ADR 0046).
#ifndef EHC_SERVER_SERVICES_ENROLMENTS_H_
#define EHC_SERVER_SERVICES_ENROLMENTS_H_

#include <string>
#include <utility>

#include "ehc/hub/v1/enrolment.pb.h"
#include "server/enrolment/spool.h"
#include "server/services/matters.h"

namespace ehc {

struct Enrolments {
  using Body = hub::v1::Enrolment;
  using Value = hub::v1::Enrolment;
  static constexpr char kKind[] = "ENROLMENT";
  static constexpr char kCollection[] = "enrolments";
  static std::string UnitOf(const Opened<Enrolments>&, Side) { return ""; }
};

// Adds a token for the agency, unit and digest of `wanted` to the plan. RESOURCE_NOT_FOUND,
// FIELD_INVALID for a unit that the agency does not have.
absl::StatusOr<Opened<Enrolments>> PlanEnrolmentToken(Store& store, const Calendar& calendar,
                                                      const CaseFile& file, ReadView& view,
                                                      const hub::v1::Enrolment& wanted, Plan& plan);

// The folder has a ticket for every token that may be used, and for no other.
absl::Status HandOverEnrolments(Store& store, const SubjectNames& names,
                                const EnrolmentSpool& spool, absl::Time now);

// The folder is up to date before the caller is told.
template <typename Resp>
Reply<Resp> AfterHandingOver(const Desks& desks, Reply<Resp> reply) {
  return
      [changed = desks.enrolments_changed, reply = std::move(reply)](Answer<Resp> answer) mutable {
        changed();
        reply(std::move(answer));
      };
}

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_ENROLMENTS_H_
