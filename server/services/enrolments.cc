#include "server/services/enrolments.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/base/log.h"
#include "server/identity/certificate.h"
#include "server/services/admin_acts.h"
#include "server/services/agency_admin.h"
#include "server/services/matter_mutations.h"
#include "server/services/matter_readings.h"

namespace ehc {
namespace {

using hub::v1::Enrolment;

std::string IdOf(const SubjectNames& names, MatterId number) {
  return std::string(absl::StripPrefix(names.MatterName(Enrolments::kCollection, number),
                                       absl::StrCat(Enrolments::kCollection, "/")));
}

// What the folder says was issued: the word of a process that strangers talk to, so what is shown
// has to be a certificate of this agency.
void ShowIssued(const EnrolmentSpool& spool, const std::string& id, Enrolment& value) {
  const auto request = spool.RequestOf(id);
  if (!request.ok() || !request->has_value()) return;
  value.set_state(hub::v1::ENROLMENT_STATE_REQUESTED);
  value.set_assertion_public_key_pem((*request)->assertion_public_key_pem);
  const auto issued = spool.IssuedFor(id);
  if (!issued.ok() || !issued->has_value()) return;
  const absl::StatusOr<PeerCertificate> certificate = ReadCertificate(**issued);
  const std::string agency = ReadAgency(value.agency()).value();
  if (!certificate.ok() || !CheckCertificateRules(*certificate).ok() ||
      certificate->agency_id != agency || certificate->unit != value.unit()) {
    LogWarning("enrolment_folder_holds_another_certificate", {{"enrolment", Public(id)}});
    return;
  }
  value.set_state(hub::v1::ENROLMENT_STATE_ISSUED);
  value.set_thumbprint(certificate->fingerprint);
  constexpr absl::string_view kEnd = "-----END CERTIFICATE-----";
  const size_t end = (*issued)->find(kEnd.data());
  if (end != std::string::npos) {
    value.set_certificate_pem(absl::StrCat((*issued)->substr(0, end + kEnd.size()), "\n"));
  }
}

Enrolment Show(const SubjectNames& names, const EnrolmentSpool* spool, const CaseFile& file,
               const Opened<Enrolments>& opened) {
  Enrolment value = opened.body;
  const std::string id = IdOf(names, opened.matter.id);
  value.set_name(names.MatterName(Enrolments::kCollection, opened.matter.id));
  value.set_etag(EtagOf(opened.matter.revision));
  value.set_state(file.received_at < FromTimestamp(value.expires_at())
                      ? hub::v1::ENROLMENT_STATE_OPEN
                      : hub::v1::ENROLMENT_STATE_EXPIRED);
  if (spool != nullptr) ShowIssued(*spool, id, value);
  if (!opened.matter.open) value.set_state(hub::v1::ENROLMENT_STATE_CANCELLED);
  return value;
}

class EnrolmentMutation : public Mutation {
 public:
  explicit EnrolmentMutation(const Desks& desks)
      : names_(desks.rooms.names), spool_(desks.enrolments) {}

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(const Opened<Enrolments> opened,
                         FindMatterOf<Enrolments>(view, MatterOfResource(resource),
                                                  file.caller.agency(), Side::kOpener));
    return Describe(file, opened);
  }

 protected:
  Written Describe(const CaseFile& file, const Opened<Enrolments>& opened) const {
    return DescribeMatter<Enrolments>(file, opened, [this](const CaseFile& f, const auto& o) {
      return Show(names_, spool_, f, o);
    });
  }

