// A liaison officer asks for records that only a person may release, and reads what was approved.
// Run it once to ask, and again with the name it printed, as often as needed. Until the custodian
// approves, it says "pending"; after the deadline it says "closed", which tells nothing about
// the child: not even whether there is one.
//
//   police_liaison PROFILE ask SUBJECT REASON        police_liaison police ask nhs:… "Found alone
//   …" police_liaison PROFILE read recordRequests/…
#include "ehchub/record_exchange_client.h"
#include "example.h"

namespace v1 = ehchub::v1;

namespace {

int Ask(const ehchub::RecordExchangeClient& records, const char* subject, const char* reason) {
  v1::CreateRecordRequestRequest request;
  v1::RecordRequest& asked = *request.mutable_record_request();
  asked.set_subject(subject);
  asked.set_custodian("agencies/bromley");
  asked.set_record_type("EHC_PLAN");
  asked.add_parts("B_HEADLINE");
  asked.add_parts("DATES");
  asked.set_reason(reason);
  v1::DisclosureContext& why = *asked.mutable_context();
  why.set_purpose("POLICE_LIAISON");
  why.set_lawful_basis("DPA_PART3");
  why.set_agreement("agreements/bromley-northshire-police");
  const auto answer = records.CreateRecordRequest(request);
  if (!answer.ok()) return example::Fail(answer.status());
  std::cout << answer->record_request().name() << "\n";
  return 0;
}

const char* InWords(v1::RecordRequestState state) {
  switch (state) {
    case v1::RECORD_REQUEST_STATE_PENDING: return "pending";
    case v1::RECORD_REQUEST_STATE_APPROVED: return "approved";
    case v1::RECORD_REQUEST_STATE_APPROVAL_EXPIRED: return "the approval has ended";
    case v1::RECORD_REQUEST_STATE_DECLINED: return "declined";
    case v1::RECORD_REQUEST_STATE_CANCELLED: return "taken back";
    default: return "closed without disclosure";
  }
}

int Read(const ehchub::RecordExchangeClient& records, const char* name) {
  v1::GetRecordRequestRequest how_it_stands;
  how_it_stands.set_name(name);
  const auto request = records.GetRecordRequest(how_it_stands);
  if (!request.ok()) return example::Fail(request.status());
  std::cout << InWords(request->record_request().state()) << "\n";
  if (request->record_request().state() != v1::RECORD_REQUEST_STATE_APPROVED) return 0;
  v1::ListFlaggedRecordsRequest list;
  list.set_parent(name);
  const auto answer = records.ListFlaggedRecords(list);
  if (!answer.ok()) return example::Fail(answer.status());
  const v1::PlanHeadline& plan = answer->records().plan().headline();
  if (plan.has_b_headline()) std::cout << "  needs: " << plan.b_headline() << "\n";
  if (plan.has_review_due_date()) std::cout << "  review due: " << plan.review_due_date() << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc > 2 ? argv[2] : "";
  const bool asks = verb == "ask" && argc == 5;
  if (!asks && !(verb == "read" && argc == 4)) {
    std::cerr << "usage: police_liaison PROFILE ask SUBJECT REASON | PROFILE read NAME\n";
    return 64;
  }
  const auto hub = example::Open(argv[1]);
  if (!hub.ok()) return example::Fail(hub.status());
  const ehchub::RecordExchangeClient records(*hub);
  const int status = asks ? Ask(records, argv[3], argv[4]) : Read(records, argv[3]);
  return status != 0 ? status : example::Settle(*hub);
}
