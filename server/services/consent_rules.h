// Who may say what about sharing, and on what evidence: the checks before a consent is written
// down.
#ifndef EHC_SERVER_SERVICES_CONSENT_RULES_H_
#define EHC_SERVER_SERVICES_CONSENT_RULES_H_

#include "ehc/hub/v1/consent.pb.h"
#include "server/pipeline/consent.h"
#include "server/services/dossier_items.h"

namespace ehc {

using ConsentScopes = google::protobuf::RepeatedPtrField<hub::v1::ConsentScope>;

hub::v1::DecisionMakerRole RoleOf(DecisionMaker decides);

// FIELD_INVALID for a record type or a part that does not exist.
absl::Status CheckScopes(const CaseFile& file, const ConsentScopes& scopes,
                         absl::string_view field);
// FIELD_INVALID for a name that no agency of this hub bears.
absl::Status CheckAgencies(ReadView& view,
                           const google::protobuf::RepeatedPtrField<std::string>& names,
                           absl::string_view field);
// FIELD_INVALID for a purpose that does not exist.
absl::Status CheckPurposes(const CaseFile& file,
                           const google::protobuf::RepeatedPtrField<std::string>& purposes,
                           absl::string_view field);

// What can be told of the consent without regard to who decides: its form, its words, its dates and
// the evidence of whoever decided.
absl::Status CheckForm(const Desks& desks, const CaseFile& file, ReadView& view,
                       const hub::v1::Consent& consent);

// The role, the right and the evidence of `by` fit together and are on record. `field` names the
// message that holds them.
absl::Status CheckEvidence(const Desks& desks, const CaseFile& file, const hub::v1::Consent& about,
                           const hub::v1::DecisionMaker& by, absl::string_view field);

// NOT_DECISION_MAKER unless `by` decides today about every record type of `scopes`, as the calling
// agency recorded the child.
absl::Status CheckDecides(const Desks& desks, const CaseFile& file,
                          const hub::v1::DecisionMaker& by, const ConsentScopes& scopes,
                          absl::string_view field);

// Only somebody who decides today can permit anything; anybody may refuse. Where a carer and then
// the child consent, each in their turn.
absl::Status CheckMayGive(const Desks& desks, const CaseFile& file,
                          const hub::v1::Consent& consent);

// Whether `later` speaks of everything that `earlier` speaks of.
bool Covers(const hub::v1::Consent& later, const hub::v1::Consent& earlier);

// What is left of `scopes` when `taken` is taken away.
ConsentScopes Remaining(const ConsentScopes& scopes, const ConsentScopes& taken);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_CONSENT_RULES_H_
