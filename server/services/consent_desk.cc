#include "server/services/consent_desk.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/pipeline/desk.h"
#include "server/services/dossier_items.h"

namespace ehc {
namespace {

using hub::v1::Consent;
using hub::v1::DecisionMakerRole;

absl::Status NotDecisionMaker(absl::string_view message) {
  return RefusalError(absl::StatusCode::kFailedPrecondition, "NOT_DECISION_MAKER", message);
}

DecisionMakerRole RoleOf(DecisionMaker decides) {
  switch (decides) {
    case DecisionMaker::kYoungPerson: return hub::v1::DECISION_MAKER_ROLE_YOUNG_PERSON;
    case DecisionMaker::kCompetentChild: return hub::v1::DECISION_MAKER_ROLE_CHILD;
    case DecisionMaker::kRepresentative: return hub::v1::DECISION_MAKER_ROLE_REPRESENTATIVE;
    default: return hub::v1::DECISION_MAKER_ROLE_PARENT;
  }
}

// As the caller's own agency recorded it: that is what will count.
bool HoldsResponsibility(const CaseFile& file, const std::string& person) {
  const auto& items = file.dossier.relationships();
  return std::any_of(items.begin(), items.end(), [&](const store::v1::RelationshipItem& item) {
    return item.value().kind() == hub::v1::RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY &&
           item.value().person_reference() == person &&
           item.origin().agency() == file.caller.agency().value();
  });
}

// Only somebody who decides today can permit anything; anybody may refuse.
absl::Status CheckDecisionMaker(const CaseFile& file, const Consent& consent) {
  if (consent.state() != hub::v1::CONSENT_STATE_GIVEN) return absl::OkStatus();
  const hub::v1::DecisionMaker& by = consent.decision_maker();
  if (by.role() != RoleOf(file.facts.decision_maker)) {
    return NotDecisionMaker(
        "consent.decision_maker: somebody else decides for this child today; ask that person");
  }
  if (by.role() == hub::v1::DECISION_MAKER_ROLE_PARENT &&
      !HoldsResponsibility(file, by.person_reference())) {
    return NotDecisionMaker(
        "consent.decision_maker: no parental responsibility is recorded for this person; record "
        "the relationship and its evidence first");
  }
  return absl::OkStatus();
}

absl::Status CheckScopes(const CaseFile& file,
                         const google::protobuf::RepeatedPtrField<hub::v1::ConsentScope>& scopes) {
  for (const hub::v1::ConsentScope& scope : scopes) {
    const RecordSchema* schema = PolicyOf(file).FindSchema(scope.record_type());
    if (schema == nullptr) {
      return FieldInvalid("consent.scopes.record_type: is not in the vocabulary");
    }
    for (const std::string& part : scope.parts()) {
      if (schema->IndexOf(part) < 0) {
        return FieldInvalid("consent.scopes.parts: the record type has no such part");
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CheckNew(const CaseFile& file, const Consent& consent) {
  if (consent.state() != hub::v1::CONSENT_STATE_GIVEN &&
      consent.state() != hub::v1::CONSENT_STATE_REFUSED) {
    return FieldInvalid("consent.state: record what was said, GIVEN or REFUSED");
  }
  if (FromTimestamp(consent.given_at()) > file.received_at + absl::Minutes(1)) {
    return FieldInvalid("consent.given_at: lies in the future");
  }
  EHC_RETURN_IF_ERROR(CheckScopes(file, consent.scopes()));
  return CheckDecisionMaker(file, consent);
}

DossierEdit<ConsentItems>::Edit Recording(Consent consent) {
  return [consent = std::move(consent)](const CaseFile& file,
                                        store::v1::Dossier& dossier) -> absl::StatusOr<int64_t> {
    EHC_RETURN_IF_ERROR(CheckNew(file, consent));
    Consent recorded = consent;
    recorded.set_recorded_by(AgencyNameOf(file.caller.agency()));
    return Adding<ConsentItems>(std::move(recorded))(file, dossier);
  };
}

using Scopes = google::protobuf::RepeatedPtrField<hub::v1::ConsentScope>;

// What is left of `scopes` when `taken` is taken away.
Scopes Remaining(const Scopes& scopes, const Scopes& taken) {
  auto is_taken = [&](const std::string& record_type, const std::string& part) {
    return std::any_of(taken.begin(), taken.end(), [&](const hub::v1::ConsentScope& scope) {
      return scope.record_type() == record_type &&
             std::find(scope.parts().begin(), scope.parts().end(), part) != scope.parts().end();
    });
  };
  Scopes left;
  for (const hub::v1::ConsentScope& scope : scopes) {
    hub::v1::ConsentScope rest;
    rest.set_record_type(scope.record_type());
    for (const std::string& part : scope.parts()) {
      if (!is_taken(scope.record_type(), part)) rest.add_parts(part);
    }
    if (rest.parts_size() > 0) *left.Add() = std::move(rest);
  }
  return left;
}

void Withdraw(const CaseFile& file, const hub::v1::DecisionMaker& by, Consent& consent) {
  consent.set_state(hub::v1::CONSENT_STATE_WITHDRAWN);
  *consent.mutable_withdrawn_at() = ToTimestamp(file.received_at);
  if (by.role() != hub::v1::DECISION_MAKER_ROLE_UNSPECIFIED) *consent.mutable_withdrawn_by() = by;
}

// Prospective: holds for every disclosure that commits after this one. A withdrawal in part leaves
// the rest given and stands as an item of its own.
DossierEdit<ConsentItems>::Edit Withdrawing(int64_t number,
                                            const hub::v1::WithdrawConsentRequest& request) {
  return [number, request](const CaseFile& file,
                           store::v1::Dossier& dossier) -> absl::StatusOr<int64_t> {
    store::v1::ConsentItem* item = FindOwn<ConsentItems>(dossier, number, file.caller.agency());
    if (item == nullptr) return NoSuchItem();
    EHC_RETURN_IF_ERROR(CheckEtag(request.etag(), item->origin().revision()));
    if (item->value().state() != hub::v1::CONSENT_STATE_GIVEN) {
      return StateConflict("name: only a consent that is given can be withdrawn");
    }
    EHC_RETURN_IF_ERROR(CheckScopes(file, request.scopes()));
    item->mutable_origin()->set_revision(item->origin().revision() + 1);
    const Scopes left = Remaining(item->value().scopes(), request.scopes());
    if (request.scopes().empty() || left.empty()) {
      Withdraw(file, request.withdrawn_by(), *item->mutable_value());
      return number;
    }
    Consent taken = item->value();
    *taken.mutable_scopes() = request.scopes();
    Withdraw(file, request.withdrawn_by(), taken);
    *item->mutable_value()->mutable_scopes() = left;
    return Adding<ConsentItems>(std::move(taken))(file, dossier);
  };
}

template <typename Resp>
void ShapeConsent(const Audited<Written>& audited, const Rooms&, Resp& response) {
  response.mutable_consent()->CopyFrom(*audited.value().value);
}

void ShapeConsents(const Audited<ItemPage<Consent>>& audited, const Rooms& rooms,
                   hub::v1::ListConsentsResponse& response) {
  for (const Consent& consent : audited.value().values) *response.add_consents() = consent;
  if (audited.value().next_after == 0) return;
  response.set_next_page_token(rooms.names.SealPage(
      audited.file().caller.agency(), ListOf(audited.file().ask.subject, ConsentItems::kCollection),
      audited.value().next_after));
}

void ShapeOneConsent(const Audited<ItemPage<Consent>>& audited, const Rooms&,
                     hub::v1::GetConsentResponse& response) {
  if (!audited.value().values.empty()) *response.mutable_consent() = audited.value().values[0];
}

// A page of exactly the item named; absent when there is none.
class OneConsent : public RecordSource<ItemPage<Consent>> {
 public:
  OneConsent(const SubjectNames& names, int64_t number) : names_(names), number_(number) {}

 private:
  absl::StatusOr<std::optional<ItemPage<Consent>>> Fetch(const CaseFile& file,
                                                         ReadView&) const override {
    store::v1::Dossier dossier = file.dossier;
    auto* item = FindOwn<ConsentItems>(dossier, number_, file.caller.agency());
    if (item == nullptr || !file.facts.subject_known) return std::nullopt;
    return ItemPage<Consent>{{Show<ConsentItems>(*item, file, names_)}, 0};
  }

  const SubjectNames& names_;
  int64_t number_;
};

}  // namespace

void ConsentDesk::RecordConsent(Incoming in, const hub::v1::RecordConsentRequest& request,
                                Reply<hub::v1::RecordConsentResponse> reply) const {
  auto ask =
      ItemAsk(desks_, in.caller, "RecordConsent", "consent.record", request, request.subject());
  StartMutation<hub::v1::RecordConsentResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<DossierEdit<ConsentItems>>(desks_.rooms.names, Recording(request.consent())),
      ShapeConsent, std::move(reply));
}

void ConsentDesk::WithdrawConsent(Incoming in, const hub::v1::WithdrawConsentRequest& request,
                                  Reply<hub::v1::WithdrawConsentResponse> reply) const {
  const ItemName name = ReadItemName(desks_.rooms.names, in.caller.agency(), request.name(),
                                     ConsentItems::kCollection);
  auto ask =
      ItemAsk(desks_, in.caller, "WithdrawConsent", "consent.withdraw", request, name.subject);
  StartMutation<hub::v1::WithdrawConsentResponse>(
      desks_, std::move(in), std::move(ask),
      std::make_shared<DossierEdit<ConsentItems>>(desks_.rooms.names,
                                                  Withdrawing(name.number, request)),
      ShapeConsent, std::move(reply));
}

void ConsentDesk::GetConsent(Incoming in, const hub::v1::GetConsentRequest& request,
                             Reply<hub::v1::GetConsentResponse> reply) const {
  const ItemName name = ReadItemName(desks_.rooms.names, in.caller.agency(), request.name(),
                                     ConsentItems::kCollection);
  auto source = std::make_shared<OneConsent>(desks_.rooms.names, name.number);
  auto ask = OwnReadingAsk(desks_, in.caller, "GetConsent", "consent.read", name.subject);
  StartDisclosure<ItemPage<Consent>, hub::v1::GetConsentResponse>(
      desks_, std::move(in), std::move(ask), *source, ShapeOneConsent,
      [source, reply = std::move(reply)](Answer<hub::v1::GetConsentResponse> answer) mutable {
        reply(std::move(answer));
      });
}

void ConsentDesk::ListConsents(Incoming in, const hub::v1::ListConsentsRequest& request,
                               Reply<hub::v1::ListConsentsResponse> reply) const {
  auto ask = OwnReadingAsk(desks_, in.caller, "ListConsents", "consent.read", request.subject());
  if (!ask.ok()) return Fail(in.call_id, ask.status(), std::move(reply));
  auto after = ReadPageToken(desks_, in.caller, ListOf(ask->subject, ConsentItems::kCollection),
                             request.page_token());
  if (!after.ok()) return Fail(in.call_id, after.status(), std::move(reply));
  auto wanted = [state = request.state()](const Consent& consent) {
    return state == hub::v1::CONSENT_STATE_UNSPECIFIED || consent.state() == state;
  };
  auto source = std::make_shared<ItemLister<ConsentItems>>(desks_.rooms.names, *after,
                                                           PageSize(request.page_size()), wanted);
  StartDisclosure<ItemPage<Consent>, hub::v1::ListConsentsResponse>(
      desks_, std::move(in), std::move(ask), *source, ShapeConsents,
      [source, reply = std::move(reply)](Answer<hub::v1::ListConsentsResponse> answer) mutable {
        reply(std::move(answer));
      });
}

}  // namespace ehc
