// Withdrawing a consent: prospective, from the next commit, and told to whoever had received
// something under it.
#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "server/pipeline/consent.h"
#include "server/pipeline/desk.h"
#include "server/pipeline/facts.h"
#include "server/services/consent_desk.h"
#include "server/services/consent_items.h"
#include "server/services/consent_rules.h"
#include "server/services/matter_mutations.h"
#include "server/services/seen_disclosures.h"

namespace ehc {
namespace {

using hub::v1::Consent;
using hub::v1::WithdrawConsentRequest;
using hub::v1::WithdrawConsentResponse;
using store::v1::ConsentItem;
using store::v1::SeenDisclosure;

constexpr char kMethod[] = "WithdrawConsent";

// Consents by number, each with what of it was withdrawn.
using Withdrawn = std::map<int64_t, ConsentScopes>;

// Whoever gave it, or whoever decides today; another holder of parental responsibility says no for
// themselves, and a person at the custodian then decides.
absl::Status CheckMayWithdraw(const Desks& desks, const CaseFile& file, const Consent& consent,
                              const hub::v1::DecisionMaker& by) {
  const hub::v1::DecisionMaker& gave = consent.decision_maker();
  if (by.role() == gave.role() && by.person_reference() == gave.person_reference()) {
    return absl::OkStatus();
  }
  if (IsSubject(by) && IsSubject(gave)) return absl::OkStatus();
  const absl::Status decides = CheckDecides(desks, file, by, consent.scopes(), "withdrawn_by");
  if (decides.ok() && by.role() != hub::v1::DECISION_MAKER_ROLE_PARENT &&
      by.role() != hub::v1::DECISION_MAKER_ROLE_LOCAL_AUTHORITY) {
    return absl::OkStatus();
  }
  return RefusalError(
      absl::StatusCode::kFailedPrecondition, "NOT_DECISION_MAKER",
      "withdrawn_by: neither gave this consent nor decides alone today; record this "
      "person's own refusal instead (RecordConsent), which counts at once");
}

// The consent, and those that were given in its place, where they are still given.
std::vector<int64_t> TakenTogether(const store::v1::Dossier& dossier, int64_t number) {
  std::vector<int64_t> numbers{number};
  for (const ConsentItem& item : dossier.consents()) {
    const bool follows =
        std::find(numbers.begin(), numbers.end(), item.reconfirms()) != numbers.end();
    if (item.reconfirms() != 0 && follows && item.value().state() == hub::v1::CONSENT_STATE_GIVEN) {
      numbers.push_back(item.origin().number());
    }
  }
  return numbers;
}

bool IsPartOf(const ConsentScopes& scopes, absl::string_view record_type,
              absl::string_view released) {
  for (absl::string_view part : absl::StrSplit(released, ',', absl::SkipEmpty())) {
    for (const hub::v1::ConsentScope& scope : scopes) {
      if (scope.record_type() != record_type) continue;
      if (std::find(scope.parts().begin(), scope.parts().end(), part) != scope.parts().end()) {
        return true;
      }
    }
  }
  return false;
}

// Whether the entry let out, on this consent, something of what was withdrawn.
bool RestedOn(const AuditRecord& record, int64_t consent, const ConsentScopes& scopes) {
  if (record[AuditField::kDisclosure].empty()) return false;
  const std::string name = absl::StrCat("consent/", consent);
  bool named = false;
  for (absl::string_view one : absl::StrSplit(record[AuditField::kConsent], ',')) {
    named = named || one == name;
  }
  return named &&
         IsPartOf(scopes, record[AuditField::kRecordType], record[AuditField::kReleasedParts]);
}

// Sends notices about one withdrawn consent to whoever has not been told yet.
class NoticeSender {
 public:
  NoticeSender(const Desks& desks, const CaseFile& file, ReadView& view, Plan& plan)
      : desks_(desks), file_(file), view_(view), plan_(plan) {}

  // How many notices were sent or sent anew.
  absl::StatusOr<int> Tell(int64_t consent, const ConsentScopes& scopes) {
    notices_.clear();
    EHC_RETURN_IF_ERROR(ReadSent(consent));
    absl::flat_hash_set<std::string> known;
    for (const Sent& sent : notices_) {
      for (const SeenDisclosure& seen : sent.notice.body.seen()) known.insert(seen.leaf_hash());
    }
    EHC_ASSIGN_OR_RETURN(
        const std::vector<SeenDisclosure> missing,
        DisclosuresSeen(
            view_, file_.subject, file_.caller.agency(),
            [&](const AuditRecord& record) { return RestedOn(record, consent, scopes); }, known));
    for (const SeenDisclosure& seen : missing) EHC_RETURN_IF_ERROR(Add(consent, scopes, seen));
    int changed = 0;
    for (const Sent& sent : notices_) {
      if (!sent.changed) continue;
      if (sent.notice.matter.revision > 1) {
        plan_.reads.push_back(MatterKey(sent.notice.matter.id));
      }
      plan_.changes.push_back(Put(sent.notice));
      ++changed;
    }
    return changed;
  }

