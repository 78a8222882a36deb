// Referrals as matters between their referrer and an authority: how either sees one, and how it
// moves on by its pathway. pathway_*.cc have the calls.
#ifndef EHC_SERVER_SERVICES_REFERRALS_H_
#define EHC_SERVER_SERVICES_REFERRALS_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "ehc/hub/v1/pathway.pb.h"
#include "ehc/store/v1/pathway.pb.h"
#include "server/services/matter_mutations.h"

namespace ehc {

inline constexpr char kReferralType[] = "REFERRAL";

struct Referrals {
  using Body = store::v1::ReferralBody;
  using Value = hub::v1::Referral;
  static constexpr char kKind[] = "REFERRAL";
  static constexpr char kCollection[] = "referrals";
  static std::string UnitOf(const Opened<Referrals>& opened, Side side) {
    const hub::v1::Referral& value = opened.body.value();
    return side == Side::kOpener ? value.from_unit() : value.to_unit();
  }
  // To its referrer a referral that ended is over, whatever is still seen to behind it.
  static bool IsOver(const CaseFile& file, const Opened<Referrals>& opened);
};

// Whether the caller sees the whole case: the unit whose pathway it is. Its referrer does not,
// though it be another unit of the same authority.
bool SeesCase(const CaseFile& file, const Opened<Referrals>& opened);

// As the caller may see it.
hub::v1::Referral ShowReferral(const Desks& desks, const CaseFile& file,
                               const Opened<Referrals>& opened);
// The same without what was written in it.
hub::v1::Referral ShowReferralInList(const Desks& desks, const CaseFile& file,
                                     const Opened<Referrals>& opened);

// The stage that its referrer sees.
hub::v1::ReferralStage StageShown(const store::v1::ReferralBody& body);
// What its referrer could tell by reading it twice.
std::string SeenByReferrer(const Opened<Referrals>& opened);

// What a step does. `opened` is changed; what else commits is added to the plan.
using ReferralStep =
    std::function<absl::Status(const CaseFile&, ReadView&, Opened<Referrals>&, Plan&)>;

// Moves a referral on for one of its parties: kAddressee for the authority's steps, kEither where
// the referrer may take them too.
class ReferralEdit : public Mutation {
 public:
  struct Target {
    MatterId id;
    Side side = Side::kAddressee;
    std::string etag;
  };
  ReferralEdit(const Desks& desks, Target target, ReferralStep step)
      : desks_(desks), target_(std::move(target)), step_(std::move(step)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override;
  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override;

 private:
  absl::StatusOr<Opened<Referrals>> Find(const CaseFile& file, ReadView& view, MatterId id) const;
  Written Describe(const CaseFile& file, const Opened<Referrals>& opened) const;

  const Desks& desks_;
  const Target target_;
  const ReferralStep step_;
};

// Changes the referral by `change` and adds what became of it to the plan; nothing where it stayed
// as it was.
absl::Status ChangeReferral(Opened<Referrals>& opened, Plan& plan,
                            absl::FunctionRef<absl::Status()> change);

// The event, by the pathway: state, timescales, packs and history. STATE_CONFLICT, POLICY_DENIED or
// SCORER_MAY_NOT_RATIFY where the pathway does not have it so.
absl::Status MoveOn(const CaseFile& file, const Calendar& calendar, policy::v1::PathwayEvent event,
                    const std::string& note, Opened<Referrals>& opened);
// Whether it would.
bool CanMoveOn(const Opened<Referrals>& opened, policy::v1::PathwayEvent event);
// Whether its pathway leads on from here by a panel's decision or a ratification.
bool AwaitsDecision(const Opened<Referrals>& opened);

// Comes into its first state.
absl::Status Begin(const CaseFile& file, const Calendar& calendar, Opened<Referrals>& opened);

// Adds to the history, as done now by the acting person.
hub::v1::ReferralEvent& AddReferralEvent(const CaseFile& file, hub::v1::ReferralAct act,
                                         const std::string& note, Opened<Referrals>& opened);

// Somebody may be at risk: from now on a social worker sees to it, and nothing is scored or
// ratified.
absl::Status Safeguard(const CaseFile& file, const Calendar& calendar, const std::string& note,
                       Opened<Referrals>& opened);

// An assessment as of right, asked for now.
absl::Status OpenRoute(const CaseFile& file, const Calendar& calendar,
                       hub::v1::StatutoryRouteKind kind, bool safeguarding,
                       const std::string& reason, Opened<Referrals>& opened);

// Whether an assessment was asked for after the pathway's end: it is in the queue again, in the
// state where it ended and with its outcome and days as they were.
bool IsReopened(const Opened<Referrals>& opened);
// The assessment goes its own way: out of the queue.
absl::Status CloseAgain(const CaseFile& file, const std::string& note, Opened<Referrals>& opened);

// OUTCOME_NOT_LISTED unless the pathway has it, with the reason that it needs.
absl::Status CheckOutcome(const Opened<Referrals>& opened, const std::string& outcome,
                          const std::string& reason);
// What the referrer is told from now on.
void IssueOutcome(const CaseFile& file, const std::string& outcome, const std::string& decided_on,
                  Opened<Referrals>& opened);

// DATES_OUT_OF_ORDER, by the field.
absl::Status CheckDates(const CaseFile& file, const Opened<Referrals>& opened);

// Ends what waits for others: requests for verification and hand-offs.
absl::Status EndErrands(ReadView& view, const Opened<Referrals>& opened, Plan& plan);

// On what ground the two parties tell each other of it.
void RestOnReferral(Ask& ask, hub::v1::FamilyAgreement agreement);

absl::Status PathwayRefusal(absl::string_view reason, absl::string_view message);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_REFERRALS_H_
