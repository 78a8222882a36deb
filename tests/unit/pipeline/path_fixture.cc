#include "tests/unit/pipeline/path_fixture.h"

#include <utility>

#include "absl/synchronization/notification.h"
#include "google/protobuf/text_format.h"
#include "server/base/merkle.h"
#include "server/policy/reference_data.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace ehc {
namespace {

const std::shared_ptr<const PolicySnapshot>& ShippedPolicy() {
  static const auto* const policy = new std::shared_ptr<const PolicySnapshot>(
      LoadPolicyFolder(std::string(EHC_SOURCE_DIR) + "/policies", {false, nullptr}).value());
  return *policy;
}

}  // namespace

PathTest::PathTest()
    : calendar_(LoadCalendar(std::string(EHC_SOURCE_DIR) + "/policies/calendar/england.textproto")
                    .value()) {
  store_ = OpenSqliteStore({.path = folder_.path() + "/hub.db",
                            .key_file = folder_.path() + "/store.key",
                            .create = true,
                            .clock = clock_})
               .value();
  names_ = std::make_unique<SubjectNames>(*store_);
  std::vector<hub::v1::Agency> agencies = {
      AgencyRow("bromley", hub::v1::AGENCY_TYPE_LOCAL_AUTHORITY),
      AgencyRow("kings-park-nhs-trust", hub::v1::AGENCY_TYPE_NHS_TRUST)};
  agencies[0].set_region("305");
  hub::v1::Unit* clinic = agencies[1].add_units();
  clinic->set_unit_id("clinic");
  clinic->set_kind("COMMUNITY_PAEDIATRICS");
  std::vector<PutCredential> credentials;
  for (const TestAgency* agency : {&bromley_, &trust_}) {
    credentials.push_back(CertificateRow(agency->id, agency->pem()));
    credentials.push_back(AssertionKeyRow(agency->id, agency->assertion_key.public_pem));
  }
  registry_.Publish(RegistryData::Create(agencies, credentials, 1));
  policies_.Set(std::make_shared<const PinnedPolicy>(PinnedPolicy{ShippedPolicy(), 0}));
}

void PathTest::Put(std::vector<Change> changes) {
  struct Commit commit;
  commit.changes = std::move(changes);
  commit.entry.leaf_hash = LeafHash(absl::StrCat("put ", ++puts_));
  commit.entry.opening = "opening";
  absl::Notification finished;
  absl::Status outcome;
  store_->Append(std::move(commit), [&](absl::StatusOr<Committed> committed) {
    outcome = committed.status();
    finished.Notify();
  });
  finished.WaitForNotification();
  ASSERT_TRUE(outcome.ok()) << outcome;
}

SubjectId PathTest::PutChild(const std::string& dossier) {
  const SubjectId subject = store_->NewSubjectId().value();
  store::v1::Dossier parsed;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(dossier, &parsed));
  parsed.add_registered_by("bromley");
  for (auto& item : *parsed.mutable_relationships()) item.mutable_origin()->set_agency("bromley");
  for (auto& item : *parsed.mutable_consents()) item.mutable_origin()->set_agency("bromley");
  for (auto& item : *parsed.mutable_protections()) item.mutable_origin()->set_agency("bromley");
  Put({PutSubject{subject, std::move(parsed)}});
  return subject;
}

RecordId PathTest::PutPlan(SubjectId subject, std::vector<Part> parts) {
  Record record;
  record.head.id = store_->NewRecordId().value();
  record.head.subject = subject;
  record.head.custodian = AgencyId("bromley");
  record.head.unit = UnitId("send");
  record.head.record_type = "EHC_PLAN";
  record.head.version = 1;
  record.head.local_id = absl::StrCat("plan-", subject.value);
  record.head.badge = Badge::kFinal;
  record.head.as_at = record.head.published_at = clock_.Now();
  record.head.contact = "a caseworker of bromley";
  record.parts = std::move(parts);
  const RecordId id = record.head.id;
  Put({PutRecord{std::move(record)}});
  return id;
}

Caller PathTest::CallerOf(const TestAgency& agency, const std::string& role,
                          const std::string& unit) {
  ehchub::AssertedPerson person;
  person.agency = agency.id;
  person.user = "u-1";
  person.role = role;
  person.unit = unit;
  person.training_until = "2099-12-31";
  ehchub::AssertionTerms terms;
  terms.audience = kAudience;
  terms.certificate_pem = agency.pem();
  terms.now = clock_.Now();
  return authenticator_
      .Authenticate(agency.pem(), agency.signer().Mint(person, terms).value(), clock_.Now())
      .value();
}

Ask PathTest::TrustAsks(SubjectId subject, std::vector<std::string> parts) {
  Ask ask;
  ask.method = "GetPlan";
  ask.subject.subject = subject;
  ask.request.record_type = "EHC_PLAN";
  ask.request.agreement = AgreementId("bromley-kings-park-direct-care");
  ask.request.custodian = AgencyId("bromley");
  ask.request.purpose = "DIRECT_CARE";
  ask.request.lawful_basis = "ART6_1_E";
  ask.request.special_category_basis = "ART9_2_H";
  ask.request.gateway = "R17_CONSENT";
  ask.parts = std::move(parts);
  return ask;
}

Decided PathTest::Decide(Caller caller, Ask ask, ReadView& view) {
  const FactsReader facts(*store_, *names_, calendar_);
  Call call = desk_.Open(1, std::move(caller), std::move(ask)).value();
  return judge_.Decide(facts.Read(std::move(call), view).value());
}

}  // namespace ehc
