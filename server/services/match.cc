#include "server/services/match.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/pipeline/match_feed.h"
#include "server/policy/engine.h"

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

// What was asked, for the entry: sealed there as an identifier would be.
std::string Worded(const Demographics& person) {
  return absl::StrCat("described as ", person.given_names, "|", person.family_name, "|",
                      person.birth_expected ? "~" : "",
                      person.birth.has_value() ? FormatDate(*person.birth) : "", "|",
                      person.postcode);
}

}  // namespace

absl::StatusOr<Ask> MatchAsk(const Desks& desks, const MatchIndex& matches,
                             const hub::v1::MatchSubjectRequest& request) {
  Ask ask;
  ask.method = "MatchSubject";
  ask.request.disclosure = DisclosureKind::kExistence;
  ask.request.custodian = ReadAgency(request.custodian());
  ask.request.custodian_unit = UnitId(request.custodian_unit());
  ask.request.record_type = request.record_type();
  ReadContext(request.context(), ask.request);
  const Demographics described = ReadDescription(request.person());
  const absl::StatusOr<MatchResult> result =
      matches.Find({described, ask.request.custodian, {}, LondonDate(desks.rooms.clock.Now())});
  if (!result.ok()) return FieldInvalid(absl::StrCat("person.", result.status().message()));
  ask.subject.subject = result->unique;
  if (result->band == MatchBand::kManyMatch) {
    const double least = matches.rules()->On(LondonDate(desks.rooms.clock.Now())).potential;
    for (const MatchCandidate& candidate : result->candidates) {
      if (candidate.score() >= least) ask.rivals.push_back(candidate.subject);
    }
  }
  ask.justification = Worded(described);
  return ask;
}

absl::StatusOr<bool> MatchedRecords::MayKnowOf(const CaseFile& file, SubjectId rival,
                                               ReadView& view) const {
  const PolicyRequest& request = file.ask.request;
  EHC_ASSIGN_OR_RETURN(const store::v1::Dossier dossier, view.ReadDossier(rival));
  if (dossier.severed()) return false;
  Facts facts = AssembleFacts(dossier, request, file.decision.schema, file.received_at,
                              rooms_.facts.calendar(), &PolicyOf(file));
  facts.disclosures_today = file.facts.disclosures_today;
  const Decision decision = Decide(request, facts, file.received_at, PolicyOf(file));
  if (!decision.permits()) return false;
  EHC_ASSIGN_OR_RETURN(const auto record,
                       FindExisting(request, rival, facts, file.received_at, view));
  return record.has_value();
}

absl::StatusOr<std::optional<Record>> MatchedRecords::Fetch(const CaseFile& file,
                                                            ReadView& view) const {
  if (file.ask.rivals.empty() || !file.decision.existence_granted) {
    return FindExisting(file.ask.request, file.subject, file.facts, file.received_at, view);
  }
  int known = 0;
  for (const SubjectId rival : file.ask.rivals) {
    EHC_ASSIGN_OR_RETURN(const bool may_know, MayKnowOf(file, rival, view));
    known += may_know ? 1 : 0;
  }
  if (known < 2) return std::nullopt;
  return RefusalError(absl::StatusCode::kFailedPrecondition, "SUBJECT_MATCH_AMBIGUOUS",
                      "person: fits more than one child; ask by an identifier");
}

void ShapeMatch(const Audited<Record>& audited, const Rooms& rooms,
                hub::v1::MatchSubjectResponse& response) {
  response.set_subject(audited.file().searcher_subject);
  FillDisclosure(audited, rooms, *response.mutable_disclosure());
}

}  // namespace ehc
