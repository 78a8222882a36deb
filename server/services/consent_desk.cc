#include "server/services/consent_desk.h"

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "server/pipeline/facts.h"
#include "server/services/consent_items.h"
#include "server/services/consent_rules.h"

namespace ehc {
namespace {

using hub::v1::Consent;
using hub::v1::RecordConsentResponse;

class Recording : public ConsentChange<RecordConsentResponse> {
 public:
  Recording(const Desks& desks, Consent consent)
      : ConsentChange(desks), consent_(std::move(consent)) {}

 private:
  absl::StatusOr<int64_t> Change(const CaseFile& file, ReadView& view, store::v1::Dossier& dossier,
                                 RecordConsentResponse&, Plan&) const override {
    EHC_RETURN_IF_ERROR(CheckForm(desks(), file, view, consent_));
    EHC_RETURN_IF_ERROR(CheckMayGive(desks(), file, consent_));
    Consent recorded = consent_;
    recorded.set_recorded_by(AgencyNameOf(file.caller.agency()));
    recorded.clear_withdrawn_at();
    recorded.clear_withdrawn_by();
    recorded.clear_reconfirms();
    EHC_ASSIGN_OR_RETURN(const int64_t number,
                         Adding<ConsentItems>(std::move(recorded))(file, dossier));
    WriteDown(file, hub::v1::CONSENT_ACT_RECORD,
              *FindOwn<ConsentItems>(dossier, number, file.caller.agency()));
    return number;
  }

  const Consent consent_;
};

// Of one's own, about the child of the call; null: there is none of this number.
const store::v1::ConsentItem* FindItem(const store::v1::Dossier& own, int64_t number) {
  for (const store::v1::ConsentItem& item : own.consents()) {
    if (item.origin().number() == number) return &item;
  }
  return nullptr;
}

// A reading of what the agency itself wrote about a child; nullopt: there is nothing of that.
template <typename Resp>
class OwnReading : public RecordSource<Resp> {
 public:
  using FetchFunction =
      std::function<std::optional<Resp>(const CaseFile&, const store::v1::Dossier& own)>;
  explicit OwnReading(FetchFunction fetch) : fetch_(std::move(fetch)) {}

 private:
  absl::StatusOr<std::optional<Resp>> Fetch(const CaseFile& file, ReadView&) const override {
    if (!file.facts.subject_known) return std::nullopt;
    return fetch_(file, OwnView(file.dossier, file.caller.agency()));
  }

