// Children, their dossiers and their records.
#include "tests/contract/store_fixture.h"

namespace ehc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using StoreRecords = StoreContract;

const Identifier kNhsNumber{IdentifierKind::kNhsNumber, "9990000018"};
const Identifier kUpn{IdentifierKind::kUpn, "A999000000018"};
const AgencyId kBromley("bromley");

std::vector<std::string> Codes(const std::vector<Part>& parts) {
  std::vector<std::string> codes;
  for (const Part& part : parts) codes.push_back(part.code);
  return codes;
}

TEST_P(StoreRecords, UnknownIdentifierResolvesToNobody) {
  EXPECT_EQ(View()->FindSubject(store_->IdentifierDigest(kNhsNumber)).value(), SubjectId{});
}

TEST_P(StoreRecords, UnknownChildHasAnEmptyDossier) {
  for (const SubjectId subject : {SubjectId{}, SubjectId{4711}, SubjectId{-1}}) {
    const absl::StatusOr<store::v1::Dossier> dossier = View()->ReadDossier(subject);
    ASSERT_TRUE(dossier.ok()) << dossier.status();
    EXPECT_EQ(dossier->ByteSizeLong(), 0u);
  }
}

TEST_P(StoreRecords, BoundIdentifiersResolveToTheirChild) {
  const SubjectId child = NewSubject();
  MustCommit({PutSubject{child, DossierOf("Example")},
              BindIdentifier{store_->IdentifierDigest(kNhsNumber), child},
              BindIdentifier{store_->IdentifierDigest(kUpn), child}});
  EXPECT_EQ(View()->FindSubject(store_->IdentifierDigest(kNhsNumber)).value(), child);
  EXPECT_EQ(View()->FindSubject(store_->IdentifierDigest(kUpn)).value(), child);
}

TEST_P(StoreRecords, IdentifierBoundAgainResolvesToTheLaterChild) {
  const SubjectId first = NewSubject();
  const SubjectId second = NewSubject();
  MustCommit({BindIdentifier{store_->IdentifierDigest(kUpn), first}});
  MustCommit({BindIdentifier{store_->IdentifierDigest(kUpn), second}});
  EXPECT_EQ(View()->FindSubject(store_->IdentifierDigest(kUpn)).value(), second);
}

TEST_P(StoreRecords, EqualValuesOfTwoKindsAreTwoIdentifiers) {
  const Identifier uln{IdentifierKind::kUln, kNhsNumber.value};
  EXPECT_NE(store_->IdentifierDigest(kNhsNumber), store_->IdentifierDigest(uln));
}

TEST_P(StoreRecords, DossierIsReplacedWhole) {
  const SubjectId child = NewSubject();
  MustCommit({PutSubject{child, DossierOf("Before")}});
  MustCommit({PutSubject{child, DossierOf("After")}});
  EXPECT_EQ(View()->ReadDossier(child)->person().family_name(), "After");
}

TEST_P(StoreRecords, AbsentRecordIsNothing) {
  const std::unique_ptr<ReadView> view = View();
  EXPECT_EQ(view->FindRecord(SubjectId{}, kBromley, "EHC_PLAN").value(), std::nullopt);
  EXPECT_EQ(view->FindRecordByLocalId(SubjectId{}, kBromley, "EHC_PLAN", "x").value(),
            std::nullopt);
  EXPECT_THAT(view->ListRecords(SubjectId{}, "EHC_PLAN").value(), IsEmpty());
}

TEST_P(StoreRecords, RecordIsReadBackAsItWasPut) {
  const SubjectId child = NewSubject();
  Record plan = PlanOf(NewRecord(), child, 1, {"B", "C"});
  plan.head.expires_at = absl::FromUnixSeconds(1'800'000'000);
  plan.head.quarantined = true;
  MustCommit({PutRecord{plan}});
  const std::optional<RecordHead> head = View()->FindRecord(child, kBromley, "EHC_PLAN").value();
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->id, plan.head.id);
  EXPECT_EQ(head->subject, child);
  EXPECT_EQ(head->custodian, kBromley);
  EXPECT_EQ(head->unit, UnitId("send"));
  EXPECT_EQ(head->record_type, "EHC_PLAN");
  EXPECT_EQ(head->version, 1);
  EXPECT_EQ(head->local_id, plan.head.local_id);
  EXPECT_EQ(head->badge, Badge::kFinal);
  EXPECT_EQ(head->as_at, plan.head.as_at);
  EXPECT_EQ(head->published_at, plan.head.published_at);
  EXPECT_EQ(head->expires_at, plan.head.expires_at);
  EXPECT_TRUE(head->quarantined);
  EXPECT_EQ(head->contact, "a contact");
  EXPECT_EQ(head->summary, "a summary");
}

