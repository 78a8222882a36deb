// Asks for the summary of one child's plan, as a paediatrician at King's Park NHS Trust would.
#include <iostream>

#include "ehchub/error.h"
#include "ehchub/hub.h"
#include "ehchub/profile.h"
#include "ehchub/record_exchange_client.h"

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

int Fail(const absl::Status& status) {
  std::cerr << ehchub::HubError::FromStatus(status).OneLine() << "\n";
  return static_cast<int>(status.code());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: quickstart PROFILE SUBJECT   (quickstart trust nhs:9434765870)\n";
    return 64;
  }
  const auto path = ehchub::FindProfile(argv[1]);
  if (!path.ok()) return Fail(path.status());
  const auto profile = ehchub::LoadProfile(*path);
  if (!profile.ok()) return Fail(profile.status());
  const auto hub = ehchub::Hub::Open(*profile);
  if (!hub.ok()) return Fail(hub.status());

  const auto answer = ehchub::RecordExchangeClient(*hub).GetPlanSummary(Ask(argv[2]));
  if (!answer.ok()) return Fail(answer.status());
  std::cout << answer->plan_summary().health_needs().text() << "\n";
  for (const v1::Withheld& part : answer->disclosure().withheld()) {
    std::cout << "withheld: " << part.part() << ", " << part.explanation() << "\n";
  }
  const absl::Status settled = hub->SettleReceipts();
  return settled.ok() ? 0 : Fail(settled);
}