  FetchFunction fetch_;
};

template <typename Resp>
void Read(const Desks& desks, Incoming in, const char* method, const std::string& subject,
          typename OwnReading<Resp>::FetchFunction fetch, Reply<Resp> reply) {
  auto ask = OwnReadingAsk(desks, in.caller, method, "consent.read", subject);
  auto source = std::make_shared<OwnReading<Resp>>(std::move(fetch));
  StartDisclosure<Resp, Resp>(desks, std::move(in), std::move(ask), *source, ShapeWhole<Resp>,
                              [source, reply = std::move(reply)](Answer<Resp> answer) mutable {
                                reply(std::move(answer));
                              });
}

std::vector<hub::v1::ConsentRevision> RevisionsOf(const Desks& desks, const CaseFile& file,
                                                  const store::v1::Dossier& own,
                                                  const store::v1::ConsentItem& item) {
  std::vector<hub::v1::ConsentRevision> revisions(item.past().begin(), item.past().end());
  const Consent now = ShowConsent(desks, file, own, item);
  for (hub::v1::ConsentRevision& past : revisions) past.mutable_consent()->set_name(now.name());
  hub::v1::ConsentRevision& newest = revisions.emplace_back(item.written());
  newest.set_revision(item.origin().revision());
  *newest.mutable_consent() = now;
  return revisions;
}

}  // namespace

void ConsentDesk::RecordConsent(Incoming in, const hub::v1::RecordConsentRequest& request,
                                Reply<RecordConsentResponse> reply) const {
  auto ask =
      ItemAsk(desks_, in.caller, "RecordConsent", "consent.record", request, request.subject());
  StartMutation<RecordConsentResponse>(desks_, std::move(in), std::move(ask),
                                       std::make_shared<Recording>(desks_, request.consent()),
                                       ShapeChanged<RecordConsentResponse>, std::move(reply));
}

void ConsentDesk::GetConsent(Incoming in, const hub::v1::GetConsentRequest& request,
                             Reply<hub::v1::GetConsentResponse> reply) const {
  using Resp = hub::v1::GetConsentResponse;
  const ItemName name = ReadItemName(desks_.rooms.names, in.caller.agency(), request.name(),
                                     ConsentItems::kCollection);
  Read<Resp>(
      desks_, std::move(in), "GetConsent", name.subject,
      [this, name](const CaseFile& file, const store::v1::Dossier& own) -> std::optional<Resp> {
        const store::v1::ConsentItem* item =
            FindItem(own, ItemNumberOf(file.dossier, file.named, name.number));
        if (item == nullptr) return std::nullopt;
        Resp response;
        *response.mutable_consent() = ShowConsent(desks_, file, own, *item);
        return response;
      },
      std::move(reply));
}

void ConsentDesk::ListConsents(Incoming in, const hub::v1::ListConsentsRequest& request,
                               Reply<hub::v1::ListConsentsResponse> reply) const {
  using Resp = hub::v1::ListConsentsResponse;
  const std::string list = PageListOf(desks_, ConsentItems::kCollection, request);
  auto before = ReadPageToken(desks_, in.caller, list, request.page_token());
  if (!before.ok()) return Fail(in.call_id, before.status(), std::move(reply));
  Read<Resp>(
      desks_, std::move(in), "ListConsents", request.subject(),
      [this, list, before = *before, state = request.state(), size = PageSize(request.page_size())](
          const CaseFile& file, const store::v1::Dossier& own) -> std::optional<Resp> {
        Resp response;
        int64_t last = 0;
        for (auto item = own.consents().rbegin(); item != own.consents().rend(); ++item) {
          if (before != 0 && item->origin().number() >= before) continue;
          Consent shown = ShowConsent(desks_, file, own, *item);
          if (state != hub::v1::CONSENT_STATE_UNSPECIFIED && shown.state() != state) continue;
          if (response.consents_size() == size) {
            response.set_next_page_token(
                desks_.rooms.names.SealPage(file.caller.agency(), list, last));
            break;
          }
          last = item->origin().number();
          *response.add_consents() = std::move(shown);
        }
        return response;
      },
      std::move(reply));
}

void ConsentDesk::ListConsentRevisions(Incoming in,
                                       const hub::v1::ListConsentRevisionsRequest& request,
                                       Reply<hub::v1::ListConsentRevisionsResponse> reply) const {
  using Resp = hub::v1::ListConsentRevisionsResponse;
  const std::string list = PageListOf(desks_, "consentRevisions", request);
  auto after = ReadPageToken(desks_, in.caller, list, request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  const ItemName name = ReadItemName(desks_.rooms.names, in.caller.agency(), request.name(),
                                     ConsentItems::kCollection);
  Read<Resp>(
      desks_, std::move(in), "ListConsentRevisions", name.subject,
      [this, name, list, after = *after, size = PageSize(request.page_size())](
          const CaseFile& file, const store::v1::Dossier& own) -> std::optional<Resp> {
        const store::v1::ConsentItem* item =
            FindItem(own, ItemNumberOf(file.dossier, file.named, name.number));
        if (item == nullptr) return std::nullopt;
        Resp response;
        for (hub::v1::ConsentRevision& revision : RevisionsOf(desks_, file, own, *item)) {
          if (revision.revision() <= after) continue;
          if (response.revisions_size() == size) {
            response.set_next_page_token(desks_.rooms.names.SealPage(
                file.caller.agency(), list, response.revisions(size - 1).revision()));
            break;
          }
          *response.add_revisions() = std::move(revision);
        }
        return response;
      },
      std::move(reply));
}

}  // namespace ehc
