#include "server/services/agency_admin.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/base/status_macros.h"
#include "server/services/admin_acts.h"
#include "server/services/credential.h"
#include "server/services/dossier_items.h"

namespace ehc {
namespace {

using hub::v1::Agency;
using hub::v1::Credential;

absl::Status Missing(absl::string_view message) {
  return RefusalError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND", message);
}

// An operator looks after everybody's credentials, an agency's administrator after its own.
absl::Status CheckReach(const Caller& caller, absl::string_view name) {
  if (caller.agency_type() == "OPERATOR") return absl::OkStatus();
  const std::string own = AgencyNameOf(caller.agency());
  if (name == own || absl::StartsWith(name, absl::StrCat(own, "/"))) return absl::OkStatus();
  return RefusalError(absl::StatusCode::kPermissionDenied, "POLICY_DENIED",
                      "an agency's administrator looks after its own credentials only");
}

Written Describe(const Agency& agency) {
  return Written{agency.name(), 0, std::make_unique<Agency>(agency), false};
}

Written Describe(const Credential& credential) {
  return Written{credential.name(), 0, std::make_unique<Credential>(credential), false};
}

class Creation : public Mutation {
 public:
  Creation(std::string id, Agency agency) : id_(std::move(id)), agency_(std::move(agency)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    Agency agency = agency_;
    agency.set_name(absl::StrCat("agencies/", id_));
    EHC_ASSIGN_OR_RETURN(std::optional<Agency> existing, FindAgency(view, agency.name()));
    if (existing.has_value()) {
      return RefusalError(absl::StatusCode::kAlreadyExists, "STATE_CONFLICT",
                          "agency_id: is taken; ids are never reused");
    }
    agency.set_state(hub::v1::AGENCY_STATE_ONBOARDING);
    agency.clear_readiness();
    agency.set_etag(EtagOf(1));
    *agency.mutable_created_at() = ToTimestamp(file.received_at);
    Plan plan;
    plan.written = Describe(agency);
    plan.reads.push_back(AgencyKey(AgencyId(id_)));
    plan.changes.push_back(PutAgency{AgencyId(id_), std::move(agency)});
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile&, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(std::optional<Agency> agency, FindAgency(view, resource));
    if (!agency.has_value()) return Missing("agency: there is no such agency");
    return Describe(*agency);
  }

 private:
  std::string id_;
  Agency agency_;
};

class CredentialMutation : public Mutation {
 public:
  absl::StatusOr<Written> Recall(const CaseFile&, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(std::optional<PutCredential> found, FindCredential(view, resource));
    if (!found.has_value()) return Missing("credential: there is no such credential");
    return Describe(found->value);
  }
};

class Enrolment : public CredentialMutation {
 public:
  // `proposing` takes its place where a second person is needed.
  Enrolment(std::string parent, PutCredential credential, std::shared_ptr<const Mutation> proposing)
      : parent_(std::move(parent)),
        credential_(std::move(credential)),
        proposing_(std::move(proposing)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_RETURN_IF_ERROR(CheckReach(file.caller, parent_));
    EHC_ASSIGN_OR_RETURN(std::optional<Agency> agency, FindAgency(view, parent_));
    if (!agency.has_value()) return NoSuchAgency("parent");
    if (NeedsSecondPerson(*agency, credential_.value)) return Propose(file, view);
    Plan plan;
    EHC_RETURN_IF_ERROR(PlanEnrolment(view, parent_, credential_, plan));
    Credential enrolled = credential_.value;
    enrolled.set_etag(EtagOf(1));
    plan.written = Describe(enrolled);
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    const bool proposed = absl::StartsWith(resource, "matter/");
    return proposed ? proposing_->Recall(file, view, resource)
                    : CredentialMutation::Recall(file, view, resource);
  }

 private:
  // An agency asks its operator for such a key: of the agency's own people, two names prove nothing
  // to the hub.
  absl::StatusOr<Plan> Propose(const CaseFile& file, ReadView& view) const {
    if (IsOperator(file.caller)) return proposing_->MakePlan(file, view);
    return RefusalError(absl::StatusCode::kPermissionDenied, "POLICY_DENIED",
                        "a key that signs agreements is enrolled by two operators; send it to the "
                        "hub's operator");
  }

