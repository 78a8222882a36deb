// Reading matters: one, or a page of those that a unit opened or received.
#ifndef EHC_SERVER_SERVICES_MATTER_READINGS_H_
#define EHC_SERVER_SERVICES_MATTER_READINGS_H_

#include <string>
#include <utility>
#include <vector>

#include "server/services/matters.h"

namespace ehc {

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
      // What the clock has ended is open on paper alone.
      if constexpr (requires { Kind::IsOver(file, opened); }) {
        if (ask.only_open && Kind::IsOver(file, opened)) continue;
      }
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
                        typename ReadingOf<Resp>::FetchFunction fetch, Reply<Resp> reply,
                        const std::string& case_reference = {}) {
  if (!subject.ok()) return Fail(in.call_id, subject.status(), std::move(reply));
  Ask ask;
  ask.method = method;
  ask.action = action;
  ask.subject = *std::move(subject);
  ask.request.custodian = in.caller.agency();
  ask.request.case_reference = case_reference;
  auto source = std::make_shared<ReadingOf<Resp>>(std::move(fetch));
  StartDisclosure<Resp, Resp>(desks, std::move(in), std::move(ask), *source, ShapeWhole<Resp>,
                              [source, reply = std::move(reply)](Answer<Resp> answer) mutable {
                                reply(std::move(answer));
                              });
}

template <typename Kind, typename Req, typename Resp>
void StartMatterList(const Desks& desks, Incoming in, const char* method, const char* action,
                     const Req& request, Side side, MatterShow<Kind> show, Reply<Resp> reply) {
  const std::string list = PageListOf(desks, method, request);
  auto after = ReadPageToken(desks, in.caller, list, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  const int size = PageSize(request.page_size());
  MatterPageAsk ask{side, request.only_open(), MatterId{*after}, size + 1};
  std::string case_reference;
  if constexpr (requires { request.case_reference(); }) case_reference = request.case_reference();
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
      std::move(reply), case_reference);
}

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_MATTER_READINGS_H_