 private:
  const SubjectNames& names_;
  const EnrolmentSpool* const spool_;
};

class Creating : public EnrolmentMutation {
 public:
  // `proposing` takes its place where a second person is needed.
  Creating(const Desks& desks, const Calendar& calendar, Enrolment wanted,
           std::shared_ptr<const Mutation> proposing)
      : EnrolmentMutation(desks),
        store_(desks.rooms.store),
        calendar_(calendar),
        wanted_(std::move(wanted)),
        proposing_(std::move(proposing)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(const auto agency, FindAgency(view, wanted_.agency()));
    if (!agency.has_value()) return NoSuchAgency("parent");
    const bool takes_two = agency->type() == hub::v1::AGENCY_TYPE_OPERATOR ||
                           PolicyOf(file).NeedsTwoPeople("enrolment.create");
    if (takes_two) return proposing_->MakePlan(file, view);
    Plan plan;
    EHC_ASSIGN_OR_RETURN(const Opened<Enrolments> opened,
                         PlanEnrolmentToken(store_, calendar_, file, view, wanted_, plan));
    plan.written = Describe(file, opened);
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    auto made = EnrolmentMutation::Recall(file, view, resource);
    if (absl::IsNotFound(made.status())) return proposing_->Recall(file, view, resource);
    return made;
  }

 private:
  Store& store_;
  const Calendar& calendar_;
  const Enrolment wanted_;
  const std::shared_ptr<const Mutation> proposing_;
};

class Cancelling : public EnrolmentMutation {
 public:
  Cancelling(const Desks& desks, MatterId id, std::string etag)
      : EnrolmentMutation(desks), id_(id), etag_(std::move(etag)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(Opened<Enrolments> opened,
                         FindMatterOf<Enrolments>(view, id_, file.caller.agency(), Side::kOpener));
    EHC_RETURN_IF_ERROR(CheckEtag(etag_, opened.matter.revision));
    if (!opened.matter.open) return StateConflict("name: was taken back already");
    opened.matter.open = false;
    ++opened.matter.revision;
    Plan plan;
    plan.custodian = ReadAgency(opened.body.agency());
    plan.reads.push_back(MatterKey(opened.matter.id));
    plan.changes.push_back(Put(opened));
    plan.written = Describe(file, opened);
    return plan;
  }

 private:
  const MatterId id_;
  const std::string etag_;
};

void ShapeCreated(const Audited<Written>& audited, const Rooms&,
                  hub::v1::CreateEnrolmentResponse& response) {
  const google::protobuf::Message& value = *audited.value().value;
  if (value.GetDescriptor() == Enrolment::descriptor()) {
    response.mutable_enrolment()->CopyFrom(value);
  } else {
    response.mutable_proposal()->CopyFrom(value);
  }
}

absl::Status AddTickets(ReadView& view, const SubjectNames& names, const AgencyId& agency,
                        absl::Time now, std::vector<EnrolmentTicket>& tickets) {
  MatterFilter filter;
  filter.kind = Enrolments::kKind;
  filter.opener = agency;
  filter.only_open = true;
  for (;;) {
    EHC_ASSIGN_OR_RETURN(std::vector<Matter> matters, view.ListMatters(filter));
    for (Matter& matter : matters) {
      filter.after = matter.id;
      EHC_ASSIGN_OR_RETURN(const Opened<Enrolments> opened, Unpack<Enrolments>(std::move(matter)));
      const absl::Time expires_at = FromTimestamp(opened.body.expires_at());
      if (now >= expires_at) continue;
      tickets.push_back({IdOf(names, opened.matter.id), ReadAgency(opened.body.agency()).value(),
                         opened.body.unit(), opened.body.token_digest(), expires_at});
    }
    if (static_cast<int>(matters.size()) < filter.limit) return absl::OkStatus();
  }
}

}  // namespace

absl::StatusOr<Opened<Enrolments>> PlanEnrolmentToken(Store& store, const Calendar& calendar,
                                                      const CaseFile& file, ReadView& view,
                                                      const Enrolment& wanted, Plan& plan) {
  EHC_ASSIGN_OR_RETURN(const auto agency, FindAgency(view, wanted.agency()));
  if (!agency.has_value()) return NoSuchAgency("parent");
  const bool has_unit =
      std::any_of(agency->units().begin(), agency->units().end(),
                  [&](const auto& one) { return one.unit_id() == wanted.unit(); });
  if (!wanted.unit().empty() && !has_unit) {
    return FieldInvalid("unit: is not a unit of that agency");
  }
  EHC_ASSIGN_OR_RETURN(absl::Time expires_at,
                       ClockDue(file, calendar, "ENROLMENT_TOKEN", file.received_at));
  expires_at = absl::FromUnixSeconds(absl::ToUnixSeconds(expires_at));
  const AgencyId& own = file.caller.agency();
  EHC_ASSIGN_OR_RETURN(Opened<Enrolments> opened,
                       NewMatter<Enrolments>(store, own, own, SubjectId()));
  opened.matter.due_at = expires_at;
  opened.body.set_agency(wanted.agency());
  opened.body.set_unit(wanted.unit());
  opened.body.set_token_digest(wanted.token_digest());
  opened.body.set_created_by(file.caller.person()->user);
  *opened.body.mutable_created_at() = ToTimestamp(file.received_at);
  *opened.body.mutable_expires_at() = ToTimestamp(expires_at);
  plan.custodian = ReadAgency(wanted.agency());
  plan.changes.push_back(Put(opened));
  return opened;
}

