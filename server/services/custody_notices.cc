// Reading and acknowledging notices that a record was read.
#include <string>
#include <utility>
#include <vector>

#include "server/pipeline/mutate_each.h"
#include "server/services/custody_desk.h"
#include "server/services/disclosure_notices.h"
#include "server/services/matter_mutations.h"
#include "server/services/matter_readings.h"

namespace ehc {
namespace {

using hub::v1::AcknowledgeDisclosureNoticesResponse;
using hub::v1::ListDisclosureNoticesResponse;

constexpr char kAcknowledge[] = "disclosure_notice.acknowledge";

MatterShow<DisclosureNotices> NoticeShow(const Desks& desks) {
  return [&rooms = desks.rooms](const CaseFile& file, const Opened<DisclosureNotices>& opened) {
    return ShowFold(rooms, file, {opened});
  };
}

absl::Status Acknowledge(const CaseFile& file, ReadView&, Opened<DisclosureNotices>& opened,
                         Plan&) {
  if (!opened.matter.open) return StateConflict("name: it was acknowledged already");
  opened.body.set_acknowledged_ms(absl::ToUnixMillis(file.received_at));
  opened.matter.open = false;
  return absl::OkStatus();
}

std::shared_ptr<const Mutation> Acknowledgement(const Desks& desks, const std::string& name,
                                                const std::string& etag) {
  MatterEdit<DisclosureNotices>::Target target{ReadMatterName<DisclosureNotices>(desks, name),
                                               Side::kAddressee, etag};
  return std::make_shared<MatterEdit<DisclosureNotices>>(std::move(target), Acknowledge,
                                                         NoticeShow(desks));
}

// A page of folds. `last` is the last reading on it; 0: there is no further page.
struct NoticePage {
  NoticeFolds folds;
  MatterId last;
};

class NoticeReader {
 public:
  NoticeReader(const CaseFile& file, ReadView& view, MatterFilter filter)
      : file_(file), view_(view), filter_(std::move(filter)) {}

  absl::StatusOr<NoticePage> Read(size_t most) {
    NoticePage page{NoticeFolds(most), {}};
    for (int read = 0; read < kMostRead;) {
      EHC_ASSIGN_OR_RETURN(std::vector<Matter> matters, view_.ListMatters(filter_));
      for (Matter& matter : matters) {
        const MatterId id = matter.id;
        EHC_ASSIGN_OR_RETURN(auto reading, Unpack<DisclosureNotices>(std::move(matter)));
        const bool own = IsOfUnit(file_, reading.body.to_unit());
        if (own && !page.folds.Add(std::move(reading))) {
          page.last = filter_.after;
          return page;
        }
        filter_.after = id;
      }
      if (static_cast<int>(matters.size()) < filter_.limit) return page;
      read += filter_.limit;
    }
    page.last = filter_.after;
    return page;
  }

 private:
  static constexpr int kMostRead = 1000;