  std::string parent_;
  PutCredential credential_;
  std::shared_ptr<const Mutation> proposing_;
};

class Revocation : public CredentialMutation {
 public:
  explicit Revocation(hub::v1::RevokeCredentialRequest request) : request_(std::move(request)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(std::optional<PutCredential> found, FindCredential(view, request_.name()));
    if (!found.has_value()) return Missing("name: there is no such credential");
    if (found->value.state() == hub::v1::CREDENTIAL_STATE_REVOKED) {
      return StateConflict("name: is revoked already");
    }
    if (!request_.etag().empty() && request_.etag() != found->value.etag()) {
      return CheckEtag(request_.etag(), 0);
    }
    found->value.set_state(hub::v1::CREDENTIAL_STATE_REVOKED);
    found->value.set_revocation_reason(request_.reason());
    *found->value.mutable_revoked_at() = ToTimestamp(file.received_at);
    found->value.set_etag(EtagOf(2));
    Plan plan;
    plan.written = Describe(found->value);
    plan.reads.push_back(CredentialKey(found->fingerprint));
    plan.changes.push_back(*std::move(found));
    return plan;
  }

 private:
  hub::v1::RevokeCredentialRequest request_;
};

// What an agency has said of its own readiness is for itself and for operators.
void Conceal(const Caller& caller, Agency& agency) {
  if (IsOperator(caller) || agency.name() == AgencyNameOf(caller.agency())) return;
  agency.clear_readiness();
}
void Conceal(const Caller&, Credential&) {}

template <typename T>
struct RegistryPage {
  std::vector<T> values;
  int64_t next_after = 0;
};

// A page of the agencies or credentials that `wanted` picks, in the order of their names.
template <typename T>
class RegistryLister : public RecordSource<RegistryPage<T>> {
 public:
  using Wanted = std::function<bool(const T&)>;
  RegistryLister(int64_t after, int page_size, Wanted wanted)
      : after_(after), page_size_(page_size), wanted_(std::move(wanted)) {}

 private:
  static absl::StatusOr<std::vector<Agency>> All(ReadView& view, Agency*) {
    return view.ListAgencies();
  }
  static absl::StatusOr<std::vector<Credential>> All(ReadView& view, Credential*) {
    EHC_ASSIGN_OR_RETURN(std::vector<PutCredential> rows, view.ListCredentials());
    std::vector<Credential> credentials;
    for (PutCredential& row : rows) credentials.push_back(std::move(row.value));
    return credentials;
  }

 protected:
  absl::StatusOr<std::optional<RegistryPage<T>>> Fetch(const CaseFile& file,
                                                       ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(std::vector<T> all, All(view, static_cast<T*>(nullptr)));
    all.erase(std::remove_if(all.begin(), all.end(), [&](const T& t) { return !wanted_(t); }),
              all.end());
    std::sort(all.begin(), all.end(), [](const T& a, const T& b) { return a.name() < b.name(); });
    RegistryPage<T> page;
    const size_t from = std::min<size_t>(after_, all.size());
    const size_t to = std::min<size_t>(from + page_size_, all.size());
    page.values.assign(all.begin() + from, all.begin() + to);
    for (T& value : page.values) Conceal(file.caller, value);
    if (to < all.size()) page.next_after = static_cast<int64_t>(to);
    return page;
  }

 private:
  int64_t after_;
  int page_size_;
  Wanted wanted_;
};

// The one agency of a name.
class AgencyFinder : public RegistryLister<Agency> {
 public:
  explicit AgencyFinder(const std::string& name)
      : RegistryLister<Agency>(0, 1,
                               [name](const Agency& agency) { return agency.name() == name; }) {}

