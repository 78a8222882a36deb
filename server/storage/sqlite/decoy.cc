#include "server/storage/sqlite/decoy.h"

namespace ehc {
namespace {

void SetOrigin(int number, store::v1::Origin* origin) {
  origin->set_number(number);
  origin->set_agency("custodian");
  origin->set_unit("send");
  origin->set_revision(1);
}

void AddConsent(int number, store::v1::Dossier* dossier) {
  store::v1::ConsentItem& item = *dossier->add_consents();
  SetOrigin(number, item.mutable_origin());
  hub::v1::Consent& consent = *item.mutable_value();
  consent.add_recipients("agencies/recipient-one");
  consent.add_recipients("agencies/recipient-two");
  consent.add_purposes("DIRECT_CARE");
  hub::v1::ConsentScope& scope = *consent.add_scopes();
  scope.set_record_type("EHC_PLAN");
  for (const char* part : {"A", "B", "C", "F", "G"}) scope.add_parts(part);
  consent.mutable_given_at()->set_seconds(1'700'000'000);
  consent.set_notice_version("2026-01");
  consent.set_recorded_by("agencies/recorder");
}

void AddRelationship(int number, store::v1::Dossier* dossier) {
  store::v1::RelationshipItem& item = *dossier->add_relationships();
  SetOrigin(number, item.mutable_origin());
  hub::v1::Relationship& relationship = *item.mutable_value();
  relationship.set_party_unit("agencies/custodian/units/send");
  relationship.set_valid_from("2020-09-01");
}

}  // namespace

store::v1::Dossier DecoyDossier() {
  store::v1::Dossier dossier;
  for (int number = 1; number <= 5; ++number) AddRelationship(number, &dossier);
  for (int number = 6; number <= 8; ++number) AddConsent(number, &dossier);
  for (const char* agency : {"custodian", "recorder"}) dossier.add_registered_by(agency);
  dossier.set_last_number(8);
  return dossier;
}

}  // namespace ehc