 private:
  struct Sent {
    Opened<Notices> notice;
    bool changed = false;
  };

  absl::Status ReadSent(int64_t consent) {
    MatterFilter filter;
    filter.kind = Notices::kKind;
    filter.subject = file_.subject;
    while (true) {
      EHC_ASSIGN_OR_RETURN(std::vector<Matter> matters, view_.ListMatters(filter));
      for (Matter& matter : matters) {
        filter.after = matter.id;
        if (matter.opener != file_.caller.agency()) continue;
        EHC_ASSIGN_OR_RETURN(Opened<Notices> one, Unpack<Notices>(std::move(matter)));
        if (one.body.consent() == consent) notices_.push_back({std::move(one)});
      }
      if (static_cast<int>(matters.size()) < filter.limit) return absl::OkStatus();
    }
  }

  absl::Status Add(int64_t consent, const ConsentScopes& scopes, const SeenDisclosure& seen) {
    auto sent = std::find_if(notices_.begin(), notices_.end(), [&](const Sent& one) {
      return one.notice.matter.addressee.value() == seen.agency() &&
             one.notice.body.unit() == seen.unit() && one.notice.body.record() == seen.record();
    });
    if (sent == notices_.end()) {
      EHC_ASSIGN_OR_RETURN(Opened<Notices> made, Make(consent, scopes, seen));
      sent = notices_.insert(notices_.end(), Sent{std::move(made), true});
    } else if (!sent->changed) {
      Reopen(sent->notice);
      sent->changed = true;
    }
    *sent->notice.body.add_seen() = seen;
    return absl::OkStatus();
  }

  absl::StatusOr<Opened<Notices>> Make(int64_t consent, const ConsentScopes& scopes,
                                       const SeenDisclosure& seen) {
    EHC_ASSIGN_OR_RETURN(
        Opened<Notices> made,
        NewNotice(desks_, file_, "WITHDRAWAL_NOTICE", file_.caller.agency(), file_.known_as, seen));
    made.body.set_consent(consent);
    made.body.set_record(seen.record());
    if (seen.record() != 0) {
      EHC_ASSIGN_OR_RETURN(const std::optional<RecordHead> head,
                           view_.FindRecordById(RecordId{seen.record()}));
      if (head.has_value()) made.body.set_record_type(head->record_type);
    }
    for (const hub::v1::ConsentScope& scope : scopes) {
      for (const std::string& part : scope.parts()) made.body.add_parts(part);
    }
    return made;
  }

  const Desks& desks_;
  const CaseFile& file_;
  ReadView& view_;
  Plan& plan_;
  std::vector<Sent> notices_;
};

class Withdrawing : public ConsentChange<WithdrawConsentResponse> {
 public:
  Withdrawing(const Desks& desks, int64_t number, WithdrawConsentRequest request)
      : ConsentChange(desks), number_(number), request_(std::move(request)) {}

 private:
  absl::StatusOr<int64_t> Change(const CaseFile& file, ReadView& view, store::v1::Dossier& dossier,
                                 WithdrawConsentResponse& response, Plan& plan) const override {
    const AgencyId& own = file.caller.agency();
    const int64_t named = ItemNumberOf(file.dossier, file.named, number_);
    ConsentItem* item = FindOwn<ConsentItems>(dossier, named, own);
    if (item == nullptr) return NoSuchItem();
    EHC_RETURN_IF_ERROR(CheckEtag(request_.etag(), item->origin().revision()));
    if (item->value().state() != hub::v1::CONSENT_STATE_GIVEN) {
      return StateConflict("name: only a consent that is given can be withdrawn");
    }
    EHC_RETURN_IF_ERROR(CheckScopes(file, request_.scopes(), "scopes"));
    EHC_RETURN_IF_ERROR(CheckMayWithdraw(desks(), file, item->value(), request_.withdrawn_by()));
    Withdrawn withdrawn;
    int64_t answer = named;
    for (const int64_t number : TakenTogether(dossier, named)) {
      EHC_ASSIGN_OR_RETURN(const int64_t taken, Take(file, dossier, number, withdrawn));
      if (number == named) answer = taken;
    }
    NoticeSender sender(desks(), file, view, plan);
    int sent = 0;
    for (const auto& [number, scopes] : withdrawn) {
      EHC_ASSIGN_OR_RETURN(const int told, sender.Tell(number, scopes));
      sent += told;
    }
    response.set_notices_sent(static_cast<uint32_t>(sent));
    return answer;
  }

