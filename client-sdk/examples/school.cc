// A school asks once about its whole roll and prints who has what support and when a review is due.
// One call, one decision for each child; a child who is not on this school's roll is "not
// available".
//
//   school PROFILE SUBJECT…            school senco nhs:9434765870 upn:A999000000018
#include "ehchub/record_exchange_client.h"
#include "example.h"

namespace v1 = ehchub::v1;

namespace {

v1::BatchGetSupportStatusesRequest AskAbout(char** first, char** end) {
  v1::BatchGetSupportStatusesRequest request;
  for (char** subject = first; subject != end; ++subject) request.add_subjects(*subject);
  v1::DisclosureContext& why = *request.mutable_context();
  why.set_purpose("SCHOOL_SUPPORT");
  why.set_lawful_basis("ART6_1_E");
  why.set_agreement("agreements/bromley-schools");
  return request;
}

const char* Provision(v1::SenProvision provision) {
  switch (provision) {
    case v1::SEN_PROVISION_EHC_PLAN: return "E";
    case v1::SEN_PROVISION_SEN_SUPPORT: return "K";
    case v1::SEN_PROVISION_NONE: return "N";
    default: return "?";
  }
}

void Print(int number, const v1::SupportStatusItem& item) {
  std::cout << number << "\t";
  if (!item.has_support_status()) {
    std::cout << "not available\n";
    return;
  }
  const v1::SupportStatus& status = item.support_status();
  std::cout << Provision(status.sen_provision()) << "\treview due " << status.review_due_date()
            << "\tring " << status.contact().display_name() << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: school PROFILE SUBJECT…\n";
    return 64;
  }
  const auto hub = example::Open(argv[1]);
  if (!hub.ok()) return example::Fail(hub.status());
  const auto answer =
      ehchub::RecordExchangeClient(*hub).BatchGetSupportStatuses(AskAbout(argv + 2, argv + argc));
  if (!answer.ok()) return example::Fail(answer.status());
  for (int i = 0; i < answer->items_size(); ++i) Print(i + 1, answer->items(i));
  return example::Settle(*hub);
}