TEST_P(StoreRecords, ExactlyThePartsNamedAreOpenedInTheirOrder) {
  const SubjectId child = NewSubject();
  MustCommit({PutRecord{PlanOf(NewRecord(), child, 1, {"A", "B", "C", "F", "G"})}});
  const std::unique_ptr<ReadView> view = View();
  const RecordHead head = *view->FindRecord(child, kBromley, "EHC_PLAN").value();
  const std::vector<Part> parts = view->ReadParts(head, {"G", "C", "K"}).value();
  EXPECT_THAT(Codes(parts), ElementsAre("G", "C"));
  EXPECT_EQ(parts[0].content, "text of G in 1");
  EXPECT_FALSE(parts[0].location_checked);
  EXPECT_TRUE(parts[1].location_checked);
  EXPECT_THAT(view->ReadParts(head, {}).value(), IsEmpty());
}

TEST_P(StoreRecords, EarlierVersionsStayAsTheyWere) {
  const SubjectId child = NewSubject();
  const RecordId id = NewRecord();
  MustCommit({PutRecord{PlanOf(id, child, 1, {"B", "C"})}});
  const RecordHead first = *View()->FindRecord(child, kBromley, "EHC_PLAN").value();
  MustCommit({PutRecord{PlanOf(id, child, 2, {"C", "F"})}});
  const std::unique_ptr<ReadView> view = View();
  const RecordHead second = *view->FindRecord(child, kBromley, "EHC_PLAN").value();
  EXPECT_EQ(second.version, 2);
  EXPECT_EQ(view->ReadParts(first, {"B", "C"}).value()[1].content, "text of C in 1");
  EXPECT_THAT(Codes(view->ReadParts(second, {"B", "C", "F"}).value()), ElementsAre("C", "F"));
}

TEST_P(StoreRecords, VersionThatIsNotTheNextIsRefused) {
  const SubjectId child = NewSubject();
  const RecordId id = NewRecord();
  MustCommit({PutRecord{PlanOf(id, child, 1, {"B"})}});
  for (const int64_t version : {1, 3}) {
    const auto outcome = Append(CommitOf("x", {PutRecord{PlanOf(id, child, version, {"B"})}}));
    EXPECT_EQ(outcome.status().code(), absl::StatusCode::kAborted);
  }
}

