// What every message of the contract must say about its fields.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ehc/hub/v1/agency_admin_service.pb.h"
#include "ehc/hub/v1/agreement_service.pb.h"
#include "ehc/hub/v1/audit_service.pb.h"
#include "ehc/hub/v1/consent_service.pb.h"
#include "ehc/hub/v1/custody_service.pb.h"
#include "ehc/hub/v1/directory_service.pb.h"
#include "ehc/hub/v1/error_reason.pb.h"
#include "ehc/hub/v1/field_options.pb.h"
#include "ehc/hub/v1/pathway_service.pb.h"
#include "ehc/hub/v1/planning_service.pb.h"
#include "ehc/hub/v1/record_exchange_service.pb.h"
#include "ehc/hub/v1/retention_service.pb.h"
#include "ehc/hub/v1/subject_service.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/timestamp.pb.h"
#include "gtest/gtest.h"

namespace ehc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using testing::IsEmpty;

std::vector<const FileDescriptor*> Files() {
  std::vector<const FileDescriptor*> files;
  const auto add = [&files](const FileDescriptor* service) {
    files.push_back(service);
    for (int i = 0; i < service->dependency_count(); ++i) files.push_back(service->dependency(i));
  };
  add(hub::v1::GetPlanRequest::descriptor()->file());
  add(hub::v1::RegisterSubjectRequest::descriptor()->file());
  add(hub::v1::RecordConsentRequest::descriptor()->file());
  add(hub::v1::RecallRecordRequest::descriptor()->file());
  add(hub::v1::CreateAgencyRequest::descriptor()->file());
  add(hub::v1::GetCheckpointRequest::descriptor()->file());
  add(hub::v1::ListAgreementsRequest::descriptor()->file());
  add(hub::v1::PlaceLegalHoldRequest::descriptor()->file());
  add(hub::v1::ScoreNeedsRequest::descriptor()->file());
  add(hub::v1::SubmitReferralRequest::descriptor()->file());
  add(hub::v1::PublishServiceRequest::descriptor()->file());
  return files;
}

std::vector<const FieldDescriptor*> Fields() {
  std::vector<const FieldDescriptor*> fields;
  for (const FileDescriptor* file : Files()) {
    if (file->package() != "ehc.hub.v1" || absl::StrContains(file->name(), "field_options"))
      continue;
    for (int i = 0; i < file->message_type_count(); ++i) {
      const Descriptor* message = file->message_type(i);
      for (int j = 0; j < message->field_count(); ++j) fields.push_back(message->field(j));
    }
  }
  return fields;
}

bool HoldsText(const FieldDescriptor* field) {
  return field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
}

bool IsLeaf(const FieldDescriptor* field) {
  return field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE ||
         field->message_type() == google::protobuf::Timestamp::descriptor();
}

const hub::v1::FieldRules& RulesOfField(const FieldDescriptor* field) {
  return field->options().GetExtension(hub::v1::rules);
}

TEST(ContractTest, EveryTextHasAGreatestLength) {
  std::vector<std::string> unbounded;
  for (const auto* field : Fields()) {
    if (HoldsText(field) && RulesOfField(field).max_length() == 0) {
      unbounded.push_back(field->full_name());
    }
  }
  EXPECT_THAT(unbounded, IsEmpty());
  EXPECT_GT(Fields().size(), 300u);
}

TEST(ContractTest, EveryListHasAGreatestCount) {
  std::vector<std::string> unbounded;
  for (const auto* field : Fields()) {
    if (field->is_repeated() && RulesOfField(field).max_items() == 0) {
      unbounded.push_back(field->full_name());
    }
  }
  EXPECT_THAT(unbounded, IsEmpty());
}

TEST(ContractTest, EveryValueIsClassified) {
  std::vector<std::string> unclassified;
  for (const auto* field : Fields()) {
    if (IsLeaf(field) &&
        RulesOfField(field).classification() == hub::v1::CLASSIFICATION_UNSPECIFIED) {
      unclassified.push_back(field->full_name());
    }
  }
  EXPECT_THAT(unclassified, IsEmpty());
}

TEST(ContractTest, FreeTextAboutPeopleIsSecret) {
  std::vector<std::string> open;
  for (const auto* field : Fields()) {
    const hub::v1::FieldRules& rules = RulesOfField(field);
    if (HoldsText(field) && rules.pattern() == hub::v1::PATTERN_MULTILINE_TEXT &&
        rules.classification() > hub::v1::CLASSIFICATION_OPERATIONAL && !rules.secret()) {
      open.push_back(field->full_name());
    }
  }
  EXPECT_THAT(open, IsEmpty());
}

TEST(ContractTest, RulesNameFieldsThatExist) {
  for (const auto* field : Fields()) {
    const hub::v1::FieldRules& rules = RulesOfField(field);
    for (const std::string& sibling : {rules.identifier_kind_field(), rules.not_before_field()}) {
      if (sibling.empty()) continue;
      const auto* other = field->containing_type()->FindFieldByName(sibling);
      ASSERT_NE(other, nullptr) << field->full_name();
      if (sibling == rules.not_before_field()) {
        EXPECT_EQ(other->type(), field->type()) << field->full_name();
      } else {
        EXPECT_EQ(other->enum_type(), hub::v1::IdentifierType_descriptor()) << field->full_name();
      }
    }
  }
}

TEST(ContractTest, EveryWriteTakesARequestId) {
  for (const FileDescriptor* file : Files()) {
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) {
        const auto* method = file->service(i)->method(j);
        const auto level = method->options().idempotency_level();
        ASSERT_NE(level, google::protobuf::MethodOptions::IDEMPOTENCY_UNKNOWN) << method->name();
        const auto* id = method->input_type()->FindFieldByName("request_id");
        EXPECT_EQ(id != nullptr, level == google::protobuf::MethodOptions::IDEMPOTENT)
            << method->name();
        if (id != nullptr) {
          EXPECT_TRUE(RulesOfField(id).required());
        }
      }
    }
  }
}

TEST(ContractTest, EveryListRpcPages) {
  for (const FileDescriptor* file : Files()) {
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) {
        const auto* method = file->service(i)->method(j);
        if (!absl::StartsWith(method->name(), "List")) continue;
        EXPECT_NE(method->input_type()->FindFieldByName("page_size"), nullptr) << method->name();
        EXPECT_NE(method->input_type()->FindFieldByName("page_token"), nullptr) << method->name();
        EXPECT_NE(method->output_type()->FindFieldByName("next_page_token"), nullptr)
            << method->name();
      }
    }
  }
}

}  // namespace
}  // namespace ehc