  const CaseFile& file_;
  ReadView& view_;
  MatterFilter filter_;
};

hub::v1::AcknowledgedDisclosureNotice& OutcomeAt(AcknowledgeDisclosureNoticesResponse& response,
                                                 size_t index) {
  while (response.outcomes_size() <= static_cast<int>(index)) response.add_outcomes();
  return *response.mutable_outcomes(static_cast<int>(index));
}

void ShapeAcknowledged(const Audited<Written>& audited, const Rooms&, size_t index,
                       AcknowledgeDisclosureNoticesResponse& response) {
  OutcomeAt(response, index).mutable_disclosure_notice()->CopyFrom(*audited.value().value);
}

void ShapeRefused(const AuditedDenial& denial, size_t index,
                  AcknowledgeDisclosureNoticesResponse& response) {
  OutcomeAt(response, index).set_refused(WireReasonOf(denial.refusal()));
}

// One question for each name: alike but for the child and the request_id.
absl::StatusOr<std::vector<Ask>> AsksOf(
    const Desks& desks, const Caller& caller,
    const hub::v1::AcknowledgeDisclosureNoticesRequest& request) {
  EHC_ASSIGN_OR_RETURN(const Ask common, MatterAsk(desks, caller, "AcknowledgeDisclosureNotices",
                                                   kAcknowledge, request, SubjectRef{}));
  std::vector<Ask> asks;
  for (const std::string& name : request.names()) {
    Ask& ask = asks.emplace_back(common);
    EHC_ASSIGN_OR_RETURN(ask.subject, ChildOf<DisclosureNotices>(desks, caller, name));
    ask.request_id = absl::StrCat(request.request_id(), "/", asks.size());
  }
  return asks;
}

}  // namespace

void CustodyDesk::ListDisclosureNotices(Incoming in,
                                        const hub::v1::ListDisclosureNoticesRequest& request,
                                        Reply<ListDisclosureNoticesResponse> reply) const {
  const std::string list = PageListOf(desks_, kDisclosureNotices, request);
  const auto after = ReadPageToken(desks_, in.caller, list, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  MatterFilter filter;
  filter.kind = DisclosureNotices::kKind;
  filter.addressee = in.caller.agency();
  filter.only_open = request.only_open();
  filter.after = MatterId{*after};
  StartMatterReading<ListDisclosureNoticesResponse>(
      desks_, std::move(in), "ListDisclosureNotices", "disclosure_notice.read", SubjectRef{},
      [&rooms = desks_.rooms, filter, list,
       size = static_cast<size_t>(PageSize(request.page_size()))](
          const CaseFile& file, ReadView& view) -> absl::StatusOr<ListDisclosureNoticesResponse> {
        EHC_ASSIGN_OR_RETURN(const NoticePage page, NoticeReader(file, view, filter).Read(size));
        ListDisclosureNoticesResponse response;
        for (const NoticeFold& fold : page.folds.folds()) {
          *response.add_disclosure_notices() = ShowFold(rooms, file, fold);
        }
        if (page.last.known()) {
          response.set_next_page_token(
              rooms.names.SealPage(file.caller.agency(), list, page.last.value));
        }
        return response;
      },
      std::move(reply));
}

void CustodyDesk::AcknowledgeDisclosureNotice(
    Incoming in, const hub::v1::AcknowledgeDisclosureNoticeRequest& request,
    Reply<hub::v1::AcknowledgeDisclosureNoticeResponse> reply) const {
  auto ask = MatterAsk(desks_, in.caller, "AcknowledgeDisclosureNotice", kAcknowledge, request,
                       ChildOf<DisclosureNotices>(desks_, in.caller, request.name()));
  StartMutation<hub::v1::AcknowledgeDisclosureNoticeResponse>(
      desks_, std::move(in), std::move(ask),
      Acknowledgement(desks_, request.name(), request.etag()),
      ShapeFirstField<hub::v1::AcknowledgeDisclosureNoticeResponse>, std::move(reply));
}

void CustodyDesk::AcknowledgeDisclosureNotices(
    Incoming in, const hub::v1::AcknowledgeDisclosureNoticesRequest& request,
    Reply<AcknowledgeDisclosureNoticesResponse> reply) const {
  auto asks = AsksOf(desks_, in.caller, request);
  if (!asks.ok()) return Fail(in.call_id, asks.status(), std::move(reply));
  auto calls = desks_.rooms.desk.OpenAll(in.call_id, in.caller, *std::move(asks));
  if (!calls.ok()) return Fail(in.call_id, calls.status(), std::move(reply));
  std::vector<std::shared_ptr<const Mutation>> mutations;
  for (const std::string& name : request.names()) {
    mutations.push_back(Acknowledgement(desks_, name, /*etag=*/""));
  }
  std::make_shared<EachMutation<AcknowledgeDisclosureNoticesResponse>>(
      desks_.rooms, in.call_id,
      EachShape<AcknowledgeDisclosureNoticesResponse>{ShapeAcknowledged, ShapeRefused},
      std::move(mutations), std::move(reply))
      ->Start(*std::move(calls));
}

}  // namespace ehc
