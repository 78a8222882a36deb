#include "server/services/match.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/matching/person.h"
#include "server/pipeline/match_feed.h"

namespace ehc {
namespace {

Demographics ReadDescription(const hub::v1::PersonSought& person) {
  hub::v1::PersonDetails details;
  details.set_given_names(person.given_names());
  details.set_family_name(person.family_name());
  details.set_sex(person.sex());
  details.set_postcode(person.postcode());
  if (person.has_expected_date_of_birth()) {
    details.set_expected_date_of_birth(person.expected_date_of_birth());
  } else {
    details.set_date_of_birth(person.date_of_birth());
  }
  return DemographicsOf(details);
}

}  // namespace

absl::StatusOr<Ask> MatchAsk(const Desks& desks, const hub::v1::MatchSubjectRequest& request) {
  Ask ask;
  ask.method = "MatchSubject";
  ask.subject.description = ReadDescription(request.person());
  if (desks.rooms.matches != nullptr) {
    const absl::Status readable =
        ReadPerson(*ask.subject.description, desks.rooms.matches->rules()->names()).status();
    if (!readable.ok()) return FieldInvalid(absl::StrCat("person.", readable.message()));
  }
  ask.request.disclosure = DisclosureKind::kExistence;
  ask.request.custodian = ReadAgency(request.custodian());
  ask.request.custodian_unit = UnitId(request.custodian_unit());
  ask.request.record_type = request.record_type();
  ReadContext(request.context(), ask.request);
  return ask;
}

void ShapeMatch(const Audited<Record>& audited, const Rooms& rooms,
                hub::v1::MatchSubjectResponse& response) {
  response.set_subject(audited.file().searcher_subject);
  FillDisclosure(audited, rooms, *response.mutable_disclosure());
}

}  // namespace ehc
