// The readiness checklist: what an agency says of itself before it goes live, and what it uses.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/services/admin_acts.h"
#include "server/services/agency_admin.h"

namespace ehc {
namespace {

using hub::v1::Agency;
using hub::v1::ReadinessDeclaration;

const ReadinessDeclaration* FindDeclaration(const Agency& agency, absl::string_view item) {
  for (const ReadinessDeclaration& declared : agency.readiness()) {
    if (declared.item() == item) return &declared;
  }
  return nullptr;
}

// An agency reads about itself, an operator about anybody; others learn nothing of what there is.
absl::StatusOr<Agency> FindReadable(const CaseFile& file, ReadView& view, const std::string& name) {
  const bool own = name == AgencyNameOf(file.caller.agency());
  if (!own && !IsOperator(file.caller)) return NoSuchAgency("name");
  EHC_ASSIGN_OR_RETURN(std::optional<Agency> agency, FindAgency(view, name));
  if (!agency.has_value()) return NoSuchAgency("name");
  return *std::move(agency);
}

void ShowItem(const ReadinessRule& rule, const Agency& agency, absl::Time now,
              hub::v1::ReadinessItem& item) {
  item.set_item(rule.item);
  item.set_version(rule.version);
  item.set_title(rule.title);
  item.set_description(rule.description);
  const ReadinessDeclaration* declared = FindDeclaration(agency, rule.item);
  if (declared == nullptr) return;
  *item.mutable_declaration() = *declared;
  const absl::Time lapses = FromTimestamp(declared->declared_at()) + rule.holds;
  if (lapses != absl::InfiniteFuture()) *item.mutable_lapses_at() = ToTimestamp(lapses);
  item.set_met(declared->version() == rule.version && now < lapses);
}

// Replaces what was said of the same items before.
class Declaring : public Mutation {
 public:
  explicit Declaring(hub::v1::DeclareReadinessRequest request) : request_(std::move(request)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    const AgencyId& own = file.caller.agency();
    if (request_.name() != AgencyNameOf(own)) {
      return FieldInvalid("name: an agency declares its own readiness, nobody else's");
    }
    EHC_ASSIGN_OR_RETURN(std::optional<Agency> agency, FindAgency(view, request_.name()));
    if (!agency.has_value()) return NoSuchAgency("name");
    EHC_RETURN_IF_ERROR(CheckSameEtag(request_.etag(), agency->etag()));
    const auto rules =
        PolicyOf(file).agency_rules().ReadinessOf(AgencyTypeCode(agency->type()), file.received_at);
    for (int i = 0; i < request_.declarations_size(); ++i) {
      EHC_RETURN_IF_ERROR(Declare(file, rules, i, *agency));
    }
    agency->set_etag(NextEtag(agency->etag()));
    Plan plan;
    plan.written = Written{agency->name(), 0, std::make_unique<Agency>(*agency), false};
    plan.reads.push_back(AgencyKey(own));
    plan.changes.push_back(PutAgency{own, *std::move(agency)});
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile&, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(std::optional<Agency> agency, FindAgency(view, resource));
    if (!agency.has_value()) return NoSuchAgency("name");
    return Written{agency->name(), 0, std::make_unique<Agency>(*agency), false};
  }

 private:
  absl::Status Declare(const CaseFile& file, const std::vector<const ReadinessRule*>& rules, int i,
                       Agency& agency) const {
    ReadinessDeclaration declaration = request_.declarations(i);
    const auto rule = std::find_if(rules.begin(), rules.end(), [&](const ReadinessRule* one) {
      return one->item == declaration.item();
    });
    const std::string field = absl::StrCat("declarations[", i, "]");
    if (rule == rules.end()) {
      return FieldInvalid(absl::StrCat(field, ".item: is not on the agency's checklist"));
    }
    if (declaration.version() != (*rule)->version) {
      return FieldInvalid(absl::StrCat(field, ".version: the item is in force as version ",
                                       (*rule)->version, "; read it and declare that"));
    }
    declaration.set_declared_by(file.caller.person()->user);
    *declaration.mutable_declared_at() = ToTimestamp(file.received_at);
    auto& all = *agency.mutable_readiness();
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const auto& old) { return old.item() == declaration.item(); }),
              all.end());
    *all.Add() = std::move(declaration);
    return absl::OkStatus();
  }

  const hub::v1::DeclareReadinessRequest request_;
};

