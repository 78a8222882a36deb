// Issued plans and their deliveries.
#ifndef EHC_SERVER_SERVICES_PLAN_ISSUES_H_
#define EHC_SERVER_SERVICES_PLAN_ISSUES_H_

#include <string>
#include <vector>

#include "ehc/hub/v1/custody.pb.h"
#include "ehc/store/v1/custody.pb.h"
#include "server/services/matter_mutations.h"

namespace ehc {

struct PlanIssues {
  using Body = store::v1::PlanIssueBody;
  using Value = hub::v1::PlanIssue;
  static constexpr char kKind[] = "PLAN_ISSUE";
  static constexpr char kCollection[] = "planIssues";
  static std::string UnitOf(const Opened<PlanIssues>& opened, Side) { return opened.body.unit(); }
};

struct PlanDeliveries {
  using Body = store::v1::PlanDeliveryBody;
  using Value = hub::v1::PlanDelivery;
  static constexpr char kKind[] = "PLAN_DELIVERY";
  static constexpr char kCollection[] = "planDeliveries";
  static std::string UnitOf(const Opened<PlanDeliveries>& opened, Side side) {
    return side == Side::kOpener ? opened.body.from_unit() : opened.body.to_unit();
  }
};

inline bool IsComplete(const store::v1::PlanIssueBody& body) {
  return body.confirmed() == body.deliveries_size() && body.services_size() > 0;
}

MatterShow<PlanDeliveries> ShowDelivery(const Desks& desks);

hub::v1::PlanIssue ShowIssue(const Desks& desks, const CaseFile& file,
                             const Opened<PlanIssues>& opened,
                             const std::vector<Opened<PlanDeliveries>>& deliveries);

absl::StatusOr<std::vector<Opened<PlanDeliveries>>> DeliveriesOf(const Opened<PlanIssues>& issue,
                                                                 ReadView& view);

Written DescribeIssue(const Desks& desks, const CaseFile& file, const Opened<PlanIssues>& issue,
                      const std::vector<Opened<PlanDeliveries>>& deliveries);

// For a call that is repeated.
absl::StatusOr<Written> RecallIssue(const Desks& desks, const CaseFile& file, ReadView& view,
                                    const std::string& resource);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_PLAN_ISSUES_H_
