// A clinic list: before the clinic, one line for each child says what their plan asks of health, or
// that nothing is available. A child without a plan, a child whose parent said no, and a child that
// nobody knows look the same, and have to.
//
//   health_trust PROFILE SUBJECT…      health_trust paediatrician nhs:9434765870 nhs:9000000009
#include "ehchub/record_exchange_client.h"
#include "example.h"

namespace v1 = ehchub::v1;

namespace {

v1::GetPlanSummaryRequest Ask(const std::string& subject) {
  v1::GetPlanSummaryRequest request;
  request.set_subject(subject);
  v1::DisclosureContext& why = *request.mutable_context();
  why.set_purpose("DIRECT_CARE");
  why.set_lawful_basis("ART6_1_E");
  why.set_special_category_basis("ART9_2_H");
  why.set_gateway("R17_CONSENT");
  why.set_agreement("agreements/bromley-kings-park-direct-care");
  return request;
}

void Print(const v1::GetPlanSummaryResponse& answer) {
  const v1::PlanSummary& plan = answer.plan_summary();
  std::cout << "  needs: " << plan.health_needs().text() << "\n"
            << "  provision: " << plan.health_provision().text() << "\n";
  for (const v1::Withheld& part : answer.disclosure().withheld()) {
    std::cout << "  withheld: " << part.part() << " (" << part.explanation() << ")\n";
  }
  for (const v1::Obligation& duty : answer.disclosure().obligations()) {
    std::cout << "  you must: " << duty.code() << "\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: health_trust PROFILE SUBJECT…\n";
    return 64;
  }
  const auto hub = example::Open(argv[1]);
  if (!hub.ok()) return example::Fail(hub.status());
  const ehchub::RecordExchangeClient records(*hub);
  for (int i = 2; i < argc; ++i) {
    const auto answer = records.GetPlanSummary(Ask(argv[i]));
    std::cout << "child " << i - 1 << " of the list\n";
    if (answer.ok()) {
      Print(*answer);
    } else if (ehchub::HubError::FromStatus(answer.status()).reason ==
               v1::ERROR_REASON_NOT_AVAILABLE) {
      std::cout << "  nothing available\n";
    } else {
      return example::Fail(answer.status());
    }
  }
  return example::Settle(*hub);
}
