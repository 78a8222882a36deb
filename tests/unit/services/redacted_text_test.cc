#include "server/services/redacted_text.h"

#include <memory>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ehc/hub/v1/agency_admin_service.pb.h"
#include "ehc/hub/v1/audit_service.pb.h"
#include "ehc/hub/v1/consent_service.pb.h"
#include "ehc/hub/v1/field_options.pb.h"
#include "ehc/hub/v1/record_exchange_service.pb.h"
#include "ehc/hub/v1/subject_service.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"

namespace ehc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using testing::HasSubstr;
using testing::Not;

bool MayBeShown(const FieldDescriptor* field) {
  const auto& rules = field->options().GetExtension(hub::v1::rules);
  return !rules.secret() && (rules.classification() == hub::v1::CLASSIFICATION_PUBLIC ||
                             rules.classification() == hub::v1::CLASSIFICATION_OPERATIONAL);
}

// Fills every text of a message, at every depth, with a marker that says whether it may be shown.
void Fill(Message* message) {
  const Descriptor* descriptor = message->GetDescriptor();
  const auto* reflection = message->GetReflection();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    const std::string marker =
        absl::StrCat(MayBeShown(field) ? "OPEN:" : "SECRET:", field->full_name());
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Fill(field->is_repeated() ? reflection->AddMessage(message, field)
                                : reflection->MutableMessage(message, field));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      if (field->is_repeated()) {
        reflection->AddString(message, field, marker);
      } else {
        reflection->SetString(message, field, marker);
      }
    }
  }
}

void AddMessagesOf(const FileDescriptor* file, std::set<const Descriptor*>* messages) {
  if (file->package() != "ehc.hub.v1") return;
  for (int i = 0; i < file->message_type_count(); ++i) messages->insert(file->message_type(i));
  for (int i = 0; i < file->dependency_count(); ++i) AddMessagesOf(file->dependency(i), messages);
}

TEST(RedactedTextTest, NothingThatMayNotBeShownIsShownInAnyMessage) {
  std::set<const Descriptor*> messages;
  AddMessagesOf(hub::v1::GetPlanRequest::descriptor()->file(), &messages);
  AddMessagesOf(hub::v1::RegisterSubjectRequest::descriptor()->file(), &messages);
  AddMessagesOf(hub::v1::RecordConsentRequest::descriptor()->file(), &messages);
  AddMessagesOf(hub::v1::CreateAgencyRequest::descriptor()->file(), &messages);
  AddMessagesOf(hub::v1::GetCheckpointRequest::descriptor()->file(), &messages);
  int withheld = 0;
  int shown = 0;
  for (const Descriptor* descriptor : messages) {
    const std::unique_ptr<Message> message(
        MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
    Fill(message.get());
    const std::string text = RedactedDebugString(*message);
    EXPECT_THAT(text, Not(HasSubstr("SECRET:"))) << descriptor->name();
    withheld += absl::StrContains(text, "<withheld>");
    shown += absl::StrContains(text, "OPEN:");
  }
  EXPECT_GT(withheld, 40);
  EXPECT_GT(shown, 60);
}

TEST(RedactedTextTest, WhatALogNeedsIsShownOnOneLine) {
  hub::v1::GetPlanSummaryRequest request;
  request.set_subject("nhs:9434765870");
  request.mutable_context()->set_purpose("DIRECT_CARE");
  request.mutable_context()->set_detriment_assessment("Tells\nof harm");
  EXPECT_EQ(RedactedDebugString(request),
            "subject: <withheld> context { purpose: \"DIRECT_CARE\" "
            "detriment_assessment: <withheld> }");
}

TEST(RedactedTextTest, FlagsAndDatesAboutAPersonAreWithheldToo) {
  hub::v1::Relationship relationship;
  relationship.set_kind(hub::v1::RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY);
  relationship.set_contact_prohibited(true);
  EXPECT_EQ(RedactedDebugString(relationship), "kind: <withheld> contact_prohibited: <withheld>");
  hub::v1::Plan plan;
  plan.mutable_as_at()->set_seconds(1772409600);
  plan.set_badge(hub::v1::BADGE_FINAL);
  EXPECT_EQ(RedactedDebugString(plan), "badge: BADGE_FINAL as_at: <withheld>");
}

TEST(RedactedTextTest, MomentsThatMayBeShownReadAsTime) {
  hub::v1::Credential credential;
  credential.mutable_not_after()->set_seconds(1772409600);
  EXPECT_EQ(RedactedDebugString(credential), "not_after: 2026-03-02T00:00:00Z");
}

TEST(RedactedTextTest, AFieldOfAnotherContractIsNotShown) {
  hub::v1::GetPlanSummaryRequest request;
  request.GetReflection()->MutableUnknownFields(&request)->AddLengthDelimited(999, "Mischief");
  EXPECT_EQ(RedactedDebugString(request), "");
}

}  // namespace
}  // namespace ehc
