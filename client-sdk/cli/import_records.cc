// Health records and flags of the supplement, and what all records share.
#include "absl/strings/str_join.h"
#include "client-sdk/cli/import_posts.h"
#include "server/model/date.h"

namespace ehchub {
namespace {

v1::RecordContent Content(const char* type, const std::string& local_id, const Importer& importer) {
  v1::RecordContent content;
  content.set_record_type(type);
  content.set_local_id(local_id);
  content.set_badge(v1::BADGE_FINAL);
  *content.mutable_as_at() = FirstInstantOf(importer.extract.as_at);
  return content;
}

v1::RecordPart HealthPart(const Row& row) {
  v1::RecordPart part;
  part.set_code(row["part_code"]);
  part.set_text(row["text"]);
  part.set_valid_from(row["from_date"]);
  part.set_valid_to(row["to_date"]);
  part.set_location_checked(row["location_checked"] == "Y");
  return part;
}

void FillFlag(const Row& row, v1::RecordContent& content) {
  v1::RecordPart& kind = *content.add_parts();
  kind.set_code("KIND");
  v1::RecordField& field = *kind.add_fields();
  field.set_name("kind");
  field.set_value(row["kind"]);
  kind.set_valid_from(row["from_date"]);
  kind.set_valid_to(row["expires_on"]);
  v1::RecordPart& contact = *content.add_parts();
  contact.set_code("CONTACT");
  contact.set_text(ContactLine(content.contact()));
  if (row["detail"].empty()) return;
  v1::RecordPart& detail = *content.add_parts();
  detail.set_code("DETAIL");
  detail.set_text(row["detail"]);
  detail.set_location_checked(row["location_checked"] == "Y");
}

// The end of the last day.
google::protobuf::Timestamp EndOf(const std::string& date) {
  return FirstInstantOf(ehc::FormatDate(*ehc::ParseIsoDate(date) + 1));
}

}  // namespace

google::protobuf::Timestamp FirstInstantOf(const std::string& date) {
  google::protobuf::Timestamp moment;
  moment.set_seconds(absl::ToUnixSeconds(ehc::LondonMidnight(*ehc::ParseIsoDate(date))));
  return moment;
}

v1::NamedContact ContactOf(const Extract& extract, const std::string& ref, Rows* rows) {
  v1::NamedContact contact;
  Row* row = extract.Of("supplement_contacts").Find(ref);
  if (row == nullptr || !row->good) return contact;
  rows->push_back(row);
  contact.set_display_name((*row)["display_name"]);
  contact.set_role((*row)["role"]);
  contact.set_organisation((*row)["organisation"]);
  contact.set_telephone((*row)["telephone"]);
  contact.set_email((*row)["email"]);
  contact.set_out_of_hours_telephone((*row)["out_of_hours_telephone"]);
  return contact;
}

std::string ContactLine(const v1::NamedContact& contact) {
  std::vector<std::string> known;
  for (const std::string& text : {contact.display_name(), contact.role(), contact.organisation(),
                                  contact.telephone(), contact.email()}) {
    if (!text.empty()) known.push_back(text);
  }
  return absl::StrJoin(known, ", ");
}

std::string DutyDesk(const std::string& unit) { return "Duty desk, " + unit; }

void AddField(v1::RecordPart& part, const std::string& name, const std::string& value) {
  if (value.empty()) return;
  v1::RecordField& field = *part.add_fields();
  field.set_name(name);
  field.set_value(value);
}

// One record for each record_id, of the parts that are in order.
void PostMaker::AddHealthRecords(ChildPosts& posts) const {
  const std::string& id = (*posts.person)["pers_person_id"];
  for (Row* row : extract_.Of("supplement_health_records").By("person_id", id)) {
    if (!importer_.Holds((*row)["custodian_agency"], (*row)["custodian_unit"])) continue;
    const std::string& record = (*row)["record_id"];
    auto post = std::find_if(posts.health_records.begin(), posts.health_records.end(),
                             [&](const auto& other) { return other.message.local_id() == record; });
    if (post == posts.health_records.end()) {
      posts.health_records.push_back(
          {Content("HEALTH_RECORD", record, importer_), {}, (*row)["custodian_unit"]});
      post = posts.health_records.end() - 1;
      *post->message.mutable_contact() = ContactOf(extract_, (*row)["contact_ref"], &post->rows);
    }
    post->rows.insert(post->rows.begin(), row);
    *post->message.add_parts() = HealthPart(*row);
  }
}

void PostMaker::AddFlags(ChildPosts& posts) const {
  const std::string& id = (*posts.person)["pers_person_id"];
  for (Row* row : extract_.Of("supplement_flags").By("person_id", id)) {
    const std::string& until = (*row)["expires_on"];
    const bool over = !until.empty() && until < importer_.extract.as_at;
    if (over || !importer_.Holds((*row)["custodian_agency"], (*row)["custodian_unit"])) continue;
    Post<v1::RecordContent> post{
        Content("FLAG", (*row)["flag_id"], importer_), {row}, (*row)["custodian_unit"]};
    *post.message.mutable_contact() = ContactOf(extract_, (*row)["contact_ref"], &post.rows);
    FillFlag(*row, post.message);
    if (!until.empty()) *post.message.mutable_expires_at() = EndOf(until);
    posts.flags.push_back(std::move(post));
  }
}

// A registration alone is the authority's to make: it registers every child of the extract.
std::optional<ChildPosts> PostMaker::Make(Row& person) const {
  ChildPosts posts;
  posts.person = &person;
  if (importer_.HoldsFacts()) {
    AddProtections(posts);
    AddRelationships(posts);
  }
  if (importer_.HoldsPlans()) {
    AddPlans(posts);
    AddSupportStatus(posts);
  }
  if (importer_.HoldsCare()) {
    AddCareRecord(posts);
    AddEpisodes(posts);
  }
  AddHealthRecords(posts);
  AddFlags(posts);
  if (!importer_.HoldsFacts() && !posts.HasRecords()) return std::nullopt;
  AddPerson(posts);
  return posts;
}

}  // namespace ehchub
