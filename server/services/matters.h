// What every matter between two agencies shares: it is found by name, shown to its parties alone,
// opened once and moved on under its revision. A kind of matter is a traits struct:
//
//   struct Notices {
//     using Body = store::v1::NoticeBody;    // what is sealed
//     using Value = hub::v1::RecallNotice;   // what a party sees
//     static constexpr char kKind[] = "RECALL_NOTICE";
//     static constexpr char kCollection[] = "recallNotices";
//     static std::string UnitOf(const Opened<Notices>&, Side);  // of either party; empty: any
//   };
#ifndef EHC_SERVER_SERVICES_MATTERS_H_
#define EHC_SERVER_SERVICES_MATTERS_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/base/status_macros.h"
#include "server/model/calendar.h"
#include "server/services/agreement_views.h"
#include "server/services/common.h"
#include "server/services/dossier_items.h"

namespace ehc {

enum class Side { kOpener, kAddressee, kEither };

// RESOURCE_NOT_FOUND, alike for what there is not and for what is another's.
absl::Status NoSuchMatter();
absl::Status MatterConflict(absl::string_view message);

// The child that a matter of the caller's is about; 0 for every other name. For the call's entry:
// what the call may do is decided later, in the view that decides it.
template <typename Kind>
absl::StatusOr<SubjectRef> ChildOf(const Desks& desks, const Caller& caller,
                                   const std::string& name);
absl::StatusOr<SubjectRef> ChildOfMatter(const Desks& desks, const Caller& caller,
                                         absl::string_view kind, MatterId id);

// Whether a unit's matter is the acting person's: their own unit's, the whole agency's, or any for
// whoever may oversee it ("custody.oversee").
bool IsOfUnit(const CaseFile& file, absl::string_view unit);

// By policies/vocabulary/clocks.textproto; UNAVAILABLE where the policy in force lacks the clock.
absl::StatusOr<absl::Time> ClockDue(const CaseFile& file, const Calendar& calendar,
                                    absl::string_view clock, absl::Time from);

// "agencies/bromley"
std::string AgencyNameOf(const AgencyId& agency);

// The Ask of a write about a matter.
template <typename Req>
absl::StatusOr<Ask> MatterAsk(const Desks& desks, const Caller& caller, const char* method,
                              const char* action, const Req& request,
                              absl::StatusOr<SubjectRef> subject) {
  if (!subject.ok()) return subject.status();
  EHC_RETURN_IF_ERROR(CheckUnit(caller, request.unit()));
  Ask ask = MutationAsk(desks, method, action, request.request_id(), request);
  ask.subject = *std::move(subject);
  ask.request.custodian = caller.agency();
  ask.request.custodian_unit = ActingUnit(caller, request.unit());
  ask.request.case_reference = request.case_reference();
  if constexpr (requires { request.validate_only(); }) ask.validate_only = request.validate_only();
  return ask;
}

// Says in the call's entry that it rests on a duty in law, not on consent.
void RestOnDuty(Ask& ask, absl::string_view purpose);

template <typename Kind>
struct Opened {
  Matter matter;
  typename Kind::Body body;