void ShapeDeclared(const Audited<Written>& audited, const Rooms&,
                   hub::v1::DeclareReadinessResponse& response) {
  response.mutable_agency()->CopyFrom(*audited.value().value);
}

void ShowUsage(const QuotaUse& use, hub::v1::GetUsageResponse& response) {
  for (const BucketUse& bucket : use.buckets) {
    hub::v1::QuotaUsage& quota = *response.add_quotas();
    quota.set_quota(bucket.name);
    quota.set_per_second(bucket.limit.per_second);
    quota.set_burst(bucket.limit.burst);
    quota.set_available(bucket.available);
    quota.set_used(bucket.used);
    quota.set_refused(bucket.refused);
  }
  response.set_calls_in_flight(use.in_flight);
  response.set_max_calls_in_flight(use.max_in_flight);
  response.set_turned_away_in_flight(use.turned_away);
  response.set_safeguarding_made_ordinary(use.made_ordinary);
  response.set_streams(use.streams);
}

}  // namespace

void AgencyAdmin::GetReadiness(Incoming in, const hub::v1::GetReadinessRequest& request,
                               Reply<hub::v1::GetReadinessResponse> reply) const {
  StartReading<hub::v1::GetReadinessResponse>(
      desks_, std::move(in), "GetReadiness", "readiness.read",
      [name = request.name()](const CaseFile& file,
                              ReadView& view) -> absl::StatusOr<hub::v1::GetReadinessResponse> {
        EHC_ASSIGN_OR_RETURN(const Agency agency, FindReadable(file, view, name));
        hub::v1::GetReadinessResponse response;
        response.set_etag(agency.etag());
        response.set_complete(MissingReadiness(file, agency).empty());
        for (const ReadinessRule* rule : PolicyOf(file).agency_rules().ReadinessOf(
                 AgencyTypeCode(agency.type()), file.received_at)) {
          ShowItem(*rule, agency, file.received_at, *response.add_items());
        }
        return response;
      },
      std::move(reply));
}

void AgencyAdmin::DeclareReadiness(Incoming in, const hub::v1::DeclareReadinessRequest& request,
                                   Reply<hub::v1::DeclareReadinessResponse> reply) const {
  StartMutation<hub::v1::DeclareReadinessResponse>(
      desks_, std::move(in),
      MutationAsk(desks_, "DeclareReadiness", "readiness.declare", request.request_id(), request),
      std::make_shared<Declaring>(request), ShapeDeclared, AfterReload(desks_, std::move(reply)));
}

void AgencyAdmin::GetUsage(Incoming in, const hub::v1::GetUsageRequest& request,
                           Reply<hub::v1::GetUsageResponse> reply) const {
  StartReading<hub::v1::GetUsageResponse>(
      desks_, std::move(in), "GetUsage", "usage.read",
      [this, name = request.name()](const CaseFile& file,
                                    ReadView& view) -> absl::StatusOr<hub::v1::GetUsageResponse> {
        EHC_ASSIGN_OR_RETURN(const Agency agency, FindReadable(file, view, name));
        const std::string id = ReadAgency(agency.name()).value();
        const QuotaRule* rule = PolicyOf(file).agency_rules().QuotaOf(
            id, AgencyTypeCode(agency.type()), file.received_at);
        hub::v1::GetUsageResponse response;
        *response.mutable_counted_since() = ToTimestamp(desks_.quotas.since());
        ShowUsage(desks_.quotas.Of(id)->Use(rule == nullptr ? QuotaLimits() : rule->limits,
                                            file.received_at),
                  response);
        response.set_max_streams(desks_.max_streams_per_agency);
        return response;
      },
      std::move(reply));
}

}  // namespace ehc
