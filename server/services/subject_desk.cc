#include "server/services/subject_desk.h"

#include <utility>
#include <vector>

#include "server/base/status_macros.h"
#include "server/services/consent_tasks.h"
#include "server/services/dossier_items.h"
#include "server/services/match.h"
#include "server/services/registration.h"

namespace ehc {
namespace {

template <typename Resp>
void ShapeSubject(const Audited<Written>& audited, const Rooms&, Resp& response) {
  response.set_subject(
      static_cast<const hub::v1::RegisterSubjectResponse&>(*audited.value().value).subject());
}

void ShapeRelationship(const Audited<Written>& audited, const Rooms&,
                       hub::v1::CreateRelationshipResponse& response) {
  response.mutable_relationship()->CopyFrom(*audited.value().value);
}

void ShapeEndedRelationship(const Audited<Written>& audited, const Rooms&,
                            hub::v1::EndRelationshipResponse& response) {
  response.mutable_relationship()->CopyFrom(*audited.value().value);
}

void ShapeProtection(const Audited<Written>& audited, const Rooms&,
                     hub::v1::CreateProtectionResponse& response) {
  response.mutable_protection()->CopyFrom(*audited.value().value);
}

void ShapeEndedProtection(const Audited<Written>& audited, const Rooms&,
                          hub::v1::EndProtectionResponse& response) {
  response.mutable_protection()->CopyFrom(*audited.value().value);
}

void ShapeCapacity(const Audited<Written>& audited, const Rooms&,
                   hub::v1::RecordCapacityResponse& response) {
  response.mutable_capacity_assessment()->CopyFrom(*audited.value().value);
}

template <typename Value>
std::string NextPage(const Audited<ItemPage<Value>>& audited, const Rooms& rooms) {
  const CaseFile& file = audited.file();
  return rooms.names.SealPage(file.caller.agency(), file.ask.page_list, audited.value().next_after);
}

void ShapeRelationships(const Audited<ItemPage<hub::v1::Relationship>>& audited, const Rooms& rooms,
                        hub::v1::ListRelationshipsResponse& response) {
  for (const auto& value : audited.value().values) *response.add_relationships() = value;
  if (audited.value().next_after == 0) return;
  response.set_next_page_token(NextPage(audited, rooms));
}

void ShapeProtections(const Audited<ItemPage<hub::v1::Protection>>& audited, const Rooms& rooms,
                      hub::v1::ListProtectionsResponse& response) {
  for (const auto& value : audited.value().values) *response.add_protections() = value;
  if (audited.value().next_after == 0) return;
  response.set_next_page_token(NextPage(audited, rooms));
}

std::string Today(const Desks& desks) { return FormatDate(LondonDate(desks.rooms.clock.Now())); }

template <typename Items, typename Resp>
void Edit(const Desks& desks, Incoming in, absl::StatusOr<Ask> ask,
          typename DossierEdit<Items>::Edit edit, Shape<Written, Resp> shape, Reply<Resp> reply) {
  StartMutation<Resp>(desks, std::move(in), std::move(ask),
                      std::make_shared<DossierEdit<Items>>(desks.rooms.names, std::move(edit)),
                      shape, std::move(reply));
}

// Lists own items; the source lives until the answer is out.
template <typename Items, typename Resp, typename Req>
void List(const Desks& desks, Incoming in, const char* method, const char* action,
          const Req& request, std::function<bool(const typename Items::Value&)> wanted,
          Shape<ItemPage<typename Items::Value>, Resp> shape, Reply<Resp> reply) {
  auto ask = OwnReadingAsk(desks, in.caller, method, action, request.subject());
  if (!ask.ok()) return Fail(in.call_id, ask.status(), std::move(reply));
  ask->page_list = PageListOf(desks, Items::kCollection, request);
  auto after = ReadPageToken(desks, in.caller, ask->page_list, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  auto source = std::make_shared<ItemLister<Items>>(
      desks.rooms.names, *after, PageSize(request.page_size()), std::move(wanted));
  StartDisclosure<ItemPage<typename Items::Value>, Resp>(
      desks, std::move(in), std::move(ask), *source, shape,
      [source, reply = std::move(reply)](Answer<Resp> answer) mutable {
        reply(std::move(answer));
      });
}

// Who may decide has changed, and with it what is to be asked about the consents.
class CapacityRecording : public DossierEdit<CapacityItems> {
 public:
  CapacityRecording(const Desks& desks, hub::v1::CapacityAssessment assessment)
      : DossierEdit(desks.rooms.names, Adding<CapacityItems>(std::move(assessment))),
        desks_(desks) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(Plan plan, DossierEdit::MakePlan(file, view));
    const store::v1::Dossier after = std::get<PutSubject>(plan.changes.back()).dossier;
    EHC_RETURN_IF_ERROR(KeepTasks(desks_, file, view, after, plan));
    return plan;
  }

 private:
  const Desks& desks_;
};

}  // namespace

void SubjectDesk::RegisterSubject(Incoming in, const hub::v1::RegisterSubjectRequest& request,
                                  Reply<hub::v1::RegisterSubjectResponse> reply) const {
  auto mutation = MakeRegistration(desks_, matches_, in.caller, request.person(),
                                   {request.identifiers().begin(), request.identifiers().end()});
  if (!mutation.ok()) return Fail(in.call_id, mutation.status(), std::move(reply));
  absl::Status unit = CheckUnit(in.caller, request.unit());
  if (!unit.ok()) return Fail(in.call_id, unit, std::move(reply));
  Ask ask =
      MutationAsk(desks_, "RegisterSubject", "subject.register", request.request_id(), request);
  ask.request.custodian = in.caller.agency();
  ask.request.custodian_unit = ActingUnit(in.caller, request.unit());
  ask.request.case_reference = request.case_reference();
  ask.validate_only = request.validate_only();
  StartMutation<hub::v1::RegisterSubjectResponse>(
      desks_, std::move(in), std::move(ask), *std::move(mutation), ShapeSubject, std::move(reply));
}

void SubjectDesk::LinkIdentifier(Incoming in, const hub::v1::LinkIdentifierRequest& request,
                                 Reply<hub::v1::LinkIdentifierResponse> reply) const {
  auto mutation = MakeLink(desks_, request.identifier());
  if (!mutation.ok()) return Fail(in.call_id, mutation.status(), std::move(reply));
  auto ask = ItemAsk(desks_, in.caller, "LinkIdentifier", "subject.link_identifier", request,
                     request.subject());
  StartMutation<hub::v1::LinkIdentifierResponse>(
      desks_, std::move(in), std::move(ask), *std::move(mutation), ShapeSubject, std::move(reply));
}

void SubjectDesk::MatchSubject(Incoming in, const hub::v1::MatchSubjectRequest& request,
                               Reply<hub::v1::MatchSubjectResponse> reply) const {
  StartDisclosure<Record>(desks_, std::move(in), MatchAsk(desks_, matches_, request), matched_,
                          ShapeMatch, std::move(reply));
}

void SubjectDesk::CreateRelationship(Incoming in, const hub::v1::CreateRelationshipRequest& request,
                                     Reply<hub::v1::CreateRelationshipResponse> reply) const {
  auto ask = ItemAsk(desks_, in.caller, "CreateRelationship", "relationship.create", request,
                     request.subject());
  Edit<RelationshipItems>(desks_, std::move(in), std::move(ask),
                          Adding<RelationshipItems>(request.relationship()), ShapeRelationship,
                          std::move(reply));
}

void SubjectDesk::EndRelationship(Incoming in, const hub::v1::EndRelationshipRequest& request,
                                  Reply<hub::v1::EndRelationshipResponse> reply) const {
  const ItemName name = ReadItemName(desks_.rooms.names, in.caller.agency(), request.name(),
                                     RelationshipItems::kCollection);
  auto ask =
      ItemAsk(desks_, in.caller, "EndRelationship", "relationship.end", request, name.subject);
  Edit<RelationshipItems>(
      desks_, std::move(in), std::move(ask),
      Ending<RelationshipItems>(name.number, request.etag(),
                                request.valid_to().empty() ? Today(desks_) : request.valid_to()),
      ShapeEndedRelationship, std::move(reply));
}

void SubjectDesk::ListRelationships(Incoming in, const hub::v1::ListRelationshipsRequest& request,
                                    Reply<hub::v1::ListRelationshipsResponse> reply) const {
  auto wanted = [kind = request.kind(), ended = request.include_ended(),
                 today = Today(desks_)](const hub::v1::Relationship& value) {
    if (kind != hub::v1::RELATIONSHIP_KIND_UNSPECIFIED && value.kind() != kind) return false;
    return ended || value.valid_to().empty() || value.valid_to() >= today;
  };
  List<RelationshipItems>(desks_, std::move(in), "ListRelationships", "relationship.list", request,
                          wanted, ShapeRelationships, std::move(reply));
}

void SubjectDesk::CreateProtection(Incoming in, const hub::v1::CreateProtectionRequest& request,
                                   Reply<hub::v1::CreateProtectionResponse> reply) const {
  auto ask = ItemAsk(desks_, in.caller, "CreateProtection", "protection.create", request,
                     request.subject());
  Edit<ProtectionItems>(desks_, std::move(in), std::move(ask),
                        Adding<ProtectionItems>(request.protection()), ShapeProtection,
                        std::move(reply));
}

void SubjectDesk::EndProtection(Incoming in, const hub::v1::EndProtectionRequest& request,
                                Reply<hub::v1::EndProtectionResponse> reply) const {
  const ItemName name = ReadItemName(desks_.rooms.names, in.caller.agency(), request.name(),
                                     ProtectionItems::kCollection);
  auto ask = ItemAsk(desks_, in.caller, "EndProtection", "protection.end", request, name.subject);
  Edit<ProtectionItems>(
      desks_, std::move(in), std::move(ask),
      Ending<ProtectionItems>(name.number, request.etag(),
                              request.valid_to().empty() ? Today(desks_) : request.valid_to()),
      ShapeEndedProtection, std::move(reply));
}

void SubjectDesk::ListProtections(Incoming in, const hub::v1::ListProtectionsRequest& request,
                                  Reply<hub::v1::ListProtectionsResponse> reply) const {
  auto wanted = [ended = request.include_ended(),
                 today = Today(desks_)](const hub::v1::Protection& value) {
    return ended || value.valid_to().empty() || value.valid_to() >= today;
  };
  List<ProtectionItems>(desks_, std::move(in), "ListProtections", "protection.list", request,
                        wanted, ShapeProtections, std::move(reply));
}

void SubjectDesk::RecordCapacity(Incoming in, const hub::v1::RecordCapacityRequest& request,
                                 Reply<hub::v1::RecordCapacityResponse> reply) const {
  auto ask =
      ItemAsk(desks_, in.caller, "RecordCapacity", "capacity.record", request, request.subject());
  StartMutation<hub::v1::RecordCapacityResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<CapacityRecording>(desks_, request.capacity_assessment()), ShapeCapacity,
      std::move(reply));
}

}  // namespace ehc