  bool IsParty(const AgencyId& agency, Side side) const {
    return (side != Side::kAddressee && matter.opener == agency) ||
           (side != Side::kOpener && matter.addressee == agency);
  }
};

template <typename Kind>
absl::StatusOr<Opened<Kind>> Unpack(Matter matter) {
  Opened<Kind> opened;
  if (!opened.body.ParseFromString(matter.body)) return absl::DataLossError("a matter's body");
  matter.body.clear();
  opened.matter = std::move(matter);
  return opened;
}

template <typename Kind>
absl::StatusOr<Opened<Kind>> FindMatterOf(ReadView& view, MatterId id, const AgencyId& party,
                                          Side side) {
  EHC_ASSIGN_OR_RETURN(std::optional<Matter> matter, view.FindMatter(Kind::kKind, id));
  if (!matter.has_value()) return NoSuchMatter();
  EHC_ASSIGN_OR_RETURN(Opened<Kind> opened, Unpack<Kind>(*std::move(matter)));
  if (!opened.IsParty(party, side)) return NoSuchMatter();
  return opened;
}

// For reading: by a unit of either party.
template <typename Kind>
absl::StatusOr<Opened<Kind>> FindReadable(const CaseFile& file, ReadView& view, MatterId id) {
  const AgencyId& own = file.caller.agency();
  EHC_ASSIGN_OR_RETURN(Opened<Kind> opened, FindMatterOf<Kind>(view, id, own, Side::kEither));
  for (const Side side : {Side::kOpener, Side::kAddressee}) {
    if (opened.IsParty(own, side) && IsOfUnit(file, Kind::UnitOf(opened, side))) return opened;
  }
  return NoSuchMatter();
}

// Whether the caller reads as the one who opened it: a unit may write to another of its own agency.
template <typename Kind>
bool ReadsAsOpener(const CaseFile& file, const Opened<Kind>& opened) {
  return opened.matter.opener == file.caller.agency() &&
         IsOfUnit(file, Kind::UnitOf(opened, Side::kOpener));
}

template <typename Kind>
MatterId ReadMatterName(const Desks& desks, const std::string& name) {
  return desks.rooms.names.OpenMatter(Kind::kCollection, name);
}

template <typename Kind>
absl::StatusOr<SubjectRef> ChildOf(const Desks& desks, const Caller& caller,
                                   const std::string& name) {
  return ChildOfMatter(desks, caller, Kind::kKind, ReadMatterName<Kind>(desks, name));
}

// The change that writes it down: the first revision, or the next.
template <typename Kind>
PutMatter Put(const Opened<Kind>& opened) {
  PutMatter put{opened.matter};
  put.matter.body = opened.body.SerializeAsString();
  return put;
}

template <typename Kind>
absl::StatusOr<Opened<Kind>> NewMatter(Store& store, const AgencyId& opener,
                                       const AgencyId& addressee, SubjectId subject) {
  Opened<Kind> opened;
  EHC_ASSIGN_OR_RETURN(opened.matter.id, store.NewMatterId());
  opened.matter.kind = Kind::kKind;
  opened.matter.opener = opener;
  opened.matter.addressee = addressee;
  opened.matter.subject = subject;
  opened.matter.revision = 1;
  opened.matter.open = true;
  return opened;
}

// How a party sees a matter.
template <typename Kind>
using MatterShow = std::function<typename Kind::Value(const CaseFile&, const Opened<Kind>&)>;

// The fields that every matter's message shares.
template <typename Kind>
void ShowHeader(const Rooms& rooms, const CaseFile& file, const Opened<Kind>& opened,
                typename Kind::Value& value) {
  const Matter& matter = opened.matter;
  value.set_name(rooms.names.MatterName(Kind::kCollection, matter.id));
  if (matter.subject.known()) {
    value.set_subject(rooms.names.SubjectName(file.caller.agency(), matter.subject));
  }
  value.set_etag(EtagOf(matter.revision));
  if constexpr (requires { value.set_from(""); }) {
    value.set_from(AgencyNameOf(matter.opener));
    value.set_to(AgencyNameOf(matter.addressee));
  }
  if constexpr (requires { value.set_overdue(true); }) {
    if (matter.due_at == absl::InfiniteFuture()) return;
    *value.mutable_due_at() = ToTimestamp(matter.due_at);
    value.set_overdue(matter.open && matter.due_at <= file.received_at);
  }
}

template <typename Kind>
Written DescribeMatter(const CaseFile& file, const Opened<Kind>& opened,
                       const MatterShow<Kind>& show) {
  Written written;
  written.resource = absl::StrCat("matter/", opened.matter.id.value);
  written.version = opened.matter.revision;
  written.value = std::make_unique<typename Kind::Value>(show(file, opened));
  return written;
}

MatterId MatterOfResource(absl::string_view resource);

// Opens a matter. `fill` makes it, or finds the one that is there already: nothing is then added.
template <typename Kind>
class MatterOpening : public Mutation {
 public:
  // Changes that go with it are added to the plan.
  using Fill = std::function<absl::StatusOr<Opened<Kind>>(const CaseFile&, ReadView&, Plan&)>;
  MatterOpening(Fill fill, MatterShow<Kind> show)
      : fill_(std::move(fill)), show_(std::move(show)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    if (!file.facts.subject_known) return NotRegistered();
    Plan plan;
    EHC_ASSIGN_OR_RETURN(const Opened<Kind> opened, fill_(file, view, plan));
    plan.written = DescribeMatter(file, opened, show_);
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(
        const Opened<Kind> opened,
        FindMatterOf<Kind>(view, MatterOfResource(resource), file.caller.agency(), Side::kOpener));
    return DescribeMatter(file, opened, show_);
  }

 private:
  Fill fill_;
  MatterShow<Kind> show_;
};

// Moves a matter on.
template <typename Kind>
class MatterEdit : public Mutation {
 public:
  struct Target {
    MatterId id;
    Side side = Side::kAddressee;  // or kOpener
    std::string etag;
  };
  using Edit = std::function<absl::Status(const CaseFile&, ReadView&, Opened<Kind>&, Plan&)>;
  MatterEdit(Target target, Edit edit, MatterShow<Kind> show)
      : target_(std::move(target)), edit_(std::move(edit)), show_(std::move(show)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    EHC_ASSIGN_OR_RETURN(Opened<Kind> opened, Find(file, view, target_.id));
    EHC_RETURN_IF_ERROR(CheckEtag(target_.etag, opened.matter.revision));
    Plan plan;
    const std::string before = opened.body.SerializeAsString();
    EHC_RETURN_IF_ERROR(edit_(file, view, opened, plan));
    plan.reads.push_back(MatterKey(opened.matter.id));
    if (opened.body.SerializeAsString() != before) {
      ++opened.matter.revision;
      plan.changes.push_back(Put(opened));
    }
    plan.written = DescribeMatter(file, opened, show_);
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    EHC_ASSIGN_OR_RETURN(const Opened<Kind> opened, Find(file, view, MatterOfResource(resource)));
    return DescribeMatter(file, opened, show_);
  }

