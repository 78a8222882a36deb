#include "client-sdk/cli/words.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "client-sdk/cli/context.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/json_util.h"

namespace ehchub {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;

// What all its values begin with: that of the zero value without UNSPECIFIED.
std::string PrefixOf(const EnumDescriptor& type) {
  const std::string& zero = type.FindValueByNumber(0)->name();
  return zero.substr(0, zero.size() - std::string("UNSPECIFIED").size());
}

// Keeps where a parser stopped; its own words could quote the text.
class FirstErrorLine final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber, const std::string&) override {
    if (line_ < 0) line_ = line + 1;
  }
  int line() const { return std::max(line_, 0); }

 private:
  int line_ = -1;
};

absl::StatusOr<std::string> ReadAll(const std::string& path) {
  const auto all = [](std::istream& in) {
    return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  };
  if (path == "-") return all(std::cin);
  std::ifstream in(path, std::ios::binary);
  if (!in) return Usage(absl::StrCat(path, " cannot be read"));
  return all(in);
}

}  // namespace

std::string WordOf(const EnumValueDescriptor& value) {
  const std::string prefix = PrefixOf(*value.type());
  const std::string word = value.name().substr(prefix.size());
  return absl::StrReplaceAll(absl::AsciiStrToLower(word), {{"_", "-"}});
}

absl::StatusOr<int> ParseWord(const EnumDescriptor& type, absl::string_view option,
                              absl::string_view word) {
  const std::string name =
      absl::StrCat(PrefixOf(type), absl::StrReplaceAll(absl::AsciiStrToUpper(word), {{"-", "_"}}));
  const EnumValueDescriptor* value = type.FindValueByName(name);
  if (value != nullptr && value->number() != 0) return value->number();
  std::vector<std::string> words;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0) words.push_back(WordOf(*type.value(i)));
  }
  return Usage(absl::StrCat(option, " is one of ", absl::StrJoin(words, ", ")));
}

std::string Named(absl::string_view collection, const std::string& name) {
  if (name.empty() || absl::StrContains(name, '/')) return name;
  return absl::StrCat(collection, "/", name);
}

absl::StatusOr<google::protobuf::Timestamp> ParseMoment(absl::string_view option,
                                                        const std::string& text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime("%Y-%m-%d", text, &time, &error) &&
      !absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return Usage(absl::StrCat(option, " is YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ"));
  }
  google::protobuf::Timestamp moment;
  moment.set_seconds(absl::ToUnixSeconds(time));
  return moment;
}

std::string MomentText(const google::protobuf::Timestamp& moment) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", absl::FromUnixSeconds(moment.seconds()),
                          absl::UTCTimeZone());
}

absl::Status SetMoment(absl::string_view option, const std::string& text,
                       google::protobuf::Timestamp* moment) {
  const absl::StatusOr<google::protobuf::Timestamp> parsed = ParseMoment(option, text);
  if (parsed.ok()) *moment = *parsed;
  return parsed.status();
}

absl::StatusOr<v1::Identifier> ParseIdentifierWord(const std::string& text) {
  static const auto* const types = new std::map<std::string, v1::IdentifierType>{
      {"nhs", v1::IDENTIFIER_TYPE_NHS_NUMBER}, {"upn", v1::IDENTIFIER_TYPE_UPN},
      {"uln", v1::IDENTIFIER_TYPE_ULN},        {"pnc", v1::IDENTIFIER_TYPE_PNC_ID},
      {"la", v1::IDENTIFIER_TYPE_LA_CHILD_ID},
  };
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits(':', 1));
  const auto type = types->find(parts.first);
  if (type == types->end() || parts.second.empty()) {
    return Usage("an identifier is nhs:…, upn:…, uln:…, pnc:… or la:303/ABC123");
  }
  v1::Identifier identifier;
  identifier.set_type(type->second);
  identifier.set_value(parts.second);
  return identifier;
}

absl::StatusOr<v1::ConsentScope> ParseScope(const std::string& text) {
  const std::pair<std::string, std::string> halves = absl::StrSplit(text, absl::MaxSplits(':', 1));
  v1::ConsentScope scope;
  scope.set_record_type(halves.first);
  for (absl::string_view part : absl::StrSplit(halves.second, ',', absl::SkipEmpty())) {
    scope.add_parts(std::string(part));
  }
  if (halves.first.empty() || scope.parts().empty()) {
    return Usage("--part is RECORD_TYPE:PART,PART…, for example EHC_PLAN:C,G");
  }
  return scope;
}

absl::Status ReadMessage(const std::string& path, google::protobuf::Message* message) {
  const absl::StatusOr<std::string> text = ReadAll(path);
  if (!text.ok()) return text.status();
  const std::string type = message->GetDescriptor()->name();
  if (absl::StartsWith(absl::StripLeadingAsciiWhitespace(*text), "{")) {
    if (google::protobuf::util::JsonStringToMessage(*text, message).ok()) return absl::OkStatus();
    return Usage(absl::StrCat(path, " is not the proto3 JSON of a ", type));
  }
  FirstErrorLine errors;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  if (parser.ParseFromString(*text, message)) return absl::OkStatus();
  return Usage(absl::StrCat(path, " line ", errors.line(), ": not the text format of a ", type));
}

}  // namespace ehchub
