// Reading agreements and suspending them; activate_policy.cc and explain_decision.cc have the rest.
#include "server/services/agreement_desk.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/policy/render.h"
#include "server/services/agreement_views.h"
#include "server/services/dossier_items.h"

namespace ehc {
namespace {

constexpr char kList[] = "agreements";

absl::StatusOr<const AgreementSummary*> FindVisible(const CaseFile& file,
                                                    const PolicySnapshot& policy,
                                                    const AgreementId& id) {
  const AgreementSummary* agreement = policy.FindAgreement(id);
  if (agreement == nullptr || !MaySee(file.caller, policy, id)) return NoSuchAgreement();
  return agreement;
}

// Takes or takes back one agency's suspension of one agreement.
class StandingChange : public Mutation {
 public:
  StandingChange(PolicyKeeper& keeper, std::string name, std::string etag, std::string reason,
                 bool suspends)
      : keeper_(keeper),
        id_(ReadAgreement(name)),
        etag_(std::move(etag)),
        reason_(std::move(reason)),
        suspends_(suspends) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    const PolicySnapshot& policy = PolicyOf(file);
    EHC_ASSIGN_OR_RETURN(const AgreementSummary* agreement, FindVisible(file, policy, id_));
    if (!MaySuspend(file.caller, *agreement, file.received_at, policy)) {
      return RefusalError(
          absl::StatusCode::kPermissionDenied, "POLICY_DENIED",
          "only the operator and the custodians that it names suspend an agreement");
    }
    EHC_ASSIGN_OR_RETURN(PolicyDesktop desktop, keeper_.papers().Read(view));
    store::v1::AgreementStanding& standing = desktop.standings[id_];
    EHC_RETURN_IF_ERROR(CheckEtag(etag_, standing.revision()));
    EHC_RETURN_IF_ERROR(suspends_ ? Suspend(file, &standing)
                                  : Reinstate(file, *agreement, &standing));
    standing.set_revision(standing.revision() + 1);
    Plan plan;
    plan.reads.push_back(PolicyPapers::KeyOfStanding(id_));
    plan.changes.push_back(keeper_.papers().Put(id_, standing));
    plan.written = Describe(file, *agreement, desktop);
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string&) const override {
    EHC_ASSIGN_OR_RETURN(const AgreementSummary* agreement, FindVisible(file, PolicyOf(file), id_));
    EHC_ASSIGN_OR_RETURN(const PolicyDesktop desktop, keeper_.papers().Read(view));
    return Describe(file, *agreement, desktop);
  }

 private:
  auto OwnOf(const CaseFile& file, store::v1::AgreementStanding* standing) const {
    auto& all = *standing->mutable_suspensions();
    return std::find_if(all.begin(), all.end(), [&](const auto& suspension) {
      return suspension.agency() == file.caller.agency().value();
    });
  }

  absl::Status Suspend(const CaseFile& file, store::v1::AgreementStanding* standing) const {
    if (OwnOf(file, standing) != standing->mutable_suspensions()->end()) {
      return StateConflict("name: your agency has suspended it already");
    }
    store::v1::StandingSuspension& own = *standing->add_suspensions();
    own.set_agency(file.caller.agency().value());
    own.set_user(file.caller.person()->user);
    own.set_reason(reason_);
    own.set_at_ms(absl::ToUnixMillis(file.received_at));
    return absl::OkStatus();
  }

  absl::Status Reinstate(const CaseFile& file, const AgreementSummary& agreement,
                         store::v1::AgreementStanding* standing) const {
    const auto own = OwnOf(file, standing);
    if (own != standing->mutable_suspensions()->end()) {
      standing->mutable_suspensions()->erase(own);
      return absl::OkStatus();
    }
    if (agreement.suspended) {
      return StateConflict("name: its file suspends it; activate a policy whose file does not");
    }
    return StateConflict("name: your agency has not suspended it");
  }

  // As it stands with the desktop's suspensions.
  Written Describe(const CaseFile& file, const AgreementSummary& agreement,
                   const PolicyDesktop& desktop) const {
    absl::flat_hash_set<AgreementId> suspended;
    for (const auto& [id, standing] : desktop.standings) {
      if (!standing.suspensions().empty()) suspended.insert(id);
    }
    const auto policy = PolicyOf(file).WithSuspended(suspended);
    auto value =
        std::make_unique<hub::v1::Agreement>(ShowAgreement(agreement, *policy, desktop, file));
    return Written{value->name(), 0, std::move(value), false};
  }

  PolicyKeeper& keeper_;
  const AgreementId id_;
  const std::string etag_;
  const std::string reason_;
  const bool suspends_;
};

template <typename Resp>
void ShapeStanding(const Audited<Written>& audited, const Rooms&, Resp& response) {
  response.mutable_agreement()->CopyFrom(*audited.value().value);
}

template <typename Resp, typename Req>
void ChangeStanding(const Desks& desks, PolicyKeeper& keeper, Incoming in, const char* method,
                    const Req& request, bool suspends, Reply<Resp> reply) {
  Ask ask = MutationAsk(desks, method, "agreement.suspend", request.request_id(), request);
  ask.validate_only = request.validate_only();
  ask.justification = request.reason();
  ask.request.agreement = ReadAgreement(request.name());
  auto change = std::make_shared<StandingChange>(keeper, request.name(), request.etag(),
                                                 request.reason(), suspends);
  // It holds on this hub before its caller is told; should that fail, the commit of whatever was
  // decided before is STALE all the same.
  StartMutation<Resp>(desks, std::move(in), std::move(ask), std::move(change), ShapeStanding<Resp>,
                      [&keeper, reply = std::move(reply)](Answer<Resp> answer) mutable {
                        (void)keeper.Refresh();
                        reply(std::move(answer));
                      });
}

}  // namespace