TEST_P(StoreRecords, NewVersionKeepsItsChild) {
  const RecordId id = NewRecord();
  MustCommit({PutRecord{PlanOf(id, NewSubject(), 1, {"B"})}});
  const auto outcome = Append(CommitOf("x", {PutRecord{PlanOf(id, NewSubject(), 2, {"B"})}}));
  EXPECT_EQ(outcome.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_P(StoreRecords, LocalIdNamesOneRecordOfACustodianAndType) {
  const SubjectId child = NewSubject();
  Record plan = PlanOf(NewRecord(), child, 1, {"B"});
  plan.head.local_id = "P-1";
  MustCommit({PutRecord{plan}});
  Record same_name = PlanOf(NewRecord(), NewSubject(), 1, {"B"});
  same_name.head.local_id = "P-1";
  EXPECT_EQ(Append(CommitOf("x", {PutRecord{same_name}})).status().code(),
            absl::StatusCode::kAlreadyExists);
  same_name.head.record_type = "HEALTH_RECORD";
  MustCommit({PutRecord{same_name}});
  const std::unique_ptr<ReadView> view = View();
  EXPECT_EQ(view->FindRecordByLocalId(child, kBromley, "EHC_PLAN", "P-1").value()->id,
            plan.head.id);
  EXPECT_EQ(view->FindRecordByLocalId(child, kBromley, "HEALTH_RECORD", "P-1").value(),
            std::nullopt);
  EXPECT_EQ(view->FindRecordByLocalId(child, AgencyId("trust"), "EHC_PLAN", "P-1").value(),
            std::nullopt);
}

TEST_P(StoreRecords, QuarantinedRecordGivesItsLocalIdUpAndIsFoundByItsNumber) {
  const SubjectId child = NewSubject();
  Record plan = PlanOf(NewRecord(), child, 1, {"B"});
  plan.head.local_id = "P-7";
  MustCommit({PutRecord{plan}});
  Record recalled{plan.head, {}};
  recalled.head.version = 2;
  recalled.head.quarantined = true;
  MustCommit({PutRecord{recalled}});
  EXPECT_EQ(View()->FindRecordByLocalId(child, kBromley, "EHC_PLAN", "P-7").value(), std::nullopt);
  const auto head = View()->FindRecordById(plan.head.id).value();
  ASSERT_TRUE(head.has_value());
  EXPECT_TRUE(head->quarantined);
  EXPECT_EQ(head->subject, child);
  EXPECT_EQ(head->record_type, "EHC_PLAN");
  EXPECT_EQ(View()->FindRecordById(NewRecord()).value(), std::nullopt);
  Record right = PlanOf(NewRecord(), NewSubject(), 1, {"B"});
  right.head.local_id = "P-7";
  MustCommit({PutRecord{right}});
}

TEST_P(StoreRecords, NewestPublishedRecordOfACustodianIsFound) {
  const SubjectId child = NewSubject();
  Record older = PlanOf(NewRecord(), child, 1, {"B"});
  Record newer = PlanOf(NewRecord(), child, 1, {"B"});
  newer.head.published_at = older.head.published_at + absl::Hours(1);
  MustCommit({PutRecord{newer}, PutRecord{older}});
  EXPECT_EQ(View()->FindRecord(child, kBromley, "EHC_PLAN").value()->id, newer.head.id);
}

TEST_P(StoreRecords, RecordsOfAllCustodiansAreListed) {
  const SubjectId child = NewSubject();
  Record bromley = PlanOf(NewRecord(), child, 1, {"B"});
  Record croydon = PlanOf(NewRecord(), child, 1, {"B"});
  croydon.head.custodian = AgencyId("croydon");
  Record other_child = PlanOf(NewRecord(), NewSubject(), 1, {"B"});
  MustCommit({PutRecord{bromley}, PutRecord{croydon}, PutRecord{other_child}});
  MustCommit({PutRecord{PlanOf(bromley.head.id, child, 2, {"B"})}});
  const std::vector<RecordHead> heads = View()->ListRecords(child, "EHC_PLAN").value();
  ASSERT_EQ(heads.size(), 2u);
  EXPECT_EQ(heads[0].version, 2);
  EXPECT_EQ(heads[1].custodian, AgencyId("croydon"));
}

TEST_P(StoreRecords, NumbersAreNeverGivenOutTwice) {
  const SubjectId subject = NewSubject();
  const RecordId record = NewRecord();
  EXPECT_LT(subject, NewSubject());
  EXPECT_LT(record, NewRecord());
  Reopen();
  EXPECT_LT(subject, NewSubject());
  EXPECT_LT(record, NewRecord());
  for (int i = 0; i < 3000; ++i) EXPECT_LT(SubjectId{subject.value + i}, NewSubject());
}

TEST_P(StoreRecords, EverythingSurvivesReopening) {
  const SubjectId child = NewSubject();
  MustCommit({PutSubject{child, DossierOf("Example")},
              BindIdentifier{store_->IdentifierDigest(kNhsNumber), child},
              PutRecord{PlanOf(NewRecord(), child, 1, {"B", "C"})}});
  const std::string key = store_->DerivedKey("page tokens");
  const std::string digest = store_->MessageDigest("PublishPlan", "bytes");
  const std::string log_id = store_->log_id();
  Reopen();
  const std::unique_ptr<ReadView> view = View();
  EXPECT_EQ(view->FindSubject(store_->IdentifierDigest(kNhsNumber)).value(), child);
  EXPECT_EQ(view->ReadDossier(child)->person().family_name(), "Example");
  const RecordHead head = *view->FindRecord(child, kBromley, "EHC_PLAN").value();
  EXPECT_THAT(Codes(view->ReadParts(head, {"B", "C"}).value()), ElementsAre("B", "C"));
  EXPECT_EQ(store_->DerivedKey("page tokens"), key);
  EXPECT_NE(store_->DerivedKey("subject names"), key);
  EXPECT_EQ(store_->MessageDigest("PublishPlan", "bytes"), digest);
  EXPECT_EQ(store_->log_id(), log_id);
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreRecords, testing::ValuesIn(StoreBackends()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace ehc
