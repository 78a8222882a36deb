// Concerns, one way: whoever writes one is told that it came, and reads nothing of it again.
#include <utility>

#include "server/services/letters.h"
#include "server/services/pathway_calls.h"
#include "server/services/verifications.h"

namespace ehc {
namespace {

using hub::v1::Concern;

constexpr char kPurpose[] = "SAFEGUARDING";

void RestOnProtection(Ask& ask) {
  ask.request.purpose = kPurpose;
  ask.request.lawful_basis = "ART6_1_E";
  ask.request.special_category_basis = "SCH1_PARA18";
  ask.request.gateway = "CONFIDENCE_PUBLIC_INTEREST";
}

MatterShow<PathwayConcerns> Show(const Desks& desks) {
  return [&rooms = desks.rooms](const CaseFile& file, const Opened<PathwayConcerns>& opened) {
    Concern out = opened.body.value();
    out.set_name(rooms.names.MatterName(PathwayConcerns::kCollection, opened.matter.id));
    out.set_from(AgencyNameOf(opened.matter.opener));
    out.set_etag(EtagOf(opened.matter.revision));
    *out.mutable_due_at() = ToTimestamp(opened.matter.due_at);
    out.set_overdue(opened.matter.open && opened.matter.due_at <= file.received_at);
    out.set_open(opened.matter.open);
    return out;
  };
}

// The child stays outside the decision: nothing of the call depends on whether there is one.
class Reporting : public Mutation {
 public:
  Reporting(const Desks& desks, const Calendar& calendar, Concern stated, std::string to,
            Identifier child)
      : desks_(desks),
        calendar_(calendar),
        stated_(std::move(stated)),
        to_(std::move(to)),
        child_(std::move(child)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_RETURN_IF_ERROR(CheckAuthority(view));
    EHC_ASSIGN_OR_RETURN(const SubjectId child, FindChild(view));
    EHC_ASSIGN_OR_RETURN(Opened<PathwayConcerns> opened,
                         NewMatter<PathwayConcerns>(desks_.rooms.store, file.caller.agency(),
                                                    ReadAgency(to_), child));
    EHC_ASSIGN_OR_RETURN(opened.matter.due_at,
                         ClockDue(file, calendar_, "SAFEGUARDING_DECISION", file.received_at));
    Concern& value = *opened.body.mutable_value();
    value.set_from_unit(file.ask.request.custodian_unit.value());
    *value.mutable_created_at() = ToTimestamp(file.received_at);
    value.set_child_reference(FormatSubjectName(child_));
    value.set_text(stated_.text());
    value.set_immediate(stated_.immediate());
    if (file.caller.person().has_value()) value.set_reporter_role(file.caller.person()->role);
    Plan plan;
    plan.custodian = opened.matter.addressee;
    plan.written = Receipt(opened);
    plan.changes.push_back(Put(opened));
    return plan;
  }

  // Of one's own, for the repetition of the same call, as little as the first time.
  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(const Opened<PathwayConcerns> opened,
                         FindMatterOf<PathwayConcerns>(view, MatterOfResource(resource),
                                                       file.caller.agency(), Side::kOpener));
    return Receipt(opened);
  }

 private:
  absl::Status CheckAuthority(ReadView& view) const {
    EHC_ASSIGN_OR_RETURN(const std::vector<hub::v1::Agency> agencies, view.ListAgencies());
    for (const hub::v1::Agency& agency : agencies) {
      if (agency.name() == to_ && agency.type() == hub::v1::AGENCY_TYPE_LOCAL_AUTHORITY) {
        return absl::OkStatus();
      }
    }
    return FieldInvalid("to: is no local authority of this hub; see ListAgencies");
  }

  absl::StatusOr<SubjectId> FindChild(ReadView& view) const {
    EHC_ASSIGN_OR_RETURN(const SubjectId child,
                         view.FindSubject(desks_.rooms.store.IdentifierDigest(child_)));
    EHC_ASSIGN_OR_RETURN(const SubjectId root, view.RootOf(child));
    EHC_ASSIGN_OR_RETURN(const store::v1::Dossier dossier, view.ReadDossier(root));
    return dossier.severed() ? SubjectId{} : child;
  }

  static Written Receipt(const Opened<PathwayConcerns>& opened) {
    Written written;
    written.resource = absl::StrCat("matter/", opened.matter.id.value);
    written.version = 1;
    written.value = std::make_unique<google::protobuf::Timestamp>(opened.body.value().created_at());
    return written;
  }

  const Desks& desks_;
  const Calendar& calendar_;
  const Concern stated_;
  const std::string to_;
  const Identifier child_;
};

MatterEdit<PathwayConcerns>::Edit Resolving(const std::string& action_taken) {
  return [action_taken](const CaseFile&, ReadView&, Opened<PathwayConcerns>& opened,
                        Plan&) -> absl::Status {
    if (!opened.matter.open) return StateConflict("name: somebody has seen to it already");
    opened.body.mutable_value()->set_action_taken(action_taken);
    opened.matter.open = false;
    return absl::OkStatus();
  };
}

}  // namespace

void PathwayDesk::ReportConcern(Incoming in, const hub::v1::ReportConcernRequest& request,
                                Reply<hub::v1::ReportConcernResponse> reply) const {
  auto child = ReadSubject(desks_, in.caller, request.concern().child_reference(),
                           "concern.child_reference");
  if (!child.ok()) return Fail(in.call_id, child.status(), std::move(reply));
  if (!child->identifier.has_value()) {
    return Fail(in.call_id,
                FieldInvalid("concern.child_reference: state an identifier, such as nhs:…"),
                std::move(reply));
  }
  auto ask = MatterAsk(desks_, in.caller, "ReportConcern", "concern.report", request,
                       absl::StatusOr<SubjectRef>(SubjectRef{}));
  if (ask.ok()) RestOnProtection(*ask);
  StartMutation<hub::v1::ReportConcernResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<Reporting>(desks_, calendar_, request.concern(), request.to(),
                                  *child->identifier),
      ShapeFirstField<hub::v1::ReportConcernResponse>, std::move(reply));
}

void PathwayDesk::ListConcerns(Incoming in, const hub::v1::ListConcernsRequest& request,
                               Reply<hub::v1::ListConcernsResponse> reply) const {
  if (request.opened()) {
    return Fail(in.call_id,
                FieldInvalid("opened: what was written cannot be read back; leave it out"),
                std::move(reply));
  }
  StartMatterList<PathwayConcerns>(desks_, std::move(in), "ListConcerns", "concern.read", request,
                                   Side::kAddressee, Show(desks_), std::move(reply));
}

void PathwayDesk::ResolveConcern(Incoming in, const hub::v1::ResolveConcernRequest& request,
                                 Reply<hub::v1::ResolveConcernResponse> reply) const {
  auto ask = MatterAsk(desks_, in.caller, "ResolveConcern", "concern.read", request,
                       ChildOf<PathwayConcerns>(desks_, in.caller, request.name()));
  if (ask.ok()) RestOnProtection(*ask);
  MatterEdit<PathwayConcerns>::Target target{
      ReadMatterName<PathwayConcerns>(desks_, request.name()), Side::kAddressee, request.etag()};
  StartMutation<hub::v1::ResolveConcernResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<MatterEdit<PathwayConcerns>>(
          std::move(target), Resolving(request.action_taken()), Show(desks_)),
      ShapeFirstField<hub::v1::ResolveConcernResponse>, std::move(reply));
}

}  // namespace ehc