absl::Status HandOverEnrolments(Store& store, const SubjectNames& names,
                                const EnrolmentSpool& spool, absl::Time now) {
  EHC_ASSIGN_OR_RETURN(const std::unique_ptr<ReadView> view, store.Read());
  EHC_ASSIGN_OR_RETURN(const std::vector<hub::v1::Agency> agencies, view->ListAgencies());
  std::vector<EnrolmentTicket> tickets;
  for (const hub::v1::Agency& agency : agencies) {
    if (agency.type() != hub::v1::AGENCY_TYPE_OPERATOR) continue;
    EHC_RETURN_IF_ERROR(AddTickets(*view, names, ReadAgency(agency.name()), now, tickets));
  }
  return spool.Keep(tickets);
}

void AgencyAdmin::CreateEnrolment(Incoming in, const hub::v1::CreateEnrolmentRequest& request,
                                  Reply<hub::v1::CreateEnrolmentResponse> reply) const {
  if (desks_.enrolments == nullptr) {
    return Fail(in.call_id,
                StateConflict("parent: this hub has no enrolment folder; start it with "
                              "--enrolment-spool"),
                std::move(reply));
  }
  hub::v1::AdminProposal act;
  act.set_act(hub::v1::ADMIN_ACT_CREATE_ENROLMENT);
  act.set_agency(request.parent());
  act.set_reason(request.reason());
  act.mutable_enrolment()->set_agency(request.parent());
  act.mutable_enrolment()->set_unit(request.unit());
  act.mutable_enrolment()->set_token_digest(request.token_digest());
  const Enrolment wanted = act.enrolment();
  Ask ask =
      MutationAsk(desks_, "CreateEnrolment", "enrolment.create", request.request_id(), request);
  ask.justification = request.reason();
  StartMutation<hub::v1::CreateEnrolmentResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<Creating>(desks_, calendar_, wanted,
                                 MakeProposing(desks_, calendar_, std::move(act), "")),
      ShapeCreated, AfterHandingOver(desks_, std::move(reply)));
}

void AgencyAdmin::CancelEnrolment(Incoming in, const hub::v1::CancelEnrolmentRequest& request,
                                  Reply<hub::v1::CancelEnrolmentResponse> reply) const {
  const MatterId id = ReadMatterName<Enrolments>(desks_, request.name());
  StartMutation<hub::v1::CancelEnrolmentResponse>(
      desks_, std::move(in),
      MutationAsk(desks_, "CancelEnrolment", "enrolment.cancel", request.request_id(), request),
      std::make_shared<Cancelling>(desks_, id, request.etag()),
      ShapeFirstField<hub::v1::CancelEnrolmentResponse>,
      AfterHandingOver(desks_, std::move(reply)));
}

void AgencyAdmin::ListEnrolments(Incoming in, const hub::v1::ListEnrolmentsRequest& request,
                                 Reply<hub::v1::ListEnrolmentsResponse> reply) const {
  StartMatterList<Enrolments>(
      desks_, std::move(in), "ListEnrolments", "enrolment.read", request, Side::kOpener,
      [this](const CaseFile& file, const Opened<Enrolments>& opened) {
        return Show(desks_.rooms.names, desks_.enrolments, file, opened);
      },
      std::move(reply));
}

}  // namespace ehc