 private:
  absl::StatusOr<std::optional<RegistryPage<Agency>>> Fetch(const CaseFile& file,
                                                            ReadView& view) const override {
    auto page = RegistryLister<Agency>::Fetch(file, view);
    if (page.ok() && (*page)->values.empty()) return Missing("name: there is no such agency");
    return page;
  }
};

void ShapeCreated(const Audited<Written>& audited, const Rooms&,
                  hub::v1::CreateAgencyResponse& response) {
  response.mutable_agency()->CopyFrom(*audited.value().value);
}

void ShapeEnrolled(const Audited<Written>& audited, const Rooms& rooms,
                   hub::v1::EnrolCredentialResponse& response) {
  if (absl::StartsWith(audited.value().resource, "matter/")) {
    return ShapeProposal(audited, rooms, response);
  }
  response.mutable_credential()->CopyFrom(*audited.value().value);
}

template <typename Resp>
void ShapeCredential(const Audited<Written>& audited, const Rooms&, Resp& response) {
  response.mutable_credential()->CopyFrom(*audited.value().value);
}

void ShapeAgency(const Audited<RegistryPage<Agency>>& audited, const Rooms&,
                 hub::v1::GetAgencyResponse& response) {
  if (!audited.value().values.empty()) *response.mutable_agency() = audited.value().values[0];
}

template <typename T>
std::string NextPage(const Audited<RegistryPage<T>>& audited, const Rooms& rooms) {
  const CaseFile& file = audited.file();
  return rooms.names.SealPage(file.caller.agency(), file.ask.page_list, audited.value().next_after);
}

void ShapeAgencies(const Audited<RegistryPage<Agency>>& audited, const Rooms& rooms,
                   hub::v1::ListAgenciesResponse& response) {
  for (const Agency& agency : audited.value().values) *response.add_agencies() = agency;
  if (audited.value().next_after == 0) return;
  response.set_next_page_token(NextPage(audited, rooms));
}

void ShapeCredentials(const Audited<RegistryPage<Credential>>& audited, const Rooms& rooms,
                      hub::v1::ListCredentialsResponse& response) {
  for (const Credential& value : audited.value().values) *response.add_credentials() = value;
  if (audited.value().next_after == 0) return;
  response.set_next_page_token(NextPage(audited, rooms));
}

absl::Time EndsBefore(const Desks& desks, const hub::v1::ListCredentialsRequest& request) {
  if (request.expiring_within_days() == 0) return absl::InfiniteFuture();
  return desks.rooms.clock.Now() + absl::Hours(24) * request.expiring_within_days();
}

Ask RegistryReading(const Caller& caller, const char* method, const char* action) {
  Ask ask;
  ask.method = method;
  ask.action = action;
  ask.request.custodian = caller.agency();
  return ask;
}

template <typename T, typename Resp>
void List(const Desks& desks, Incoming in, Ask ask, std::shared_ptr<RegistryLister<T>> source,
          Shape<RegistryPage<T>, Resp> shape, Reply<Resp> reply) {
  StartDisclosure<RegistryPage<T>, Resp>(
      desks, std::move(in), std::move(ask), *source, shape,
      [source, reply = std::move(reply)](Answer<Resp> answer) mutable {
        reply(std::move(answer));
      });
}

}  // namespace

void AgencyAdmin::CreateAgency(Incoming in, const hub::v1::CreateAgencyRequest& request,
                               Reply<hub::v1::CreateAgencyResponse> reply) const {
  Ask ask = MutationAsk(desks_, "CreateAgency", "agency.create", request.request_id(), request);
  ask.validate_only = request.validate_only();
  StartMutation<hub::v1::CreateAgencyResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<Creation>(request.agency_id(), request.agency()), ShapeCreated,
      AfterReload(desks_, std::move(reply)));
}

