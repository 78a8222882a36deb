#include "server/services/consent_tasks.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "server/base/status_macros.h"
#include "server/model/deadline.h"
#include "server/model/joined.h"
#include "server/pipeline/consent.h"
#include "server/pipeline/desk.h"
#include "server/pipeline/facts.h"
#include "server/services/consent_rules.h"

namespace ehc {
namespace {

using hub::v1::Consent;
using hub::v1::WorkKind;

// Due times by consent and kind.
using Wanted = std::map<std::pair<int64_t, WorkKind>, absl::Time>;

bool RestsOnParent(const Consent& consent) {
  return consent.decision_maker().role() == hub::v1::DECISION_MAKER_ROLE_PARENT ||
         consent.decision_maker().role() == hub::v1::DECISION_MAKER_ROLE_LOCAL_AUTHORITY;
}

bool IsSamePerson(const hub::v1::DecisionMaker& a, const hub::v1::DecisionMaker& b) {
  return a.role() == b.role() && a.person_reference() == b.person_reference();
}

// Whether somebody has since said all of it anew: the subject, or where `by_same` the same person.
bool IsSaidAnew(const store::v1::Dossier& own, const store::v1::ConsentItem& item, bool by_same) {
  return std::any_of(
      own.consents().begin(), own.consents().end(), [&](const store::v1::ConsentItem& later) {
        const Consent& said = later.value();
        if (later.origin().number() <= item.origin().number()) return false;
        if (said.state() != hub::v1::CONSENT_STATE_GIVEN &&
            said.state() != hub::v1::CONSENT_STATE_REFUSED) {
          return false;
        }
        const bool by_right_person =
            IsSubject(said.decision_maker()) ||
            (by_same && IsSamePerson(said.decision_maker(), item.value().decision_maker()));
        return by_right_person && Covers(said, item.value());
      });
}

// The young person will decide, unless somebody has found that they cannot (C&F Act 2014 s.80).
bool EndsWithSchool(const store::v1::Dossier& own, const Consent& consent, const Ages& ages) {
  if (!RestsOnParent(consent) || !ages.leaving_date.has_value()) return false;
  return std::any_of(consent.scopes().begin(), consent.scopes().end(), [&](const auto& scope) {
    return WhoDecides(own, true, scope.record_type()) == DecisionMaker::kYoungPerson;
  });
}

Wanted WantedBy(const store::v1::Dossier& own, const Ages& ages) {
  Wanted wanted;
  for (const store::v1::ConsentItem& item : own.consents()) {
    const Consent& consent = item.value();
    if (consent.state() != hub::v1::CONSENT_STATE_GIVEN) continue;
    const int64_t number = item.origin().number();
    if (EndsWithSchool(own, consent, ages) && !IsSaidAnew(own, item, false)) {
      wanted[{number, hub::v1::WORK_KIND_CONSENT_TO_RECONFIRM}] =
          LondonMidnight(*ages.leaving_date + 1);
    }
    if (IsSaidAnew(own, item, true)) continue;
    if (consent.has_expires_at()) {
      wanted[{number, hub::v1::WORK_KIND_CONSENT_EXPIRING}] =
          absl::FromUnixMillis(absl::ToUnixMillis(FromTimestamp(consent.expires_at())));
    }
    if (const auto day = ParseIsoDate(consent.review_due_date()); day.ok()) {
      wanted[{number, hub::v1::WORK_KIND_CONSENT_REVIEW_DUE}] = LondonMidnight(*day + 1);
    }
  }
  return wanted;
}

absl::StatusOr<std::vector<Opened<ConsentTasks>>> OpenTasks(const CaseFile& file, ReadView& view) {
  MatterFilter filter;
  filter.kind = ConsentTasks::kKind;
  filter.subject = file.subject;
  filter.only_open = true;
  std::vector<Opened<ConsentTasks>> tasks;
  while (true) {
    EHC_ASSIGN_OR_RETURN(std::vector<Matter> matters, view.ListMatters(filter));
    for (Matter& matter : matters) {
      filter.after = matter.id;
      if (matter.opener != file.caller.agency()) continue;
      EHC_ASSIGN_OR_RETURN(tasks.emplace_back(), Unpack<ConsentTasks>(std::move(matter)));
    }
    if (static_cast<int>(matters.size()) < filter.limit) return tasks;
  }
}

void Move(Opened<ConsentTasks> task, Plan& plan) {
  plan.reads.push_back(MatterKey(task.matter.id));
  ++task.matter.revision;
  plan.changes.push_back(Put(task));
}

store::v1::Origin OriginOf(const store::v1::Dossier& own, int64_t consent) {
  for (const store::v1::ConsentItem& item : own.consents()) {
    if (item.origin().number() == consent) return item.origin();
  }
  return {};
}

absl::StatusOr<const DeadlineRule*> LeadOf(const CaseFile& file, WorkKind kind) {
  const DeadlineRule* rule = PolicyOf(file).FindClock(
      kind == hub::v1::WORK_KIND_CONSENT_TO_RECONFIRM ? "CONSENT_RECONFIRMATION"
                                                      : "CONSENT_RENEWAL",
      file.received_at);
  if (rule != nullptr) return rule;
  return RefusalError(absl::StatusCode::kUnavailable, "DECISION_UNAVAILABLE",
                      "the policy in force does not say when consents are asked for again");
}

}  // namespace

absl::Status KeepTasks(const Desks& desks, const CaseFile& file, ReadView& view,
                       const store::v1::Dossier& after, Plan& plan) {
  const AgencyId& agency = file.caller.agency();
  const store::v1::Dossier own = OwnView(after, agency);
  Wanted wanted = WantedBy(own, AgesOn(own, file.received_at, desks.rooms.facts.calendar()));
  EHC_ASSIGN_OR_RETURN(std::vector<Opened<ConsentTasks>> tasks, OpenTasks(file, view));
  for (Opened<ConsentTasks>& task : tasks) {
    const int64_t consent = ItemNumberOf(after, task.matter.subject, task.body.consent());
    const auto found = wanted.find({consent, static_cast<WorkKind>(task.body.kind())});
    if (found == wanted.end()) {
      task.matter.open = false;
      Move(std::move(task), plan);
      continue;
    }
    const absl::Time due = found->second;
    wanted.erase(found);
    if (task.matter.due_at == due) continue;
    task.matter.due_at = due;
    Move(std::move(task), plan);
  }
  for (const auto& [key, due] : wanted) {
    const store::v1::Origin origin = OriginOf(own, key.first);
    const SubjectId about = origin.about() == 0 ? file.subject : SubjectId{origin.about()};
    EHC_ASSIGN_OR_RETURN(Opened<ConsentTasks> task,
                         NewMatter<ConsentTasks>(desks.rooms.store, agency, agency, about));
    task.matter.due_at = due;
    task.body.set_unit(origin.unit());
    task.body.set_consent(ItemCodeOf(after, about, key.first));
    task.body.set_kind(key.second);
    plan.changes.push_back(Put(task));
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::Time> TaskOpensAt(const CaseFile& file, const Calendar& calendar,
                                       WorkKind kind, absl::Time due) {
  EHC_ASSIGN_OR_RETURN(const DeadlineRule* rule, LeadOf(file, kind));
  return LeadStart(*rule, LastDayBefore(due), calendar);
}

absl::StatusOr<absl::Time> LatestTaskDue(const CaseFile& file, const Calendar& calendar) {
  absl::Time latest = file.received_at;
  for (const WorkKind kind :
       {hub::v1::WORK_KIND_CONSENT_TO_RECONFIRM, hub::v1::WORK_KIND_CONSENT_EXPIRING}) {
    EHC_ASSIGN_OR_RETURN(const DeadlineRule* rule, LeadOf(file, kind));
    EHC_ASSIGN_OR_RETURN(const absl::Time due, DueAt(*rule, file.received_at, calendar));
    latest = std::max(latest, due);
  }
  // Months differ in length: a period counted back may be a few days longer than counted forwards.
  return latest + absl::Hours(24 * 4);
}

}  // namespace ehc
