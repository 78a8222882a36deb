// A provider returns what an assessment came to. The outcome has the provider's own id, so that
// running this twice, after a broken connection or a crash, records it once.
//
//   social_care PROFILE SUBJECT OUTCOME_ID CASE_ID      social_care key-worker nhs:… A-118 C-17
#include "ehchub/record_exchange_client.h"
#include "example.h"

namespace v1 = ehchub::v1;

namespace {

v1::CreateAssessmentOutcomeRequest Outcome(char** argv) {
  v1::CreateAssessmentOutcomeRequest request;
  request.set_subject(argv[2]);
  request.set_unit("care");
  v1::AssessmentOutcome& outcome = *request.mutable_assessment_outcome();
  outcome.set_outcome_id(argv[3]);
  outcome.set_case_id(argv[4]);
  outcome.set_assessment_type("CHILD_AND_FAMILY");
  outcome.set_outcome("SHORT_BREAKS");
  outcome.set_completed_on("2026-10-30");
  outcome.set_summary("Copes well with one worker.");
  outcome.set_next_steps("Short breaks monthly.");
  outcome.mutable_contact()->set_display_name("Duty desk");
  return request;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: social_care PROFILE SUBJECT OUTCOME_ID CASE_ID\n";
    return 64;
  }
  const auto hub = example::Open(argv[1]);
  if (!hub.ok()) return example::Fail(hub.status());
  // The library mints the request_id once and keeps it through its retries.
  const auto answer = ehchub::RecordExchangeClient(*hub).CreateAssessmentOutcome(Outcome(argv));
  if (!answer.ok()) return example::Fail(answer.status());
  std::cout << "recorded as " << answer->published().name() << "\n";
  return example::Settle(*hub);
}
