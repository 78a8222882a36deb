#include "server/services/consent_items.h"

#include <algorithm>

#include "server/pipeline/consent.h"
#include "server/pipeline/facts.h"

namespace ehc {

std::string ConsentName(const Desks& desks, const CaseFile& file, int64_t number) {
  return ItemNameOf(desks.rooms.names, file.caller.agency(), file.searcher_subject,
                    ConsentItems::kCollection, ItemCodeOf(file.dossier, file.known_as, number));
}

hub::v1::Consent ShowConsent(const Desks& desks, const CaseFile& file,
                             const store::v1::Dossier& own, const store::v1::ConsentItem& item) {
  hub::v1::Consent shown = Show<ConsentItems>(item, file, desks.rooms.names);
  shown.set_state(StateNow(own, item.value(), file.received_at, desks.rooms.facts.calendar()));
  if (item.reconfirms() != 0) shown.set_reconfirms(ConsentName(desks, file, item.reconfirms()));
  return shown;
}

void WriteDown(const CaseFile& file, hub::v1::ConsentAct act, store::v1::ConsentItem& item) {
  hub::v1::ConsentRevision& written = *item.mutable_written();
  written.set_revision(item.origin().revision());
  *written.mutable_recorded_at() = ToTimestamp(file.received_at);
  if (file.caller.person().has_value()) written.set_role(file.caller.person()->role);
  written.set_act(act);
}

void KeepPast(store::v1::ConsentItem& item) {
  hub::v1::ConsentRevision& past = *item.add_past();
  past = item.written();
  past.set_revision(item.origin().revision());
  *past.mutable_consent() = item.value();
  item.mutable_origin()->set_revision(item.origin().revision() + 1);
}

absl::Status FillChanged(const Desks& desks, const CaseFile& file, ReadView& view,
                         const store::v1::Dossier& after, int64_t number, hub::v1::Consent& consent,
                         hub::v1::ConsentReceipt& receipt, Digest& digest) {
  const store::v1::Dossier own = OwnView(after, file.caller.agency());
  const auto found = std::find_if(own.consents().begin(), own.consents().end(),
                                  [&](const auto& one) { return one.origin().number() == number; });
  if (found == own.consents().end()) return NoSuchItem();
  EHC_ASSIGN_OR_RETURN(const ConsentWords words, ConsentWords::Create(file, view));
  consent = ShowConsent(desks, file, own, *found);
  receipt.set_statement(StatementOf(*found, consent.name(), words));
  *receipt.mutable_recorded_at() = found->written().recorded_at();
  receipt.set_agency(AgencyNameOf(AgencyId(found->origin().agency())));
  receipt.set_unit(found->origin().unit());
  receipt.set_role(found->written().role());
  digest = Sha256(receipt.statement());
  return absl::OkStatus();
}

}  // namespace ehc