void AgencyAdmin::EnrolCredential(Incoming in, const hub::v1::EnrolCredentialRequest& request,
                                  Reply<hub::v1::EnrolCredentialResponse> reply) const {
  auto credential = ReadCredential(ReadAgency(request.parent()).value(), request.credential(),
                                   desks_.rooms.clock.Now());
  if (!credential.ok()) return Fail(in.call_id, credential.status(), std::move(reply));
  Ask ask =
      MutationAsk(desks_, "EnrolCredential", "credential.enrol", request.request_id(), request);
  ask.validate_only = request.validate_only();
  hub::v1::AdminProposal act;
  act.set_act(hub::v1::ADMIN_ACT_ENROL_CREDENTIAL);
  act.set_agency(request.parent());
  act.set_reason(request.reason());
  *act.mutable_credential() = credential->value;
  ask.justification = request.reason();
  StartMutation<hub::v1::EnrolCredentialResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<Enrolment>(request.parent(), *std::move(credential),
                                  MakeProposing(desks_, calendar_, std::move(act), "")),
      ShapeEnrolled, AfterReload(desks_, std::move(reply)));
}

void AgencyAdmin::RevokeCredential(Incoming in, const hub::v1::RevokeCredentialRequest& request,
                                   Reply<hub::v1::RevokeCredentialResponse> reply) const {
  Ask ask =
      MutationAsk(desks_, "RevokeCredential", "credential.revoke", request.request_id(), request);
  StartMutation<hub::v1::RevokeCredentialResponse>(
      desks_, std::move(in), std::move(ask), std::make_shared<Revocation>(request), ShapeCredential,
      AfterReload(desks_, std::move(reply)));
}

void AgencyAdmin::GetAgency(Incoming in, const hub::v1::GetAgencyRequest& request,
                            Reply<hub::v1::GetAgencyResponse> reply) const {
  std::shared_ptr<RegistryLister<Agency>> source = std::make_shared<AgencyFinder>(request.name());
  Ask ask = RegistryReading(in.caller, "GetAgency", "agency.read");
  List(desks_, std::move(in), std::move(ask), source, ShapeAgency, std::move(reply));
}

void AgencyAdmin::ListAgencies(Incoming in, const hub::v1::ListAgenciesRequest& request,
                               Reply<hub::v1::ListAgenciesResponse> reply) const {
  const std::string list = PageListOf(desks_, "agencies", request);
  auto after = ReadPageToken(desks_, in.caller, list, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  auto source = std::make_shared<RegistryLister<Agency>>(
      *after, PageSize(request.page_size()), [type = request.type()](const Agency& agency) {
        return type == hub::v1::AGENCY_TYPE_UNSPECIFIED || agency.type() == type;
      });
  Ask ask = RegistryReading(in.caller, "ListAgencies", "agency.read");
  ask.page_list = list;
  List(desks_, std::move(in), std::move(ask), source, ShapeAgencies, std::move(reply));
}

void AgencyAdmin::ListCredentials(Incoming in, const hub::v1::ListCredentialsRequest& request,
                                  Reply<hub::v1::ListCredentialsResponse> reply) const {
  const std::string list = PageListOf(desks_, "credentials", request);
  auto after = ReadPageToken(desks_, in.caller, list, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  const bool operators = in.caller.agency_type() == "OPERATOR";
  const std::string own = AgencyNameOf(in.caller.agency());
  const std::string parent = request.parent().empty() && !operators ? own : request.parent();
  if (!operators && parent != own) {
    return Fail(in.call_id, FieldInvalid("parent: an agency lists its own credentials only"),
                std::move(reply));
  }
  auto source = std::make_shared<RegistryLister<Credential>>(
      *after, PageSize(request.page_size()),
      [prefix = parent.empty() ? "agencies/" : parent + "/", revoked = request.include_revoked(),
       ends_before = EndsBefore(desks_, request)](const Credential& credential) {
        return absl::StartsWith(credential.name(), prefix) &&
               FromTimestamp(credential.not_after()) <= ends_before &&
               (revoked || credential.state() == hub::v1::CREDENTIAL_STATE_ACTIVE);
      });
  Ask ask = RegistryReading(in.caller, "ListCredentials", "credential.list");
  ask.page_list = list;
  List(desks_, std::move(in), std::move(ask), source, ShapeCredentials, std::move(reply));
}

}  // namespace ehc
