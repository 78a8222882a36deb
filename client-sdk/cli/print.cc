#include "client-sdk/cli/print.h"

#include <algorithm>
#include <iomanip>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client-sdk/cli/words.h"
#include "google/protobuf/descriptor.h"

namespace ehchub {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kLineWidth = 96;

std::string Blanks(int indent) { return std::string(static_cast<size_t>(indent), ' '); }

std::string LabelOf(const FieldDescriptor& field) {
  return absl::StrReplaceAll(field.name(), {{"_", " "}});
}

// Text as it is, its lines broken between words and indented.
void PrintText(const std::string& text, int indent, std::ostream& out) {
  for (absl::string_view paragraph : absl::StrSplit(text, '\n')) {
    std::string line = Blanks(indent);
    for (absl::string_view word : absl::StrSplit(paragraph, ' ', absl::SkipEmpty())) {
      const bool is_first = line.size() == static_cast<size_t>(indent);
      if (!is_first && line.size() + 1 + word.size() > kLineWidth) {
        out << line << "\n";
        line = Blanks(indent);
      } else if (!is_first) {
        line += ' ';
      }
      absl::StrAppend(&line, word);
    }
    out << line << "\n";
  }
}

// A value that is no message. `index` -1: not repeated.
std::string ScalarText(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& r = *message.GetReflection();
  const auto pick = [&](auto single, auto repeated) {
    return index < 0 ? (r.*single)(message, &field) : (r.*repeated)(message, &field, index);
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return pick(&Reflection::GetBool, &Reflection::GetRepeatedBool) ? "yes" : "no";
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(pick(&Reflection::GetInt32, &Reflection::GetRepeatedInt32));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(pick(&Reflection::GetUInt32, &Reflection::GetRepeatedUInt32));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(pick(&Reflection::GetInt64, &Reflection::GetRepeatedInt64));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(pick(&Reflection::GetUInt64, &Reflection::GetRepeatedUInt64));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrFormat("%.2f", pick(&Reflection::GetDouble, &Reflection::GetRepeatedDouble));
    case FieldDescriptor::CPPTYPE_ENUM:
      return WordOf(*pick(&Reflection::GetEnum, &Reflection::GetRepeatedEnum));
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text = pick(&Reflection::GetString, &Reflection::GetRepeatedString);
      return field.type() == FieldDescriptor::TYPE_BYTES ? absl::BytesToHexString(text) : text;
    }
    default: return "?";
  }
}

void PrintMessageField(const std::string& label, const Message& value, std::ostream& out,
                       int indent) {
  if (const auto* moment = dynamic_cast<const google::protobuf::Timestamp*>(&value)) {
    out << Blanks(indent) << label << ": " << MomentText(*moment) << "\n";
    return;
  }
  out << Blanks(indent) << label << ":\n";
  PrintFields(value, out, indent + 2);
}

void PrintRepeated(const Message& message, const FieldDescriptor& field, std::ostream& out,
                   int indent) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<std::string> values;
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      PrintMessageField(LabelOf(field), reflection.GetRepeatedMessage(message, &field, i), out,
                        indent);
    } else {
      values.push_back(ScalarText(message, field, i));
    }
  }
  if (!values.empty()) {
    out << Blanks(indent) << LabelOf(field) << ": " << absl::StrJoin(values, ", ") << "\n";
  }
}

void PrintLine(const char* label, const std::string& value, std::ostream& out) {
  if (value.empty()) return;
  out << "  " << std::left << std::setw(12) << label << value << "\n";
}

const char* TitleOf(v1::PlanSectionCode code) {
  switch (code) {
    case v1::PLAN_SECTION_CODE_A: return "Views, interests and aspirations";
    case v1::PLAN_SECTION_CODE_B: return "Special educational needs";
    case v1::PLAN_SECTION_CODE_C: return "Health needs";
    case v1::PLAN_SECTION_CODE_D: return "Social care needs";
    case v1::PLAN_SECTION_CODE_E: return "Outcomes";
    case v1::PLAN_SECTION_CODE_F: return "Special educational provision";
    case v1::PLAN_SECTION_CODE_G: return "Health provision";
    case v1::PLAN_SECTION_CODE_H1: return "Social care provision under the 1970 Act";
    case v1::PLAN_SECTION_CODE_H2: return "Other social care provision";
    case v1::PLAN_SECTION_CODE_I: return "Placement";
    case v1::PLAN_SECTION_CODE_J: return "Personal budget";
    case v1::PLAN_SECTION_CODE_K: return "Advice and information";
    default: return "";
  }
}

std::string ContactText(const v1::NamedContact& contact) {
  std::vector<std::string> parts;
  for (const std::string* part : {&contact.display_name(), &contact.role(), &contact.organisation(),
                                  &contact.telephone(), &contact.email()}) {
    if (!part->empty()) parts.push_back(*part);
  }
  if (!contact.out_of_hours_telephone().empty()) {
    parts.push_back(absl::StrCat("out of hours ", contact.out_of_hours_telephone()));
  }
  return absl::StrJoin(parts, ", ");
}

