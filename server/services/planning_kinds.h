// The matters of planning, all of one authority with itself: scores, pots, budgets (as seen by who
// sets them, and by who looks after direct payments), support plans; and the notices of unmet needs
// to other agencies.
#ifndef EHC_SERVER_SERVICES_PLANNING_KINDS_H_
#define EHC_SERVER_SERVICES_PLANNING_KINDS_H_

#include <string>
#include <utility>
#include <vector>

#include "ehc/hub/v1/planning.pb.h"
#include "ehc/store/v1/planning.pb.h"
#include "server/pathway/exact.h"
#include "server/policy/planning_terms.h"
#include "server/policy/scoring_models.h"
#include "server/services/letters.h"
#include "server/services/matter_mutations.h"
#include "server/services/matter_readings.h"

namespace ehc {

struct NeedsScores {
  using Body = store::v1::NeedsScoreBody;
  using Value = hub::v1::NeedsScore;
  static constexpr char kKind[] = "NEEDS_SCORE";
  static constexpr char kCollection[] = "needsScores";
  static std::string UnitOf(const Opened<NeedsScores>& opened, Side) { return opened.body.unit(); }
};

// The whole authority's: one unit makes it and others allocate from it.
struct BudgetPots {
  using Body = store::v1::BudgetPotBody;
  using Value = hub::v1::BudgetPot;
  static constexpr char kKind[] = "BUDGET_POT";
  static constexpr char kCollection[] = "budgetPots";
  static std::string UnitOf(const Opened<BudgetPots>&, Side) { return ""; }
};

struct Budgets {
  using Body = store::v1::BudgetBody;
  using Value = hub::v1::Budget;
  static constexpr char kKind[] = "BUDGET";
  static constexpr char kCollection[] = "budgets";
  static std::string UnitOf(const Opened<Budgets>& opened, Side) {
    return opened.body.value().unit();
  }
};

// The same matters for those who look after direct payments, whichever unit set the budget.
struct DirectPayments {
  using Body = store::v1::BudgetBody;
  using Value = hub::v1::DirectPayment;
  static constexpr char kKind[] = "BUDGET";
  static constexpr char kCollection[] = "budgets";
  static std::string UnitOf(const Opened<DirectPayments>&, Side) { return ""; }
};

struct SupportPlans {
  using Body = store::v1::SupportPlanBody;
  using Value = hub::v1::SupportPlan;
  static constexpr char kKind[] = "SUPPORT_PLAN";
  static constexpr char kCollection[] = "supportPlans";
  static std::string UnitOf(const Opened<SupportPlans>& opened, Side) {
    return opened.body.value().unit();
  }
};

struct UnmetNeeds : Letters<hub::v1::UnmetNeed> {
  static constexpr char kKind[] = "UNMET_NEED";
  static constexpr char kCollection[] = "unmetNeeds";
  static std::string UnitOf(const Opened<UnmetNeeds>& opened, Side side) {
    return UnitOfLetter(opened, side);
  }
};

MatterShow<NeedsScores> ScoreShow(const Desks& desks, bool whole);
MatterShow<BudgetPots> PotShow(const Desks& desks);
MatterShow<Budgets> BudgetShow(const Desks& desks, bool whole);
MatterShow<DirectPayments> DirectPaymentShow(const Desks& desks);
MatterShow<SupportPlans> SupportPlanShow(const Desks& desks);

// Who acts, as their agency calls them; empty for an unattended system.
std::string UserOf(const CaseFile& file);
std::string RoleCodeOf(const CaseFile& file);

// How many steps, views, reviews or checks one matter holds at most, and how much spending.
inline constexpr int kMostSteps = 200;
inline constexpr int kMostSpends = 2000;
absl::Status TooMany();

absl::Status Precondition(const char* reason, absl::string_view message);
// A fault that server/pathway found: INVALID_ARGUMENT as FIELD_INVALID under `path`, else `reason`.
absl::Status FromPathway(const absl::Status& fault, absl::string_view path, const char* reason);
// FIELD_INVALID for a day after today.
absl::Status CheckNotFuture(const CaseFile& file, absl::string_view day, absl::string_view field);

// MODEL_NOT_IN_USE for what is retired, not in use yet or another agency's; FIELD_INVALID for what
// there is not and for what runs in shadow.
absl::Status CheckModel(const CaseFile& file, const ScoringModelInfo* info);

// One of the caller's own; RESOURCE_NOT_FOUND for another unit's too.
template <typename Kind>
absl::StatusOr<Opened<Kind>> FindOwnMatter(const CaseFile& file, ReadView& view, MatterId id) {
  EHC_ASSIGN_OR_RETURN(Opened<Kind> opened,
                       FindMatterOf<Kind>(view, id, file.caller.agency(), Side::kOpener));
  if (!IsOfUnit(file, Kind::UnitOf(opened, Side::kOpener))) return NoSuchMatter();
  return opened;
}

// The same, about the child of the call.
template <typename Kind>
absl::StatusOr<Opened<Kind>> FindOfChild(const CaseFile& file, ReadView& view, MatterId id) {
  EHC_ASSIGN_OR_RETURN(Opened<Kind> opened, FindOwnMatter<Kind>(file, view, id));
  EHC_ASSIGN_OR_RETURN(const SubjectId child, view.RootOf(opened.matter.subject));
  if (!(child == file.subject)) return NoSuchMatter();
  return opened;
}

// A reading of one matter of the caller's own, by its request's `name`.
template <typename Kind, typename Req, typename Resp>
void StartOwnReading(const Desks& desks, Incoming in, const char* method, const char* action,
                     const Req& request, MatterShow<Kind> show, Reply<Resp> reply) {
  auto child = ChildOf<Kind>(desks, in.caller, request.name());
  StartMatterReading<Resp>(
      desks, std::move(in), method, action, std::move(child),
      [id = ReadMatterName<Kind>(desks, request.name()), show = std::move(show)](
          const CaseFile& file, ReadView& view) -> absl::StatusOr<Resp> {
        EHC_ASSIGN_OR_RETURN(const Opened<Kind> opened, FindOwnMatter<Kind>(file, view, id));
        Resp response;
        response.GetReflection()
            ->MutableMessage(&response, Resp::descriptor()->field(0))
            ->CopyFrom(show(file, opened));
        return response;
      },
      std::move(reply), request.case_reference());
}

// So many matters are looked at for one page: it may be short, or empty, and yet not the last.
inline constexpr int kLookedAt = 2000;

// A page of the caller's own matters that `wanted` chooses.
template <typename Kind, typename Req, typename Resp>
void StartChosenList(const Desks& desks, Incoming in, const char* method, const char* action,
                     const Req& request,
                     std::function<bool(const CaseFile&, const Opened<Kind>&)> wanted,
                     MatterShow<Kind> show, Reply<Resp> reply) {
  const std::string list = PageListOf(desks, method, request);
  auto after = ReadPageToken(desks, in.caller, list, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  const int size = PageSize(request.page_size());
  MatterPageAsk ask{Side::kOpener, request.only_open(), MatterId{*after}, size + 1};
  StartMatterReading<Resp>(
      desks, std::move(in), method, action, SubjectRef{},
      [&names = desks.rooms.names, ask, list, size, wanted = std::move(wanted),
       show = std::move(show)](const CaseFile& file, ReadView& view) -> absl::StatusOr<Resp> {
        Resp response;
        MatterPageAsk next = ask;
        int shown = 0;
        int looked_at = 0;
        while (true) {
          EHC_ASSIGN_OR_RETURN(std::vector<Opened<Kind>> found,
                               ListMattersOf<Kind>(file, view, next));
          for (const Opened<Kind>& opened : found) {
            const bool shows = wanted(file, opened);
            if (looked_at++ == kLookedAt || (shows && shown == size)) {
              response.set_next_page_token(
                  names.SealPage(file.caller.agency(), list, next.after.value));
              return response;
            }
            next.after = opened.matter.id;
            if (!shows) continue;
            response.GetReflection()
                ->AddMessage(&response, Resp::descriptor()->field(0))
                ->CopyFrom(show(file, opened));
            ++shown;
          }
          if (static_cast<int>(found.size()) < next.size) return response;
        }
      },
      std::move(reply), request.case_reference());
}

// A step of a matter of the caller's own, by its request's `name` and `etag`.
template <typename Kind, typename Req, typename Resp>
void StartOwnEdit(const Desks& desks, Incoming in, const char* method, const char* action,
                  const Req& request, typename MatterEdit<Kind>::Edit edit, MatterShow<Kind> show,
                  Reply<Resp> reply) {
  auto ask = MatterAsk(desks, in.caller, method, action, request,
                       ChildOf<Kind>(desks, in.caller, request.name()));
  if (ask.ok()) RestOnDuty(*ask, "CHILD_IN_NEED");
  if constexpr (requires { request.reason(); }) {
    if (ask.ok()) ask->justification = request.reason();
  }
  typename MatterEdit<Kind>::Target target{ReadMatterName<Kind>(desks, request.name()),
                                           Side::kOpener, request.etag()};
  StartMutation<Resp>(
      desks, std::move(in), std::move(ask),
      std::make_shared<MatterEdit<Kind>>(std::move(target), std::move(edit), std::move(show)),
      ShapeFirstField<Resp>, std::move(reply));
}

// Moves another matter on in the same commit.
template <typename Kind>
void MoveAlong(Opened<Kind>& opened, Plan& plan) {
  plan.reads.push_back(MatterKey(opened.matter.id));
  ++opened.matter.revision;
  plan.changes.push_back(Put(opened));
}

// Takes `pence` (negative: gives them back) from the pot. POT_OVERSPENT where pot and contingency
// do not suffice.
absl::Status TakeFromPot(Opened<BudgetPots>& pot, Pence pence);

// The figure as it stands; 0 before the first.
Pence FigureOf(const store::v1::BudgetBody& body);
// Adds a step and says how it compares.
absl::Status AddVersion(const CaseFile& file, hub::v1::BudgetStage stage, Pence to,
                        const std::string& reason, store::v1::BudgetBody& body);

// Nobody manages anything of it any more: it has to be arranged anew.
void ClearArrangement(Opened<Budgets>& budget);

// FUNDING_NOT_ELIGIBLE unless the money of each line is there, may be spent on that, and suffices.
absl::Status CheckPlanMoney(const CaseFile& file, const store::v1::BudgetBody& budget,
                            const hub::v1::SupportPlan& plan);
// The money of a stream beside the pot; nullptr: none.
const hub::v1::Funding* FundingOf(const store::v1::BudgetBody& budget, absl::string_view stream);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_PLANNING_KINDS_H_
