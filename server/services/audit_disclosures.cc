// Who saw a child's records, for the family and for officers; and what the family is not told.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/audit_desk.h"
#include "server/services/disclosure_report.h"
#include "server/services/matter_readings.h"
#include "server/services/withholding.h"

namespace ehc {
namespace {

// All that is withheld about one child, from the log.
absl::StatusOr<hub::v1::ListWithheldDisclosuresResponse> WithheldAbout(
    const Desks& desks, const hub::v1::ListWithheldDisclosuresRequest& request,
    const std::string& list, int64_t after, const CaseFile& file, ReadView& view) {
  hub::v1::ListWithheldDisclosuresResponse response;
  if (!file.facts.subject_known) return response;
  EHC_ASSIGN_OR_RETURN(
      const Withholdings all,
      Withholdings::Read(view, file.subject, file.caller.agency(), file.dossier, file.received_at));
  const int size = PageSize(request.page_size());
  EntryFilter filter;
  filter.subject = file.subject;
  filter.custodian = file.caller.agency();
  filter.after = after - 1;
  int64_t last = 0;
  while (true) {
    EHC_ASSIGN_OR_RETURN(const std::vector<StoredEntry> entries, view.ListEntries(filter));
    for (const StoredEntry& stored : entries) {
      filter.after = stored.index;
      EHC_ASSIGN_OR_RETURN(const std::optional<DisclosureEntry> entry, ReadDisclosure(stored));
      if (!entry.has_value() || !all.Hides(*entry)) continue;
      if (!IsOfUnit(file, entry->record[AuditField::kCustodianUnit])) continue;
      const Withholdings::Found found = *all.Of(*entry);
      const bool due = found.matter == nullptr || found.matter->matter.due_at <= file.received_at;
      if (request.only_due() && !due) continue;
      if (response.withheld_size() == size) {
        response.set_next_page_token(
            desks.rooms.names.SealPage(file.caller.agency(), list, last + 1));
        return response;
      }
      last = stored.index;
      Opened<WithheldDisclosures> shown;
      if (found.matter != nullptr) shown = *found.matter;
      if (found.matter == nullptr) {
        shown.matter.subject =
            NumberMeantBy(file.dossier, file.subject, entry->named, file.caller.agency());
      }
      Describe(*entry, found.cause, shown.body);
      hub::v1::WithheldDisclosure& out = *response.add_withheld();
      out = WithheldShow(desks)(file, shown);
      if (found.matter == nullptr) {
        out.clear_name();
        out.clear_etag();
        out.mutable_withholding()->clear_review_at();
      }
      out.clear_withholding();
      FillWithholding(desks.rooms, file, found, *out.mutable_withholding());
    }
    if (static_cast<int>(entries.size()) < filter.limit) return response;
  }
}

// The custodian's queue, over all children.
absl::StatusOr<hub::v1::ListWithheldDisclosuresResponse> WithheldQueue(
    const Desks& desks, const hub::v1::ListWithheldDisclosuresRequest& request,
    const std::string& list, int64_t after, const CaseFile& file, ReadView& view) {
  const int size = PageSize(request.page_size());
  EHC_ASSIGN_OR_RETURN(
      std::vector<Opened<WithheldDisclosures>> found,
      ListMattersOf<WithheldDisclosures>(
          file, view, MatterPageAsk{Side::kOpener, true, MatterId{after}, size + 1}));
  hub::v1::ListWithheldDisclosuresResponse response;
  const bool more = static_cast<int>(found.size()) > size;
  if (more) found.pop_back();
  for (const Opened<WithheldDisclosures>& opened : found) {
    if (request.only_due() && opened.matter.due_at > file.received_at) continue;
    *response.add_withheld() = WithheldShow(desks)(file, opened);
  }
  if (more) {
    response.set_next_page_token(
        desks.rooms.names.SealPage(file.caller.agency(), list, found.back().matter.id.value));
  }
  return response;
}

void ShapeDisclosures(const Audited<DisclosurePage>& audited, const Rooms&,
                      hub::v1::ListSubjectDisclosuresResponse& response) {
  for (const auto& one : audited.value().disclosures) *response.add_disclosures() = one;
  response.set_next_page_token(audited.value().next_page_token);
}

}  // namespace

void AuditDesk::ListSubjectDisclosures(Incoming in,
                                       const hub::v1::ListSubjectDisclosuresRequest& request,
                                       Reply<hub::v1::ListSubjectDisclosuresResponse> reply) const {
  using Resp = hub::v1::ListSubjectDisclosuresResponse;
  const uint64_t id = in.call_id;
  const bool family = request.view() == hub::v1::DISCLOSURE_VIEW_FAMILY;
  if (family && !request.has_requester()) {
    return Fail(id, FieldInvalid("requester: is left out; say on whose behalf"), std::move(reply));
  }
  if (absl::Status unit = CheckUnit(in.caller, request.unit()); !unit.ok()) {
    return Fail(id, unit, std::move(reply));
  }
  const std::string list = PageListOf(desks_, "disclosures", request);
  auto after = ReadPageToken(desks_, in.caller, list, request.page_token());
  if (!after.ok()) return Fail(id, after.status(), std::move(reply));
  auto subject = ReadSubject(desks_, in.caller, request.subject());
  if (!subject.ok()) return Fail(id, subject.status(), std::move(reply));
  Ask ask;
  ask.method = "ListSubjectDisclosures";
  ask.action = family ? "audit.disclosures" : "audit.withheld";
  ask.subject = *std::move(subject);
  ask.request.custodian = in.caller.agency();
  ask.request.custodian_unit = ActingUnit(in.caller, request.unit());
  ask.request.case_reference = request.case_reference();
  auto source = std::make_shared<DisclosureReport>(desks_, request, list, *after);
  StartDisclosure<DisclosurePage, Resp>(
      desks_, std::move(in), std::move(ask), *source, ShapeDisclosures,
      [source, reply = std::move(reply)](Answer<Resp> answer) mutable {
        reply(std::move(answer));
      });
}

void AuditDesk::ListWithheldDisclosures(
    Incoming in, const hub::v1::ListWithheldDisclosuresRequest& request,
    Reply<hub::v1::ListWithheldDisclosuresResponse> reply) const {
  const std::string list = PageListOf(desks_, "withheld", request);
  auto after = ReadPageToken(desks_, in.caller, list, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  const bool about_one = !request.subject().empty();
  absl::StatusOr<SubjectRef> subject = SubjectRef{};
  if (about_one) subject = ReadSubject(desks_, in.caller, request.subject());
  StartMatterReading<hub::v1::ListWithheldDisclosuresResponse>(
      desks_, std::move(in), "ListWithheldDisclosures", "audit.withheld", std::move(subject),
      [this, request, list, about_one, from = *after](const CaseFile& file, ReadView& view) {
        return about_one ? WithheldAbout(desks_, request, list, from, file, view)
                         : WithheldQueue(desks_, request, list, from, file, view);
      },
      std::move(reply), request.case_reference());
}

}  // namespace ehc