  // A withdrawal in part leaves the rest given and stands as an item of its own. Returns that, or
  // the consent itself.
  absl::StatusOr<int64_t> Take(const CaseFile& file, store::v1::Dossier& dossier, int64_t number,
                               Withdrawn& withdrawn) const {
    ConsentItem* item = FindOwn<ConsentItems>(dossier, number, file.caller.agency());
    const ConsentScopes before = item->value().scopes();
    const ConsentScopes left = Remaining(before, request_.scopes());
    const ConsentScopes gone = request_.scopes().empty() ? before : Remaining(before, left);
    if (gone.empty()) return number;  // it speaks of none of these parts
    withdrawn[number] = gone;
    KeepPast(*item);
    if (request_.scopes().empty() || left.empty()) {
      Withdraw(file, *item->mutable_value());
      WriteDown(file, hub::v1::CONSENT_ACT_WITHDRAW, *item);
      return number;
    }
    Consent taken = item->value();
    *taken.mutable_scopes() = gone;
    Withdraw(file, taken);
    *item->mutable_value()->mutable_scopes() = left;
    WriteDown(file, hub::v1::CONSENT_ACT_WITHDRAW, *item);
    EHC_ASSIGN_OR_RETURN(const int64_t made, Adding<ConsentItems>(std::move(taken))(file, dossier));
    WriteDown(file, hub::v1::CONSENT_ACT_WITHDRAW,
              *FindOwn<ConsentItems>(dossier, made, file.caller.agency()));
    return made;
  }

  void Withdraw(const CaseFile& file, Consent& consent) const {
    consent.set_state(hub::v1::CONSENT_STATE_WITHDRAWN);
    *consent.mutable_withdrawn_at() = ToTimestamp(file.received_at);
    *consent.mutable_withdrawn_by() = request_.withdrawn_by();
  }

  const int64_t number_;
  const WithdrawConsentRequest request_;
};

// After the withdrawal: tells those to whom something was disclosed while it was being planned.
// None can follow them.
class WithdrawalCompletion : public Mutation {
 public:
  WithdrawalCompletion(const Desks& desks, int64_t number) : desks_(desks), number_(number) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    if (!file.facts.subject_known) return NotRegistered();
    Plan plan;
    NoticeSender sender(desks_, file, view, plan);
    store::v1::Dossier dossier = file.dossier;
    std::set<int64_t> numbers{ItemNumberOf(file.dossier, file.named, number_)};
    for (const ConsentItem& item : dossier.consents()) {
      if (numbers.contains(item.reconfirms())) numbers.insert(item.origin().number());
    }
    for (const int64_t number : numbers) {
      const ConsentItem* item = FindOwn<ConsentItems>(dossier, number, file.caller.agency());
      if (item == nullptr) continue;
      EHC_RETURN_IF_ERROR(sender.Tell(number, GoneFrom(*item)).status());
    }
    plan.written.resource = absl::StrCat("consent/", number_);
    plan.written.value = std::make_unique<WithdrawConsentResponse>();
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile&, ReadView&,
                                 const std::string& resource) const override {
    Written written;
    written.resource = resource;
    written.value = std::make_unique<WithdrawConsentResponse>();
    return written;
  }

 private:
  // What the last withdrawal took from it.
  static ConsentScopes GoneFrom(const ConsentItem& item) {
    if (item.value().state() == hub::v1::CONSENT_STATE_WITHDRAWN) return item.value().scopes();
    if (item.past().empty()) return {};
    return Remaining(item.past(item.past_size() - 1).consent().scopes(), item.value().scopes());
  }

  const Desks& desks_;
  const int64_t number_;
};

void ShapeNothing(const Audited<Written>&, const Rooms&, WithdrawConsentResponse&) {}

}  // namespace

void ConsentDesk::WithdrawConsent(Incoming in, const WithdrawConsentRequest& request,
                                  Reply<WithdrawConsentResponse> reply) const {
  using Resp = WithdrawConsentResponse;
  const uint64_t id = in.call_id;
  const ItemName name = ReadItemName(desks_.rooms.names, in.caller.agency(), request.name(),
                                     ConsentItems::kCollection);
  auto ask = ItemAsk(desks_, in.caller, kMethod, "consent.withdraw", request, name.subject);
  if (!ask.ok()) return Fail(id, ask.status(), std::move(reply));
  Ask then = *ask;
  then.method = "WithdrawConsent.completion";
  auto calls = desks_.rooms.desk.OpenAll(id, in.caller, {*std::move(ask), std::move(then)});
  if (!calls.ok()) return Fail(id, calls.status(), std::move(reply));
  auto completion = std::make_shared<WithdrawalCompletion>(desks_, name.number);
  Mutate<Resp>(
      desks_.rooms, std::move((*calls)[0]),
      std::make_shared<Withdrawing>(desks_, name.number, request), ShapeChanged<Resp>,
      [this, completion, next = std::move((*calls)[1]),
       reply = std::move(reply)](Answer<Resp> answer) mutable {
        if (!answer.discloses()) return reply(std::move(answer));
        Mutate<Resp>(
            desks_.rooms, std::move(next), completion, ShapeNothing,
            [answer = std::move(answer), reply = std::move(reply)](Answer<Resp> completed) mutable {
              reply(completed.discloses() ? std::move(answer) : std::move(completed));
            });
      });
}

}  // namespace ehc
