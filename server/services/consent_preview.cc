// What a consent would open, before anybody agrees: worked out by the rules that decide reads.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/strip.h"
#include "server/model/deadline.h"
#include "server/pipeline/consent.h"
#include "server/pipeline/desk.h"
#include "server/pipeline/facts.h"
#include "server/policy/consent_effect.h"
#include "server/services/consent_desk.h"
#include "server/services/consent_items.h"
#include "server/services/consent_rules.h"

namespace ehc {
namespace {

using hub::v1::Consent;
using hub::v1::ConsentEffect;
using hub::v1::PreviewConsentResponse;

class Preview {
 public:
  Preview(const Desks& desks, const CaseFile& file, std::vector<hub::v1::Agency> agencies,
          const ConsentWords& words, const Consent& consent)
      : calendar_(desks.rooms.facts.calendar()),
        file_(file),
        policy_(PolicyOf(file)),
        agencies_(std::move(agencies)),
        words_(words),
        consent_(consent),
        before_(OwnView(file.dossier, file.caller.agency())),
        after_(before_),
        ages_(AgesOn(before_, file.received_at, calendar_)) {
    store::v1::ConsentItem& item = *after_.add_consents();
    item.mutable_origin()->set_number(after_.last_number() + 1);
    item.mutable_origin()->set_agency(file.caller.agency().value());
    *item.mutable_value() = consent;
  }

  PreviewConsentResponse Show() const {
    PreviewConsentResponse response;
    response.set_decides_today(RoleOf(WhoDecides(before_, ages_.over_school_age)));
    for (const std::string& recipient : consent_.recipients()) {
      for (const std::string& purpose : consent_.purposes()) {
        for (const hub::v1::ConsentScope& scope : consent_.scopes()) {
          AddEffects(recipient, purpose, scope, response);
        }
      }
    }
    AddNotes(response);
    return response;
  }

 private:
  const hub::v1::Agency* FindAgency(const std::string& name) const {
    for (const hub::v1::Agency& agency : agencies_) {
      if (agency.name() == name) return &agency;
    }
    return nullptr;
  }

  static std::string TypeOf(const hub::v1::Agency& agency) {
    return std::string(absl::StripPrefix(hub::v1::AgencyType_Name(agency.type()), "AGENCY_TYPE_"));
  }

  PolicyRequest Asking(const hub::v1::Agency& recipient, const std::string& purpose,
                       const RecordSchema& schema, const hub::v1::ConsentScope& scope) const {
    PolicyRequest request;
    request.agency = ReadAgency(recipient.name());
    request.agency_type = TypeOf(recipient);
    request.region = recipient.region();
    request.custodian = file_.caller.agency();
    request.custodian_type = file_.caller.agency_type();
    request.custodian_region = file_.caller.region();
    if (const hub::v1::Agency* own = FindAgency(AgencyNameOf(file_.caller.agency()))) {
      for (const hub::v1::Unit& unit : own->units()) {
        if (unit.kind() == schema.held_by) request.custodian_unit = UnitId(unit.unit_id());
      }
    }
    request.record_type = schema.record_type;
    for (const std::string& part : scope.parts()) {
      request.parts |= PartMask{1} << schema.IndexOf(part);
    }
    request.purpose = purpose;
    request.case_reference = consent_.approval_reference();
    return request;
  }

  // The day after which it no longer counts, whatever the agreement says.
  absl::Time EndOfConsent() const {
    absl::Time end = absl::InfiniteFuture();
    if (consent_.has_expires_at()) end = FromTimestamp(consent_.expires_at());
    const bool by_parent = consent_.decision_maker().role() == hub::v1::DECISION_MAKER_ROLE_PARENT;
    if (by_parent && ages_.leaving_date.has_value() && !ages_.over_school_age) {
      end = std::min(end, LondonMidnight(*ages_.leaving_date + 1));
    }
    if (ages_.plan_ends.has_value()) {
      end = std::min(end, LondonMidnight(*ages_.plan_ends + 1));
    }
    return end;
  }

  static void AddCodes(const RecordSchema& schema, PartMask parts,
                       google::protobuf::RepeatedPtrField<std::string>& codes) {
    for (size_t i = 0; i < schema.parts.size(); ++i) {
      if ((parts >> i & 1) != 0) *codes.Add() = schema.parts[i].code;
    }
  }