void AgreementDesk::ListAgreements(Incoming in, const hub::v1::ListAgreementsRequest& request,
                                   Reply<hub::v1::ListAgreementsResponse> reply) const {
  const std::string list = PageListOf(desks_, kList, request);
  auto after = ReadPageToken(desks_, in.caller, list, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  const int size = PageSize(request.page_size());
  StartReading<hub::v1::ListAgreementsResponse>(
      desks_, std::move(in), "ListAgreements", "agreement.read",
      [this, list, from = *after, size, candidate = request.candidate()](
          const CaseFile& file, ReadView& view) -> absl::StatusOr<hub::v1::ListAgreementsResponse> {
        EHC_ASSIGN_OR_RETURN(const PolicyDesktop desktop, keeper_.papers().Read(view));
        EHC_ASSIGN_OR_RETURN(const auto policy, PolicyAskedFor(keeper_, file, desktop, candidate));
        hub::v1::ListAgreementsResponse response;
        const auto& all = policy->agreements();
        size_t at = static_cast<size_t>(from);
        for (; at < all.size() && response.agreements_size() < size; ++at) {
          if (!MaySee(file.caller, *policy, all[at].id)) continue;
          *response.add_agreements() = ShowAgreement(all[at], *policy, desktop, file);
        }
        const bool more = std::any_of(all.begin() + std::min(at, all.size()), all.end(),
                                      [&](const AgreementSummary& agreement) {
                                        return MaySee(file.caller, *policy, agreement.id);
                                      });
        if (more) {
          response.set_next_page_token(
              desks_.rooms.names.SealPage(file.caller.agency(), list, static_cast<int64_t>(at)));
        }
        return response;
      },
      std::move(reply));
}

void AgreementDesk::GetAgreement(Incoming in, const hub::v1::GetAgreementRequest& request,
                                 Reply<hub::v1::GetAgreementResponse> reply) const {
  StartReading<hub::v1::GetAgreementResponse>(
      desks_, std::move(in), "GetAgreement", "agreement.read",
      [this, request](const CaseFile& file,
                      ReadView& view) -> absl::StatusOr<hub::v1::GetAgreementResponse> {
        EHC_ASSIGN_OR_RETURN(const PolicyDesktop desktop, keeper_.papers().Read(view));
        EHC_ASSIGN_OR_RETURN(const auto policy,
                             PolicyAskedFor(keeper_, file, desktop, request.candidate()));
        EHC_ASSIGN_OR_RETURN(const AgreementSummary* agreement,
                             FindVisible(file, *policy, ReadAgreement(request.name())));
        hub::v1::GetAgreementResponse response;
        *response.mutable_agreement() = ShowAgreement(*agreement, *policy, desktop, file);
        return response;
      },
      std::move(reply));
}

void AgreementDesk::RenderAgreement(Incoming in, const hub::v1::RenderAgreementRequest& request,
                                    Reply<hub::v1::RenderAgreementResponse> reply) const {
  StartReading<hub::v1::RenderAgreementResponse>(
      desks_, std::move(in), "RenderAgreement", "agreement.read",
      [this, request](const CaseFile& file,
                      ReadView& view) -> absl::StatusOr<hub::v1::RenderAgreementResponse> {
        EHC_ASSIGN_OR_RETURN(const PolicyDesktop desktop, keeper_.papers().Read(view));
        EHC_ASSIGN_OR_RETURN(const auto policy,
                             PolicyAskedFor(keeper_, file, desktop, request.candidate()));
        const AgreementId id = ReadAgreement(request.name());
        EHC_RETURN_IF_ERROR(FindVisible(file, *policy, id).status());
        const bool html = request.format() == hub::v1::AGREEMENT_FORMAT_HTML;
        hub::v1::RenderAgreementResponse response;
        EHC_ASSIGN_OR_RETURN(*response.mutable_document(),
                             html ? RenderHtml(*policy, id) : RenderMarkdown(*policy, id));
        response.set_revision(std::string(policy->revision()));
        return response;
      },
      std::move(reply));
}

void AgreementDesk::SuspendAgreement(Incoming in, const hub::v1::SuspendAgreementRequest& request,
                                     Reply<hub::v1::SuspendAgreementResponse> reply) const {
  ChangeStanding(desks_, keeper_, std::move(in), "SuspendAgreement", request, true,
                 std::move(reply));
}

void AgreementDesk::ReinstateAgreement(Incoming in,
                                       const hub::v1::ReinstateAgreementRequest& request,
                                       Reply<hub::v1::ReinstateAgreementResponse> reply) const {
  ChangeStanding(desks_, keeper_, std::move(in), "ReinstateAgreement", request, false,
                 std::move(reply));
}

}  // namespace ehc