 private:
  absl::StatusOr<Opened<Kind>> Find(const CaseFile& file, ReadView& view, MatterId id) const {
    EHC_ASSIGN_OR_RETURN(Opened<Kind> opened,
                         FindMatterOf<Kind>(view, id, file.caller.agency(), target_.side));
    if (!IsOfUnit(file, Kind::UnitOf(opened, target_.side))) return NoSuchMatter();
    return opened;
  }

  Target target_;
  Edit edit_;
  MatterShow<Kind> show_;
};

// The response's first field is what was written.
template <typename Resp>
void ShapeFirstField(const Audited<Written>& audited, const Rooms&, Resp& response) {
  response.GetReflection()
      ->MutableMessage(&response, Resp::descriptor()->field(0))
      ->CopyFrom(*audited.value().value);
}

// A page of matters of one kind.
struct MatterPageAsk {
  Side side = Side::kAddressee;  // or kOpener
  bool only_open = false;
  MatterId after;
  int size = 0;
};

template <typename Kind>
absl::StatusOr<std::vector<Opened<Kind>>> ListMattersOf(const CaseFile& file, ReadView& view,
                                                        const MatterPageAsk& ask) {
  MatterFilter filter;
  filter.kind = Kind::kKind;
  (ask.side == Side::kOpener ? filter.opener : filter.addressee) = file.caller.agency();
  filter.only_open = ask.only_open;
  filter.after = ask.after;
  std::vector<Opened<Kind>> found;
  while (static_cast<int>(found.size()) < ask.size) {
    EHC_ASSIGN_OR_RETURN(std::vector<Matter> matters, view.ListMatters(filter));
    for (Matter& matter : matters) {
      filter.after = matter.id;
      EHC_ASSIGN_OR_RETURN(Opened<Kind> opened, Unpack<Kind>(std::move(matter)));
      if (!IsOfUnit(file, Kind::UnitOf(opened, ask.side))) continue;
      found.push_back(std::move(opened));
      if (static_cast<int>(found.size()) == ask.size) return found;
    }
    if (static_cast<int>(matters.size()) < filter.limit) break;
  }
  return found;
}

// A reading of matters: `fetch` makes the response itself.
template <typename Resp>
void StartMatterReading(const Desks& desks, Incoming in, const char* method, const char* action,
                        absl::StatusOr<SubjectRef> subject,
                        typename ReadingOf<Resp>::FetchFunction fetch, Reply<Resp> reply) {
  if (!subject.ok()) return Fail(in.call_id, subject.status(), std::move(reply));
  Ask ask;
  ask.method = method;
  ask.action = action;
  ask.subject = *std::move(subject);
  ask.request.custodian = in.caller.agency();
  auto source = std::make_shared<ReadingOf<Resp>>(std::move(fetch));
  StartDisclosure<Resp, Resp>(desks, std::move(in), std::move(ask), *source, ShapeWhole<Resp>,
                              [source, reply = std::move(reply)](Answer<Resp> answer) mutable {
                                reply(std::move(answer));
                              });
}

template <typename Kind, typename Req, typename Resp>
void StartMatterList(const Desks& desks, Incoming in, const char* method, const char* action,
                     const Req& request, Side side, MatterShow<Kind> show, Reply<Resp> reply) {
  const std::string list =
      absl::StrCat(Kind::kCollection, side == Side::kOpener ? "/opened" : "/received",
                   request.only_open() ? "/open" : "");
  auto after = ReadPageToken(desks, in.caller, list, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  const int size = PageSize(request.page_size());
  MatterPageAsk ask{side, request.only_open(), MatterId{*after}, size + 1};
  StartMatterReading<Resp>(
      desks, std::move(in), method, action, SubjectRef{},
      [&names = desks.rooms.names, ask, list, size, show](const CaseFile& file,
                                                          ReadView& view) -> absl::StatusOr<Resp> {
        EHC_ASSIGN_OR_RETURN(std::vector<Opened<Kind>> found, ListMattersOf<Kind>(file, view, ask));
        Resp response;
        const bool more = static_cast<int>(found.size()) > size;
        if (more) found.pop_back();
        for (const Opened<Kind>& opened : found) {
          response.GetReflection()
              ->AddMessage(&response, Resp::descriptor()->field(0))
              ->CopyFrom(show(file, opened));
        }
        if (more) {
          response.set_next_page_token(
              names.SealPage(file.caller.agency(), list, found.back().matter.id.value));
        }
        return response;
      },
      std::move(reply));
}

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_MATTERS_H_
