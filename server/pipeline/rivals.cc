#include "server/pipeline/rivals.h"

#include <optional>

#include "server/base/status_macros.h"
#include "server/pipeline/facts.h"
#include "server/pipeline/source.h"

namespace ehc {
namespace {

absl::StatusOr<bool> MayKnowOf(SubjectId rival, const CaseFile& file, ReadView& view,
                               const Calendar& calendar) {
  const PolicyRequest& request = file.ask.request;
  EHC_ASSIGN_OR_RETURN(const store::v1::Dossier dossier, view.ReadDossier(rival));
  if (dossier.severed()) return false;
  const Facts facts =
      AssembleFacts(dossier, request, file.decision.schema, file.received_at, calendar);
  if ((facts.protections & ~facts.cleared_protections & kAddressRestricted) != 0) return false;
  EHC_ASSIGN_OR_RETURN(const std::optional<RecordHead> head,
                       view.FindRecord(rival, request.custodian, request.record_type));
  return head.has_value() && MayBeFound(*head, request, file.received_at);
}

}  // namespace

absl::StatusOr<Presence> AbsenceOf(const CaseFile& file, ReadView& view, const Calendar& calendar) {
  int known = 0;
  for (const SubjectId rival : file.rivals) {
    EHC_ASSIGN_OR_RETURN(const bool may_know, MayKnowOf(rival, file, view, calendar));
    known += may_know ? 1 : 0;
  }
  return known >= 2 ? Presence::kSeveral : Presence::kAbsent;
}

}  // namespace ehc
