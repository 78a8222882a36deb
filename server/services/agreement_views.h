// What callers may see of agreements and policy revisions, as messages.
#ifndef EHC_SERVER_SERVICES_AGREEMENT_VIEWS_H_
#define EHC_SERVER_SERVICES_AGREEMENT_VIEWS_H_

#include <memory>
#include <string>
#include <utility>

#include "ehc/hub/v1/agreement_service.pb.h"
#include "server/pipeline/policy_keeper.h"
#include "server/policy/parties.h"
#include "server/services/common.h"

namespace ehc {

bool IsOperator(const Caller& caller);
Organisation OrganisationOf(const Caller& caller);

// Whether the policy allows the caller this action (policies/vocabulary/actions.textproto).
bool MayAct(const Caller& caller, absl::string_view action, absl::Time now,
            const PolicySnapshot& policy);

// An operator sees every agreement, an agency those that it is a party to and those above them.
bool MaySee(const Caller& caller, const PolicySnapshot& policy, const AgreementId& agreement);

// The operator may suspend every agreement, a custodian those that name it as a party.
bool MaySuspend(const Caller& caller, const AgreementSummary& agreement, absl::Time now,
                const PolicySnapshot& policy);

// RESOURCE_NOT_FOUND, alike for what there is not and for what is not the caller's to see.
absl::Status NoSuchAgreement();

// The policy that a reading is about: the one the call was pinned to, or the candidate (for the
// operator only).
absl::StatusOr<std::shared_ptr<const PolicySnapshot>> PolicyAskedFor(PolicyKeeper& keeper,
                                                                     const CaseFile& file,
                                                                     const PolicyDesktop& desktop,
                                                                     bool candidate);

hub::v1::Agreement ShowAgreement(const AgreementSummary& agreement, const PolicySnapshot& policy,
                                 const PolicyDesktop& desktop, const CaseFile& file);

hub::v1::PolicyRevision ShowRevision(const PolicySnapshot& policy);
void AddFindings(const std::vector<Finding>& findings, hub::v1::PolicyRevision& revision);
hub::v1::ShadowReport ShowShadow(const ShadowCounts& counts);

// "agreements/x" -> x
AgreementId ReadAgreement(absl::string_view name);

// Reads through `fetch`: a RecordSource for readings that are one function.
template <typename T>
class ReadingOf : public RecordSource<T> {
 public:
  using FetchFunction = std::function<absl::StatusOr<T>(const CaseFile&, ReadView&)>;
  explicit ReadingOf(FetchFunction fetch) : fetch_(std::move(fetch)) {}

 private:
  absl::StatusOr<std::optional<T>> Fetch(const CaseFile& file, ReadView& view) const override {
    absl::StatusOr<T> value = fetch_(file, view);
    if (!value.ok()) return value.status();
    return std::optional<T>(*std::move(value));
  }

  FetchFunction fetch_;
};

// A reading whose result is the response itself.
template <typename Resp>
void ShapeWhole(const Audited<Resp>& audited, const Rooms&, Resp& response) {
  response = audited.value();
}

template <typename Resp>
void StartReading(const Desks& desks, Incoming in, const char* method, const char* action,
                  typename ReadingOf<Resp>::FetchFunction fetch, Reply<Resp> reply) {
  Ask ask;
  ask.method = method;
  ask.action = action;
  ask.request.custodian = in.caller.agency();
  auto source = std::make_shared<ReadingOf<Resp>>(std::move(fetch));
  StartDisclosure<Resp, Resp>(desks, std::move(in), std::move(ask), *source, ShapeWhole<Resp>,
                              [source, reply = std::move(reply)](Answer<Resp> answer) mutable {
                                reply(std::move(answer));
                              });
}

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_AGREEMENT_VIEWS_H_
