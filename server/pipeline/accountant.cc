#include "server/pipeline/accountant.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "server/model/deadline.h"
#include "server/model/joined.h"
#include "server/pipeline/break_glass.h"
#include "server/pipeline/deny.h"
#include "server/pipeline/notices.h"

namespace ehc {
namespace {

// 0: several records left together.
int64_t RecordOf(absl::string_view resource) {
  int64_t number = 0;
  return absl::ConsumePrefix(&resource, "record/") && absl::SimpleAtoi(resource, &number) ? number
                                                                                          : 0;
}

void DescribePerson(const PolicyRequest& request, store::v1::BreakGlassUseBody& use) {
  use.set_user(request.user);
  use.set_role(request.role);
  use.set_unit(request.unit.value());
  use.set_reason(request.break_glass->reason);
  use.set_purpose(request.purpose);
  use.set_gateway(request.gateway);
  use.set_case_reference(request.case_reference);
  use.set_agreement(request.agreement.value());
}

store::v1::BreakGlassUseBody Describe(const CaseFile& file, const Release& release) {
  const Decision& decision = file.decision;
  store::v1::BreakGlassUseBody use;
  DescribePerson(file.ask.request, use);
  use.set_custodian_unit(release.unit.value());
  use.set_record(RecordOf(release.resource));
  use.set_record_type(file.ask.request.record_type);
  use.set_version(release.version);
  use.mutable_parts()->Assign(release.released.begin(), release.released.end());
  if (decision.clause != nullptr) use.set_clause(decision.clause->id);
  use.set_decision_id(file.decision_id);
  use.set_used_ms(absl::ToUnixMillis(file.received_at));
  use.set_usable_until_ms(
      absl::ToUnixMillis(file.received_at + absl::Minutes(decision.break_glass_minutes)));
  use.set_through_relay(release.through_relay);
  return use;
}

absl::StatusOr<absl::Time> ReviewDue(const Rooms& rooms, const CaseFile& file) {
  const DeadlineRule* rule = PolicyOf(file).FindClock(kBreakGlassClock, file.received_at);
  if (rule != nullptr) return DueAt(*rule, file.received_at, rooms.facts.calendar());
  return RefusalError(absl::StatusCode::kUnavailable, "DECISION_UNAVAILABLE",
                      "the policy in force does not say by when an emergency is reviewed");
}

absl::StatusOr<PutMatter> TellCustodian(const Rooms& rooms, const CaseFile& file,
                                        const Release& release) {
  PutMatter notice;
  EHC_ASSIGN_OR_RETURN(notice.matter.due_at, ReviewDue(rooms, file));
  EHC_ASSIGN_OR_RETURN(notice.matter.id, rooms.store.NewMatterId());
  notice.matter.kind = kBreakGlassKind;
  notice.matter.opener = file.caller.agency();
  notice.matter.addressee = release.custodian;
  notice.matter.subject = NumberFor(file.dossier, file.subject, file.named, release.custodian);
  notice.matter.revision = 1;
  notice.matter.open = true;
  notice.matter.body = Describe(file, release).SerializeAsString();
  return notice;
}

}  // namespace

absl::StatusOr<std::vector<Change>> Accountant::OfDisclosure(const Rooms& rooms,
                                                             const CaseFile& file,
                                                             const Release& release) {
  const Decision& decision = file.decision;
  std::vector<Change> changes;
  if (decision.disclosures_a_day != 0) {
    changes.push_back(AddToTally{DisclosuresTo(file), decision.disclosures_a_day});
  }
  EHC_ASSIGN_OR_RETURN(std::vector<PutMatter> notices,
                       NoticesOf(rooms.store, rooms.facts.calendar(), file, release));
  std::move(notices.begin(), notices.end(), std::back_inserter(changes));
  if (!decision.break_glass_used) return changes;
  changes.push_back(AddToTally{UsesBy(file), decision.break_glass_uses_a_day});
  changes.push_back(AddToTally{SpendingOf(file, file.facts.today), 1});
  EHC_ASSIGN_OR_RETURN(PutMatter notice, TellCustodian(rooms, file, release));
  changes.push_back(std::move(notice));
  return changes;
}

std::vector<Change> Accountant::OfDenial(const CaseFile& file) {
  const PolicyRequest& request = file.ask.request;
  if (!request.break_glass.has_value() || !request.break_glass->second_factor ||
      file.decision.outcome == Outcome::kUnavailable || !DependsOnSubject(file.decision)) {
    return {};
  }
  return {AddToTally{UsesBy(file)}, AddToTally{SpendingOf(file, file.facts.today)}};
}

}  // namespace ehc