std::string BadgeText(v1::Badge badge) {
  if (badge == v1::BADGE_DRAFT) return "DRAFT: rely on nothing in it";
  return badge == v1::BADGE_FINAL ? "final" : "";
}

// "E (Outcomes)": a section's letter means little to who asks rarely.
std::string PartText(const std::string& part) {
  const auto* code =
      v1::PlanSectionCode_descriptor()->FindValueByName(absl::StrCat("PLAN_SECTION_CODE_", part));
  if (code == nullptr) return part;
  return absl::StrCat(part, " (", TitleOf(static_cast<v1::PlanSectionCode>(code->number())), ")");
}

void PrintWithheld(const v1::Disclosure& disclosure, std::ostream& out) {
  if (disclosure.withheld().empty()) return;
  out << "\nWithheld\n";
  for (const v1::Withheld& part : disclosure.withheld()) {
    const auto* reason = v1::WithheldReason_descriptor()->FindValueByNumber(part.reason());
    out << "  " << PartText(part.part()) << ": "
        << (reason == nullptr ? "" : absl::StrReplaceAll(WordOf(*reason), {{"-", " "}}));
    if (!part.explanation().empty()) out << "; " << part.explanation();
    out << "\n";
  }
}

void PrintObligations(const v1::Disclosure& disclosure, std::ostream& out) {
  if (disclosure.obligations().empty()) return;
  out << "\nYou must observe\n";
  for (const v1::Obligation& one : disclosure.obligations()) {
    out << "  " << one.code();
    if (!one.detail().empty()) out << ": " << one.detail();
    if (!one.clause().empty()) out << " (" << one.clause() << ")";
    out << "\n";
  }
}

}  // namespace

void PrintFields(const Message& message, std::ostream& out, int indent) {
  std::vector<const FieldDescriptor*> fields;
  const Reflection& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_repeated()) {
      PrintRepeated(message, *field, out, indent);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      PrintMessageField(LabelOf(*field), reflection.GetMessage(message, field), out, indent);
    } else {
      out << Blanks(indent) << LabelOf(*field) << ": " << ScalarText(message, *field, -1) << "\n";
    }
  }
}

void PrintPage(const Message& page, const std::string& field, std::ostream& out) {
  const FieldDescriptor* items = page.GetDescriptor()->FindFieldByName(field);
  const FieldDescriptor* token = page.GetDescriptor()->FindFieldByName("next_page_token");
  const Reflection& reflection = *page.GetReflection();
  const int count = reflection.FieldSize(page, items);
  for (int i = 0; i < count; ++i) {
    if (i > 0) out << "\n";
    PrintFields(reflection.GetRepeatedMessage(page, items, i), out);
  }
  if (count == 0) out << "none\n";
  const std::string next = reflection.GetString(page, token);
  if (!next.empty()) out << "\nmore follow: --page-token " << next << "\n";
}

void PrintHeadline(const v1::PlanHeadline& headline, std::ostream& out) {
  PrintLine("Needs", headline.b_headline(), out);
  if (headline.has_plan_type()) {
    const auto* type = v1::PlanType_descriptor()->FindValueByNumber(headline.plan_type());
    if (type != nullptr) PrintLine("Plan", WordOf(*type), out);
  }
  if (headline.has_status()) {
    const auto* status = v1::PlanStatus_descriptor()->FindValueByNumber(headline.status());
    if (status != nullptr) PrintLine("Status", WordOf(*status), out);
  }
  PrintLine("Issued", headline.issue_date(), out);
  PrintLine("Review due", headline.review_due_date(), out);
  PrintLine("Placement", headline.placement_type(), out);
}

void PrintSection(const v1::PlanSection& section, std::ostream& out) {
  const auto* code = v1::PlanSectionCode_descriptor()->FindValueByNumber(section.code());
  if (code == nullptr) return;
  out << "\n"
      << code->name().substr(std::string("PLAN_SECTION_CODE_").size()) << "  "
      << TitleOf(section.code()) << "\n";
  PrintText(section.text(), 2, out);
}

void PrintDisclosure(const v1::Disclosure& disclosure, std::ostream& out) {
  PrintWithheld(disclosure, out);
  PrintObligations(disclosure, out);
  out << "\nSource\n";
  PrintLine("From",
            disclosure.unit().empty()
                ? disclosure.custodian()
                : absl::StrCat(disclosure.custodian(), ", ", disclosure.unit()),
            out);
  if (disclosure.has_as_at()) PrintLine("As at", MomentText(disclosure.as_at()), out);
  PrintLine("Badge", BadgeText(disclosure.badge()), out);
  if (disclosure.version() != 0) {
    PrintLine("Record", absl::StrCat(disclosure.record(), " version ", disclosure.version()), out);
  }
  PrintLine("Ask", ContactText(disclosure.contact()), out);
  PrintLine("Decision", disclosure.decision_id(), out);
  PrintLine("Receipt", absl::BytesToHexString(disclosure.receipt().leaf_hash()), out);
}

}  // namespace ehchub