  void AddEffects(const std::string& recipient, const std::string& purpose,
                  const hub::v1::ConsentScope& scope, PreviewConsentResponse& response) const {
    const RecordSchema* schema = policy_.FindSchema(scope.record_type());
    const hub::v1::Agency* agency = FindAgency(recipient);
    if (schema == nullptr || agency == nullptr) return;
    const PolicyRequest request = Asking(*agency, purpose, *schema, scope);
    const auto facts = [&](const store::v1::Dossier& dossier) {
      return AssembleFacts(dossier, request, schema, file_.received_at, calendar_, &policy_);
    };
    std::vector<ConsentOpening> openings =
        OpeningsOf(request, facts(before_), facts(after_), file_.received_at, policy_);
    if (openings.empty()) openings.push_back({AgreementId(), {}, 0, 0, absl::InfiniteFuture()});
    for (const ConsentOpening& opening : openings) {
      ConsentEffect& effect = *response.add_effects();
      effect.set_recipient(recipient);
      effect.set_purpose(purpose);
      effect.set_record_type(schema->record_type);
      for (const std::string& role : opening.roles) effect.add_roles(role);
      AddCodes(*schema, opening.opened, *effect.mutable_opened_parts());
      AddCodes(*schema, opening.open_anyway & ~opening.opened, *effect.mutable_open_anyway_parts());
      AddCodes(*schema, request.parts & ~(opening.opened | opening.open_anyway),
               *effect.mutable_closed_parts());
      if (!opening.agreement.empty()) {
        effect.set_agreement(absl::StrCat("agreements/", opening.agreement.value()));
      }
      const absl::Time until = std::min(opening.until, EndOfConsent());
      if (until != absl::InfiniteFuture()) *effect.mutable_until() = ToTimestamp(until);
      effect.set_sentence(SentenceOf(effect, words_));
    }
  }

  void AddNotes(PreviewConsentResponse& response) const {
    const auto note = [&](absl::string_view text) { response.add_notes(std::string(text)); };
    const DecisionMaker decides = WhoDecides(before_, ages_.over_school_age);
    if (!Decides(before_, consent_.decision_maker(), decides, ages_.today)) {
      note("Somebody else decides for this child today: this person's consent would open nothing.");
    }
    if (decides == DecisionMaker::kParent && ages_.leaving_date.has_value() &&
        !ages_.over_school_age) {
      note(absl::StrCat("From ", DayInWords(LondonMidnight(*ages_.leaving_date + 1)),
                        " the young person decides; a parent's consent then no longer counts."));
    }
    for (const std::string& code : consent_.purposes()) {
      const PurposeTerms* terms = policy_.FindPurpose(code);
      if (terms != nullptr && !terms->consent_consulted) {
        note(absl::StrCat("For ", terms->title,
                          " the law does not wait for consent: saying no does not stop it."));
      }
    }
    note("Saying no, or taking consent back later, is possible at any time.");
    note(
        "Where a child's safety is at risk, professionals may share without consent and record "
        "why.");
  }

  const Calendar& calendar_;
  const CaseFile& file_;
  const PolicySnapshot& policy_;
  const std::vector<hub::v1::Agency> agencies_;
  const ConsentWords& words_;
  const Consent& consent_;
  const store::v1::Dossier before_;
  store::v1::Dossier after_;
  const Ages ages_;
};

// As if GIVEN: what a refusal closes is what a consent would open.
class PreviewSource : public RecordSource<PreviewConsentResponse> {
 public:
  PreviewSource(const Desks& desks, Consent consent)
      : desks_(desks), consent_(std::move(consent)) {}

 private:
  absl::StatusOr<std::optional<PreviewConsentResponse>> Fetch(const CaseFile& file,
                                                              ReadView& view) const override {
    if (!file.facts.subject_known) return std::nullopt;
    Consent asked = consent_;
    asked.set_state(hub::v1::CONSENT_STATE_GIVEN);
    EHC_RETURN_IF_ERROR(CheckForm(desks_, file, view, asked));
    EHC_ASSIGN_OR_RETURN(std::vector<hub::v1::Agency> agencies, view.ListAgencies());
    EHC_ASSIGN_OR_RETURN(const ConsentWords words, ConsentWords::Create(file, view));
    return Preview(desks_, file, std::move(agencies), words, asked).Show();
  }

  const Desks& desks_;
  const Consent consent_;
};

}  // namespace

void ConsentDesk::PreviewConsent(Incoming in, const hub::v1::PreviewConsentRequest& request,
                                 Reply<PreviewConsentResponse> reply) const {
  if (absl::Status unit = CheckUnit(in.caller, request.unit()); !unit.ok()) {
    return Fail(in.call_id, unit, std::move(reply));
  }
  auto ask =
      OwnReadingAsk(desks_, in.caller, "PreviewConsent", "consent.record", request.subject());
  auto source = std::make_shared<PreviewSource>(desks_, request.consent());
  StartDisclosure<PreviewConsentResponse, PreviewConsentResponse>(
      desks_, std::move(in), std::move(ask), *source, ShapeWhole<PreviewConsentResponse>,
      [source, reply = std::move(reply)](Answer<PreviewConsentResponse> answer) mutable {
        reply(std::move(answer));
      });
}

}  // namespace ehc
